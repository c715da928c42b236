/** What a feed remembers, in memory: for one run of a test or a check, never for a runtime. */
import { Failure } from '../diagnostic/failure.ts';
import type { AnyhookEvent } from '../event/event.ts';
import type { FeedCursor, LedgerEntry } from '../store/port.ts';
import type { ChangeCommit, ChangeState } from './feed.ts';

/** One object's ledger, shared by its feeds, and a state per feed over it. */
export function createMemoryStates(startMs: number): {
  state(): ChangeState;
  readonly events: readonly AnyhookEvent[];
} {
  const ledger = new Map<string, LedgerEntry>();
  const events: AnyhookEvent[] = [];
  const check = ({ judgedBy }: ChangeCommit): void => {
    for (const [recordId, judged] of judgedBy ?? []) {
      const entry = ledger.get(recordId);
      if (entry?.version !== judged?.version || entry?.deleted !== judged?.deleted)
        throw new Failure('ledger-moved', `Another feed has told of ${recordId} meanwhile.`, { retryable: true });
    }
  };
  const living = () => [...ledger.values()].filter(({ deleted }) => !deleted);
  const remember = ({ ledger: entries, seen, forget }: ChangeCommit): void => {
    for (const entry of entries)
      ledger.set(entry.recordId, { ...entry, seenIn: ledger.get(entry.recordId)?.seenIn ?? null });
    for (const [id, entry] of (seen?.recordIds ?? []).flatMap((recordId) => pairOf(ledger, recordId)))
      ledger.set(id, { ...entry, seenIn: seen?.generation ?? null });
    if (forget === undefined) return;
    for (const { recordId, deleted, changedAt } of [...ledger.values()]) {
      const isOfKind = forget.of === 'all' || deleted === (forget.of === 'deleted');
      if (isOfKind && changedAt < forget.beforeMs) ledger.delete(recordId);
    }
  };
  return {
    events,
    state() {
      let cursor: FeedCursor | null = null;
      const checkpoints = new Map<string, FeedCursor>();
      let ownStartMs = startMs;
      return {
        get cursor() {
          return cursor;
        },
        get startMs() {
          return ownStartMs;
        },
        ledger: async (ids) => new Map(ids.flatMap((id) => pairOf(ledger, id))),
        async unseen({ generation, after, limit }) {
          return living()
            .filter(({ recordId, seenIn }) => seenIn !== generation && recordId > (after ?? ''))
            .sort((a, b) => (a.recordId < b.recordId ? -1 : 1))
            .slice(0, limit);
        },
        async countUnseen(generation) {
          const unseen = living().filter(({ seenIn }) => seenIn !== generation).length;
          return { live: living().length, unseen };
        },
        checkpoints: async (parents) => new Map(parents.flatMap((parent) => pairOf(checkpoints, parent))),
        async commit(commit) {
          check(commit);
          const fresh = commit.events.filter((event) => events.every((known) => known.id !== event.id));
          const stored = fresh.map((event, index) => ({ ...event, sequence: String(events.length + index + 1) }));
          events.push(...stored);
          remember(commit);
          if (commit.checkpoint !== undefined) checkpoints.set(commit.checkpoint.parent, commit.checkpoint.cursor);
          cursor = commit.cursor ?? cursor;
          ownStartMs = commit.startMs ?? ownStartMs;
          return stored;
        },
      };
    },
  };
}

function pairOf<T>(map: ReadonlyMap<string, T>, key: string): [string, T][] {
  const value = map.get(key);
  return value === undefined ? [] : [[key, value]];
}
