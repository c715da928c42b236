/**
 * Since-id: ids only grow, so what comes after the last one is new. For logs and messages, which are never edited. An id
 * is given at the write and seen at the commit, so the youngest are read again until they have settled.
 */
import type { SinceIdDetection } from '../../connector/connector.ts';
import { renderRequest } from '../../connector/render-request.ts';
import { pages } from '../../http/page/pages.ts';
import { readPath } from '../../template/path.ts';
import { vendorNow } from '../feed.ts';
import { note } from '../poll-report.ts';
import { readRows } from '../rows.ts';
import { timeOf } from '../window-rows.ts';
import { idValue, isAfter } from './by-id.ts';
import type { Strategy } from './strategy.ts';

/** The ledger keeps what settled so long ago, to know it when a vendor shows it again. */
const memoryMs = 86_400_000;

export const sinceId: Strategy<SinceIdDetection> = async function* (source, ports, report) {
  const { detection, settings, parent } = source;
  const { field, first, settleMs } = detection.growing;
  const { cursor } = ports.state;
  const startMs = ports.state.startMs + (cursor === null && ports.state.startMs > 0 ? ports.client.clockSkewMs : 0);
  const settledMs = vendorNow(ports) - settleMs;
  const after = typeof cursor?.['id'] === 'string' ? cursor['id'] : first;
  let settled = after;
  // Ids before one that has not settled are not passed, whatever their own time.
  let isOpen = false;
  report.windows += 1;
  const request = renderRequest(detection.request, { settings, parent, after });
  const paging = { page: detection.page, recordsPath: detection.records };
  for await (const page of pages(ports.client, request, paging, ports.signal)) {
    report.pages += 1;
    report.records += page.records.length;
    const rows = page.records
      .map((row) => ({ row, id: readPath(row, field.path), timeMs: timeOf(row, source) }))
      .filter(({ id }) => {
        const isNew = cursor === null || isAfter(id, after, field);
        if (!isNew) note(report, 'vendor-filter-ignored');
        return isNew;
      })
      .sort((a, b) => (isAfter(a.id, b.id, field) ? 1 : -1));
    for (const { id, timeMs } of rows) {
      isOpen ||= timeMs > settledMs;
      if (!isOpen && isAfter(id, settled, field)) settled = String(idValue(id, field));
    }
    const told = rows.filter(({ timeMs }) => timeMs >= startMs).map(({ row }) => row);
    report.filtered += page.records.length - told.length;
    const readings = await readRows(told, source, ports, report);
    const move = page.last && { cursor: { id: settled }, startMs, forgetBeforeMs: settledMs - memoryMs };
    yield { readings, knownSince: startMs, ...move };
  }
};
