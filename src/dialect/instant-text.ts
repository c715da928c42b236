/** Instants as vendors want to read them: epochs, or text by a pattern in a zone. */
import type { DateLiteral, TimestampLiteral } from '../definition/dialect.ts';
import { zoneOffsetMs } from '../where/zone.ts';

const patternToken = /'[^']*'|y{4}|MM|dd|HH|mm|SSS|ss|XXX|xxx|[^'yMdHmsSXx]+|./g;

/** True for a pattern, false for an epoch. */
export function isPattern(format: string): boolean {
  return format !== 'epoch-s' && format !== 'epoch-ms';
}

/** True when the text says its own offset, so that it names one instant in every zone. */
export function saysOffset(literal: TimestampLiteral): boolean {
  return (
    !isPattern(literal.format) ||
    (literal.zone ?? 'UTC') === 'UTC' ||
    /XXX|xxx/.test(literal.format.replace(/'[^']*'/g, ''))
  );
}

/** The instant by the literal's format, in its zone, without quotes. */
export function instantText(epochMs: number, literal: TimestampLiteral | DateLiteral): string {
  if (literal.format === 'epoch-ms') return String(epochMs);
  if (literal.format === 'epoch-s') return String(epochMs / 1000);
  const zone = 'zone' in literal ? (literal.zone ?? 'UTC') : 'UTC';
  return localText(epochMs, zoneOffsetMs(epochMs, zone), literal.format);
}

function localText(epochMs: number, offsetMs: number, pattern: string): string {
  const local = new Date(epochMs + offsetMs);
  const parts: Readonly<Record<string, string>> = {
    yyyy: String(local.getUTCFullYear()).padStart(4, '0'),
    MM: two(local.getUTCMonth() + 1),
    dd: two(local.getUTCDate()),
    HH: two(local.getUTCHours()),
    mm: two(local.getUTCMinutes()),
    ss: two(local.getUTCSeconds()),
    SSS: String(local.getUTCMilliseconds()).padStart(3, '0'),
    XXX: offsetMs === 0 ? 'Z' : offsetText(offsetMs),
    xxx: offsetText(offsetMs),
  };
  return pattern.replace(patternToken, (found) =>
    found.startsWith("'") ? found.slice(1, -1) || "'" : (parts[found] ?? found),
  );
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

function offsetText(offsetMs: number): string {
  const minutes = Math.abs(offsetMs) / 60_000;
  return `${offsetMs < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
