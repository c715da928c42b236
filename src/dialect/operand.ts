/** The values of a predicate as literals of a dialect. */
import type { DateLiteral, Dialect, TextLiteral, TimestampLiteral } from '../definition/dialect.ts';
import type { Field, Value } from '../where/ast.ts';
import { parseInstant } from '../where/instant.ts';
import { operandScalar } from '../where/scalar.ts';
import { fillText, fillTree } from './fill.ts';
import { instantText } from './instant-text.ts';
import { formatNumber } from './number-literal.ts';
import type { Binder } from './push.ts';
import { formatText, type Literal, type TextRules } from './text-literal.ts';
import { type Direction, widen } from './widen.ts';

/** Formats the value that a binder gives. */
export type Format = (binder: Binder) => Literal;

/** How a bound of time moves before it is written. */
export interface Adjustment {
  readonly direction: Direction;
  /** Added before widening: ±1 turns a bound that includes its value into one that does not. */
  readonly shiftMs: -1 | 0 | 1;
  /** One step further out after widening. */
  readonly stepBack: boolean;
}

export const asIs: Adjustment = { direction: 'down', shiftMs: 0, stepBack: false };

/** True for a value that only binding tells. */
export function isOpen(value: Value): boolean {
  return value.kind === 'parameter' || value.kind === 'now';
}

const nothing = { parameters: {}, nowMs: 0 };

/** The instant of a value in the text; null when only binding tells. */
export function knownInstant(value: Value, field: Field): number | null {
  if (isOpen(value)) return null;
  const scalar = operandScalar(value, field, nothing);
  return typeof scalar === 'number' ? scalar : null;
}

/** A value of a text, enum or id field. */
export function textFormat(
  value: Value,
  rules: TextRules,
  form: (text: string) => Literal = (text) => formatText(text, rules),
): Format {
  return named(value, (binder) => form(plainText(value, binder)));
}

/** A value of a number field. */
export function numberFormat(value: Value, dialect: Dialect): Format {
  const { number = {} } = dialect.literals;
  return named(value, (binder) => formatNumber(plainText(value, binder), number, dialect.builder));
}

/** A value of a boolean field. */
export function booleanFormat(value: Value, field: Field, literal: { true: unknown; false: unknown }): Format {
  return named(value, (binder) => {
    const scalar = readScalar(value, field, binder);
    return { ok: true, value: scalar === true ? literal.true : literal.false };
  });
}

/** A value of a timestamp field, moved outward as the adjustment says. */
export function timestampFormat(
  value: Value,
  field: Field,
  dialect: Dialect,
  literal: TimestampLiteral,
  adjustment: Adjustment,
): Format {
  return steady(value, (binder) => {
    const { direction, shiftMs, stepBack } = adjustment;
    const bound = widen(Number(readScalar(value, field, binder)) + shiftMs, direction, literal, field);
    const sent = stepBack ? widen(bound - 1, 'down', literal, field) : bound;
    return { ok: true, value: dress(instantText(sent, literal), literal, dialect) };
  });
}

/** A value of a date field, `days` later. */
export function dateFormat(value: Value, field: Field, dialect: Dialect, literal: DateLiteral, days: number): Format {
  return steady(value, (binder) => {
    const midnightMs = parseInstant(String(readScalar(value, field, binder)), 'UTC') ?? 0;
    return { ok: true, value: dress(instantText(midnightMs + days * 86_400_000, literal), literal, dialect) };
  });
}

/** Several values as one literal: an array in a tree, joined text elsewhere. */
export function listFormat(formats: readonly Format[], dialect: Dialect): Format {
  const { open = '', separator = ',', close = '' } = dialect.literals.list ?? {};
  return (binder) => {
    const literals = formats.map((format) => format(binder));
    const failed = literals.find((literal) => !literal.ok);
    if (failed !== undefined) return failed;
    const values = literals.map((literal) => (literal.ok ? literal.value : ''));
    return { ok: true, value: dialect.builder === 'tree' ? values : `${open}${values.join(separator)}${close}` };
  };
}

/** What a text literal must keep clear of. */
export function textRules(literal: TextLiteral, dialect: Dialect, isListed: boolean): TextRules {
  const { list } = dialect.literals;
  return {
    literal:
      dialect.emptyTextIsNull === true ? { ...literal, minLength: Math.max(1, literal.minLength ?? 0) } : literal,
    builder: dialect.builder,
    ...(isListed && list !== undefined && dialect.builder !== 'tree' && { separator: list.separator }),
  };
}

function named(value: Value, format: Format): Format {
  if (value.kind !== 'parameter') return format;
  const { name } = value;
  return (binder) =>
    binder.showNames && !Object.hasOwn(binder.bindings.parameters, name)
      ? { ok: true, value: `:${name}` }
      : format(binder);
}

/** As `named`; a value that the text gives is written once. */
function steady(value: Value, format: Format): Format {
  if (isOpen(value)) return named(value, format);
  let written: Literal | undefined;
  return (binder) => {
    written ??= format(binder);
    return written;
  };
}

function plainText(value: Value, binder: Binder): string {
  if (value.kind === 'text' || value.kind === 'number') return value.text;
  if (value.kind !== 'parameter') throw new Error(`a ${value.kind} stands for text`);
  const { parameters } = binder.bindings;
  const bound = Object.hasOwn(parameters, value.name) ? parameters[value.name] : undefined;
  if (bound === undefined) throw new RangeError(`The where parameter :${value.name} is not bound.`);
  return String(bound);
}

function readScalar(value: Value, field: Field, binder: Binder): unknown {
  const scalar = operandScalar(value, field, binder.bindings);
  // An unreadable value would make the where true for no record; sending another one instead would not be that.
  if (scalar === undefined) throw new RangeError(`A value for the field ${field.name} is no ${field.type}.`);
  return scalar;
}

function dress(text: string, literal: TimestampLiteral | DateLiteral, dialect: Dialect): unknown {
  const { quote = '', wrap } = literal;
  const bare = dialect.builder === 'tree' && literal.as === 'number' ? Number(text) : `${quote}${text}${quote}`;
  if (wrap === undefined) return bare;
  return typeof wrap === 'string' ? fillText(wrap, { text: bare }) : fillTree(wrap, { text: bare });
}
