/** The store in a PostgreSQL database: for several processes at once. */
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { Failure } from '../diagnostic/failure.ts';
import type { OpenedApiKeys } from './api-key-store.ts';
import type { Store } from './port.ts';
import { accounts } from './postgres/accounts.ts';
import { apiKeys } from './postgres/api-keys.ts';
import { apps } from './postgres/apps.ts';
import { attempts } from './postgres/attempts.ts';
import { checkpoints } from './postgres/checkpoints.ts';
import { type Connection, openConnection } from './postgres/connection.ts';
import { credentialLeases } from './postgres/credential-leases.ts';
import { deliveries } from './postgres/deliveries.ts';
import { descriptions } from './postgres/descriptions.ts';
import { driverFailure } from './postgres/driver-failure.ts';
import { eventLog } from './postgres/event-log.ts';
import { inbox } from './postgres/inbox.ts';
import { instances } from './postgres/instances.ts';
import { checkSecretKey } from './postgres/key-check.ts';
import { ledger } from './postgres/ledger.ts';
import { applyMigrations } from './postgres/migrate.ts';
import { pollCommit } from './postgres/poll-commit.ts';
import { pollFinish } from './postgres/poll-finish.ts';
import { polls } from './postgres/polls.ts';
import { removal } from './postgres/removal.ts';
import { subscriptions } from './postgres/subscriptions.ts';
import { createSealer } from './seal.ts';
import { noStore } from './unavailable.ts';

export interface PostgresStoreOptions {
  /** `postgres://user:password@host:port/database`, with `?sslmode=` and the like as the driver reads them. */
  readonly url: string;
  /** 32 bytes, from `loadSecretKey`: the same for all processes. */
  readonly secretKey: Buffer;
  /** Holds all tables; made when it is missing. Lower-case letters, digits and `_`. */
  readonly schema?: string;
  /** The most connections of this process. */
  readonly poolSize?: number;
}

/** Longer names are cut by PostgreSQL (https://www.postgresql.org/docs/current/sql-syntax-lexical.html). */
const schemaName = /^[a-z_][a-z0-9_]{0,62}$/;

/**
 * Opens the store, making or upgrading its tables.
 * @throws Failure `store-unavailable` when the database cannot be reached or does not let us in, `secret-key-wrong`,
 * `store-corrupt` when the tables are damaged, another program's or made by a newer version.
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const { url, secretKey, schema = 'anyhook', poolSize = 10 } = options;
  const sealer = createSealer(secretKey);
  return openWith({ url, schema, poolSize }, async (connection) => {
    await applyMigrations(connection, schema);
    await checkSecretKey(connection, sealer);
    return storeOf(connection, sealer);
  });
}

/**
 * Opens the API keys alone.
 * @throws Failure `store-unavailable` when there is no store yet, and as `openPostgresStore`.
 */
export async function openPostgresApiKeys(
  options: Pick<PostgresStoreOptions, 'url' | 'schema'>,
): Promise<OpenedApiKeys> {
  const { url, schema = 'anyhook' } = options;
  return openWith({ url, schema, poolSize: 1 }, async (connection) => {
    const table = `"${schema}".api_keys`;
    const { rows } = await sql`select 1 where to_regclass(${table}) is not null`.execute(connection.db);
    if (rows.length === 0) throw noStore(`the schema “${schema}”`);
    return { ...apiKeyStep(connection), close: step(() => connection.close()) };
  });
}

async function openWith<T>(
  options: Parameters<typeof openConnection>[0],
  open: (connection: Connection) => Promise<T>,
): Promise<T> {
  const { url, schema } = options;
  if (!schemaName.test(schema)) throw new RangeError(`“${schema}” is no name of a schema`);
  checkUrl(url);
  const connection = openConnection(options);
  try {
    return await open(connection);
  } catch (error) {
    await connection.close();
    throw driverFailure(error);
  }
}

function apiKeyStep(connection: Connection) {
  const { list, create, remove } = apiKeys(connection);
  return { listApiKeys: step(list), createApiKey: step(create), removeApiKey: step(remove) };
}

