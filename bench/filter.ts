/** How fast a compiled where tells which records pass, beside sift with the same query. */
import sift from 'sift';
import type { Bindings } from '../src/where/ast.ts';
import { checkWhere } from '../src/where/check.ts';
import { compileFilter } from '../src/where/evaluate.ts';
import { type Measure, type Pace, race, rateOf, ratioOf } from './measure.ts';
import { fields } from './texts.ts';

const where = "status = 'open' AND amount > 100 AND updatedAt >= :since";
const since = '2026-01-01T00:00:00.000Z';
const bindings: Bindings = { parameters: { since: Date.parse(since) }, nowMs: Date.UTC(2026, 1, 1) };

interface Row {
  readonly id: number;
  readonly status: string;
  readonly amount: number;
  readonly updatedAt: string;
}

/** About one row in ten passes; each predicate turns some away. */
const rows: readonly Row[] = Array.from({ length: 10_000 }, (_, index) => ({
  id: index,
  status: index % 4 === 0 ? 'closed' : 'open',
  amount: index % 200,
  updatedAt: new Date(Date.UTC(2025, 10, 1) + index * 1_000_000).toISOString(),
}));

export async function run(pace: Pace): Promise<readonly Measure[]> {
  const passes = compiledFilter();
  // Instants of one form and zone order as text does, so sift may compare them as they stand.
  const siftPasses = sift.default<Row>({ status: 'open', amount: { $gt: 100 }, updatedAt: { $gte: since } });
  if (count(passes) === 0 || count(passes) !== count(siftPasses)) throw new Error('The filters disagree.');
  const [ours = [], theirs = []] = race([() => count(passes), () => count(siftPasses)], pace);
  return [
    { name: 'filter by 3 predicates', ...rateOf(ours, rows.length), unit: 'rows/s', goal: 15_000_000 },
    { name: 'filter by 3 predicates, beside sift', ...ratioOf(ours, theirs), unit: '×', goal: 4 },
  ];
}

function count(passes: (row: Row) => boolean): number {
  let passed = 0;
  for (const row of rows) if (passes(row)) passed++;
  return passed;
}

function compiledFilter(): (record: unknown) => boolean {
  const checked = checkWhere(where, fields, { windowParameters: true }).where;
  if (checked === null) throw new Error('The where of the benchmark has an error.');
  return compileFilter(checked.normal, fields)(bindings);
}
