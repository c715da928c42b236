const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** The n-th Sunday of a month (0 is January), as midnight UTC. */
function sundayMs(year: number, month: number, nth: number): number {
  const firstMs = Date.UTC(year, month, 1);
  const toSunday = (7 - new Date(firstMs).getUTCDay()) % 7;
  return firstMs + (toSunday + 7 * (nth - 1)) * dayMs;
}

/** US Pacific time at an instant: summer time runs from the second Sunday of March to the first of November, each at 02:00. */
function offsetHours(atMs: number): -8 | -7 {
  const year = new Date(atMs).getUTCFullYear();
  const fromMs = sundayMs(year, 2, 2) + 10 * hourMs;
  const toMs = sundayMs(year, 10, 1) + 9 * hourMs;
  return atMs >= fromMs && atMs < toMs ? -7 : -8;
}

/** The company's day of an instant, as `2026-11-20`. */
export function renderDay(atMs: number): string {
  return new Date(atMs + offsetHours(atMs) * hourMs).toISOString().slice(0, 10);
}

/** An instant as records carry it: whole seconds with the company's offset, `2026-11-20T08:04:51-08:00`. */
export function renderDateTime(atMs: number): string {
  return render(Math.floor(atMs / 1000) * 1000, 19);
}

/** An instant as answers carry it: with milliseconds. */
export function renderTime(atMs: number): string {
  return render(atMs, 23);
}

function render(atMs: number, length: number): string {
  const hours = offsetHours(atMs);
  return `${new Date(atMs + hours * hourMs).toISOString().slice(0, length)}-0${-hours}:00`;
}

const dateTime = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$/;

/** Reads an ISO 8601 instant; without an offset it is the company's time, without a clock its midnight. Undefined when it is none. */
export function parseDateTime(text: string): number | undefined {
  const [, day, clock = '00:00:00', offset] = dateTime.exec(text) ?? [];
  if (day === undefined || parseDay(day) === undefined) return undefined;
  if (offset !== undefined) return instantOf(`${day}T${clock}${offset.replace(/([+-]\d\d)(\d\d)$/, '$1:$2')}`);
  const localMs = instantOf(`${day}T${clock}Z`);
  if (localMs === undefined) return undefined;
  const summerMs = localMs + 7 * hourMs;
  return offsetHours(summerMs) === -7 ? summerMs : localMs + 8 * hourMs;
}

function instantOf(text: string): number | undefined {
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? undefined : atMs;
}

/** Midnight UTC of a day written `2026-11-20`; undefined when there is no such day. */
export function parseDay(text: string): number | undefined {
  const atMs = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(atMs) || new Date(atMs).toISOString().slice(0, 10) !== text ? undefined : atMs;
}
