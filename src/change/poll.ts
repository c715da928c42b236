/** One poll of one feed: walk, classify, map, store. */
import { Failure } from '../diagnostic/failure.ts';
import { buildEvent } from '../event/build.ts';
import type { AnyhookEvent, Change, UnsequencedEvent } from '../event/event.ts';
import type { LedgerEntry } from '../store/port.ts';
import { classify } from './classify.ts';
import type { FeedSource, PollPorts } from './feed.ts';
import { note, type PollReport } from './poll-report.ts';
import type { Reading } from './reading.ts';
import type { Batch } from './strategy/strategy.ts';
import { watermark } from './strategy/watermark.ts';

const strategies = { watermark } as const;

/**
 * Polls a feed until it has caught up. Every page's changes are stored before the next page is asked for; the cursor
 * moves with the last of a window. After a failure or a crash the window is read again, and the ledger keeps what was
 * stored from being stored twice.
 * @param onEvents sees the events that were new, after they were stored.
 * @throws Failure; `report` then tells how far it came, and the cursor stands where the last whole window ended.
 */
export async function pollFeed(
  source: FeedSource,
  ports: PollPorts,
  report: PollReport,
  onEvents: (events: readonly AnyhookEvent[]) => void = () => {},
): Promise<void> {
  for await (const batch of strategies[source.detection.strategy](source, ports, report)) {
    ports.signal?.throwIfAborted();
    const { events, ledger } = await decide(batch, source, ports, report);
    if (events.length === 0 && ledger.length === 0 && batch.cursor === undefined) continue;
    const stored = await ports.state.commit({ events, ledger, ...batch.cursor });
    if (batch.cursor !== undefined) report.cursorMs = batch.cursor.cursorMs;
    if (stored.length > 0) onEvents(stored);
  }
}

/** What a batch means against the ledger: the events to store and the versions to remember. */
async function decide(
  batch: Batch,
  source: FeedSource,
  ports: PollPorts,
  report: PollReport,
): Promise<{ events: readonly UnsequencedEvent[]; ledger: readonly LedgerEntry[] }> {
  const known = new Map(await ports.state.ledger(batch.readings.map((reading) => reading.recordId)));
  const events: UnsequencedEvent[] = [];
  const ledger = new Map<string, LedgerEntry>();
  for (const reading of batch.readings) {
    const verdict = classify(reading, known.get(reading.recordId), source.feed, batch.knownSinceMs);
    if (verdict === 'known' || verdict === 'stale') {
      report.known += 1;
      continue;
    }
    report[verdict] += 1;
    const entry: LedgerEntry = {
      recordId: reading.recordId,
      version: reading.version,
      changedAt: reading.changedAtMs,
      deleted: verdict === 'deleted',
    };
    known.set(reading.recordId, entry);
    ledger.set(reading.recordId, entry);
    events.push(await changeEvent(reading, verdict, source, ports.now(), report));
  }
  return { events, ledger: [...ledger.values()] };
}

async function changeEvent(
  reading: Reading,
  change: Change,
  source: FeedSource,
  nowMs: number,
  report: PollReport,
): Promise<UnsequencedEvent> {
  return buildEvent({
    connector: source.connector.key,
    instance: source.instance,
    object: source.object.name,
    objectId: reading.recordId,
    version: reading.version,
    change,
    origin: 'poll',
    occurredAt: new Date(reading.changedAtMs).toISOString(),
    detectedAt: new Date(nowMs).toISOString(),
    changedFields: null,
    record: await normalise(reading, source, report),
    native: reading.native,
  });
}

/** The common resource, or null when the mapping fails on this record: the change itself must not be lost for that. */
async function normalise(
  reading: Reading,
  source: FeedSource,
  report: PollReport,
): Promise<Record<string, unknown> | null> {
  try {
    return await source.object.mapping.apply(reading.native, { settings: source.settings, object: source.object.name });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    note(report, error.code);
    return null;
  }
}
