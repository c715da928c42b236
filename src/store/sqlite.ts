/** The store in one SQLite file: for one process, with nothing else to run. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type Database from 'better-sqlite3';
import type { OpenedApiKeys } from './api-key-store.ts';
import type { Store } from './port.ts';
import { createSealer } from './seal.ts';
import { accounts } from './sqlite/accounts.ts';
import { apiKeys } from './sqlite/api-keys.ts';
import { apps } from './sqlite/apps.ts';
import { attempts } from './sqlite/attempts.ts';
import { checkpoints } from './sqlite/checkpoints.ts';
import { openConnection } from './sqlite/connection.ts';
import { credentialLeases } from './sqlite/credential-leases.ts';
import { deliveries } from './sqlite/deliveries.ts';
import { descriptions } from './sqlite/descriptions.ts';
import { driverFailure } from './sqlite/driver-failure.ts';
import { eventLog } from './sqlite/event-log.ts';
import { inbox } from './sqlite/inbox.ts';
import { instances } from './sqlite/instances.ts';
import { checkSecretKey } from './sqlite/key-check.ts';
import { ledger } from './sqlite/ledger.ts';
import { acquireLock, type Lock } from './sqlite/lock.ts';
import { applyMigrations, schemaVersion } from './sqlite/migrate.ts';
import { pollCommit } from './sqlite/poll-commit.ts';
import { pollFinish } from './sqlite/poll-finish.ts';
import { polls } from './sqlite/polls.ts';
import { probe } from './sqlite/probe.ts';
import { removal } from './sqlite/removal.ts';
import { subscriptions } from './sqlite/subscriptions.ts';
import { noStore } from './unavailable.ts';

export interface SqliteStoreOptions {
  /** Path of the database; its folder is made when it is missing. A `.lock` file stands beside it. */
  readonly file: string;
  /** 32 bytes, from `loadSecretKey`. */
  readonly secretKey: Buffer;
}

/**
 * Opens the store, making or upgrading its file.
 * @throws Failure `store-locked` when another process holds it, `secret-key-wrong`, `store-corrupt` when the file is
 * damaged, another program's or made by a newer version, `store-unavailable` when it cannot be read or written.
 */
export async function openSqliteStore({ file, secretKey }: SqliteStoreOptions): Promise<Store> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    return openLocked(file, secretKey, acquireLock(`${file}.lock`));
  } catch (error) {
    throw driverFailure(error);
  }
}

/**
 * Opens the API keys alone, beside a process that holds the store.
 * @throws Failure `store-unavailable` when there is no store yet, and as `openSqliteStore`.
 */
export async function openSqliteApiKeys(file: string): Promise<OpenedApiKeys> {
  if (!existsSync(file)) throw noStore(file);
  try {
    const db = openConnection(file);
    try {
      if (schemaVersion(db) === 0) throw noStore(file);
      return { ...apiKeyStep(db), close: step(() => void db.close()) };
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    throw driverFailure(error);
  }
}

function apiKeyStep(db: Database.Database) {
  const { list, create, remove } = apiKeys(db);
  return { listApiKeys: step(list), createApiKey: step(create), removeApiKey: step(remove) };
}

function openLocked(file: string, secretKey: Buffer, lock: Lock): Store {
  let db: Database.Database | undefined;
  try {
    db = openConnection(file);
    applyMigrations(db);
    return storeOf(db, secretKey, lock);
  } catch (error) {
    db?.close();
    lock.release();
    throw error;
  }
}

function storeOf(db: Database.Database, secretKey: Buffer, lock: Lock): Store {
  const sealer = createSealer(secretKey);
  checkSecretKey(db, sealer);
  const instance = instances(db, sealer);
  const renewal = credentialLeases(db, sealer);
  const described = descriptions(db);
  const poll = polls(db);
  const known = ledger(db);
  const parents = checkpoints(db);
  const commit = pollCommit(db);
  const account = accounts(db, sealer);
  const told = inbox(db);
  const webhook = subscriptions(db, sealer);
  const app = apps(db, sealer);
  const log = eventLog(db);
  const aged = removal(db);
  const delivery = deliveries(db);
  const history = attempts(db);
  // One process holds the store, so leases found when it opens were of one that is gone.
  renewal.freeAll();
  poll.freeAll();
  delivery.freeAll();
  told.freeAll();
  account.forgetNodes();
  webhook.freeAll();
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
    finishPoll: step(pollFinish(db)),
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

    ...apiKeyStep(db),

    probe: step(probe(db)),
    close: step(() => {
      db.close();
      lock.release();
    }),
  };
}

/** The driver is synchronous and the port is not. */
function step<A extends unknown[], R>(run: (...parameters: A) => R | Promise<R>): (...parameters: A) => Promise<R> {
  return async (...parameters) => {
    try {
      return await run(...parameters);
    } catch (error) {
      throw driverFailure(error);
    }
  };
}
