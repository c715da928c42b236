// Generated from schemas/dialect.schema.json by `npm run generate`. Do not edit.

/**
 * A template of the dialect's builder: text, an object of parameter names and values, or any JSON. {{ and }} are the braces themselves; in a tree a text that is exactly one placeholder becomes the value itself.
 */
export type Emit = string | {} | unknown[];
/**
 * How several conditions become one.
 */
export type Join = TextJoin | NodeJoin | MergeJoin | PrefixJoin;

/**
 * A vendor's query language or parameters as data: how each operator is written, how its answer relates to ours, how literals look, and what may be joined.
 */
export interface Dialect {
  /**
   * Path or URL of this schema, for editors.
   */
  $schema?: string;
  /**
   * The name connectors use: the name of the file.
   */
  name: string;
  /**
   * What it is for, and what is known of its answers.
   */
  description: string;
  /**
   * The pages the facts come from.
   */
  docs?: string[];
  /**
   * What is built: named parameters, an expression as text, or a JSON tree.
   */
  builder: 'params' | 'text' | 'tree';
  field?: FieldForm;
  /**
   * Fields that differ from the operator table, by their name in the where.
   */
  fields?: {
    [k: string]: FieldDialect;
  };
  /**
   * True: only the fields listed under `fields` can be filtered.
   */
  onlyFields?: boolean;
  literals: Literals;
  operators: Operators;
  negation?: Negation;
  boolean: BooleanShape;
  /**
   * True: the vendor takes empty text for no value, while records may show it.
   */
  emptyTextIsNull?: boolean;
  /**
   * True: records show 0 for a number without a value, which the vendor's filter does not take for 0.
   */
  zeroIsNull?: boolean;
  /**
   * True: the vendor leaves out a condition on a field that it does not know, or may not show. No answer is then exact, and an OR is asked for about one field only, since without one of its arms it would leave records out.
   */
  ignoresUnknownFields?: boolean;
  /**
   * Parameters only. True: a name may come several times, and all must hold.
   */
  repeatedNames?: boolean;
  why?: Reasons;
  whole?: Emit;
  empty: Emit;
}
/**
 * How a field's name is written.
 */
export interface FieldForm {
  /**
   * Template of the name, with {name}.
   */
  emit?: string;
  /**
   * A regular expression that a name must match to be sent.
   */
  allowed?: string;
}
/**
 * One field's own way.
 */
export interface FieldDialect {
  /**
   * The vendor's name of the field, where it differs.
   */
  name?: string;
  operators?: Operators;
}
/**
 * The operators that can be written. One that is missing is rewritten to others where that keeps the meaning, or evaluated here.
 */
export interface Operators {
  '='?: Operator;
  '!='?: Operator;
  '<'?: Operator;
  '<='?: Operator;
  '>'?: Operator;
  '>='?: Operator;
  in?: Operator;
  'not in'?: Operator;
  between?: Operator;
  'not between'?: Operator;
  like?: Operator;
  'not like'?: Operator;
  ilike?: Operator;
  'not ilike'?: Operator;
  contains?: Operator;
  'not contains'?: Operator;
  'starts with'?: Operator;
  'not starts with'?: Operator;
  'ends with'?: Operator;
  'not ends with'?: Operator;
  'is null'?: Operator;
  'is not null'?: Operator;
}
/**
 * One operator.
 */
export interface Operator {
  emit: Emit;
  answers: Answers;
  emitFor?: EmitFor;
  /**
   * Whether records without a value are in the answer. Excluded when absent.
   */
  nulls?: 'excluded' | 'included';
  literals?: OperatorLiterals;
  /**
   * Why the answer is wider, as a clause that follows "the vendor".
   */
  why?: string;
}
/**
 * By type of field, how the vendor's answer relates to ours: the same records, those and more, or not to be used. A type that is missing is not to be used.
 */
