/** Where a feed that goes by time stands at the beginning of a poll, and how its cursor moves. Pure but for the clock. */
import type { CursorTraps } from '../definition/connector.ts';
import type { FeedCursor } from '../store/port.ts';
import { longestSpread } from '../where/instant.ts';
import { type FeedSource, type PollPorts, vendorNow, vendorStart } from './feed.ts';
import { type LedgerReach, reachAfter, reachOf } from './ledger-reach.ts';
import type { Batch } from './strategy/strategy.ts';
import { floorTo, ledgerStart, nextWindow, unitMs, type Window, windowStart } from './window.ts';

export interface TimeFrame {
  /** The cursor before the poll; null before the first. */
  readonly beforeMs: number | null;
  /** On the vendor's clock. */
  readonly startMs: number;
  readonly vendorNowMs: number;
  readonly reach: LedgerReach;
  /** What the ledger holds with an earlier time was surely created before its reach. */
  readonly forgetBeforeMs: number;
  /** Of the window as it follows from the cursor: see `reachAfter`. */
  readonly moved: { readonly sinceMs: number; readonly reachMs: number };
  /** What batches say of what the ledger knows. */
  readonly grounds: Pick<Batch, 'knownSince' | 'rememberBeforeMs'>;
  /** What is to be read; null while the vendor's clock has not moved on by a whole unit. */
  readonly window: Window | null;
}

/**
 * The start is the vendor's time only with the first cursor. A poll that broke off before may have begun, and told, from an
 * earlier one: so far apart may what it thought of the vendor's clock be.
 */
const startSlackMs = 3_600_000;

/** Where the feed tracks, what was there before the start must be remembered: it may leave the set that is watched. */
export function timeFrame(
  source: Pick<FeedSource, 'object' | 'detection' | 'track'>,
  ports: PollPorts,
  traps: CursorTraps,
): TimeFrame {
  const { state } = ports;
  const vendorNowMs = vendorNow(ports);
  const beforeMs = state.cursor?.ms ?? null;
  const startMs = vendorStart(source, ports);
  const reach = reachOf(state.cursor, floorTo(startMs, unitMs[traps.granularity]));
  const fromMs = beforeMs === null && source.track ? 0 : startMs;
  return {
    beforeMs,
    startMs,
    vendorNowMs,
    reach,
    // No more than this poll may be asked of: what it reads later must still be known.
    forgetBeforeMs: forgettable(reach, source),
    moved: {
      sinceMs: windowStart(beforeMs, startMs, traps),
      reachMs: ledgerStart(beforeMs, startMs, traps),
    },
    grounds: { knownSince: reach.sinceMs, ...(fromMs < startMs && { rememberBeforeMs: startMs }) },
    window: nextWindow({ cursorMs: beforeMs, startMs: fromMs, vendorNowMs, traps }),
  };
}

/** What the ledger holds from before may be forgotten, as far as this feed goes, for nothing of it is read again. */
export function forgettable(
  { sinceMs }: LedgerReach,
  { object, detection: { timeField } }: Pick<FeedSource, 'object' | 'detection'>,
): number {
  const spreadMs = Math.max(longestSpread(timeField), longestSpread(object.createdAt ?? timeField));
  return sinceMs - spreadMs - startSlackMs;
}

/** The batch that moves the cursor: all changes up to `toMs` have been handed over. It never moves back. */
export function moveTo(
  toMs: number,
  { startMs, grounds, reach, forgetBeforeMs, moved }: Omit<TimeFrame, 'beforeMs' | 'vendorNowMs' | 'window'>,
  ports: PollPorts,
  rest: Omit<FeedCursor, 'ms'> = {},
): Batch {
  const ms = Math.max(toMs, ports.state.cursor?.ms ?? toMs);
  return {
    readings: [],
    ...grounds,
    cursor: { ...rest, ms, reach: { ...reachAfter(reach, moved, vendorNow(ports)) } },
    startMs,
    forgetBeforeMs,
  };
}

/** The pieces in which a window is walked, none wider than the vendor takes. */
export function piecesOf(window: Window, maxWindowMs: number): Window[] {
  const pieces: Window[] = [];
  for (let { sinceMs } = window; sinceMs < window.untilMs; sinceMs += maxWindowMs) {
    pieces.push({ sinceMs, untilMs: Math.min(sinceMs + maxWindowMs, window.untilMs) });
  }
  return pieces;
}
