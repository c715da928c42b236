/**
 * Server watermark: the vendor itself says up to when an answer is complete, which it knows better than any clock: writes
 * that are still open are not in it.
 */
import type { ServerWatermarkDetection } from '../../connector/connector.ts';
import { Failure } from '../../diagnostic/failure.ts';
import type { Page } from '../../http/client.ts';
import { pages } from '../../http/page/pages.ts';
import { readPath } from '../../template/path.ts';
import { parseInstant } from '../../where/instant.ts';
import type { FeedSource, PollPorts } from '../feed.ts';
import { closeGap, compareAll } from '../gap.ts';
import { note, type PollReport } from '../poll-report.ts';
import { bindQuery } from '../query.ts';
import { readRows, rowTime } from '../rows.ts';
import { stillGone } from '../still-gone.ts';
import { moveTo, type TimeFrame, timeFrame } from '../time-frame.ts';
import { askedWindow, unitMs, type Window } from '../window.ts';
import { type Belonging, windowRows } from '../window-rows.ts';
import type { Batch, Strategy } from './strategy.ts';

type Source = FeedSource<ServerWatermarkDetection>;

/** A log may answer hundreds of thousands of entries at once: more than one transaction should hold. */
const batchSize = 1_000;

export const serverWatermark: Strategy<ServerWatermarkDetection> = async function* (source, ports, report) {
  const frame = yield* closeGap(source, ports, report, timeFrame(source, ports, source.detection.cursor));
  if (frame.window === null) return;
  try {
    yield* walkAll(source, ports, report, frame.window, frame);
  } catch (error) {
    const earliestMs = isForgotten(error) ? await askEarliest(source, ports, frame.window) : null;
    if (earliestMs === null) throw error;
    // Before the first poll nothing was promised.
    if (frame.beforeMs !== null && frame.beforeMs < earliestMs) {
      note(report, 'history-gap');
      if (source.detection.full !== null) yield* compareAll(source, source.detection.full, ports, report);
    }
    yield* walkAll(source, ports, report, { ...frame.window, sinceMs: earliestMs }, frame);
  }
};

async function* walkAll(
  source: Source,
  ports: PollPorts,
  report: PollReport,
  whole: Window,
  frame: TimeFrame,
): AsyncGenerator<Batch> {
  const { maxWindowMs, minWindowMs } = source.detection;
  for (let { sinceMs } = whole; whole.untilMs - sinceMs >= Math.max(minWindowMs, 1); ) {
    const window = { sinceMs, untilMs: Math.min(sinceMs + maxWindowMs, whole.untilMs) };
    const toMs = Math.min(window.untilMs, yield* walk(source, ports, report, window, frame));
    yield moveTo(toMs, frame, ports);
    // The vendor has told all it is sure of. It may have rounded the end of a window, so that more is to be had after it.
    if (toMs <= sinceMs || window.untilMs === whole.untilMs) return;
    sinceMs = toMs;
  }
}

function isForgotten(error: unknown): boolean {
  return error instanceof Failure && error.code === 'cursor-expired';
}

/**
 * Since when the vendor still knows, by the answer for the end of the window alone, up to its own step; null where it does
 * not say, or knows all of the window.
 */
async function askEarliest(source: Source, ports: PollPorts, window: Window): Promise<number | null> {
  const { detection } = source;
  const { earliest, cursor: traps, minWindowMs } = detection;
  const sinceMs = window.untilMs - Math.max(traps.overlapSeconds * 1_000, minWindowMs);
  if (earliest === null || sinceMs <= window.sinceMs) return null;
  const end = { sinceMs, untilMs: window.untilMs };
  const [request] = bindQuery(detection, askedWindow(end, traps), source, { nowMs: ports.now() }).requests;
  if (request === undefined) return null;
  const value = readPath((await ports.client.send(request, ports.signal)).body, earliest);
  const toldMs = typeof value === 'string' ? parseInstant(value, 'UTC') : null;
  const earliestMs = toldMs === null ? null : Math.ceil(toldMs / unitMs[traps.granularity]) * unitMs[traps.granularity];
  return earliestMs !== null && earliestMs > window.sinceMs ? earliestMs : null;
}

