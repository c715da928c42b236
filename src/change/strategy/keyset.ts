/**
 * Keyset watermark: a position of time and id. Each page is asked for from the last record of the one before, first the
 * rest of its moment, then what is later; so no page can slip when records move, and no tie is cut at a page's edge.
 */
import type { KeysetDetection } from '../../connector/connector.ts';
import { Failure } from '../../diagnostic/failure.ts';
import type { CompiledQuery } from '../../dialect/query.ts';
import { readPath } from '../../template/path.ts';
import type { ParameterValue } from '../../where/ast.ts';
import { type FeedSource, leastNow, type PollPorts } from '../feed.ts';
import { closeGap } from '../gap.ts';
import { onePage } from '../one-page.ts';
import type { PollReport } from '../poll-report.ts';
import { bindQuery } from '../query.ts';
import { readRows } from '../rows.ts';
import { moveTo, type TimeFrame, timeFrame } from '../time-frame.ts';
import { unitMs, type Window, windowEnd } from '../window.ts';
import { timeOf, windowRows } from '../window-rows.ts';
import { grown, idValue } from './by-id.ts';
import type { Batch, Strategy } from './strategy.ts';

export const keyset: Strategy<KeysetDetection> = async function* (source, ports, report) {
  const { query, cursor: traps } = source.detection;
  const frame = yield* closeGap(source, ports, report, timeFrame(source, ports, traps));
  if (frame.window === null) return;
  report.windows += 1;
  const { sinceMs, untilMs } = frame.window;
  const walk = new KeysetWalk(source, ports, report, frame, frame.window);
  const queries = query.bind({ parameters: { since: sinceMs, until: untilMs }, nowMs: ports.now() }).length;
  for (let index = 0; index < queries; index += 1) yield* walk.walk(index, queries === 1);
  yield moveTo(walk.endMs, frame, ports);
};

/** What one page says of how the walk goes on. */
interface PageEnd {
  /** Whether the page was full: there may be more. */
  readonly isFull: boolean;
  readonly last: unknown;
}

/** The moment to go on from. @throws Failure when it is no later than the one before: the walk would not end. */
function later(beforeMs: number, timeMs: number, { object, detection }: FeedSource): number {
  if (timeMs > beforeMs) return timeMs;
  const message = `The records of ${object.name} do not come in the order of ${detection.timeField.name}, or the vendor ignores the bound.`;
  throw new Failure('vendor-page-repeated', message, {
    retryable: true,
    help: 'Check the order that the request asks for, and whether the vendor takes the bound.',
  });
}

class KeysetWalk {
  /** How far the cursor may move at the end. */
  endMs: number;
  private readonly unit: number;
  private readonly belongs: (row: unknown) => boolean;

  constructor(
    private readonly source: FeedSource<KeysetDetection>,
    private readonly ports: PollPorts,
    private readonly report: PollReport,
    private readonly frame: TimeFrame,
    private readonly window: Window,
  ) {
    this.endMs = window.untilMs;
    this.unit = unitMs[source.detection.cursor.granularity];
    // The where's own bound is exclusive.
    const checked = { ...window, sinceMs: window.sinceMs - 1 };
    this.belongs = bindQuery(source.detection, checked, source, { nowMs: ports.now() }).belongs;
  }

  /** @param isOnly no other query is open, so all before the moment that the walk stands at is read. */
  async *walk(index: number, isOnly: boolean): AsyncGenerator<Batch> {
    const { query } = this.source.detection;
    // From one step before the window on, for the bound is exclusive.
    let timeMs = this.window.sinceMs - this.unit;
    for (;;) {
      const { isFull, last } = yield* this.page(query, index, timeMs);
      if (!isFull) return;
      timeMs = later(timeMs, Math.floor(timeOf(last, this.source) / this.unit) * this.unit, this.source);
      yield* this.ties(index, timeMs, last);
      if (isOnly) yield moveTo(Math.min(timeMs, this.endMs), this.frame, this.ports);
    }
  }

  /** The rest of a moment, after one of its records. */
  private async *ties(index: number, timeMs: number, from: unknown): AsyncGenerator<Batch> {
    const { ties, tie } = this.source.detection;
    let after = idValue(readPath(from, tie.path), tie);
    for (;;) {
      const { isFull, last } = yield* this.page(ties, index, timeMs, after);
      if (!isFull) return;
      after = grown(after, readPath(last, tie.path), tie);
    }
  }

  private async *page(
    query: CompiledQuery,
    index: number,
    sinceMs: number,
    after?: ParameterValue,
  ): AsyncGenerator<Batch, PageEnd> {
    const { source, ports, window, belongs } = this;
    const { request, records, size, cursor: traps, pushdown } = source.detection;
    const bounds = { sinceMs, untilMs: window.untilMs };
    const options = { nowMs: ports.now(), ...(after !== undefined && { after }) };
    const asked = bindQuery({ request, query, pushdown }, bounds, source, options).requests[index];
    if (asked === undefined) throw new Error('a query of the window is gone');
    const page = await onePage(ports, asked, records);
    this.endMs = Math.min(this.endMs, windowEnd(leastNow(page.answer, ports), traps));
    const rows = windowRows(page, source, ports, { window, traps, pushdown, belongs }, this.report).map(
      ({ row }) => row,
    );
    yield { readings: await readRows(rows, source, ports, this.report), ...this.frame.grounds };
    return { isFull: page.records.length >= size, last: page.records.at(-1) };
  }
}
