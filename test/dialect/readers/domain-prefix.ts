/** Odoo's domains: Polish notation; != and not in hold without a value; = False is no value; times stored finer. */
import { compare, idNumber, instant, isLike, kinds, type Part, type Reader, type Row } from './reader.ts';

type Value = string | number | boolean | readonly (string | number)[];

export const reader: Reader = (native, row) => {
  if (native.kind !== 'tree' || !Array.isArray(native.tree)) throw new Error('no domain');
  const tokens = native.tree as readonly (string | readonly [string, string, Value])[];
  let at = 0;
  const read = (): boolean => {
    const token = tokens[at++];
    if (token === undefined) throw new Error('the domain ends too early');
    if (typeof token !== 'string') return passes(token, row);
    const [left, right] = [read(), read()];
    if (token === '&') return left && right;
    if (token === '|') return left || right;
    throw new Error(`no operator ${token}`);
  };
  if (tokens.length === 0) return true;
  const result = read();
  if (at < tokens.length) throw new Error('the domain goes on');
  return result;
};

function form(value: string | number | boolean, field: string): string | number {
  if (kinds[field] === 'time')
    return typeof value === 'number' ? value : instant(`${String(value).replace(' ', 'T')}Z`);
  if (field === 'id') return typeof value === 'number' ? value : idNumber(String(value));
  return typeof value === 'boolean' ? String(value) : value;
}

function passes([field, op, value]: readonly [string, string, Value], row: Row): boolean {
  const stored = row[field] ?? (kinds[field] === 'boolean' ? false : null);
  // The first moment of 1970 is no number 0.
  const isNothing = stored === null || stored === '' || (stored === 0 && kinds[field] === 'number');
  if (value === false && kinds[field] !== 'boolean') return isNothing;
  const isNegative = op === '!=' || op === 'not in';
  if (stored === null) return isNegative;
  const own = form(stored, field);
  if (op === 'in' || op === 'not in') {
    if (!Array.isArray(value)) throw new Error('a list is wanted');
    // 0 in a list is read as no value.
    return value.some((each) => each !== 0 && form(each, field) === own) !== isNegative;
  }
  if (typeof value === 'object') throw new Error('one value is wanted');
  if (op === '=like' || op === '=ilike') return isLike(String(own), parts(String(value)), op === '=ilike');
  return compare(op, own, form(value, field));
}

function parts(pattern: string): Part[] {
  return [...pattern.matchAll(/\\([\s\S])|([\s\S])/gu)].map(([, escaped, plain = '']) =>
    escaped !== undefined ? { text: escaped } : plain === '%' ? 'any' : plain === '_' ? 'one' : { text: plain },
  );
}
