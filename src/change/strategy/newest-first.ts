/**
 * Newest first: read the list down to what is known, and a page more, for records move down while pages are walked. The
 * cursor moves after the whole walk only: what broke off half-way has read the newest and left out the rest.
 */
import type { NewestFirstDetection } from '../../connector/connector.ts';
import { renderRequest } from '../../connector/render-request.ts';
import { pages } from '../../http/page/pages.ts';
import { leastNow } from '../feed.ts';
import { readRows } from '../rows.ts';
import { moveTo, timeFrame } from '../time-frame.ts';
import { windowEnd } from '../window.ts';
import { spreadOf, timeOf, windowRows } from '../window-rows.ts';
import type { Strategy } from './strategy.ts';

export const newestFirst: Strategy<NewestFirstDetection> = async function* (source, ports, report) {
  const { detection, settings, parent } = source;
  const { cursor: traps, extraPages } = detection;
  const frame = timeFrame(source, ports, traps);
  const { window, grounds } = frame;
  if (window === null) return;
  report.windows += 1;
  let endMs = window.untilMs;
  let beyond = 0;
  let lowestMs = Number.POSITIVE_INFINITY;
  const request = renderRequest(detection.request, { settings, parent });
  const paging = { page: detection.page, recordsPath: detection.records };
  // What lies after the window's end comes again in the next poll, when it has settled.
  const wanted = { window, traps, pushdown: false, belongs: () => true };
  for await (const page of pages(ports.client, request, paging, ports.signal)) {
    if (page.index === 0) endMs = Math.min(endMs, windowEnd(leastNow(page.answer, ports), traps));
    const times = page.records.map((row) => timeOf(row, source) + spreadOf(row, source));
    const rows = windowRows(page, source, ports, wanted, report).map(({ row }) => row);
    yield { readings: await readRows(rows, source, ports, report), ...grounds };
    const highestMs = Math.max(...times);
    // A list that is not in order is read to its end: what is known may stand before what is not.
    const isInOrder = highestMs <= lowestMs + traps.overlapSeconds * 1_000;
    lowestMs = Math.min(lowestMs, ...times);
    beyond = isInOrder && times.length > 0 && highestMs < window.sinceMs ? beyond + 1 : 0;
    if (beyond > extraPages) break;
  }
  yield moveTo(endMs, frame, ports);
};
