/**
 * The workspace file: what `anyhook poll` remembers between runs. One JSON file that a person can read, written
 * whole and swapped in by lowdb, so that a crash leaves the old or the new one.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Low } from 'lowdb';
import { JSONFile } from 'lowdb/node';
import type { ChangeCommit, ChangeState } from '../change/feed.ts';
import { Failure } from '../diagnostic/failure.ts';
import type { AnyhookEvent } from '../event/event.ts';
import type { FeedCursor, LedgerEntry } from '../store/port.ts';
import { driverFailure } from '../store/sqlite/driver-failure.ts';
import { acquireLock, type Lock } from '../store/sqlite/lock.ts';

interface FeedRecord {
  /** null before the first poll ended. */
  cursor: FeedCursor | null;
  /** Where its parents stand. */
  checkpoints?: Record<string, FeedCursor>;
  /** RFC 3339, for people. */
  start: string;
  ledger: Record<string, Omit<LedgerEntry, 'recordId'>>;
}

interface WorkspaceData {
  /** Shape of this file. */
  version: 2;
  /** Last sequence number given, per feed owner: connector and instance name. */
  sequences: Record<string, number>;
  feeds: Record<string, FeedRecord>;
}

export interface WorkspaceKey {
  readonly connector: string;
  readonly instance: string;
  readonly object: string;
  readonly feed: 'changes' | 'deletes';
}

export interface Workspace {
  /** The state of one feed; the start of a new one is kept from here on. Both feeds of an object share one ledger. */
  state(key: WorkspaceKey, startMs: number): Promise<ChangeState>;
  /** Lets another process have the file. */
  close(): void;
}

/**
 * Opens or makes the workspace file.
 * @param deliver gets the events of a commit, before the file remembers them.
 * @throws Failure `store-corrupt` when the file is not a workspace, `store-locked` while another process works with it:
 * each writes the whole file, so the later one would undo what the other remembered.
 */
