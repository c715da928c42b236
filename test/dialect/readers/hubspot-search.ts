/**
 * HubSpot's search: groups ORed, filters ANDed; text without regard to case except enumerations; '' is no value, for which
 * NEQ and NOT_IN may hold, as they do here for records with an even id.
 */
import { compare, idNumber, kinds, letters, type Reader, type Row } from './reader.ts';

interface Filter {
  readonly propertyName: string;
  readonly operator: string;
  readonly value?: string;
  readonly highValue?: string;
  readonly values?: readonly string[];
}

/** `status` is an enumeration, which compares by case, and `id` the record's own id, a number. */
const byCase = new Set(['status', 'id']);

export const reader: Reader = (native, row) => {
  if (native.kind !== 'tree' || !Array.isArray(native.tree)) throw new Error('no groups');
  const groups = native.tree as readonly { filters: readonly Filter[] }[];
  const total = groups.reduce((sum, { filters }) => sum + filters.length, 0);
  if (groups.length > 5 || total > 18 || groups.some(({ filters }) => filters.length > 6 || filters.length === 0)) {
    throw new Error('VALIDATION_ERROR');
  }
  if (JSON.stringify(groups).length > 3000) throw new Error('the body is too long');
  return groups.length === 0 || groups.some(({ filters }) => filters.every((filter) => passes(filter, row)));
};

function passes({ propertyName, operator, value, highValue, values }: Filter, row: Row): boolean {
  const stored = row[propertyName] ?? '';
  const has = stored !== '';
  if (operator === 'HAS_PROPERTY') return has;
  if (operator === 'NOT_HAS_PROPERTY') return !has;
  for (const each of [value, highValue, ...(values ?? [])]) {
    if (each !== undefined && (typeof each !== 'string' || each === '')) throw new Error('values are text');
  }
  if (!has) return /^N(?:EQ|OT_IN)$/.test(operator) && Number(row['id']) % 2 === 0;
  const isText = kinds[propertyName] === 'text' && !byCase.has(propertyName);
  const known = form(stored, propertyName, isText);
  const given = (text: string | undefined): string | number => form(text ?? '', propertyName, isText);
  switch (operator) {
    case 'IN':
      return (values ?? []).some((each) => known === (isText ? each : given(each)));
    case 'NOT_IN':
      return !(values ?? []).some((each) => known === (isText ? each : given(each)));
    case 'BETWEEN':
      return compare('>=', known, given(value)) && compare('<=', known, given(highValue));
    default: {
      const op = { EQ: '=', NEQ: '!=', LT: '<', LTE: '<=', GT: '>', GTE: '>=' }[operator];
      if (op === undefined) throw new Error(`no operator ${operator}`);
      return compare(op, known, given(value));
    }
  }
}

function form(value: string | number | boolean, field: string, isText: boolean): string | number {
  switch (kinds[field]) {
    case 'number':
    case 'time':
      return Number(value);
    case 'day':
      return /^\d{4}-/.test(String(value)) ? Date.parse(String(value)) : Number(value);
    default:
      if (field === 'id') return idNumber(String(value));
      return isText ? letters(String(value)) : String(value);
  }
}
