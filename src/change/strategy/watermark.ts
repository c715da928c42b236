/**
 * Windowed watermark: ask for what changed in a bounded window of time, walk all its pages, then move the cursor to
 * the window's end. A window that holds more than the vendor can return is cut in two, older half first.
 */
import { renderRequest } from '../../connector/render-request.ts';
import { Failure } from '../../diagnostic/failure.ts';
import type { Page, VendorRequest } from '../../http/client.ts';
import { pages } from '../../http/page/pages.ts';
import { readPath } from '../../template/path.ts';
import { compileFilter } from '../../where/evaluate.ts';
import type { FeedSource, PollPorts } from '../feed.ts';
import { note, type PollReport } from '../poll-report.ts';
import { type Reading, readRecord } from '../reading.ts';
import { ledgerStart, nextWindow, splitWindow, unitMs, type Window, windowEnd } from '../window.ts';
import type { Batch, Strategy } from './strategy.ts';

/** How far ahead of the vendor's clock a record's time may lie before it is called out. */
const futureToleranceMs = 60_000;

/** One window on its way: which records belong to it, and how far the cursor may move when it is done. */
interface Walk {
  readonly window: Window;
  readonly belongs: (record: unknown) => boolean;
  /** The window's end, or less when the vendor's own clock, seen on the first answer, is behind ours. */
  endMs: number;
}

export const watermark: Strategy = async function* (source, ports, report) {
  const { detection } = source;
  const vendorNowMs = ports.now() + ports.client.clockSkewMs;
  const { cursorMs: before } = ports.state;
  // Taken over to the vendor's clock once: both clocks may be set anew, and the start must not move with them.
  const startMs = before === null ? ports.state.startMs + ports.client.clockSkewMs : ports.state.startMs;
  const knownSinceMs = ledgerStart(before, startMs, detection.cursor);
  const whole = nextWindow({ cursorMs: before, startMs, vendorNowMs, traps: detection.cursor });
  const windows = whole === null ? [] : [whole];
  for (let window = windows.shift(); window !== undefined; window = windows.shift()) {
    const walk = yield* walkWindow(source, ports, report, window, knownSinceMs);
    if (walk === 'too-many') {
      windows.unshift(...halves(source, window));
      continue;
    }
    const cursorMs = Math.max(walk.endMs, ports.state.cursorMs ?? walk.endMs);
    const forgetBeforeMs = ledgerStart(cursorMs, startMs, detection.cursor);
    yield { readings: [], knownSinceMs, cursor: { cursorMs, startMs, forgetBeforeMs } };
  }
};

function halves(source: FeedSource, window: Window): readonly Window[] {
  const parts = splitWindow(window, source.detection.cursor);
  if (parts !== null) return parts;
  throw new Failure(
    'vendor-cap-reached',
    `More than ${source.detection.cursor.cap} records of ${source.object.name} changed at ${new Date(window.sinceMs).toISOString()}: the vendor cannot return them all.`,
    { retryable: true, help: 'Declare a finer cursor, or a walk by id, for this object.' },
  );
}

/** All pages of one window. Answers 'too-many' when the vendor's cap keeps it from being read whole. */
async function* walkWindow(
  source: FeedSource,
  ports: PollPorts,
  report: PollReport,
  window: Window,
  knownSinceMs: number,
): AsyncGenerator<Batch, Walk | 'too-many'> {
  report.windows += 1;
  const walk: Walk = {
    window,
    belongs: windowFilter(source, window, ports.now()),
    endMs: window.untilMs,
  };
  const queries = windowRequests(source, window, ports.now()).length;
  for (let query = 0; query < queries; query += 1) {
    let from: number | 'too-many' | null = window.sinceMs;
    while (from !== null) {
      from = yield* walkQuery(source, ports, report, walk, { query, sinceMs: from }, knownSinceMs);
      if (from === 'too-many') return from;
    }
  }
  return walk;
}

/**
 * The pages of one query, read from a time on. Answers the time to go on from when the rest is better asked for anew,
 * 'too-many' when the vendor's cap hides the rest, null when all is read.
 *
 * Pages counted by position slip when a record that was read is edited meanwhile: it leaves the window, all behind it
 * move up, and the first of the next page is never seen. So where records come in the order of their time, and there is
 * a cap, which means that pages are positions, the next page is asked for by the time of the last record instead.
 */
