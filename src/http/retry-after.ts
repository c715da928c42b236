/** When a vendor says to come back. */
import type { RetryAfterRule } from '../definition/connector.ts';

/** No known quota is longer than a day: what asks for more is a broken header, and must not stop an instance. */
const LONGEST_WAIT_MS = 24 * 60 * 60 * 1000;
/** RFC 9110 §5.6.7: IMF-fixdate, RFC 850 and asctime all begin with the day's name. */
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /;
const NUMBER = /^\d+(?:\.\d+)?$/;

/**
 * How long to wait by an answer's headers, in milliseconds from `nowMs`, which is the vendor's clock where known; at
 * most a day. Undefined when no header says it in a form that can be read. The rule's header goes first, then
 * Retry-After (RFC 9110 §10.2.3), in whole seconds or, as some vendors send it, decimal ones.
 */
export function readRetryAfter(
  headers: Readonly<Record<string, string>>,
  rule: RetryAfterRule | undefined,
  nowMs: number,
): number | undefined {
  const byRule = rule && waitOf(headers[rule.header.toLowerCase()], rule.unit, nowMs);
  const waitMs = byRule ?? waitOf(headers['retry-after'], 's', nowMs);
  return waitMs === undefined ? undefined : Math.min(LONGEST_WAIT_MS, Math.max(0, Math.ceil(waitMs)));
}

/** Epoch milliseconds of an HTTP date in any of its three forms; null for anything else. */
export function parseHttpDate(text: string): number | null {
  if (!HTTP_DATE.test(text)) return null;
  const epochMs = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(epochMs) ? null : epochMs;
}

function waitOf(text: string | undefined, unit: RetryAfterRule['unit'], nowMs: number): number | undefined {
  const value = text?.trim();
  if (value === undefined) return undefined;
  if (!NUMBER.test(value)) {
    const dateMs = parseHttpDate(value);
    return dateMs === null ? undefined : dateMs - nowMs;
  }
  const amount = Number(value);
  if (unit === 'ms') return amount;
  return unit === 's' ? amount * 1000 : amount * 1000 - nowMs;
}
