/**
 * A feed that looks in several places: one after the other, so that what the first knows more of is told by it. Each has
 * a cursor of its own, which is kept in that of the feed; the ledger is the object's.
 */
import type { FeedCursor, StoredJson } from '../store/port.ts';
import type { ChangeCommit, ChangeState, FeedSource, PollPorts } from './feed.ts';
import { reachOf } from './ledger-reach.ts';
import { forgettable } from './time-frame.ts';

export interface FeedPart {
  readonly source: FeedSource;
  readonly ports: PollPorts;
}

/** Where one of those after the first stands. */
interface Place {
  /** On the vendor's clock. */
  readonly startMs: number;
  readonly cursor: FeedCursor | null;
}

type Places = Readonly<Record<string, Place>>;

/** The parts of a feed in their order: itself where it looks in one place only. */
export function* partsOf(source: FeedSource, ports: PollPorts): Generator<FeedPart> {
  const { further } = source.detection;
  if (further.length === 0) {
    yield { source, ports };
    return;
  }
  const shared = { ...source, isShared: true };
  yield { source: shared, ports: { ...ports, state: firstState(shared, ports.state) } };
  for (const detection of further) {
    // Where the feed itself stands is where this part begins.
    if (ports.state.cursor === null) return;
    const state = furtherState(shared, detection.name, ports.state);
    yield { source: { ...shared, detection }, ports: { ...ports, state } };
  }
}

function firstState(source: FeedSource, state: ChangeState): ChangeState {
  return {
    ...state,
    get cursor() {
      return state.cursor;
    },
    get startMs() {
      return state.startMs;
    },
    commit({ cursor, ...commit }) {
      const places = placesOf(source, state.cursor ?? cursor ?? null, commit.startMs ?? state.startMs);
      return state.commit({
        ...careful(commit, source, places, state),
        ...(cursor !== undefined && { cursor: withPlaces(cursor, places) }),
      });
    },
  };
}

function furtherState(source: FeedSource, name: string, state: ChangeState): ChangeState {
  const places = (): Places => placesOf(source, state.cursor, state.startMs);
  const place = (): Place => places()[name] ?? { startMs: state.startMs, cursor: null };
  return {
    ...state,
    get cursor() {
      return place().cursor;
    },
    get startMs() {
      return place().startMs;
    },
    get vendorStartMs() {
      return place().startMs;
    },
    commit({ cursor, startMs: _feeds, ...commit }) {
      const moved = cursor !== undefined && { [name]: { startMs: place().startMs, cursor } };
      return state.commit({
        ...careful(commit, source, places(), state),
        ...(moved !== false && { cursor: withPlaces(state.cursor ?? {}, { ...places(), ...moved }) }),
      });
    },
  };
}

/**
 * One that has no place yet, for it is new to the connector or to the account, begins where the ledger does: all deletes
 * that were told since then are known.
 */
function placesOf({ detection }: FeedSource, cursor: FeedCursor | null, startMs: number): Places {
  const kept = (cursor?.['further'] ?? {}) as unknown as Places;
  const { sinceMs } = reachOf(cursor, startMs);
  return Object.fromEntries(
    detection.further.map(({ name }) => [name, kept[name] ?? { startMs: sinceMs, cursor: null }]),
  );
}

function withPlaces({ further: _before, ...cursor }: FeedCursor, places: Places): FeedCursor {
  // Cursors are JSON.
  return { ...cursor, further: { ...places } as unknown as StoredJson };
}

/** Nothing is forgotten that one of the others may still read again. */
function careful(
  { forget, ...commit }: Omit<ChangeCommit, 'cursor'>,
  source: FeedSource,
  places: Places,
  { cursor, startMs }: ChangeState,
): Omit<ChangeCommit, 'cursor'> {
  if (forget === undefined) return commit;
  const { detection } = source;
  const bounds = [
    forgettable(reachOf(cursor, startMs), source),
    ...detection.further.map((other) => {
      const place = places[other.name];
      return forgettable(reachOf(place?.cursor ?? null, place?.startMs ?? startMs), { ...source, detection: other });
    }),
  ];
  return { ...commit, forget: { ...forget, beforeMs: Math.min(forget.beforeMs, ...bounds) } };
}