async function* walkQuery(
  source: FeedSource,
  ports: PollPorts,
  report: PollReport,
  walk: Walk,
  start: { readonly query: number; readonly sinceMs: number },
  knownSinceMs: number,
): AsyncGenerator<Batch, number | 'too-many' | null> {
  const { detection } = source;
  const { cap } = detection.cursor;
  const window = { sinceMs: start.sinceMs, untilMs: walk.window.untilMs };
  const request = windowRequests(source, window, ports.now())[start.query];
  if (request === undefined) throw new Error('a query of the window is gone');
  const paging = { page: detection.page, recordsPath: detection.records };
  let records = 0;
  for await (const page of pages(ports.client, request, paging, ports.signal)) {
    const { dateMs } = page.answer;
    if (page.index === 0 && dateMs !== null) walk.endMs = Math.min(walk.endMs, windowEnd(dateMs, detection.cursor));
    const nextMs = page.last ? null : timeToGoOnFrom(source, page, window);
    if (page.index === 0 && nextMs === null && cap !== null && exceeds(page, source, cap)) return 'too-many';
    const readings = readPage(source, page, walk, report);
    records += page.records.length;
    if (cap !== null && records >= cap && !page.last && nextMs === null) return 'too-many';
    yield { readings, knownSinceMs };
    if (nextMs !== null) return nextMs;
  }
  return null;
}

/** The time of a page's last record, when a query from it on leaves nothing out and gets further; else null. */
function timeToGoOnFrom({ detection, object, feed }: FeedSource, page: Page, window: Window): number | null {
  const { sorted, cap, granularity } = detection.cursor;
  if (!sorted || cap === null) return null;
  const times = page.records.map((native) => readRecord(native, object, feed, detection.cursorField).changedAtMs);
  const isInOrder = times.every((timeMs, index) => timeMs >= (times[index - 1] ?? window.sinceMs));
  const lastMs = Math.floor((times.at(-1) ?? window.sinceMs) / unitMs[granularity]) * unitMs[granularity];
  return isInOrder && lastMs > window.sinceMs && lastMs < window.untilMs ? lastMs : null;
}

function exceeds(page: Page, source: FeedSource, cap: number): boolean {
  const { total } = source.detection;
  return total !== null && Number(readPath(page.answer.body, total)) > cap;
}

/** The native requests of a window: one, unless the query had to be cut into several. */
function windowRequests(source: FeedSource, window: Window, nowMs: number): readonly VendorRequest[] {
  const { detection, settings } = source;
  const { granularity, inclusive } = detection.cursor;
  // A vendor that leaves out the bound itself is asked from one step before it.
  const sinceMs = inclusive ? window.sinceMs : window.sinceMs - unitMs[granularity];
  const natives = detection.query.bind({ parameters: { since: sinceMs, until: window.untilMs }, nowMs });
  return natives.map((native) =>
    renderRequest(detection.request, { settings, native, sinceMs, untilMs: window.untilMs }),
  );
}

/** What must hold of a record here: the residual, or the whole where when the request took no filter. */
function windowFilter(source: FeedSource, window: Window, nowMs: number): (record: unknown) => boolean {
  const { query, pushdown } = source.detection;
  const normal = pushdown ? query.residual : query.where.normal;
  if (normal === null) return () => true;
  const bindings = { parameters: { since: window.sinceMs, until: window.untilMs }, nowMs };
  return compileFilter(normal, query.where.fields)(bindings);
}

/** Reads a page's records and checks each against the bound that was asked for. */
function readPage(source: FeedSource, page: Page, walk: Walk, report: PollReport): readonly Reading[] {
  report.pages += 1;
  report.records += page.records.length;
  const { detection, object, feed } = source;
  const unit = unitMs[detection.cursor.granularity];
  const readings: Reading[] = [];
  for (const native of page.records) {
    const reading = readRecord(native, object, feed, detection.cursorField);
    const inside =
      reading.changedAtMs >= walk.window.sinceMs && Math.floor(reading.changedAtMs / unit) * unit < walk.window.untilMs;
    if (!inside) noteOutside(source, reading, page, report);
    if (inside && walk.belongs(native)) readings.push(reading);
    else report.filtered += 1;
  }
  return readings.sort((a, b) => a.changedAtMs - b.changedAtMs);
}

/** A row outside the bound: the vendor ignored its filter, or stamped the record in the future. It is not believed. */
function noteOutside(source: FeedSource, reading: Reading, page: Page, report: PollReport): void {
  const { dateMs } = page.answer;
  if (dateMs !== null && reading.changedAtMs > dateMs + futureToleranceMs) note(report, 'record-time-future');
  else if (source.detection.pushdown) note(report, 'vendor-filter-ignored');
}
