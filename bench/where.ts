/** How fast where texts are parsed and records filtered. */
import type { Bindings, Field, FieldType } from '../src/where/ast.ts';
import { checkWhere } from '../src/where/check.ts';
import { compileFilter } from '../src/where/evaluate.ts';
import { parseWhere } from '../src/where/parser.ts';

export interface Measurement {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

const three = "status = 'open' AND amount > 100 AND updatedAt >= :since";
const hundred = Array.from({ length: 100 }, (_, index) => `field${index} = 'value ${index}'`).join(' AND ');
const bindings: Bindings = { parameters: { since: Date.UTC(2026, 0, 1) }, nowMs: Date.UTC(2026, 1, 1) };

const fields = new Map(
  Object.entries({ status: 'text', amount: 'number', updatedAt: 'timestamp' } satisfies Record<string, FieldType>).map(
    ([name, type]): [string, Field] => [
      name,
      { name, type, path: [name], format: 'iso', zone: 'UTC', granularity: 'ms', filterable: true, operators: {} },
    ],
  ),
);

const rows = Array.from({ length: 10_000 }, (_, index) => ({
  id: index,
  status: index % 4 === 0 ? 'closed' : 'open',
  amount: index % 200,
  updatedAt: new Date(Date.UTC(2025, 10, 1) + index * 1_000_000).toISOString(),
}));

/** The best of some rounds: what the machine can do when nothing else asks for it. */
export async function run(): Promise<Measurement[]> {
  const filter = compiledFilter();
  return [
    { name: 'where: parse 3 predicates', value: best(() => parseWhere(three), 20_000), unit: 'texts/s' },
    { name: 'where: parse 100 predicates', value: best(() => parseWhere(hundred), 1000), unit: 'texts/s' },
    {
      name: 'where: filter by 3 predicates',
      value: best(() => rows.filter(filter), 50) * rows.length,
      unit: 'rows/s',
    },
  ].map((measured) => ({ ...measured, value: Math.round(measured.value) }));
}

function compiledFilter(): (record: unknown) => boolean {
  const { where } = checkWhere(three, fields, { windowParameters: true });
  if (where === null) throw new Error('The where of the benchmark is not well formed.');
  return compileFilter(where.normal, fields)(bindings);
}

const rounds = 7;

/** Calls per second. */
function best(call: () => unknown, times: number): number {
  let perSecond = 0;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    for (let time = 0; time < times; time++) call();
    perSecond = Math.max(perSecond, (times * 1000) / (performance.now() - start));
  }
  return perSecond;
}
