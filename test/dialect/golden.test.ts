/**
 * What each dialect makes of a table of wheres, in files that a person can read. `vitest -u` does not touch them:
 * run with GOLDEN=write to write them anew, and read the difference.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { explainQuery } from '../../src/dialect/explain.ts';
import type { Native } from '../../src/dialect/query.ts';
import { dialectNames, readDialect } from './dialects.ts';
import { bindings, readWhere } from './object.ts';

const wheres: readonly string[] = [
  'updated_at >= :since AND updated_at < :until',
  'updated_at > 2026-01-01T00:00:00.500Z',
  "updated_at >= :since AND status = 'open'",
  "updated_at >= :since AND (status = 'open' OR status = 'on hold')",
  "updated_at >= :since AND (status = 'open' OR score > 5)",
  "updated_at >= :since AND status != 'closed'",
  "name = 'O''Brien \\ \"x\"'",
  "NOT name = 'O''Brien'",
  "name LIKE 'Ann%' AND title CONTAINS 'head'",
  "name LIKE '%50\\%_%' AND title ILIKE 'a%'",
  "name NOT LIKE 'A_b%'",
  "status IN ('open', 'won') AND status NOT IN ('lost', 'dead')",
  "id IN ('1', '2', '3')",
  'score BETWEEN -1.50 AND 1e3 AND score != 7',
  'NOT (score >= 5 OR active = false)',
  'born >= 2026-01-31 AND born NOT BETWEEN 2026-02-01 AND 2026-02-28',
  'seen_at = 2026-01-01T00:00:00Z',
  'seen_at >= now() - 7d',
  'name IS NULL AND status IS NOT NULL',
  "(name = 'a' AND status = 'open') OR (score = 1 AND id = '7')",
];

function shown(native: Native): unknown {
  switch (native.kind) {
    case 'text':
      return native.text;
    case 'tree':
      return native.tree;
    case 'pairs':
      return native.pairs.map(([name, value]) => `${name}=${value}`).join('&');
  }
}

function table(name: string): string {
  const dialect = readDialect(name);
  const rows = wheres.map((text) => {
    const { predicates, residual, natives } = explainQuery(readWhere(text), dialect, bindings());
    const [query, ...more] = natives.map(shown);
    const why = Object.fromEntries(predicates.map(({ text: part, pushed, reason }) => [part, `${pushed}: ${reason}`]));
    return { where: text, query, ...(more.length > 0 && { more }), residual, why };
  });
  return `${JSON.stringify(rows, null, 2)}\n`;
}

describe('golden queries', () => {
  it.each(dialectNames)('%s', (name) => {
    const file = fileURLToPath(new URL(`golden/${name}.json`, import.meta.url));
    const text = table(name);
    if (process.env['GOLDEN'] === 'write') writeFileSync(file, text);
    expect(text).toBe(readFileSync(file, 'utf8'));
  });
});
