/**
 * Since-id: ids only grow, so what comes after the last one is new. For logs and messages, which are never edited. An id
 * is given at the write and seen at the commit, so the youngest are left for the next poll: by then those before them
 * have come, and all are told in their order.
 */
import type { SinceIdDetection } from '../../connector/connector.ts';
import { renderRequest } from '../../connector/render-request.ts';
import { pages } from '../../http/page/pages.ts';
import { readPath } from '../../template/path.ts';
import { type FeedSource, leastNow, vendorStart } from '../feed.ts';
import { reachOf } from '../ledger-reach.ts';
import { note, type PollReport } from '../poll-report.ts';
import { readRows } from '../rows.ts';
import { unitMs } from '../window.ts';
import { spreadOf, timeOf } from '../window-rows.ts';
import { idValue, isAfter } from './by-id.ts';
import type { Strategy } from './strategy.ts';

/** The ledger keeps what settled so long ago, to know it when a vendor shows it again. */
const memoryMs = 86_400_000;

export const sinceId: Strategy<SinceIdDetection> = async function* (source, ports, report) {
  const { detection, settings, parent } = source;
  const { first, settleMs } = detection.growing;
  const { cursor } = ports.state;
  const unit = unitMs[detection.timeField.granularity];
  const startMs = vendorStart(source, ports);
  const knownSince = reachOf(cursor, startMs).sinceMs;
  const after = typeof cursor?.['id'] === 'string' ? cursor['id'] : first;
  const place: Place = { after, settled: after, isFirst: cursor === null };
  report.windows += 1;
  const request = renderRequest(detection.request, { settings, parent, after });
  const paging = { page: detection.page, recordsPath: detection.records };
  for await (const page of pages(ports.client, request, paging, ports.signal)) {
    report.pages += 1;
    report.records += page.records.length;
    const settledMs = leastNow(page.answer, ports) - settleMs;
    const { rows, isOpen } = takeSettled(page.records, source, place, settledMs, report);
    const told = rows.filter(({ timeMs }) => timeMs >= Math.floor(startMs / unit) * unit).map(({ row }) => row);
    report.filtered += page.records.length - told.length;
    const readings = await readRows(told, source, ports, report);
    const isLast = page.last || isOpen;
    const sinceMs = Math.max(knownSince, settledMs - memoryMs);
    const move = isLast && { cursor: { id: place.settled, reach: { sinceMs } }, startMs, forgetBeforeMs: sinceMs };
    yield { readings, knownSince, ...move };
    if (isLast) return;
  }
};

/** Where the walk stands. */
interface Place {
  /** What the vendor was asked to start after. */
  readonly after: string;
  readonly isFirst: boolean;
  /** The last id that has settled, with all before it. */
  settled: string;
}

/** The rows of a page up to the first that may still have others come before it. */
function takeSettled(
  records: readonly unknown[],
  source: FeedSource<SinceIdDetection>,
  place: Place,
  settledMs: number,
  report: PollReport,
) {
  const { field } = source.detection.growing;
  const unit = unitMs[source.detection.timeField.granularity];
  const rows: ReturnType<typeof inOrder> = [];
  for (const entry of inOrder(records, source)) {
    // Its time is cut to the vendor's step: it may be later by as much.
    if (entry.timeMs + unit - 1 > settledMs) return { rows, isOpen: true };
    if (!place.isFirst && !isAfter(entry.id, place.after, field)) note(report, 'vendor-filter-ignored');
    else rows.push(entry);
    if (isAfter(entry.id, place.settled, field)) place.settled = String(idValue(entry.id, field));
  }
  return { rows, isOpen: false };
}

/** Rows in the order of their ids. @throws Failure of a row without a time. */
function inOrder(rows: readonly unknown[], source: FeedSource<SinceIdDetection>) {
  const { field } = source.detection.growing;
  return rows
    .map((row) => ({ row, id: readPath(row, field.path), timeMs: timeOf(row, source) + spreadOf(row, source) }))
    .sort((a, b) => (isAfter(a.id, b.id, field) ? 1 : -1));
}
