/** A window in the order of an id: where more records carry one time than the vendor returns for a query. */
import type { IdWalk, WatermarkDetection } from '../../connector/connector.ts';
import { Failure } from '../../diagnostic/failure.ts';
import { readPath } from '../../template/path.ts';
import type { Field } from '../../where/ast.ts';
import type { FeedSource, PollPorts } from '../feed.ts';
import { onePage } from '../one-page.ts';
import type { PollReport } from '../poll-report.ts';
import { bindQuery } from '../query.ts';
import { readRows } from '../rows.ts';
import type { TimeFrame } from '../time-frame.ts';
import { askedWindow, type Window } from '../window.ts';
import { windowRows } from '../window-rows.ts';
import type { Batch } from './strategy.ts';

/**
 * Walks a window by id, a page at a time, each asked for after the last id of the one before.
 * @throws Failure `vendor-page-repeated` when the ids do not grow.
 */
export async function* byId(
  source: FeedSource<WatermarkDetection>,
  walk: IdWalk,
  ports: PollPorts,
  report: PollReport,
  { window, frame }: { readonly window: Window; readonly frame: TimeFrame },
): AsyncGenerator<Batch> {
  const { detection } = source;
  const { cursor: traps, pushdown } = detection;
  const asked = askedWindow(window, traps);
  const { belongs } = bindQuery(detection, window, source, { nowMs: ports.now() });
  const bind = (after: string | number) =>
    bindQuery({ request: walk.request, query: walk.query, pushdown }, asked, source, { nowMs: ports.now(), after })
      .requests;
  const first = walk.field.type === 'number' ? 0 : '';
  for (const query of bind(first).keys()) {
    for (let after: string | number | null = first; after !== null; ) {
      const request = bind(after)[query];
      if (request === undefined) throw new Error('a query of the walk is gone');
      const page = await onePage(ports, request, detection.records);
      const rows = windowRows(page, source, ports, { window, traps, pushdown, belongs }, report).map(({ row }) => row);
      yield { readings: await readRows(rows, source, ports, report), ...frame.grounds };
      const last = readPath(page.records.at(-1), walk.field.path);
      after = page.records.length < walk.size ? null : grown(after, last, walk.field);
    }
  }
}

/** The next id to start after. @throws Failure when it is not after the one before: the walk would not end. */
export function grown(before: string | number, last: unknown, field: Field): string | number {
  if (!isAfter(last, before, field)) {
    throw new Failure('vendor-page-repeated', `The records do not come in the order of ${field.name}.`, {
      retryable: true,
      help: 'Check the order that the request asks for, and whether the vendor takes the bound.',
    });
  }
  return idValue(last, field);
}

/** An id as it is compared and sent. */
export function idValue(id: unknown, field: Field): string | number {
  return field.type === 'number' ? Number(id) : String(id);
}

/** Whether an id comes after another, in the order of its field's type. */
export function isAfter(id: unknown, other: unknown, field: Field): boolean {
  return idValue(id, field) > idValue(other, field);
}
