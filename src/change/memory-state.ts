/** What a feed remembers, in memory: for one run of a test or a check, never for a runtime. */
import type { AnyhookEvent } from '../event/event.ts';
import type { LedgerEntry } from '../store/port.ts';
import type { ChangeState } from './feed.ts';

/** One object's ledger, shared by its feeds, and a state per feed over it. */
export function createMemoryStates(startMs: number): {
  state(): ChangeState;
  readonly events: readonly AnyhookEvent[];
} {
  const ledger = new Map<string, LedgerEntry>();
  const events: AnyhookEvent[] = [];
  return {
    events,
    state() {
      let cursorMs: number | null = null;
      let ownStartMs = startMs;
      return {
        get cursorMs() {
          return cursorMs;
        },
        get startMs() {
          return ownStartMs;
        },
        ledger: async (ids) => new Map(ids.flatMap((id) => entryOf(ledger, id))),
        async commit(commit) {
          const fresh = commit.events.filter((event) => events.every((known) => known.id !== event.id));
          const stored = fresh.map((event, index) => ({ ...event, sequence: String(events.length + index + 1) }));
          events.push(...stored);
          for (const entry of commit.ledger) ledger.set(entry.recordId, entry);
          cursorMs = commit.cursorMs ?? cursorMs;
          ownStartMs = commit.startMs ?? ownStartMs;
          return stored;
        },
      };
    },
  };
}

function entryOf(ledger: ReadonlyMap<string, LedgerEntry>, id: string): [string, LedgerEntry][] {
  const entry = ledger.get(id);
  return entry === undefined ? [] : [[id, entry]];
}
