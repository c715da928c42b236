/** A cheap question before the poll: has anything changed at all? */
import type { Detection } from '../connector/connector.ts';
import { renderRequest } from '../connector/render-request.ts';
import type { VendorAnswer } from '../http/client.ts';
import type { FeedCursor } from '../store/port.ts';
import { readPath } from '../template/path.ts';
import { type FeedSource, type PollPorts, vendorNow } from './feed.ts';
import type { Batch, Strategy } from './strategy/strategy.ts';

/** The value that stands for the vendor's state, and when it was seen first. */
interface Seen {
  readonly value: string;
  readonly sinceMs: number;
  /** When the last whole walk began; all times are on the vendor's clock. */
  readonly walkedMs: number;
}

/** Vendors tell their clock in whole seconds. */
const clockStepMs = 2_000;

/** The strategy behind the gate of its detection, where that has one. */
export function gated(strategy: Strategy): Strategy {
  return async function* (source, ports, report) {
    if (source.detection.gate === null) {
      yield* strategy(source, ports, report);
      return;
    }
    const before = seenOf(ports.state.cursor);
    const value = await askGate(source, ports, before?.value);
    // Not before the answer, which tells the vendor's clock where ours was set or this process has just begun.
    const nowMs = vendorNow(ports);
    const sinceMs = before !== null && before.value === value ? before.sinceMs : nowMs;
    const { client } = ports;
    if (isShut(before, value, source.detection) && !client.isClockDoubted) return;
    let last: Batch | null = null;
    for await (const batch of strategy(source, ports, report)) {
      if (batch.cursor !== undefined) last = batch;
      yield batch.cursor === undefined ? batch : { ...batch, cursor: withGate(batch.cursor, null) };
    }
    // Only when all is read and believed: a walk that breaks off, or met a reader that lags, must not find the gate shut; nor
    // one whose window ended where the vendor's clock was thought to be, and perhaps is not.
    const isBelieved = report.stale === 0 && !client.isClockDoubted;
    if (last?.cursor === undefined || last.isOpen === true || !isBelieved || value === null) return;
    const cursor = withGate(last.cursor, { value, sinceMs, walkedMs: nowMs });
    yield { readings: [], knownSince: last.knownSince, cursor };
  };
}

/** Whether nothing has changed since a walk that began when all of it was to be seen. */
function isShut(before: Seen | null, value: string | null, detection: Detection): boolean {
  return before !== null && before.value === value && before.walkedMs - before.sinceMs >= lateMs(detection);
}

/**
 * How long after a change a walk may still not show it: the gate is shut by a walk that began later than that, for else
 * what has not settled yet, or is indexed late, would wait behind it.
 */
function lateMs(detection: Detection): number {
  if ('cursor' in detection) {
    const { settleSeconds, overlapSeconds } = detection.cursor;
    return (settleSeconds + overlapSeconds) * 1_000 + clockStepMs;
  }
  return detection.strategy === 'since-id' ? detection.growing.settleMs + clockStepMs : 0;
}

function seenOf(cursor: FeedCursor | null): Seen | null {
  const gate = cursor?.['gate'] as Partial<Seen> | null | undefined;
  return typeof gate?.value === 'string' ? (gate as Seen) : null;
}

/** What the gate showed before the walk is kept with the cursor: what changed during it is asked for again. */
function withGate({ gate: _before, ...cursor }: FeedCursor, gate: Seen | null): FeedCursor {
  return gate === null ? cursor : { ...cursor, gate: { ...gate } };
}

/** The value that stands for the vendor's state; null when the vendor gives none. */
async function askGate(
  { detection, settings }: FeedSource,
  { client, signal }: PollPorts,
  known: string | undefined,
): Promise<string | null> {
  const { gate } = detection;
  if (gate === null) return null;
  if (gate.kind === 'probe') {
    const answer = await client.send(renderRequest(gate.request, { settings }), signal);
    const value = JSON.stringify(readPath(answer.body, gate.read) ?? null);
    return value === 'null' ? null : value;
  }
  const request = renderRequest(detection.request, { settings });
  const condition: Record<string, string> = known === undefined ? {} : { 'if-none-match': known };
  const answer: VendorAnswer = await client.send({ ...request, headers: { ...request.headers, ...condition } }, signal);
  return answer.status === 304 ? (known ?? null) : (answer.headers['etag'] ?? null);
}
