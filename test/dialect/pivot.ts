/** Wheres made true of one record: what a random where seldom is, and what a query may never leave out. */
import fc from 'fast-check';
import type { Bindings } from '../../src/where/ast.ts';
import { truth } from '../../src/where/truth.ts';
import {
  type ContactRecord,
  condition,
  fates,
  type LawCase,
  patternOf,
  quoted,
  record,
  type Store,
  someBindings,
  store,
} from './law.ts';
import { contact, readWhere } from './object.ts';

export interface PivotCase {
  readonly conditions: readonly string[];
  /** Of a condition that the name fulfils: a list that it is in, or a pattern that it fits; null for none. */
  readonly fates: readonly string[] | null;
  readonly record: ContactRecord;
  readonly bindings: Bindings;
}

export const pivotCase: fc.Arbitrary<PivotCase> = fc.record({
  conditions: fc.array(condition, { minLength: 1, maxLength: 4 }),
  fates: fc.option(fates),
  record,
  bindings: someBindings,
});

/** The case as one of the law, with a where that is true of its record as a vendor with this store shows it. */
export function pivotLawCase({ conditions, fates, record: pivot, bindings }: PivotCase, how: Store): LawCase {
  const { shown } = store(pivot, contact, how);
  const { name } = shown;
  const more = fates !== null && typeof name === 'string' ? [fitting(name, fates)] : [];
  const text = [...conditions.map((each) => madeTrue(each, shown, bindings)), ...more].join(' AND ');
  if (truth(readWhere(text).expr, contact, bindings, shown) !== true) throw new Error(`not true of the pivot: ${text}`);
  return { text, records: [pivot], bindings };
}

function fitting(name: string, fates: readonly string[]): string {
  return fates[0] === 'any' ? `name IN ('a', ${quoted(name)})` : `name LIKE ${patternOf(name, fates)}`;
}

/** What is false is denied; what is unknown is given an arm that the record’s id fulfils. */
function madeTrue(text: string, shown: ContactRecord, bindings: Bindings): string {
  const value = truth(readWhere(text).expr, contact, bindings, shown);
  if (value === null) return `(${text} OR id = '${shown['id']}')`;
  return value ? `(${text})` : `NOT (${text})`;
}
