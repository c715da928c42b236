/** Brings a database to the schema this version knows. Migrations are numbered by their place and go forward only. */
import type Database from 'better-sqlite3';
import { Failure } from '../../diagnostic/failure.ts';
import { sql as initial } from '../migrations/sqlite/0001-initial.ts';
import { sql as cursors } from '../migrations/sqlite/0002-cursors.ts';
import { sql as schedule } from '../migrations/sqlite/0003-schedule.ts';
import { sql as inbox } from '../migrations/sqlite/0004-inbox.ts';
import { sql as credentialLease } from '../migrations/sqlite/0005-credential-lease.ts';
import { sql as subscriptions } from '../migrations/sqlite/0006-subscriptions.ts';
import { sql as described } from '../migrations/sqlite/0007-described.ts';
import { sql as accounts } from '../migrations/sqlite/0008-accounts.ts';
import { sql as causes } from '../migrations/sqlite/0009-causes.ts';
import { sql as apps } from '../migrations/sqlite/0010-apps.ts';

const migrations: readonly string[] = [
  initial,
  cursors,
  schedule,
  inbox,
  credentialLease,
  subscriptions,
  described,
  accounts,
  causes,
  apps,
];

/** “anyh”: marks the file as ours (https://www.sqlite.org/pragma.html#pragma_application_id). */
const applicationId = 0x616e7968;

/** Applies each missing migration in a transaction of its own. @throws Failure as `schemaVersion`. */
export function applyMigrations(db: Database.Database): void {
  const version = schemaVersion(db);
  for (const [index, sql] of migrations.entries()) {
    if (index >= version) migrate(db, index + 1, sql);
  }
}

/**
 * How many migrations were applied.
 * @throws Failure `store-corrupt` when the file is another program's, or a newer version of this one made it.
 */
export function schemaVersion(db: Database.Database): number {
  const version = Number(db.pragma('user_version', { simple: true }));
  const owner = Number(db.pragma('application_id', { simple: true }));
  const tables = Number(db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get());
  if (owner !== applicationId && tables > 0) {
    throw new Failure('store-corrupt', `${db.name} is a database of another program.`, {
      retryable: false,
      help: 'Name another data directory.',
    });
  }
  if (version > migrations.length) {
    throw new Failure('store-corrupt', `${db.name} has schema ${version}; this version knows ${migrations.length}.`, {
      retryable: false,
      help: 'Start the newer version that made it, or restore the backup from before the upgrade.',
    });
  }
  return version;
}

function migrate(db: Database.Database, version: number, sql: string): void {
  db.transaction(() => {
    db.exec(sql);
    db.pragma(`application_id = ${applicationId}`);
    db.pragma(`user_version = ${version}`);
  }).exclusive();
}
