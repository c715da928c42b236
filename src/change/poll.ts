/** One poll of one feed: walk, classify, map, store. */
import type { Detection } from '../connector/connector.ts';
import type { Failure } from '../diagnostic/failure.ts';
import type { AnyhookEvent, UnsequencedEvent } from '../event/event.ts';
import type { LedgerEntry } from '../store/port.ts';
import { compileFilter } from '../where/evaluate.ts';
import { changeEvent, type Told } from './change-event.ts';
import { classify, isBackAsBefore, type News, unversioned, type Verdict } from './classify.ts';
import { doubtOf } from './doubt.ts';
import { graceMs } from './enumerate.ts';
import { type ChangeCommit, type ClockPorts, type FeedSource, keepsWhole, type PollPorts, vendorNow } from './feed.ts';
import { gated } from './gate.ts';
import { type FeedPart, partsOf } from './in-turn.ts';
import { fannedOut } from './parents.ts';
import type { PollReport, Tally } from './poll-report.ts';
import { isTombstone, type Reading } from './reading.ts';
import { type Judge, settle } from './settle.ts';
import { delta } from './strategy/delta.ts';
import { keyset } from './strategy/keyset.ts';
import { newestFirst } from './strategy/newest-first.ts';
import { serverWatermark } from './strategy/server-watermark.ts';
import { sinceId } from './strategy/since-id.ts';
import { snapshot } from './strategy/snapshot.ts';
import type { Batch, Strategy } from './strategy/strategy.ts';
import { watermark } from './strategy/watermark.ts';
import { Undecided } from './undecided.ts';

const strategies: { readonly [S in Detection['strategy']]: Strategy<Extract<Detection, { strategy: S }>> } = {
  watermark,
  keyset,
  'server-watermark': serverWatermark,
  delta,
  'since-id': sinceId,
  'newest-first': newestFirst,
  snapshot,
};

/**
 * Polls a feed until it has caught up. Every page's changes are stored before the next page is asked for; the cursor
 * moves with the last of a window. After a failure or a crash the window is read again, and the ledger keeps what was
 * stored from being stored twice. A feed that looks in several places does so in turn, up to the first that fails.
 * @param onEvents sees the events that were new, after they were stored.
 * @throws Failure; `report` then tells how far it came, and the cursor stands where the last whole window ended. After one
 * for times that cannot be believed (`record-time-future`, `vendor-filter-ignored`) all that can be read was stored.
 */
export async function pollFeed(
  source: FeedSource,
  ports: PollPorts,
  report: PollReport,
  onEvents: (events: readonly AnyhookEvent[]) => void = () => {},
): Promise<void> {
  for (const part of partsOf(source, ports)) {
    await pollPart(part, report, (events) => {
      report.cursor = ports.state.cursor;
      if (events.length > 0) onEvents(events);
    });
  }
}

/** @param onStored called after each commit with the events that were new. */
async function pollPart(
  { source, ports }: FeedPart,
  report: PollReport,
  onStored: (events: readonly AnyhookEvent[]) => void,
): Promise<void> {
  // Each strategy is called with its own detection: both are found by one name.
  const strategy = strategies[source.detection.strategy] as Strategy;
  const judge = judgeOf(source, ports);
  let doubt: Failure | null = null;
  for await (const batch of gated(fannedOut(strategy))(source, ports, report)) {
    ports.signal?.throwIfAborted();
    // What one window cannot be believed in, a later one must not pass over.
    if (batch.cursor !== undefined || batch.checkpoint !== undefined) doubt ??= doubtOf(source, report);
    const believed = doubt === null ? batch : withoutMoves(batch);
    onStored(await settle(believed, judge, ports, report));
  }
  doubt ??= doubtOf(source, report);
  if (doubt !== null) throw doubt;
}

/** What was read is kept, and read again. */
function withoutMoves({ cursor, startMs, checkpoint, forgetBeforeMs, ...rest }: Batch): Batch {
  return rest;
}

type JudgePorts = Pick<PollPorts, 'state'> & ClockPorts;

/**
 * What a batch means against the ledger: the events to store and the versions to remember. Native webhooks are judged
 * by the same, so that both ways feed one stream.
 */
export function judgeOf(source: FeedSource, ports: JudgePorts, told: Told = { origin: 'poll' }): Judge {
  const { own, thin } = source.detection;
  const whole = keepsWhole(source);
  const lagsSinceMs = lagsSince(source, ports, told);
  const passes = own === null ? null : compileFilter(own.normal, own.fields)({ parameters: {}, nowMs: ports.now() });
  const matches = (reading: Reading): boolean | null => {
    const { native, deleted, version } = reading;
    if (passes === null || (thin && version === unversioned)) return true;
    return (deleted && thin) || isTombstone(reading, source.object) ? null : passes(native);
  };

  const undecided = new Undecided(source.detection);
  return async (batch, report) => {
    const found = await ports.state.ledger(batch.readings.map((reading) => reading.recordId));
    const known = new Map(found);
    const events: UnsequencedEvent[] = [];
    const ledger = new Map<string, LedgerEntry>();
    const remember = (entry: LedgerEntry): void => {
      known.set(entry.recordId, entry);
      ledger.set(entry.recordId, entry);
    };
    for (const reading of batch.readings) {
      const entry = known.get(reading.recordId);
      const { knownSince, isComplete } = batch;
      const grounds = { knownSince, isComplete, matches: matches(reading), whole, lagsSinceMs };
      const verdict = classify(reading, entry, grounds);
      const next = entryAfter(reading, entry, verdict, source);
      if (next !== null) remember(next);
      undecided.take(verdict, reading, entry, batch);
      if (!isNews(verdict)) count(verdict, report);
      else if (isTold(reading, batch)) {
        count(verdict, report);
        const nowMs = ports.now();
        const how = howTold(reading, source, told, nowMs);
        const finding = lagsSinceMs === Number.NEGATIVE_INFINITY ? null : `${nowMs}.${events.length}`;
        const context = { source, nowMs, report, told: how, finding };
        events.push(await changeEvent(reading, verdict, entry, context));
      } else report.filtered += 1;
    }
    const judgedBy = new Map([...ledger.keys()].map((recordId) => [recordId, found.get(recordId) ?? null]));
    return {
      events,
      ledger: [...ledger.values()],
      judgedBy,
      ...movesOf(undecided.holdBack(batch), source, whole),
    };
  };
}

