/** The tree of a where. Spans are offsets in the where text. */
import type { Span } from '../diagnostic/diagnostic.ts';

/** `enum` and `id` are text that is compared as a whole: order and patterns do not fit them. */
export type FieldType = 'text' | 'enum' | 'id' | 'number' | 'boolean' | 'timestamp' | 'date';

export type CompareOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';

export interface FieldRef {
  /** The name as declared by the object: dots are part of it, backticks are not. */
  readonly name: string;
  readonly span: Span;
}

/** A value as read. `check` turns text into timestamps, dates and numbers where the field's type asks for it. */
export type Value =
  | { readonly kind: 'text'; readonly text: string; readonly span: Span }
  /** The decimal digits as written: numbers are never rounded through a double. */
  | { readonly kind: 'number'; readonly text: string; readonly span: Span }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly span: Span }
  | { readonly kind: 'timestamp'; readonly epochMs: number; readonly span: Span }
  /** A day, `YYYY-MM-DD`. */
  | { readonly kind: 'date'; readonly day: string; readonly span: Span }
  | { readonly kind: 'null'; readonly span: Span }
  | { readonly kind: 'parameter'; readonly name: string; readonly span: Span }
  /** `now()` plus an offset in milliseconds, negative for the past. */
  | { readonly kind: 'now'; readonly offsetMs: number; readonly span: Span };

export type Predicate =
  | {
      readonly kind: 'compare';
      readonly field: FieldRef;
      readonly op: CompareOperator;
      readonly value: Value;
      readonly span: Span;
    }
  | {
      readonly kind: 'in';
      readonly field: FieldRef;
      readonly negated: boolean;
      readonly values: readonly Value[];
      readonly span: Span;
    }
  /** `%` any run, `_` one code point, `\` escapes. `caseless` is ILIKE. */
  | {
      readonly kind: 'like';
      readonly field: FieldRef;
      readonly negated: boolean;
      readonly caseless: boolean;
      readonly pattern: Value;
      readonly span: Span;
    }
  | {
      readonly kind: 'between';
      readonly field: FieldRef;
      readonly negated: boolean;
      readonly low: Value;
      readonly high: Value;
      readonly span: Span;
    }
  /** A literal piece of text, no wildcards. */
  | {
      readonly kind: 'match';
      readonly field: FieldRef;
      readonly op: 'contains' | 'starts with' | 'ends with';
      readonly negated: boolean;
      readonly value: Value;
      readonly span: Span;
    }
  | { readonly kind: 'null'; readonly field: FieldRef; readonly negated: boolean; readonly span: Span };

export type Expr =
  | Predicate
  | { readonly kind: 'and'; readonly args: readonly Expr[]; readonly span: Span }
  | { readonly kind: 'or'; readonly args: readonly Expr[]; readonly span: Span }
  | { readonly kind: 'not'; readonly arg: Expr; readonly span: Span };

/** An expression without NOT: negation stands in the predicates. Same meaning as before under three-valued logic. */
export type Normal =
  | Predicate
  | { readonly kind: 'and'; readonly args: readonly Normal[]; readonly span: Span }
  | { readonly kind: 'or'; readonly args: readonly Normal[]; readonly span: Span };

/** What the language knows of one field of an object; linked from the connector's field definitions. */
export interface Field {
  readonly name: string;
  readonly type: FieldType;
  /** How to reach the value in a native record, as the steps of a path. */
  readonly path: readonly (string | number)[];
  /** How a timestamp is written in a record. */
  readonly format: 'iso' | 'epoch-s' | 'epoch-ms';
  /** Zone of a timestamp without offset, and of a date's day (IANA name). */
  readonly zone: string;
  /** The smallest step of a timestamp as the vendor stores and compares it. */
  readonly granularity: 'ms' | 's' | 'min' | 'day';
  /** False: the vendor refuses a filter on it. */
  readonly filterable: boolean;
  /** Where this field differs from the dialect. Keys are operator names of the dialect. */
  readonly operators: Readonly<Record<string, 'exact' | 'superset' | 'no'>>;
}

export type Fields = ReadonlyMap<string, Field>;

/** A where that was read and checked: what everything after the check works on. */
export interface Where {
  readonly text: string;
  readonly expr: Expr;
  readonly normal: Normal;
  readonly fields: Fields;
  /** The parameters it uses, with the type of the field each is compared with. */
  readonly parameters: ReadonlyMap<string, FieldType>;
}

/** The values of parameters at one moment. Timestamps as epoch milliseconds. */
export type ParameterValue = string | number | boolean;
export interface Bindings {
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  /** What now() is, in epoch milliseconds. */
  readonly nowMs: number;
}