/** All pages of a window. Answers up to when the vendor says that they are complete. */
async function* walk(
  source: Source,
  ports: PollPorts,
  report: PollReport,
  window: Window,
  { grounds }: TimeFrame,
): AsyncGenerator<Batch, number> {
  const { detection } = source;
  const { cursor: traps, pushdown, page: paging, records } = detection;
  report.windows += 1;
  const { requests, belongs } = bindQuery(detection, askedWindow(window, traps), source, {
    nowMs: ports.now(),
    checked: window,
  });
  let isCut = false;
  let coveredMs = Number.POSITIVE_INFINITY;
  for (const request of requests) {
    let count = 0;
    for await (const page of pages(ports.client, request, { page: paging, recordsPath: records }, ports.signal)) {
      const rows = takeRows(page, source, ports, report, { window, traps, pushdown, belongs });
      const readings = await readRows(rows, source, ports, report, { fallbackMs: window.sinceMs });
      for (let from = 0; from === 0 || from < readings.length; from += batchSize) {
        const some = readings.slice(from, from + batchSize);
        yield { readings: detection.confirm ? await stillGone(some, source, ports) : some, ...grounds };
      }
      count += page.records.length;
      if (page.last) coveredMs = Math.min(coveredMs, readCovered(page, source));
    }
    isCut ||= traps.cap !== null && count >= traps.cap;
  }
  // The answer is as long as the vendor makes them: what it left out is older than the time that it names.
  if (isCut) yield* closeCut(source, ports, report);
  return coveredMs;
}

/** @throws Failure `vendor-cap-reached` when there is no listing to compare with. */
async function* closeCut(source: Source, ports: PollPorts, report: PollReport): AsyncGenerator<Batch> {
  const { detection, object } = source;
  if (detection.full !== null) {
    const { isOpen } = yield* compareAll(source, detection.full, ports, report);
    // What may be gone is asked for again by the next poll, which begins where this one did.
    if (isOpen) throw unproved(object.name);
  } else {
    const message = `More than ${detection.cursor.cap} records of ${object.name} changed: the vendor leaves some out.`;
    throw new Failure('vendor-cap-reached', message, { retryable: true, help: 'Poll this object more often.' });
  }
}

function unproved(object: string): Failure {
  const message = `Records of ${object} are missing that changed too shortly before to be believed gone.`;
  return new Failure('enumeration-unproved', message, { retryable: true, help: 'The next poll looks again.' });
}

/** Rows that are mere ids have no time: the vendor's window is believed. */
function takeRows(
  page: Page,
  source: Source,
  ports: PollPorts,
  report: PollReport,
  wanted: Belonging,
): readonly unknown[] {
  const isUntimed = page.records.length > 0 && page.records.every((row) => rowTime(row, source) === null);
  const isNamed = source.detection.entry !== null || source.detection.thin;
  if (!isUntimed || !isNamed) return windowRows(page, source, ports, wanted, report).map(({ row }) => row);
  report.pages += 1;
  report.records += page.records.length;
  return page.records;
}

/** @throws Failure `vendor-answer-unreadable` when the vendor does not say: the cursor must not move on a guess. */
function readCovered({ answer }: Page, { detection, object }: Source): number {
  const value = readPath(answer.body, detection.covered);
  const coveredMs = typeof value === 'string' ? parseInstant(value, 'UTC') : null;
  if (coveredMs !== null) return coveredMs;
  const place = detection.covered.join('.');
  throw new Failure(
    'vendor-answer-unreadable',
    `${place} of the answer is no time: it says how far the changes of ${object.name} are complete.`,
    { retryable: true, help: 'Check the path "covered" of the detection.' },
  );
}
