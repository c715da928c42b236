/** Brings a schema to the one this version knows. Migrations are numbered by their place and go forward only. */
import { sql } from 'kysely';
import { Failure } from '../../diagnostic/failure.ts';
import { sql as initial } from '../migrations/postgres/0001-initial.ts';
import { sql as cursors } from '../migrations/postgres/0002-cursors.ts';
import { sql as schedule } from '../migrations/postgres/0003-schedule.ts';
import { sql as inbox } from '../migrations/postgres/0004-inbox.ts';
import { sql as credentialLease } from '../migrations/postgres/0005-credential-lease.ts';
import { sql as subscriptions } from '../migrations/postgres/0006-subscriptions.ts';
import { sql as described } from '../migrations/postgres/0007-described.ts';
import { sql as accounts } from '../migrations/postgres/0008-accounts.ts';
import { sql as pollLeases } from '../migrations/postgres/0009-poll-leases.ts';
import { sql as causes } from '../migrations/postgres/0010-causes.ts';
import { sql as apps } from '../migrations/postgres/0011-apps.ts';
import type { Connection, Session } from './connection.ts';

const migrations: readonly string[] = [
  initial,
  cursors,
  schedule,
  inbox,
  credentialLease,
  subscriptions,
  described,
  accounts,
  pollLeases,
  causes,
  apps,
];

/** “anyh”: the first half of the key of our advisory locks. */
const lockClass = 0x616e7968;

/**
 * Applies what is missing in one transaction. Processes that start at once wait here for the first of them.
 * @throws Failure `store-corrupt` when the schema is another program's, or a newer version of this one made it.
 */
export async function applyMigrations(connection: Connection, schema: string): Promise<void> {
  await connection.transaction(async (session) => {
    await sql`select pg_advisory_xact_lock(${lockClass}, hashtext(${schema}))`.execute(session);
    const version = await versionOf(session, schema);
    if (version > migrations.length) {
      throw new Failure(
        'store-corrupt',
        `The database’s schema “${schema}” has version ${version}; this program knows ${migrations.length}.`,
        {
          retryable: false,
          help: 'Start the newer version that made it, or restore the backup from before the upgrade.',
        },
      );
    }
    for (const [index, text] of migrations.entries()) {
      if (index < version) continue;
      await sql.raw(text).execute(session);
      await session
        .insertInto('anyhook_migrations')
        .values({ version: index + 1 })
        .execute();
    }
  }, 'patient');
}

async function versionOf(session: Session, schema: string): Promise<number> {
  // Asked first, because one who may not make schemas may well use one that was made for him.
  const schemas = await sql`select from pg_namespace where nspname = ${schema}`.execute(session);
  if (schemas.rows.length === 0) await sql`create schema ${sql.id(schema)}`.execute(session);
  const tables = await sql<{
    name: string;
  }>`select tablename as name from pg_tables where schemaname = ${schema}`.execute(session);
  if (tables.rows.length === 0) {
    await sql`create table anyhook_migrations (version integer primary key)`.execute(session);
  } else if (!tables.rows.some(({ name }) => name === 'anyhook_migrations')) {
    throw new Failure('store-corrupt', `The database’s schema “${schema}” is another program’s.`, {
      retryable: false,
      help: 'Name another schema or database.',
    });
  }
  const { version } = await session
    .selectFrom('anyhook_migrations')
    .select(({ fn, lit }) => fn.coalesce(fn.max('version'), lit(0)).as('version'))
    .executeTakeFirstOrThrow();
  return version;
}
