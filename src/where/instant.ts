/** Reads instants as vendors write them (ISO 8601, epoch seconds or milliseconds) into epoch milliseconds. */
import type { Field } from './ast.ts';
import { zoneOffsetMs } from './zone.ts';

const DAY_MS = 86_400_000;
const ZERO = 48;
const isoPattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)? ?([Zz]|[+-]\d{2}(?::?\d{2})?)?)?$/;
const epochPattern = /^-?\d{1,16}(?:\.\d+)?$/;
const daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const daysIn = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * The instant that a record’s value of this field names, in epoch milliseconds; finer digits are cut off.
 * A time without offset is in the field’s zone. A value that cannot be read as the field’s format gives null.
 */
export function readInstant(value: unknown, field: Pick<Field, 'format' | 'zone'>): number | null {
  if (field.format === 'iso') return typeof value === 'string' ? parseInstant(value, field.zone) : null;
  return readEpoch(value, field.format);
}

/**
 * Reads ISO 8601: `2026-01-31`, `2026-01-31T10:00`, with seconds, a fraction, and `Z`, `+0000`, `+00:00` or `-08`;
 * a blank may stand for the T. Without offset it is local time in `zone` (IANA name), a bare day its first moment.
 * A local time that a clock change skips is read with the offset before it; one that comes twice is the first.
 */
export function parseInstant(text: string, zone: string): number | null {
  const length = text.length;
  if ((length === 20 || length === 24) && text.charCodeAt(length - 1) === 90) {
    const epochMs = parseUtc(text, length);
    if (epochMs !== null) return epochMs;
  }
  return parseAny(text, zone);
}

/** The common `YYYY-MM-DDTHH:MM:SS[.mmm]Z`; null sends other texts to the full reader. */
function parseUtc(text: string, length: number): number | null {
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45 || text.charCodeAt(10) !== 84) return null;
  if (text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return null;
  if (length === 24 && text.charCodeAt(19) !== 46) return null;
  const day = dayNumber(twoDigits(text, 0) * 100 + twoDigits(text, 2), twoDigits(text, 5), twoDigits(text, 8));
  const ms = length === 24 ? twoDigits(text, 20) * 10 + digit(text, 22) : 0;
  const clock = clockMs(twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17)) + ms;
  const epochMs = day * DAY_MS + clock;
  return Number.isNaN(epochMs) ? null : epochMs;
}

function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - ZERO;
  return value >= 0 && value <= 9 ? value : Number.NaN;
}

function twoDigits(text: string, at: number): number {
  return digit(text, at) * 10 + digit(text, at + 1);
}

function parseAny(text: string, zone: string): number | null {
  const match = isoPattern.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', offset] = match;
  const days = dayNumber(Number(year), Number(month), Number(day));
  const clock = clockMs(Number(hour), Number(minute), Number(second));
  const localMs = days * DAY_MS + clock + Number(fraction.slice(0, 3).padEnd(3, '0'));
  if (Number.isNaN(localMs)) return null;
  if (offset === undefined) return fromLocal(localMs, zone);
  const offsetMs = parseOffset(offset);
  return offsetMs === null ? null : localMs - offsetMs;
}

/** Days since 1970-01-01 in the Gregorian calendar; NaN for a day that does not exist. */
function dayNumber(year: number, month: number, day: number): number {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const before = daysBefore[month - 1];
  const length = daysIn[month - 1];
  if (before === undefined || length === undefined) return Number.NaN;
  if (!(day >= 1 && day <= (isLeap && month === 2 ? 29 : length))) return Number.NaN;
  const past = year - 1;
  const leaps = Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400);
  return past * 365 + leaps + before + (isLeap && month > 2 ? 1 : 0) + day - 719_163;
}

/** Milliseconds since midnight; NaN for a time no clock shows. A leap second, 60, is the next minute’s first. */
function clockMs(hour: number, minute: number, second: number): number {
  if (!(hour <= 23 && minute <= 59 && second <= 60)) return Number.NaN;
  return hour * 3_600_000 + minute * 60_000 + second * 1000;
}

function parseOffset(offset: string): number | null {
  if (offset === 'Z' || offset === 'z') return 0;
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(-2)) * (offset.length > 3 ? 1 : 0);
  if (hours > 23 || minutes > 59) return null;
  return (offset.startsWith('-') ? -1 : 1) * (hours * 3_600_000 + minutes * 60_000);
}

function fromLocal(localMs: number, zone: string): number {
  const before = zoneOffsetMs(localMs - DAY_MS, zone);
  const after = zoneOffsetMs(localMs + DAY_MS, zone);
  const early = localMs - before;
  if (before === after || zoneOffsetMs(early, zone) === before) return early;
  const late = localMs - after;
  return zoneOffsetMs(late, zone) === after ? late : early;
}

function readEpoch(value: unknown, format: 'epoch-s' | 'epoch-ms'): number | null {
  const number = typeof value === 'string' ? parseEpoch(value) : typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number') return null;
  // Seconds carry microseconds in their fraction (Slack’s "1503435956.000247"): round there before cutting to ms.
  const epochMs = Math.floor(format === 'epoch-s' ? Math.round(number * 1e6) / 1e3 : number);
  return Math.abs(epochMs) <= 8.64e15 ? epochMs : null;
}

function parseEpoch(text: string): number | null {
  return epochPattern.test(text) ? Number(text) : null;
}

/** The day, `YYYY-MM-DD`, that a calendar in `zone` shows at this instant. */
export function dayAt(epochMs: number, zone: string): string {
  return new Date(epochMs + zoneOffsetMs(epochMs, zone)).toISOString().slice(0, 10);
}
