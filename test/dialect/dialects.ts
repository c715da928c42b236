/** The shipped dialects, as they are read. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Dialect } from '../../src/definition/dialect.ts';

const folder = fileURLToPath(new URL('../../grammar/dialects', import.meta.url));

export const dialectNames = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -'.json'.length))
  .sort();

export function readDialect(name: string): Dialect {
  return JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8')) as Dialect;
}
