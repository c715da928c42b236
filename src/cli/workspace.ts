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
import type { LedgerEntry } from '../store/port.ts';

interface FeedRecord {
  /** RFC 3339, for people; null before the first poll ended. */
  cursor: string | null;
  start: string;
  ledger: Record<string, Omit<LedgerEntry, 'recordId'>>;
}

interface WorkspaceData {
  /** Shape of this file. */
  version: 1;
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
  /** The state of one feed. Both feeds of an object share one ledger. */
  state(key: WorkspaceKey, startMs: number): ChangeState;
}

/**
 * Opens or makes the workspace file.
 * @param deliver gets the events of a commit, before the file remembers them.
 * @throws Failure `store-corrupt` when the file is not a workspace.
 */
export async function openWorkspace(
  file: string,
  deliver: (events: readonly AnyhookEvent[]) => void,
): Promise<Workspace> {
  await mkdir(path.dirname(path.resolve(file)), { recursive: true });
  const empty: WorkspaceData = { version: 1, sequences: {}, feeds: {} };
  const database = new Low<WorkspaceData>(new JSONFile(file), empty);
  await database.read().catch((cause: unknown) => {
    throw notAWorkspace(file, cause);
  });
  if (database.data?.version !== 1 || typeof database.data.feeds !== 'object') throw notAWorkspace(file, undefined);
  const { data } = database;

  return {
    state(key, startMs) {
      const object = `${key.connector}/${key.instance}/${key.object}`;
      const owner = `${key.connector}/${key.instance}`;
      const feed = data.feeds[`${object}/${key.feed}`] ?? {
        cursor: null,
        start: new Date(startMs).toISOString(),
        ledger: {},
      };
      data.feeds[`${object}/${key.feed}`] = feed;
      const entries = (name: WorkspaceKey['feed']): FeedRecord['ledger'] =>
        data.feeds[`${object}/${name}`]?.ledger ?? {};
      const lookUp = (recordId: string): LedgerEntry | undefined => {
        const known = [entries('changes')[recordId], entries('deletes')[recordId]].filter(
          (entry) => entry !== undefined,
        );
        const [latest] = known.sort((a, b) => b.changedAt - a.changedAt);
        return latest === undefined ? undefined : { recordId, ...latest };
      };
      return {
        cursorMs: feed.cursor === null ? null : Date.parse(feed.cursor),
        startMs: Date.parse(feed.start),
        async ledger(recordIds) {
          const found = recordIds.map(lookUp).filter((entry) => entry !== undefined);
          return new Map(found.map((entry) => [entry.recordId, entry]));
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
          await database.write();
          return events;
        },
      };
    },
  };
}

function remember(feed: FeedRecord, commit: ChangeCommit): void {
  for (const { recordId, ...entry } of commit.ledger) feed.ledger[recordId] = entry;
  const { cursorMs, startMs, forgetBeforeMs } = commit;
  if (startMs !== undefined) feed.start = new Date(startMs).toISOString();
  if (cursorMs !== undefined) feed.cursor = new Date(cursorMs).toISOString();
  if (forgetBeforeMs === undefined) return;
  feed.ledger = Object.fromEntries(
    Object.entries(feed.ledger).filter(([, entry]) => entry.changedAt >= forgetBeforeMs),
  );
}

function notAWorkspace(file: string, cause: unknown): Failure {
  return new Failure('store-corrupt', `${file} is not a workspace file of anyhook.`, {
    retryable: false,
    help: 'Name another file with --workspace, or move this one away to start anew.',
    ...(cause !== undefined && { cause }),
  });
}