export async function openWorkspace(
  file: string,
  deliver: (events: readonly AnyhookEvent[]) => void,
): Promise<Workspace> {
  const lock = await lockFile(file);
  try {
    return workspaceOf(await openDatabase(file), deliver, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function lockFile(file: string): Promise<Lock> {
  try {
    await mkdir(path.dirname(path.resolve(file)), { recursive: true });
    return acquireLock(`${file}.lock`);
  } catch (error) {
    throw driverFailure(error);
  }
}

async function openDatabase(file: string): Promise<Low<WorkspaceData>> {
  const empty: WorkspaceData = { version: 2, sequences: {}, feeds: {} };
  const database = new Low<WorkspaceData>(new JSONFile(file), empty);
  await database.read().catch((cause: unknown) => {
    throw notAWorkspace(file, cause);
  });
  database.data = upgraded(database.data);
  if (!isWorkspace(database.data)) throw notAWorkspace(file, undefined);
  return database;
}

function workspaceOf(
  database: Low<WorkspaceData>,
  deliver: (events: readonly AnyhookEvent[]) => void,
  lock: Lock,
): Workspace {
  const { data } = database;
  return {
    close: () => lock.release(),
    async state(key, startMs) {
      const object = `${key.connector}/${key.instance}/${key.object}`;
      const owner = `${key.connector}/${key.instance}`;
      const known = data.feeds[`${object}/${key.feed}`];
      const feed = known ?? { cursor: null, start: new Date(startMs).toISOString(), ledger: {} };
      if (known === undefined) {
        data.feeds[`${object}/${key.feed}`] = feed;
        await database.write();
      }
      const entries = (name: WorkspaceKey['feed']): FeedRecord['ledger'] =>
        data.feeds[`${object}/${name}`]?.ledger ?? {};
      const lookUp = (recordId: string): LedgerEntry | undefined => {
        const known = [entries('changes')[recordId], entries('deletes')[recordId]].filter(
          (entry) => entry !== undefined,
        );
        const [latest] = known.sort((a, b) => b.changedAt - a.changedAt);
        return latest === undefined ? undefined : { recordId, ...latest };
      };
      const living = (): LedgerEntry[] => {
        const ids = [...Object.keys(entries('changes')), ...Object.keys(entries('deletes'))];
        return [...new Set(ids)].flatMap((recordId) => lookUp(recordId) ?? []).filter(({ deleted }) => !deleted);
      };
      return {
        get cursor() {
          return feed.cursor;
        },
        startMs: Date.parse(feed.start),
        async ledger(recordIds) {
          const found = recordIds.map(lookUp).filter((entry) => entry !== undefined);
          return new Map(found.map((entry) => [entry.recordId, entry]));
        },
        async unseen({ generation, after, limit }) {
          const missed = living().filter(({ recordId, seenIn }) => seenIn !== generation && recordId > (after ?? ''));
          return missed.sort((a, b) => (a.recordId < b.recordId ? -1 : 1)).slice(0, limit);
        },
        async countUnseen(generation) {
          const all = living();
          return { live: all.length, unseen: all.filter(({ seenIn }) => seenIn !== generation).length };
        },
        async checkpoints(parents) {
          const known = feed.checkpoints ?? {};
          const own = parents.filter((parent) => Object.hasOwn(known, parent));
          return new Map(own.flatMap((parent) => (known[parent] === undefined ? [] : [[parent, known[parent]]])));
        },
        async commit(commit) {
          const events = commit.events.map((event): AnyhookEvent => {
            const sequence = (data.sequences[owner] ?? 0) + 1;
            data.sequences[owner] = sequence;
            return { ...event, sequence: String(sequence) };
          });
          // Handed over before they are remembered: after a crash in between they come again, with the same ids.
          deliver(events);
          remember(feed, commit);
          markSeen([entries('changes'), entries('deletes')], commit.seen);
          // One version of a record is known, the last: at the same moment, a delete came after the change before it.
          for (const { recordId } of commit.ledger)
            delete entries(key.feed === 'changes' ? 'deletes' : 'changes')[recordId];
          await database.write();
          return events;
        },
      };
    },
  };
}

/** An enumeration of one feed meets records that the other told of. */
function markSeen(ledgers: readonly FeedRecord['ledger'][], seen: ChangeCommit['seen']): void {
  for (const recordId of seen?.recordIds ?? []) {
    for (const ledger of ledgers) {
      const entry = ledger[recordId];
      if (entry !== undefined && seen !== undefined) ledger[recordId] = { ...entry, seenIn: seen.generation };
    }
  }
}

function remember(feed: FeedRecord, commit: ChangeCommit): void {
  const { ledger, cursor, startMs, checkpoint, forget } = commit;
  for (const { recordId, ...entry } of ledger) {
    const seenIn = feed.ledger[recordId]?.seenIn;
    feed.ledger[recordId] = { ...entry, ...(seenIn !== undefined && { seenIn }) };
  }
  if (startMs !== undefined) feed.start = new Date(startMs).toISOString();
  if (cursor !== undefined) feed.cursor = cursor;
  if (checkpoint !== undefined) feed.checkpoints = { ...feed.checkpoints, [checkpoint.parent]: checkpoint.cursor };
  if (forget === undefined) return;
  feed.ledger = Object.fromEntries(
    Object.entries(feed.ledger).filter(([, { changedAt }]) => changedAt >= forget.beforeMs),
  );
}

/** The first version kept a cursor as the text of its time. */
function upgraded(data: WorkspaceData): WorkspaceData {
  const old: unknown = data;
  if (!isRecord(old) || old['version'] !== 1 || !isRecord(old['feeds'])) return data;
  const feeds = Object.entries(old['feeds']).map(([name, feed]) => {
    const cursor = isRecord(feed) ? feed['cursor'] : null;
    return [name, isRecord(feed) && isInstant(cursor) ? { ...feed, cursor: { ms: Date.parse(String(cursor)) } } : feed];
  });
  return { ...old, version: 2, feeds: Object.fromEntries(feeds) } as WorkspaceData;
}

/** People may edit the file: what is read from it is held against its shape. */
function isWorkspace(data: unknown): data is WorkspaceData {
  if (!isRecord(data) || data['version'] !== 2 || !isRecord(data['sequences']) || !isRecord(data['feeds']))
    return false;
  const sequencesHold = Object.values(data['sequences']).every(Number.isSafeInteger);
  return sequencesHold && Object.values(data['feeds']).every(isFeedRecord);
}

function isFeedRecord(feed: unknown): feed is FeedRecord {
  if (!isRecord(feed) || !isRecord(feed['ledger'])) return false;
  const isEntry = (entry: unknown): boolean =>
    isRecord(entry) && typeof entry['version'] === 'string' && Number.isFinite(entry['changedAt']);
  return (
    isInstant(feed['start']) &&
    (feed['cursor'] === null || isRecord(feed['cursor'])) &&
    Object.values(feed['ledger']).every(isEntry)
  );
}

const isInstant = (value: unknown): boolean => typeof value === 'string' && !Number.isNaN(Date.parse(value));

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function notAWorkspace(file: string, cause: unknown): Failure {
  return new Failure('store-corrupt', `${file} is not a workspace file of anyhook.`, {
    retryable: false,
    help: 'Name another file with --workspace, or move this one away to start anew.',
    ...(cause !== undefined && { cause }),
  });
}
