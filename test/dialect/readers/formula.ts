/** Airtable's formulas: text without regard to case; a blank equals "" and counts as zero; compared as a date it is an error. */
import { type Call, parseCalls } from './calls.ts';
import { compare, instant, type Reader, type Row } from './reader.ts';

type Value = string | number | boolean | null;

const known = new Map<string, Call>();
const mostKnown = 100;

export const reader: Reader = (native, row) => {
  if (native.kind !== 'text') throw new Error('no text');
  const call = known.get(native.text) ?? parseCalls(native.text, /\{([^{}]+)\}/, /-?\d+(?:\.\d+)?/);
  if (known.size >= mostKnown) known.clear();
  known.set(native.text, call);
  try {
    return evaluate(call, row) === true;
  } catch (error) {
    if (error instanceof FormulaError) return false;
    throw error;
  }
};

/** #ERROR!, which makes an error of all that is around it. */
class FormulaError extends Error {}

function evaluate(call: Call, row: Row): Value {
  if ('bare' in call) return Number(call.bare);
  if ('text' in call) return call.text;
  if ('field' in call) return row[call.field] === '' ? null : (row[call.field] ?? null);
  if ('list' in call) throw new Error('no lists');
  if ('call' in call && call.call === 'IF') {
    const [condition, then, otherwise] = call.args;
    if (condition === undefined || then === undefined || otherwise === undefined) throw new Error('IF takes three');
    return evaluate(isTrue(evaluate(condition, row)) ? then : otherwise, row);
  }
  const args = call.args.map((arg) => evaluate(arg, row));
  const [first = null, second = null] = args;
  if ('compare' in call) return relate(call.compare, first, second);
  switch (call.call) {
    case 'AND':
      return args.every((arg) => arg === true);
    case 'OR':
      return args.some((arg) => arg === true);
    case 'NOT':
      return first !== true;
    case 'TRUE':
      return true;
    case 'FALSE':
      return false;
    case 'BLANK':
      return null;
    case 'DATETIME_PARSE':
      return instant(String(first));
    case 'IS_BEFORE':
      return time(first) < time(second);
    case 'IS_AFTER':
      return time(first) > time(second);
    case 'FIND':
      return second === null ? 0 : String(second).toLowerCase().indexOf(String(first).toLowerCase()) + 1;
    default:
      throw new Error(`no function ${call.call}`);
  }
}

/** What is there: the first moment of 1970 is, too, and only times stand here by themselves. */
function isTrue(value: Value): boolean {
  return value !== null && value !== false;
}

function time(value: Value): number {
  if (value === null) throw new FormulaError();
  return typeof value === 'string' ? instant(value) : Number(value);
}

function relate(symbol: string, a: Value, b: Value): boolean {
  if (a === null && b === null) return symbol === '=';
  const sample = a ?? b;
  const blank = typeof sample === 'string' ? '' : 0;
  const [left, right] = [a ?? blank, b ?? blank].map((value) =>
    typeof value === 'boolean' ? Number(value) : typeof value === 'string' ? value.toLowerCase() : value,
  );
  if (left === undefined || right === undefined) throw new Error('no value');
  return compare(symbol, left, right);
}