export interface Answers {
  /**
   * For text fields.
   */
  text?: 'exact' | 'superset' | 'no';
  /**
   * For enum fields.
   */
  enum?: 'exact' | 'superset' | 'no';
  /**
   * For id fields.
   */
  id?: 'exact' | 'superset' | 'no';
  /**
   * For number fields.
   */
  number?: 'exact' | 'superset' | 'no';
  /**
   * For boolean fields.
   */
  boolean?: 'exact' | 'superset' | 'no';
  /**
   * For timestamp fields.
   */
  timestamp?: 'exact' | 'superset' | 'no';
  /**
   * For date fields.
   */
  date?: 'exact' | 'superset' | 'no';
}
/**
 * Templates for types of field that are asked for in another way.
 */
export interface EmitFor {
  text?: Emit;
  enum?: Emit;
  id?: Emit;
  number?: Emit;
  boolean?: Emit;
  timestamp?: Emit;
  date?: Emit;
}
/**
 * What this operator writes otherwise than the dialect's literals; properties given here replace those.
 */
export interface OperatorLiterals {
  text?: TextLiteral;
  enum?: TextLiteral;
  id?: TextLiteral;
}
/**
 * How text is written.
 */
export interface TextLiteral {
  /**
   * What stands around the value: one text on both sides, or an opening and a closing one.
   */
  quote?: string | [string, string];
  /**
   * Pairs of text and replacement. One pass, the first pair that fits at a place wins, so what was put in is not escaped again.
   */
  escape?: [string, string][];
  /**
   * A regular expression; a value it is found in is not sent, and the predicate is evaluated here. Control characters that are not escaped and halves of surrogate pairs are always forbidden in text and parameters.
   */
  forbidden?: string;
  /**
   * Shorter values are not sent: 1 where the vendor refuses empty text.
   */
  minLength?: number;
  /**
   * Longer values are not sent; counted in UTF-16 units before escaping.
   */
  maxLength?: number;
  /**
   * number: whole numbers stand in a tree as JSON numbers, as some vendors want their ids; other values are not sent.
   */
  as?: 'number';
  /**
   * lower: the vendor wants the value in lower case.
   */
  case?: 'lower';
  /**
   * Text inside the quotes before the value, not escaped.
   */
  before?: string;
  /**
   * Text inside the quotes after the value, not escaped.
   */
  after?: string;
  wildcards?: Wildcards;
}
/**
 * How a LIKE pattern is written: what stands for any run and for one code point. Without `one`, `any` stands for it too, which returns more.
 */
export interface Wildcards {
  /**
   * Any run of code points, also none.
   */
  any: string;
  /**
   * Exactly one code point.
   */
  one?: string;
}
/**
 * How values are written, by type. A type without a literal cannot be sent; enum and id are written as text unless they have their own.
 */
export interface Literals {
  text?: TextLiteral;
  enum?: TextLiteral;
  id?: TextLiteral;
  number?: NumberLiteral;
  boolean?: BooleanLiteral;
  timestamp?: TimestampLiteral;
  date?: DateLiteral;
  list?: ListLiteral;
}
/**
 * How numbers are written: plain decimals, never in scientific notation. More than 15 significant digits are not sent.
 */
export interface NumberLiteral {
  /**
   * Whether a number stands in a tree as a JSON number or as text.
   */
  as?: 'number' | 'text';
  /**
   * What stands on both sides.
   */
  quote?: string;
  /**
   * True: only whole numbers are sent. Fractions may be kept in another base or precision than they are shown in, so that none equals what is sent.
   */
  whole?: boolean;
}
/**
 * How true and false are written.
 */
export interface BooleanLiteral {
  /**
   * For true.
   */
  true: string | boolean | number;
  /**
   * For false.
   */
  false: string | boolean | number;
}
/**
 * How instants are written, and how the vendor compares them. A bound between two steps goes outward.
 */
export interface TimestampLiteral {
  /**
   * epoch-s, epoch-ms, or a pattern of yyyy MM dd HH mm ss SSS XXX (offset as Z or +01:00) xxx (offset as +00:00), with other text in single quotes.
   */
  format: string;
  /**
   * Whether a number stands in a tree as a JSON number or as text.
   */
  as?: 'number' | 'text';
  /**
   * The smallest step that the text can say.
   */
  unit: 'ms' | 's' | 'min' | 'day';
  /**
   * The zone of the text, IANA name.
   */
  zone?: string;
  /**
   * What stands on both sides.
   */
  quote?: string;
  /**
   * JSON or text around the literal, which stands for {text}.
   */
  wrap?: string | {};
  /**
   * as-shown: by what records show. coarser: the vendor cuts a record's time to the unit of the literal before it compares. finer: the vendor stores more digits than it shows, so a record shown as the bound may lie after it.
   */
  compares?: 'as-shown' | 'coarser' | 'finer';
}
/**
 * How days are written; an epoch is that of midnight UTC.
 */
