/** Instants as vendors want to read them: epochs, or text by a pattern in a zone. */
import type { DateLiteral, TimestampLiteral } from '../definition/dialect.ts';
import { zoneOffsetMs } from '../where/zone.ts';

const patternToken = /'[^']*'|y{4}|MM|dd|HH|mm|SSS|ss|XXX|xxx|[^'yMdHmsSXx]+|./g;

/** True for a pattern, false for an epoch. */
export function isPattern(format: string): boolean {
  return format !== 'epoch-s' && format !== 'epoch-ms';
}

/** True when every instant has a text of its own: no hour is written twice when clocks go back. */
export function saysOffset(literal: TimestampLiteral): boolean {
  return (literal.zone ?? 'UTC') === 'UTC' || carriesOffset(literal);
}

/** True when the text means the same in every zone. */
export function carriesOffset({ format }: TimestampLiteral): boolean {
  return !isPattern(format) || /XXX|xxx/.test(format.replace(/'[^']*'/g, ''));
}

/** The instant by the literal's format, in its zone, without quotes. */
export function instantText(epochMs: number, literal: TimestampLiteral | DateLiteral): string {
  if (literal.format === 'epoch-ms') return String(epochMs);
  if (literal.format === 'epoch-s') return String(epochMs / 1000);
  const zone = 'zone' in literal ? (literal.zone ?? 'UTC') : 'UTC';
  return localText(epochMs, zoneOffsetMs(epochMs, zone), literal.format);
}

/** Writes one part of a local time, which the date shows as if it were UTC. */
type Part = (local: Date, offsetMs: number) => string;

const tokenParts: Readonly<Record<string, Part>> = {
  yyyy: (local) => String(local.getUTCFullYear()).padStart(4, '0'),
  MM: (local) => two(local.getUTCMonth() + 1),
  dd: (local) => two(local.getUTCDate()),
  HH: (local) => two(local.getUTCHours()),
  mm: (local) => two(local.getUTCMinutes()),
  ss: (local) => two(local.getUTCSeconds()),
  SSS: (local) => String(local.getUTCMilliseconds()).padStart(3, '0'),
  XXX: (_local, offsetMs) => (offsetMs === 0 ? 'Z' : offsetText(offsetMs)),
  xxx: (_local, offsetMs) => offsetText(offsetMs),
};

/** By pattern: a dialect has one or two, and each is taken apart once. */
const patterns = new Map<string, readonly Part[]>();

function partsOf(pattern: string): readonly Part[] {
  const known = patterns.get(pattern);
  if (known !== undefined) return known;
  const parts = Array.from(pattern.matchAll(patternToken), ([found]): Part => {
    const text = found.startsWith("'") ? found.slice(1, -1) || "'" : found;
    return tokenParts[found] ?? (() => text);
  });
  patterns.set(pattern, parts);
  return parts;
}

function localText(epochMs: number, offsetMs: number, pattern: string): string {
  const local = new Date(epochMs + offsetMs);
  let text = '';
  for (const part of partsOf(pattern)) text += part(local, offsetMs);
  return text;
}

function two(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}

function offsetText(offsetMs: number): string {
  const minutes = Math.abs(offsetMs) / 60_000;
  return `${offsetMs < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