function storeOf(connection: Connection, sealer: ReturnType<typeof createSealer>): Store {
  const instance = instances(connection, sealer);
  const renewal = credentialLeases(connection, sealer);
  const described = descriptions(connection);
  const poll = polls(connection);
  const known = ledger(connection);
  const parents = checkpoints(connection);
  const commit = pollCommit(connection);
  const account = accounts(connection, sealer);
  const told = inbox(connection);
  const webhook = subscriptions(connection, sealer);
  const app = apps(connection, sealer);
  const log = eventLog(connection);
  const aged = removal(connection);
  const delivery = deliveries(connection);
  const history = attempts(connection);
  const waiting = { polls: poll, deliveries: delivery, inbox: told, subscriptions: webhook };

  return {
    createInstance: step(instance.create),
    getInstance: step(instance.get),
    listInstances: step(instance.list),
    updateInstance: step(instance.update),
    saveCredentials: step(instance.saveCredentials),
    leaseCredentials: step(renewal.lease),
    renewCredentialLease: step(renewal.renew),
    saveRenewed: step(renewal.save),
    releaseCredentials: step(renewal.release),
    deleteInstance: step(instance.delete),
    getDescription: step(described.get),
    saveDescription: step(described.save),
    expireDescriptions: step(described.expire),

    getPoll: step(poll.get),
    listPolls: step(poll.list),
    leasePolls: step(poll.leaseDue),
    leasePoll: step(poll.lease),
    renewPoll: step(poll.renew),
    retryPolls: step(poll.retry),
    finishPoll: step(pollFinish(connection)),
    releasePoll: step(poll.release),
    ledger: step(known.read),
    unseen: step(known.unseen),
    countUnseen: step(known.countUnseen),
    checkpoints: step(parents.read),
    commitPoll: step(commit),

    pauseAccount: step(account.pause),
    accountPause: step(account.pausedUntil),
    checkIn: step(account.checkIn),

    addToInbox: step(told.add),
    leaseInbox: step(told.lease),
    finishInbox: step(told.finish),

    getLeavingInstance: step(instance.getLeaving),
    listSubscriptions: step(webhook.list),
    saveSubscription: step(webhook.save),
    removeSubscription: step(webhook.remove),
    leaseSubscribers: step(webhook.lease),
    renewSubscriber: step(webhook.renew),
    finishSubscriber: step(webhook.finish),
    wakeSubscriber: step(webhook.look),
    wakeSubscribers: step(webhook.wakeAll),

    listApps: step(app.list),
    getApp: step(app.get),
    saveApp: step(app.save),
    removeApp: step(app.remove),

    listEvents: step(log.list),
    getEvent: step(log.get),
    oldestSequence: step(aged.oldest),
    purgeEvents: step(aged.purge),
    sweep: step(aged.sweep),

    leaseDeliveries: step(delivery.lease),
    finishDelivery: step(delivery.finish),
    releaseDeliveries: step(delivery.release),
    listAttempts: step(history.list),
    nextDueAt: step((work) => waiting[work].nextDueAt()),

    ...apiKeyStep(connection),

    probe: step(() => probe(connection)),
    close: step(() => connection.close()),
  };
}

/** Writes one row, always the same, as anything that is stored is written. */
async function probe({ db }: Connection): Promise<void> {
  await db
    .insertInto('meta')
    .values({ key: 'probe', value: randomBytes(8) })
    .onConflict((known) => known.column('key').doUpdateSet(({ ref }) => ({ value: ref('excluded.value') })))
    .execute();
}

function step<A extends unknown[], R>(run: (...parameters: A) => Promise<R>): (...parameters: A) => Promise<R> {
  return async (...parameters) => {
    try {
      return await run(...parameters);
    } catch (error) {
      throw driverFailure(error);
    }
  };
}

/** The driver would find out later, and its error would show the address, password and all. */
function checkUrl(text: string): void {
  if (isPostgresUrl(text)) return;
  throw new Failure('store-unavailable', 'The address of the store is no PostgreSQL address.', {
    retryable: false,
    help: 'Write postgres://user:password@host:5432/database, with %XX for signs in the password that mean something in a URL.',
  });
}

function isPostgresUrl(text: string): boolean {
  // A % that stands for itself: the driver decodes the name and the password.
  if (!URL.canParse(text) || /%(?![\da-f]{2})/i.test(text)) return false;
  return /^postgres(ql)?:$/.test(new URL(text).protocol);
}
