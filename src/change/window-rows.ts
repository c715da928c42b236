/** The rows of a page that lie in the window that was asked for. */
import type { Connector } from '../connector/connector.ts';
import type { CursorTraps } from '../definition/connector.ts';
import type { Page } from '../http/client.ts';
import { readPath } from '../template/path.ts';
import { instantSpread } from '../where/instant.ts';
import { type ClockPorts, type FeedSource, vendorNow } from './feed.ts';
import { note, type PollReport } from './poll-report.ts';
import { readId, readTime } from './reading.ts';
import { unitMs, type Window } from './window.ts';

/** How far ahead of the vendor's clock a record's time may lie before it is called out. */
const futureToleranceMs = 60_000;

/** A row with its time. */
export interface TimedRow {
  readonly row: unknown;
  readonly timeMs: number;
}

export interface Belonging {
  readonly window: Window;
  readonly traps: CursorTraps;
  /** Whether the vendor was asked for the window at all. */
  readonly pushdown: boolean;
  readonly belongs: (row: unknown) => boolean;
}

/**
 * Takes the rows of a page that belong to the window, in the order of their time, and counts the page.
 * @throws Failure `record-time-unreadable`, `record-without-id`
 */
export function windowRows(
  page: Page,
  source: FeedSource,
  ports: ClockPorts,
  wanted: Belonging,
  report: PollReport,
): readonly TimedRow[] {
  report.pages += 1;
  report.records += page.records.length;
  const { sinceMs, untilMs } = wanted.window;
  const unit = unitMs[wanted.traps.granularity];
  const rows: TimedRow[] = [];
  for (const row of page.records) {
    const timeMs = timeOf(row, source);
    const latestMs = timeMs + spreadOf(row, source);
    const inside = latestMs >= sinceMs && Math.floor(timeMs / unit) * unit < untilMs;
    if (isFuture(timeMs, page, ports)) note(report, 'record-time-future');
    else if (wanted.pushdown && latestMs < sinceMs - roundedMs(source, wanted)) note(report, 'vendor-filter-ignored');
    if (inside && wanted.belongs(row)) rows.push({ row, timeMs });
    else report.filtered += 1;
  }
  return rows.sort((a, b) => a.timeMs - b.timeMs);
}

/** @throws Failure `record-time-unreadable`: it could not be placed, and would be lost in silence. */
export function timeOf(row: unknown, { object, detection }: FeedSource): number {
  const { entry, timeField } = detection;
  return readTime(
    row,
    timeField,
    object.name,
    idText(() => readId(row, entry?.objectId ?? object.id, object.name)),
  );
}

/** By how much a row's time may be later than it reads. */
export function spreadOf(row: unknown, { detection }: FeedSource): number {
  return instantSpread(readPath(row, detection.timeField.path), detection.timeField);
}

/** Only for the message: that a record has no id is told when it is read. */
function idText(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

/** Stamped after the vendor's own clock, as it is known and as the answer tells it: not what has merely not settled yet. */
function isFuture(timeMs: number, { answer: { dateMs } }: Page, ports: ClockPorts): boolean {
  return dateMs !== null && timeMs > Math.max(dateMs, vendorNow(ports)) + futureToleranceMs;
}

/** How far before the bound a vendor may begin that keeps to it: bounds go outward to its step, which it may round too. */
function roundedMs({ connector }: FeedSource, { traps }: Belonging): number {
  return 2 * askedStepMs(connector, traps);
}

/** The step of the times that the vendor is asked for: its own, or that of the dialect's texts where that is coarser. */
export function askedStepMs({ dialect }: Connector, { granularity }: CursorTraps): number {
  const literal = dialect.literals.timestamp;
  return Math.max(unitMs[granularity], literal === undefined ? 0 : unitMs[literal.unit]);
}
