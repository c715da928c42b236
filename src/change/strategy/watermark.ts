/**
 * Windowed watermark: ask for what changed in a bounded window of time, walk all its pages, then move the cursor to
 * the window's end. A window that holds more than the vendor can return is cut in two, older half first; one of a single
 * step is walked by id where the connector says how.
 */
import type { WatermarkDetection } from '../../connector/connector.ts';
import { Failure } from '../../diagnostic/failure.ts';
import type { Page } from '../../http/client.ts';
import { readPath } from '../../template/path.ts';
import { type FeedSource, leastNow, type PollPorts } from '../feed.ts';
import { closeGap } from '../gap.ts';
import type { PollReport } from '../poll-report.ts';
import { bindQuery } from '../query.ts';
import { markOf, type PageMark, pagesFrom, requestDigest, withMark } from '../resume.ts';
import { readRows } from '../rows.ts';
import { moveTo, piecesOf, type TimeFrame, timeFrame } from '../time-frame.ts';
import { askedWindow, floorTo, splitWindow, unitMs, type Window, windowEnd, windowStart } from '../window.ts';
import { askedStepMs, spreadOf, timeOf, windowRows } from '../window-rows.ts';
import { byId } from './by-id.ts';
import type { Batch, Strategy } from './strategy.ts';

type Source = FeedSource<WatermarkDetection>;

/** One window on its way. */
interface Walk {
  readonly window: Window;
  readonly frame: TimeFrame;
  /** Where an earlier poll broke off in it. */
  readonly mark: PageMark | null;
  /** How far the cursor may move when it is done: the window's end, or less when the vendor's own clock is behind ours. */
  endMs: number;
  /** How often it was asked for anew because an answer did not keep to the filter. */
  astray: number;
}

/** A vendor that ignores its filter so often does so always, and its pages can be counted through. */
const mostAstray = 3;

export const watermark: Strategy<WatermarkDetection> = async function* (source, ports, report) {
  const { detection } = source;
  const { cursor: traps } = detection;
  const frame = yield* closeGap(source, ports, report, timeFrame(source, ports, traps));
  const left = leftOff(source, ports);
  const windows = windowsOf(frame.window, left, detection);
  for (let window = windows.shift(); window !== undefined; window = windows.shift()) {
    const mark = window === left?.window ? left : null;
    const walk: Walk = { window, frame, mark, endMs: mark?.endMs ?? window.untilMs, astray: 0 };
    const end = yield* walkWindow(source, ports, report, walk);
    if (end === 'too-many') windows.unshift(...smaller(source, window));
    else yield moveTo(walk.endMs, frame, ports);
  }
};

/** Where an earlier poll broke off, if it asked for the same. */
function leftOff(source: Source, { state, now }: PollPorts): PageMark | null {
  const mark = markOf(state.cursor, source.detection.cursor.pageCursorSeconds, now());
  return mark === null || mark.asked === askedBy(source, mark) ? mark : null;
}

function askedBy(source: Source, { window, query, atMs }: Pick<PageMark, 'window' | 'query' | 'atMs'>): string | null {
  const request = bind(source, window, window, atMs).requests[query];
  return request === undefined ? null : requestDigest(request);
}

/** What is to be walked: first what an earlier poll left unfinished, then the rest. */
function windowsOf(whole: Window | null, left: PageMark | null, { cursor, maxWindowMs }: WatermarkDetection): Window[] {
  if (whole === null) return left === null ? [] : [left.window];
  if (left === null) return piecesOf(whole, maxWindowMs);
  // What the vendor listed for the old window it listed then: what was indexed later is in the overlap.
  const sinceMs = Math.max(whole.sinceMs, windowStart(left.endMs, whole.sinceMs, cursor));
  return [left.window, ...piecesOf({ sinceMs, untilMs: whole.untilMs }, maxWindowMs)];
}