/**
 * See `Grounds`. Entries of a log and webhooks tell of states that are long over, and a page cursor of an earlier poll may
 * stand for what there was then.
 */
function lagsSince({ detection }: FeedSource, ports: JudgePorts, { origin }: Told): number {
  const isLog = detection.entry !== null || detection.strategy === 'since-id' || origin !== 'poll';
  if (isLog || (ports.state.cursor?.['mark'] ?? null) !== null) return Number.NEGATIVE_INFINITY;
  // A token stands for a place in the vendor's own order.
  if (detection.strategy === 'delta') return vendorNow(ports);
  return vendorNow(ports) - ('cursor' in detection ? detection.cursor.overlapSeconds * 1_000 : graceMs);
}

/** A webhook may be this late without being lost. */
const webhookDelayMs = 30_000;

/** Whether a webhook should have told of it by now. Nobody comes here with what one did tell: the ledger knows that. */
function howTold({ changedAtMs }: Reading, source: FeedSource, told: Told, nowMs: number): Told {
  const { webhookSinceMs = null } = source;
  if (told.origin !== 'poll' || webhookSinceMs === null) return told;
  const isLost = changedAtMs >= webhookSinceMs && changedAtMs < nowMs - webhookDelayMs;
  return isLost ? { origin: 'reconcile' } : told;
}

/** What was there before the instance began is remembered, so that its changes and its end are seen. */
function isTold(
  { changedAtMs, createdAtMs }: Reading,
  { rememberBeforeMs = Number.NEGATIVE_INFINITY }: Batch,
): boolean {
  // An import may give what it creates a change time of long ago.
  return Math.max(changedAtMs, createdAtMs ?? changedAtMs) >= rememberBeforeMs;
}

function isNews(verdict: Verdict): verdict is News {
  return verdict !== 'known' && verdict !== 'stale' && verdict !== 'never';
}

function count(verdict: Verdict, report: Tally): void {
  if (verdict === 'never') report.filtered += 1;
  else if (verdict === 'known' || verdict === 'stale') {
    report.known += 1;
    if (verdict === 'stale') report.stale += 1;
  } else report[verdict === 'left' ? 'deleted' : verdict] += 1;
}

/** What the ledger remembers from now on; null when it is right as it is. */
function entryAfter(
  reading: Reading,
  entry: LedgerEntry | undefined,
  verdict: Verdict,
  source: FeedSource,
): LedgerEntry | null {
  const { recordId, version, changedAtMs, native } = reading;
  // An older reading of what is gone must not bring it back: the latest word on it counts.
  const latestMs = Math.max(changedAtMs, entry?.changedAt ?? changedAtMs);
  const gone = { recordId, version, changedAt: latestMs, deleted: true };
  // Whoever else tells of this delete may not know that nobody is to be told.
  if (verdict === 'never' && reading.deleted && source.isShared === true && !keepsWhole(source)) return gone;
  if (!isNews(verdict)) {
    const isLaterDelete = reading.deleted && entry?.deleted === true && latestMs > entry.changedAt;
    return isLaterDelete ? { ...entry, changedAt: latestMs } : null;
  }
  if (verdict === 'deleted' || verdict === 'left') return gone;
  const kept = source.keepRecords === true ? { native } : {};
  // What came back with the time of before is later than its delete, which may be read once more.
  const changedAt = isBackAsBefore(reading, entry) ? entry.changedAt + 1 : changedAtMs;
  return { recordId, version, changedAt, deleted: false, ...kept };
}

/** How far cursor, checkpoints and memory move with a batch. */
function movesOf(batch: Batch, source: FeedSource, whole: boolean): Partial<ChangeCommit> {
  const { cursor, startMs, checkpoint, seen, forgetBeforeMs } = batch;
  const other = source.feed === 'changes' ? source.object.deletes : source.object.changes;
  const kind = source.feed === 'changes' ? 'live' : 'deleted';
  return {
    ...(cursor !== undefined && { cursor }),
    ...(startMs !== undefined && { startMs }),
    ...(checkpoint !== undefined && { checkpoint }),
    ...(seen !== undefined && { seen }),
    // Each feed forgets what it alone reads again.
    ...(forgetBeforeMs !== undefined &&
      !whole && { forget: { beforeMs: forgetBeforeMs, of: other === null ? ('all' as const) : kind } }),
  };
}
