/**
 * Dialects that nobody wrote: shipped ones with parts taken away, or exchanged for the same part of another. What the
 * schema and `checkDialect` let pass compiles every where; what contradicts itself is refused, and never found out by
 * a poll.
 */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Dialect } from '../../src/definition/dialect.ts';
import { checkDialect } from '../../src/dialect/check.ts';
import { compileQuery } from '../../src/dialect/compile.ts';
import { explainQuery } from '../../src/dialect/explain.ts';
import { dialectNames, readDialect } from './dialects.ts';
import { lawCase } from './law.ts';
import { readWhere } from './object.ts';

type Place = readonly string[];
type Tree = { [key: string]: unknown };

const schema = JSON.parse(
  readFileSync(new URL('../../schemas/dialect.schema.json', import.meta.url), 'utf8'),
) as object;
const ajv = new Ajv2020({ strict: false });
addFormats.default(ajv);
const isDialect = ajv.compile<Dialect>(schema);

const shipped = dialectNames.map(readDialect);
const told = new Set(['$schema', 'name', 'description', 'docs']);

function placesOf(tree: unknown, path: Place = []): Place[] {
  if (tree === null || typeof tree !== 'object') return [];
  return Object.entries(tree).flatMap(([key, value]) => {
    const place = [...path, key];
    return told.has(place[0] ?? '') ? [] : [place, ...placesOf(value, place)];
  });
}

function valueAt(tree: unknown, place: Place): unknown {
  return place.reduce<unknown>((at, key) => (at as Tree | undefined)?.[key], tree);
}

/** What dialects have under each key. */
const donors = new Map<string, unknown[]>();
for (const dialect of shipped) {
  for (const place of placesOf(dialect)) {
    const key = place.at(-1) ?? '';
    donors.set(key, [...(donors.get(key) ?? []), valueAt(dialect, place)]);
  }
}

interface Change {
  readonly place: number;
  /** Which of the parts that others have here; null takes the part away. */
  readonly donor: number | null;
}

function changed(dialect: Dialect, changes: readonly Change[]): unknown {
  const copy = structuredClone(dialect) as unknown as Tree;
  for (const { place, donor } of changes) {
    const places = placesOf(copy);
    const path = places[place % places.length] ?? [];
    const holder = valueAt(copy, path.slice(0, -1)) as Tree;
    const key = path.at(-1) ?? '';
    const parts = donors.get(key) ?? [];
    if (donor !== null) holder[key] = structuredClone(parts[donor % parts.length]);
    else if (!Array.isArray(holder)) delete holder[key];
  }
  return copy;
}

const crossbred = fc
  .record({
    dialect: fc.constantFrom(...shipped),
    changes: fc.array(fc.record({ place: fc.nat(), donor: fc.option(fc.nat(), { freq: 3 }) }), {
      minLength: 1,
      maxLength: 3,
    }),
  })
  .map(({ dialect, changes }) => changed(dialect, changes));

it('a dialect that passes its checks compiles every where', () => {
  let passed = 0;
  fc.assert(
    fc.property(crossbred, fc.array(lawCase, { minLength: 3, maxLength: 6 }), (dialect, cases) => {
      if (!isDialect(dialect) || checkDialect(dialect).some(({ severity }) => severity === 'error')) return;
      passed += 1;
      for (const { text, bindings } of cases) {
        const where = readWhere(text);
        const query = compileQuery(where, dialect);
        expect(query.bind(bindings).length).toBeGreaterThan(0);
        expect(explainQuery(where, dialect).predicates).toEqual(query.predicates);
      }
    }),
    { numRuns: Number(process.env['LAW_RUNS'] ?? 600) },
  );
  expect(passed).toBeGreaterThan(100);
});