function smaller(source: Source, window: Window): readonly Window[] {
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
  source: Source,
  ports: PollPorts,
  report: PollReport,
  walk: Walk,
): AsyncGenerator<Batch, 'done' | 'too-many'> {
  report.windows += 1;
  const { walk: idWalk } = source.detection;
  const { length } = bind(source, walk.window, walk.window, ports.now()).requests;
  for (let query = walk.mark?.query ?? 0; query < length; query += 1) {
    let from: number | null = walk.window.sinceMs;
    while (from !== null) {
      const next: number | 'too-many' | null = yield* walkPart(source, ports, report, walk, { query, sinceMs: from });
      if (next === 'too-many') {
        if (idWalk === null || splitWindow(walk.window, source.detection.cursor) !== null) return next;
        yield* byId(source, idWalk, ports, report, walk);
        return 'done';
      }
      from = next;
      // Its only query is read up to here, so a poll that breaks off need not read that again.
      if (from !== null && length === 1) {
        yield moveTo(Math.min(from, walk.endMs), walk.frame, ports);
      }
    }
  }
  return 'done';
}

/** What `walkQuery` reads at once; and where no time leads further, one step of the vendor's time by id. */
async function* walkPart(
  source: Source,
  ports: PollPorts,
  report: PollReport,
  walk: Walk,
  start: { readonly query: number; readonly sinceMs: number },
): AsyncGenerator<Batch, number | 'too-many' | null> {
  const next = yield* walkQuery(source, ports, report, walk, start);
  const { walk: idWalk, cursor } = source.detection;
  if (next !== 'ties' || idWalk === null) return next === 'ties' ? null : next;
  const stepMs = askedStepMs(source.connector, cursor);
  const untilMs = Math.min(floorTo(start.sinceMs, stepMs) + stepMs, walk.window.untilMs);
  yield* byId(source, idWalk, ports, report, { ...walk, window: { sinceMs: start.sinceMs, untilMs } });
  return untilMs < walk.window.untilMs ? untilMs : null;
}

/**
 * The pages of one query, read from a time on. Answers the time to go on from when the rest is better asked for anew,
 * 'too-many' when the vendor's cap hides the rest, 'ties' when the first page has the time that was asked from and no
 * other, so that no time leads further, and the rest can be walked by id; null when all is read.
 *
 * Pages counted by position slip when a record that was read is edited meanwhile: it leaves the window, all behind it
 * move up, and the first of the next page is never seen. So where records come in the order of their time, and pages are
 * counted, or there is a cap, which means that they are counted, the next page is asked for by the time of the last record
 * instead.
 */
async function* walkQuery(
  source: Source,
  ports: PollPorts,
  report: PollReport,
  walk: Walk,
  start: { readonly query: number; readonly sinceMs: number },
): AsyncGenerator<Batch, number | 'too-many' | 'ties' | null> {
  const { detection } = source;
  const { cap } = detection.cursor;
  const window = { sinceMs: start.sinceMs, untilMs: walk.window.untilMs };
  const { requests, belongs } = bind(source, window, walk.window, ports.now());
  const asked = requests[start.query];
  if (asked === undefined) throw new Error('a query of the window is gone');
  const wanted = { window: walk.window, traps: detection.cursor, pushdown: detection.pushdown, belongs };
  let records = 0;
  const mark = walk.mark?.query === start.query ? walk.mark : null;
  const paging = { page: detection.page, recordsPath: detection.records };
  for await (const page of pagesFrom(ports, asked, mark, paging)) {
    if (page.index === 0) walk.endMs = Math.min(walk.endMs, windowEnd(leastNow(page.answer, ports), detection.cursor));
    const nextMs = page.last ? null : timeToGoOnFrom(source, page, window);
    const turn = turnAt(page, nextMs, walk, window, source);
    if (turn !== null) return turn;
    records += page.records.length;
    const rows = windowRows(page, source, ports, wanted, report).map(({ row }) => row);
    if (cap !== null && records >= cap && nextMs === null && !isAll(page, source, records)) return 'too-many';
    const readings = await readRows(rows, source, ports, report);
    yield { readings, ...walk.frame.grounds, ...markAfter(page, start.query, walk, source, ports) };
    if (nextMs !== null) return nextMs;
  }
  return null;
}

