/** The values of a predicate as literals of a dialect. */
import type { DateLiteral, Dialect, TimestampLiteral } from '../definition/dialect.ts';
import type { Field, Predicate, Value } from '../where/ast.ts';
import { parseInstant } from '../where/instant.ts';
import { operandScalar } from '../where/scalar.ts';
import { fillText, fillTree } from './fill.ts';
import { instantText } from './instant-text.ts';
import { patternPieces } from './like-pattern.ts';
import { formatNumber } from './number-literal.ts';
import type { Binder, Operand } from './push.ts';
import type { Literal, TextForm } from './text-literal.ts';
import type { Usable } from './usable.ts';
import type { VendorField } from './vendor-field.ts';
import { cutToSayable, type Direction, isSayable, widen } from './widen.ts';

/** Writes a value as a literal. */
export type Write = (binder: Binder) => Literal;

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

const nothing: Binder = { bindings: { parameters: {}, nowMs: 0 }, showNames: false };

/** The instant of a value in the text; null when only binding tells. */
export function knownInstant(value: Value, field: Field): number | null {
  if (isOpen(value)) return null;
  const scalar = operandScalar(value, field, nothing.bindings);
  return typeof scalar === 'number' ? scalar : null;
}

/** A value in its slot: written at once where the text gives it, and by each binding where that does. */
export function operandOf(slot: Operand['slot'], value: Value, write: Write): Operand {
  if (!isOpen(value)) return { slot, literal: write(nothing), format: write };
  if (value.kind !== 'parameter') return { slot, literal: null, format: write };
  const { name } = value;
  const format: Write = (binder) =>
    binder.showNames && !Object.hasOwn(binder.bindings.parameters, name)
      ? { ok: true, value: `:${name}` }
      : write(binder);
  return { slot, literal: null, format };
}

/** Several values as one literal: an array in a tree, joined text elsewhere. */
export function listOf(operands: readonly Operand[], dialect: Dialect): Operand {
  const format: Write = (binder) => {
    const literals = operands.map((operand) => operand.literal ?? operand.format(binder));
    return literals.find((literal) => !literal.ok) ?? joinLiterals(literals, dialect);
  };
  const isKnown = operands.every(({ literal }) => literal !== null);
  return { slot: 'values', literal: isKnown ? format(nothing) : null, format };
}

function joinLiterals(literals: readonly Literal[], dialect: Dialect): Literal {
  const { open = '', separator = ',', close = '' } = dialect.literals.list ?? {};
  const values = literals.map((literal) => (literal.ok ? literal.value : ''));
  return { ok: true, value: dialect.builder === 'tree' ? values : `${open}${values.join(separator)}${close}` };
}

/** Why a value that the text gives cannot be sent; null when each can. */
export function refusalOf(operands: readonly Operand[]): string | null {
  const refused = operands.find(({ literal }) => literal?.ok === false)?.literal;
  return refused?.ok === false ? `the vendor cannot be sent this value: ${refused.why}` : null;
}

/** How a value of any type but a timestamp is written, or why it cannot be. */
export function valueWriter(value: Value, predicate: Predicate, found: Usable, at: VendorField): Write | string {
  const { field, dialect } = at;
  const { literals, builder } = dialect;
  switch (field.type) {
    case 'number': {
      const { number = {} } = literals;
      return (binder) => formatNumber(plainText(value, binder), number, builder);
    }
    case 'boolean': {
      const { boolean } = literals;
      if (boolean === undefined) return noLiteral(field);
      return (binder) => ({
        ok: true,
        value: readScalar(value, field, binder) === true ? boolean.true : boolean.false,
      });
    }
    case 'timestamp':
      return noLiteral(field);
    case 'date': {
      const { date } = literals;
      return date === undefined ? noLiteral(field) : (binder) => writeDay(value, at, date, binder);
    }
    default:
      return textWriter(value, predicate.kind === 'like', at.textForm(found.name));
  }
}

function noLiteral(field: Field): string {
  return `the vendor's language has no literal for a ${field.type}`;
}

function textWriter(value: Value, isPattern: boolean, form: TextForm): Write {
  return isPattern
    ? (binder) => form.formatPattern(patternPieces(plainText(value, binder)))
    : (binder) => form.formatText(plainText(value, binder));
}

function writeDay(value: Value, { field, dialect }: VendorField, literal: DateLiteral, binder: Binder): Literal {
  const midnightMs = parseInstant(String(readScalar(value, field, binder)), 'UTC') ?? 0;
  return { ok: true, value: dress(instantText(midnightMs, literal), literal, dialect) };
}

/** How a value of a timestamp field is written, moved outward as the adjustment says. */
export function instantWriter(
  value: Value,
  { field, dialect }: VendorField,
  literal: TimestampLiteral,
  { direction, shiftMs, stepBack }: Adjustment,
): Write {
  return (binder) => {
    const bound = widen(Number(readScalar(value, field, binder)) + shiftMs, direction, literal, field);
    const sent = stepBack ? widen(bound - 1, 'down', literal, field) : bound;
    if (!isSayable(sent, literal)) return beyondYears(sent, value, literal, dialect);
    return { ok: true, value: dress(instantText(sent, literal), literal, dialect) };
  };
}

/**
 * A time that the literal has no text for. One in the where is evaluated here. One that a parameter brings is refused,
 * since what was made of the where relies on it; the present moved by thousands of years is cut, as no record is there.
 */
function beyondYears(sentMs: number, value: Value, literal: TimestampLiteral, dialect: Dialect): Literal {
  if (value.kind === 'parameter')
    throw new RangeError(`The where parameter :${value.name} is a time whose year has not four digits.`);
  if (value.kind !== 'now') return { ok: false, why: 'its year has not four digits' };
  return { ok: true, value: dress(instantText(cutToSayable(sentMs, literal), literal), literal, dialect) };
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
