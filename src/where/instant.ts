/** Reads instants as vendors write them (ISO 8601, epoch seconds or milliseconds) into epoch milliseconds. */
import type { Field } from './ast.ts';
import { zoneOffsetMs } from './zone.ts';

const DAY_MS = 86_400_000;
const ZERO = 48;
const NO_DAY = Number.MIN_SAFE_INTEGER;
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
 * By how many milliseconds an instant may be later than it reads: a local time without offset that comes twice, as
 * clocks go back, reads as the first of the two. 0 for all others.
 */
export function instantSpread(value: unknown, field: Pick<Field, 'format' | 'zone'>): number {
  if (field.zone === 'UTC' || field.format !== 'iso' || typeof value !== 'string') return 0;
  const offset = isoPattern.exec(value)?.[8];
  const epochMs = offset === undefined ? parseInstant(value, field.zone) : null;
  if (epochMs === null) return 0;
  const backMs = zoneOffsetMs(epochMs, field.zone) - zoneOffsetMs(epochMs + longestShiftMs, field.zone);
  const isTwice =
    backMs > 0 && zoneOffsetMs(epochMs + backMs, field.zone) === zoneOffsetMs(epochMs, field.zone) - backMs;
  return isTwice ? backMs : 0;
}

/** No clock is set back by more. */
const longestShiftMs = 3 * 3_600_000;

/** The most that `instantSpread` can be for a field. */
export function longestSpread({ format, zone }: Pick<Field, 'format' | 'zone'>): number {
  return zone === 'UTC' || format !== 'iso' ? 0 : longestShiftMs;
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

/** The common `YYYY-MM-DDTHH:MM:SS[.mmm]Z`, by whole numbers alone; null sends other texts to the full reader. */
function parseUtc(text: string, length: number): number | null {
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45 || text.charCodeAt(10) !== 84) return null;
  if (text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return null;
  const day = dayNumber(twoDigits(text, 0) * 100 + twoDigits(text, 2), twoDigits(text, 5), twoDigits(text, 8));
  const clock = clockMs(twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17));
  if (day === NO_DAY || clock < 0) return null;
  if (length === 20) return day * DAY_MS + clock;
  const ones = text.charCodeAt(22) - ZERO;
  const ms = twoDigits(text, 20) * 10 + ones;
  return text.charCodeAt(19) !== 46 || ms < 0 || ones >>> 0 > 9 ? null : day * DAY_MS + clock + ms;
}

/** The number two digits make; far below zero, also in sums with other digits, where they are none. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - ZERO;
  const ones = text.charCodeAt(at + 1) - ZERO;
  return tens >>> 0 > 9 || ones >>> 0 > 9 ? -1_000_000 : tens * 10 + ones;
}

function parseAny(text: string, zone: string): number | null {
  const match = isoPattern.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', offset] = match;
  const days = dayNumber(Number(year), Number(month), Number(day));
  const clock = clockMs(Number(hour), Number(minute), Number(second));
  if (days === NO_DAY || clock < 0) return null;
  const localMs = days * DAY_MS + clock + Number(fraction.slice(0, 3).padEnd(3, '0'));
  if (offset === undefined) return fromLocal(localMs, zone);
  const offsetMs = parseOffset(offset);
  return offsetMs === null ? null : localMs - offsetMs;
}

/** Days since 1970-01-01 in the Gregorian calendar; `NO_DAY` for a day that does not exist. */
function dayNumber(year: number, month: number, day: number): number {
  if (year < 0 || month < 1 || month > 12 || day < 1) return NO_DAY;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const lastDay = isLeap && month === 2 ? 29 : (daysIn[month - 1] as number);
  if (day > lastDay) return NO_DAY;
  // Counted from a leap cycle before year 0, so that all is positive and cutting off is rounding down.
  const past = year + 399;
  const leaps = ((past / 4) | 0) - ((past / 100) | 0) + ((past / 400) | 0);
  const before = (daysBefore[month - 1] as number) + (isLeap && month > 2 ? 1 : 0);
  return past * 365 + leaps + before + day - 865_260;
}

/** Milliseconds since midnight; negative for a time no clock shows. A leap second, 60, is the next minute’s first. */
function clockMs(hour: number, minute: number, second: number): number {
  if (hour > 23 || minute > 59 || second > 60 || hour < 0 || minute < 0 || second < 0) return -1;
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