export interface DateLiteral {
  /**
   * epoch-s, epoch-ms, or a pattern of yyyy MM dd HH mm ss SSS XXX (offset as Z or +01:00) xxx (offset as +00:00), with other text in single quotes.
   */
  format: string;
  /**
   * Whether a number stands in a tree as a JSON number or as text.
   */
  as?: 'number' | 'text';
  /**
   * What stands on both sides.
   */
  quote?: string;
  /**
   * JSON or text around the literal, which stands for {text}.
   */
  wrap?: string | {};
}
/**
 * How the values of IN are joined. Trees take JSON arrays and need none.
 */
export interface ListLiteral {
  /**
   * Before the first.
   */
  open?: string;
  /**
   * Between two.
   */
  separator: string;
  /**
   * After the last.
   */
  close?: string;
}
/**
 * How an exact predicate is negated where it has no operator of its own.
 */
export interface Negation {
  emit: Emit;
  /**
   * Whether the negation returns records without a value.
   */
  nulls: 'excluded' | 'included';
}
/**
 * What may be joined: conditions by AND only, ANDs of ORs (cnf), ORs of ANDs (dnf), or anything (free).
 */
export interface BooleanShape {
  /**
   * and, cnf, dnf or free.
   */
  shape: 'and' | 'cnf' | 'dnf' | 'free';
  and?: Join;
  or?: Join;
  limits?: Limits;
}
/**
 * Conditions in a row with text between them.
 */
export interface TextJoin {
  /**
   * Between two conditions; empty where each stands in brackets of its own.
   */
  separator: string;
  /**
   * Template of the row inside another one.
   */
  nested: string;
  /**
   * Template of the row when it is the whole expression; {args} when absent.
   */
  top?: string;
  /**
   * True: every two conditions are nested, as in ((a and b) and c).
   */
  pairs?: boolean;
}
/**
 * A JSON node that holds the conditions.
 */
export interface NodeJoin {
  emit: Emit;
}
/**
 * The conditions are objects that become one object; two that need the same place cannot both be sent.
 */
export interface MergeJoin {
  /**
   * Always true.
   */
  merge: true;
}
/**
 * Polish notation in one flat list: the token stands before every two conditions.
 */
export interface PrefixJoin {
  /**
   * The token.
   */
  prefix: string;
}
/**
 * What one query may hold. Over a limit a condition is evaluated here; nothing is cut.
 */
export interface Limits {
  /**
   * Groups of a dnf or cnf.
   */
  groups?: number;
  /**
   * Conditions of a group.
   */
  perGroup?: number;
  /**
   * Conditions in all.
   */
  total?: number;
  /**
   * Levels of joins in a free expression.
   */
  depth?: number;
  /**
   * Values of one IN list; longer ones become several queries.
   */
  inValues?: number;
  /**
   * Queries that one where may become; 10 when absent.
   */
  queries?: number;
  /**
   * Longest query in characters: of the text, of the tree as JSON, of the parameters percent-encoded. Leave room for what the request adds.
   */
  length?: number;
  /**
   * url: the length is that of the text percent-encoded.
   */
  measure?: 'characters' | 'url';
}
/**
 * Why answers about values of a type are wider than ours, as a clause that follows "the vendor".
 */
export interface Reasons {
  /**
   * About text values.
   */
  text?: string;
  /**
   * About enum values.
   */
  enum?: string;
  /**
   * About id values.
   */
  id?: string;
  /**
   * About number values.
   */
  number?: string;
  /**
   * About boolean values.
   */
  boolean?: string;
  /**
   * About timestamp values.
   */
  timestamp?: string;
  /**
   * About date values.
   */
  date?: string;
}
