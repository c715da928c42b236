/** Vendors that take named parameters. */
import { compare, instant, kinds, type Reader, type Row } from './reader.ts';

type Pairs = readonly (readonly [string, string])[];

function pairsReader(passes: (pairs: Pairs, row: Row) => boolean, repeats = false): Reader {
  return (native, row) => {
    if (native.kind !== 'pairs') throw new Error('no parameters');
    if (!repeats && new Set(native.pairs.map(([name]) => name)).size < native.pairs.length) {
      throw new Error('of equal names the vendor reads the last only');
    }
    return passes(native.pairs, row);
  };
}

function form(value: string | number | boolean, field: string): string | number {
  if (kinds[field] === 'number') return Number(value);
  if (kinds[field] === 'time') return typeof value === 'number' ? value : instant(value as string);
  return String(value).toLowerCase();
}

function related(op: string, field: string, value: string, row: Row): boolean {
  const stored = row[field] ?? null;
  return stored !== null && compare(op, form(stored, field), form(value, field));
}

/** Takes no filter. */
export const none: Reader = pairsReader((pairs) => {
  if (pairs.length > 0) throw new Error('no filter is taken');
  return true;
});

export const restSince: Reader = pairsReader((pairs, row) =>
  pairs.every(([name, value]) => {
    if (name !== 'updated_since') throw new Error(`no parameter ${name}`);
    return related('>=', 'updated_at', value, row);
  }),
);

/** An unknown parameter is ignored. */
export const shopifyRest: Reader = pairsReader((pairs, row) =>
  pairs.every(([name, value]) => {
    const bound = /^(.*)_(min|max)$/.exec(name);
    if (bound !== null) return related(bound[2] === 'min' ? '>=' : '<=', bound[1] ?? '', value, row);
    if (name === 'ids')
      return value.split(',').some((id) => Number(id) === Number(row['id'] ?? Number.NaN) || id === row['id']);
    return name === 'status'
      ? value === 'any' || String(row['status'] ?? '').toLowerCase() === value.toLowerCase()
      : true;
  }),
);

const bracketOps: Readonly<Record<string, string>> = { eq: '=', lt: '<', lte: '<=', gt: '>', gte: '>=' };

export const brackets: Reader = pairsReader((pairs, row) =>
  pairs.every(([name, value]) => {
    const [, field = '', op = ''] = /^filter\[([a-z_]+)\]\[([a-z]+)\]$/.exec(name) ?? [];
    if (op === 'in') return value.split(',').some((each) => related('=', field, each, row));
    if (op === 'ne') return row[field] === null || row[field] === undefined || related('!=', field, value, row);
    return related(bracketOps[op] ?? '', field, value, row);
  }),
);

const conditions: Readonly<Record<string, string>> = { eq: '=', neq: '!=', lt: '<', lteq: '<=', gt: '>', gteq: '>=' };

/** Magento: groups ANDed, filters of a group ORed. */
export const searchCriteria: Reader = pairsReader((pairs, row) => {
  const groups = new Map<string, Map<string, Map<string, string>>>();
  for (const [name, value] of pairs) {
    if (name === 'searchCriteria') continue;
    const [, group = '', index = '', part = ''] =
      /^searchCriteria\[filter_groups\]\[(\d+)\]\[filters\]\[(\d+)\]\[(field|condition_type|value)\]$/.exec(name) ?? [];
    const filters = groups.get(group) ?? new Map<string, Map<string, string>>();
    const filter = filters.get(index) ?? new Map<string, string>();
    groups.set(group, filters.set(index, filter.set(part, value)));
  }
  return [...groups.values()].every((filters) => [...filters.values()].some((filter) => criterion(filter, row)));
});

function criterion(filter: ReadonlyMap<string, string>, row: Row): boolean {
  const field = filter.get('field') ?? '';
  const value = filter.get('value') ?? '';
  const type = filter.get('condition_type') ?? '';
  const stored = row[field] ?? null;
  if (type === 'null') return stored === null;
  if (type === 'notnull') return stored !== null;
  if (stored === null) return false;
  const given =
    kinds[field] === 'time'
      ? `${value.replace(' ', 'T')}Z`
      : kinds[field] === 'boolean'
        ? String(value === '1')
        : value;
  if (type === 'in' || type === 'nin')
    return value.split(',').some((each) => related('=', field, each, row)) === (type === 'in');
  if (type === 'like') {
    const source = value.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replaceAll('%', '[\\s\\S]*');
    return new RegExp(`^${source}$`, 'iu').test(String(stored));
  }
  return related(conditions[type] ?? '', field, given, row);
}
