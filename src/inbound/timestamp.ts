/** When a request was sent, and whether that is now. */
import type { TimestampRule } from '../connector/inbound.ts';
import { readValue } from './read-value.ts';
import { type InboundRequest, Refused } from './request.ts';

export interface SentAt {
  /** As the vendor wrote it: what is signed. */
  readonly text: string;
  readonly epochMs: number;
}

const isoInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

/** @param entries those of the signature, one of which may hold the time. */
export function readSentAt(
  { source, unit }: TimestampRule,
  request: InboundRequest,
  entries: readonly string[],
  body: () => unknown,
): SentAt | Refused {
  const text = source.from === 'entry' ? readEntry(source.prefix, entries) : readValue(source, request, body);
  if (text instanceof Refused) return text;
  const epochMs = parseTime(text, unit);
  return epochMs === null ? new Refused('inbound-time-unreadable') : { text, epochMs };
}

/** null when the time lies in the window around now, to either side, its ends included. */
export function checkWindow(epochMs: number, { windowMs }: TimestampRule, nowMs: number): Refused | null {
  if (nowMs - epochMs > windowMs) return new Refused('inbound-too-old');
  return epochMs - nowMs > windowMs ? new Refused('inbound-too-new') : null;
}

function readEntry(prefix: string, entries: readonly string[]): string | Refused {
  const [entry, ...more] = entries.filter((one) => one.startsWith(prefix));
  if (entry === undefined) return new Refused('inbound-value-missing');
  return more.length > 0 ? new Refused('inbound-value-repeated') : entry.slice(prefix.length);
}

/** null when it cannot be read as a whole. */
export function parseTime(text: string, unit: TimestampRule['unit']): number | null {
  if (unit === 'iso') {
    const epochMs = isoInstant.test(text) ? Date.parse(text) : Number.NaN;
    return Number.isNaN(epochMs) ? null : epochMs;
  }
  if (!/^\d{1,15}$/.test(text)) return null;
  return unit === 's' ? Number(text) * 1000 : Number(text);
}
