/** What kysely is told of the tables is what the migrations make: names, kinds of values, null and defaults. */
import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { openConnection } from '../../../src/store/postgres/connection.ts';
import { applyMigrations } from '../../../src/store/postgres/migrate.ts';
import { startPostgres } from '../postgres-server.ts';

const source = readFileSync(new URL('../../../src/store/postgres/tables.ts', import.meta.url), 'utf8');

type Described = Record<string, Record<string, string>>;

const kinds: Readonly<Record<string, string>> = {
  text: 'string',
  bigint: 'number',
  integer: 'number',
  'double precision': 'number',
  boolean: 'boolean',
  bytea: 'Buffer',
};

/** Types of texts that may be a few words only. */
const words = /^(Feed( \| '')?|DeliveryStatus|TroubleKind|InboxChange\['change'\])$/;

const propertiesOf = (body: string): Record<string, string> =>
  Object.fromEntries([...body.matchAll(/^ {2}(\w+): (.+);$/gm)].map(([, name, type]) => [name, type]));

/** The interfaces, as kind, `null` where it may be, and `by default` where it may be left out. */
function written(): Described {
  const bodies = Object.fromEntries(
    [...source.matchAll(/^(?:export )?interface (\w+) \{\n(.*?)^\}/gms)].map(([, name, body]) => [name, body ?? '']),
  );
  const { anyhook_migrations: migrations, ...tables } = propertiesOf(bodies['Tables'] ?? '');
  expect(migrations).toBe('{ version: number }');
  return Object.fromEntries(
    Object.entries(tables).map(([table, name]) => [
      table,
      Object.fromEntries(
        Object.entries(propertiesOf(bodies[name] ?? ''))
          .filter(([column]) => column !== 'ctid')
          .map(([column, type]) => [column, summary(type)]),
      ),
    ]),
  );
}

function summary(type: string): string {
  const [, wrapper, inner] = /^(Generated|GeneratedAlways)<(.+)>$/.exec(type) ?? [];
  const [value = '', isNullable] = (inner ?? type).split(/ \| (null)$/);
  const kind = words.test(value) ? 'string' : value.replace(/^Flag$/, 'boolean by default');
  return [kind, isNullable, wrapper && 'by default'].filter(Boolean).join(' ');
}

it('tables are as the migrations leave them', async () => {
  const server = await startPostgres();
  const connection = openConnection({ url: server.url, schema: 'anyhook', poolSize: 1 });
  await applyMigrations(connection, 'anyhook');
  const { rows } = await sql<{ table: string; column: string; type: string; null: boolean; default: boolean }>`
    SELECT table_name::text AS table, column_name::text AS column, data_type::text AS type,
      is_nullable = 'YES' AS null, column_default IS NOT NULL OR is_identity = 'YES' AS default
    FROM information_schema.columns WHERE table_schema = 'anyhook' AND table_name <> 'anyhook_migrations'`.execute(
    connection.db,
  );
  await connection.close();
  await server.stop();
  const made: Described = {};
  for (const row of rows) {
    made[row.table] ??= {};
    const parts = [kinds[row.type], row.null && 'null', row.default && 'by default'];
    Object.assign(made[row.table] ?? {}, { [row.column]: parts.filter(Boolean).join(' ') });
  }
  expect(Object.keys(made).length).toBeGreaterThan(15);
  expect(written()).toEqual(made);
});
