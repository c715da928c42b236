/**
 * A gap: the cursor is older than the vendor's memory. What changed in it can no longer be asked for; with a full
 * listing it is found by comparing with the ledger, else it is told and the feed goes on from where the vendor remembers.
 */
import type {
  FullListing,
  KeysetDetection,
  ServerWatermarkDetection,
  WatermarkDetection,
} from '../connector/connector.ts';
import { defaultBreaker, enumerate, type Listed } from './enumerate.ts';
import type { FeedSource, PollPorts } from './feed.ts';
import { note, type PollReport } from './poll-report.ts';
import type { Batch } from './strategy/strategy.ts';
import { moveTo, type TimeFrame } from './time-frame.ts';

type Bounded = KeysetDetection | ServerWatermarkDetection | WatermarkDetection;

/** All records held against the ledger: what a feed left out, and cannot be asked for again, shows in the difference. */
export async function* compareAll(
  source: FeedSource<Bounded>,
  full: FullListing,
  ports: PollPorts,
  report: PollReport,
): AsyncGenerator<Batch, Listed> {
  return yield* enumerate(source, full, ports, report, { breaker: defaultBreaker, isFirst: false });
}

/** Answers the frame to go on with. */
export async function* closeGap(
  source: FeedSource<Bounded>,
  ports: PollPorts,
  report: PollReport,
  frame: TimeFrame,
): AsyncGenerator<Batch, TimeFrame> {
  const { retentionMs, full } = source.detection;
  const { window, vendorNowMs, beforeMs, startMs } = frame;
  const compare = { breaker: defaultBreaker, isFirst: beforeMs === null };
  // What is compared with later has to be known first; from then on, what is no longer there is gone.
  if (full !== null && beforeMs === null) yield* enumerate(source, full, ports, report, compare);
  // Though there is nothing to ask for yet, the start is a moment on the vendor's clock, which may be set by the next poll.
  if (beforeMs === null && (full !== null || window === null))
    yield { ...moveTo(startMs, frame, ports), isOpen: window === null };
  const oldestMs = vendorNowMs - retentionMs;
  if (window === null || window.sinceMs >= oldestMs) return frame;
  // Before the first poll nothing was promised: what the vendor has forgotten by then was never in reach.
  if (beforeMs !== null && beforeMs < oldestMs) {
    note(report, 'history-gap');
    if (full !== null) yield* enumerate(source, full, ports, report, compare);
  }
  const sinceMs = Math.min(Math.max(window.sinceMs, oldestMs), window.untilMs);
  return { ...frame, window: { ...window, sinceMs } };
}