/** Where the walk turns instead of reading a page, as `walkQuery` answers it; null when the page is to be read. */
function turnAt(page: Page, nextMs: number | null, walk: Walk, window: Window, source: Source) {
  const { cap } = source.detection.cursor;
  const isFirst = page.index === 0;
  if (isFirst && nextMs === null && cap !== null && exceeds(page, source, cap)) return 'too-many';
  if (page.last) return null;
  const isTied = isFirst && areTies(page, source, window);
  const isCountedOn = nextMs === null && !isTied;
  if (walk.astray < mostAstray && isAstray(source, page, window, isCountedOn)) {
    walk.astray += 1;
    return window.sinceMs;
  }
  return isTied ? 'ties' : null;
}

/** The cursor with the place of the next page in it, where the vendor's page cursors can be kept. */
function markAfter(page: Page, query: number, { window, endMs, frame }: Walk, source: Source, ports: PollPorts) {
  if (source.detection.cursor.pageCursorSeconds === 0 || page.next === null) return {};
  const place = { window, query, atMs: ports.now() };
  const mark = { ...place, endMs, request: page.next, asked: askedBy(source, place) ?? '' };
  return { cursor: withMark(ports.state.cursor, mark), startMs: frame.startMs };
}

/** The time of a page's last record, when a query from it on leaves nothing out and gets further; else null. */
function timeToGoOnFrom(source: Source, page: Page, window: Window): number | null {
  const lastMs = lastInOrder(page, source, window);
  return lastMs !== null && lastMs > window.sinceMs && lastMs < window.untilMs ? lastMs : null;
}

/** Whether a page gets no further than the time that was asked from, and an id leads on where that time does not. */
function areTies(page: Page, source: Source, window: Window): boolean {
  const lastMs = lastInOrder(page, source, window);
  return source.detection.walk !== null && lastMs !== null && lastMs <= window.sinceMs;
}

/** The time of a page's last record; null where pages are no positions, or records are not in the order of their time. */
function lastInOrder(page: Page, source: Source, window: Window): number | null {
  const { sorted, granularity } = source.detection.cursor;
  if (!sorted || !isCounted(source)) return null;
  const times = page.records.map((row) => timeOf(row, source));
  const isInOrder = times.every((timeMs, index) => timeMs >= (times[index - 1] ?? earliestMs(source, window)));
  return isInOrder ? floorTo(times.at(-1) ?? window.sinceMs, unitMs[granularity]) : null;
}

function isCounted({ detection: { page, cursor } }: Source): boolean {
  return cursor.cap !== null || page.kind === 'page-number' || page.kind === 'offset';
}

/** The lower bound as the vendor was asked for it; one that compares finer times than it shows may begin a step before. */
function earliestMs({ connector, detection }: Source, { sinceMs }: Window, slackSteps: 0 | 1 = 1): number {
  const stepMs = askedStepMs(connector, detection.cursor);
  return floorTo(sinceMs, stepMs) - slackSteps * stepMs;
}

/**
 * Whether a counted page is one of another answer, to a question without our bound: the next is none that follows it. Where
 * pages are counted on, what lies a step before the bound may as well be the end of what came before it, and everything
 * behind it is elsewhere.
 */
function isAstray(source: Source, page: Page, window: Window, isCountedOn: boolean): boolean {
  const { pushdown } = source.detection;
  const leastMs = earliestMs(source, window, isCountedOn ? 0 : 1);
  return (
    pushdown && isCounted(source) && page.records.some((row) => timeOf(row, source) + spreadOf(row, source) < leastMs)
  );
}

function exceeds(page: Page, source: Source, cap: number): boolean {
  return totalOf(page, source) > cap;
}

/** A last page that comes just at the cap may be where the vendor stops; only its own count tells. */
function isAll(page: Page, source: Source, records: number): boolean {
  return page.last && totalOf(page, source) <= records;
}

/** How many records the vendor says that the query has; not a number when it does not. */
function totalOf({ answer }: Page, { detection: { total } }: Source): number {
  return total === null ? Number.NaN : Number(readPath(answer.body, total) ?? Number.NaN);
}

/** @param checked what must hold here, which may be wider than what is asked for. */
function bind(source: Source, window: Window, checked: Window, nowMs: number) {
  const { detection } = source;
  return bindQuery(detection, askedWindow(window, detection.cursor), source, { nowMs, checked });
}
