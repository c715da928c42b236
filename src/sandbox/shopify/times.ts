/** The zone of the simulated shop; its clocks change in March and November. */
export const shopZone = 'America/New_York';

const zoneFormat = new Intl.DateTimeFormat('en-US', { timeZone: shopZone, timeZoneName: 'longOffset' });

/** The shop's UTC offset at an instant, in milliseconds. */
function offsetMs(atMs: number): number {
  const name = zoneFormat.formatToParts(atMs).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
  return zoneMs(name.slice(3));
}

function zoneMs(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? [];
  return (sign === '-' ? -60_000 : 60_000) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0));
}

/** The REST form of an instant: whole seconds with the shop's UTC offset, such as `2026-11-20T11:04:51-05:00`. */
export function renderTime(atMs: number): string {
  const zone = offsetMs(atMs);
  const minutes = Math.abs(zone) / 60_000;
  const two = (value: number): string => String(value).padStart(2, '0');
  const local = new Date(Math.floor(atMs / 1000) * 1000 + zone).toISOString().slice(0, 19);
  return `${local}${zone < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** The GraphQL form of an instant: whole seconds in UTC. */
export function renderUtc(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

/** What a written time stands for: a second, or the whole day, month or year when it says no more. */
export interface Span {
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
}

const written =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d)(?::?(\d\d)(?::?(\d\d)(?:\.\d+)?)?)?(Z|[+-]\d\d:?\d\d)?)?)?)?$/;

/**
 * Reads a time in any ISO 8601 form, whole or cut short; without a zone it is the shop's time. Fractions of a second are dropped.
 * Undefined when it is none.
 */
export function readTime(text: string): Span | undefined {
  const match = written.exec(text);
  if (match === null) return undefined;
  const [year = 0, month, day, hour, minute, second] = match.slice(1, 7).map((part) => part && Number(part));
  const zone = match[7];
  const numbers = [year, month, day, hour, minute, second].map((part) => (typeof part === 'number' ? part : undefined));
  const last = numbers.findLastIndex((part) => part !== undefined);
  const fromMs = instantOf(numbers, zone);
  const next = numbers.map((part, index) => (index === last ? (part ?? 0) + 1 : part));
  return fromMs === undefined || !isCalendar(numbers) ? undefined : { fromMs, toMs: instantOf(next, zone) ?? fromMs };
}

type Parts = readonly (number | undefined)[];

const localMs = ([year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0]: Parts): number =>
  Date.UTC(year, month - 1, day, hour, minute, second);

function instantOf(parts: Parts, zone: string | undefined): number | undefined {
  const local = localMs(parts);
  if (zone === 'Z') return local;
  if (zone !== undefined) return local - zoneMs(zone);
  // Twice, because the offset is known for instants and the first guess may lie on the other side of a clock change.
  return local - offsetMs(local - offsetMs(local));
}

/** Whether the parts are a day and a time that exist, so that 30 February is refused. */
function isCalendar([year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0]: Parts): boolean {
  const date = new Date(localMs([year, month, day]));
  const isDay = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isDay && hour < 24 && minute < 60 && second < 60;
}

/** When a stored time is, in milliseconds; undefined when there is none. */
export function instantAt(stored: unknown): number | undefined {
  const atMs = typeof stored === 'string' ? Date.parse(stored) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : atMs;
}
