import { refuseQuery } from '../answers.ts';
import type { Column } from '../schema.ts';
import { argumentFor, type Comparable, edmTypeOf } from './edm.ts';

type Test = (value: Comparable) => boolean;

/** From the first instant up to, but without, the last. */
interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const dayOf = (atMs: number): number => Math.floor(atMs / dayMs) * dayMs;

function moved(atMs: number, unit: string, by: number): number {
  if (unit === 'Minutes') return atMs + by * 60_000;
  if (unit === 'Hours') return atMs + by * hourMs;
  if (unit === 'Days') return atMs + by * dayMs;
  if (unit === 'Weeks') return atMs + by * 7 * dayMs;
  const date = new Date(atMs);
  return unit === 'Months'
    ? date.setUTCMonth(date.getUTCMonth() + by)
    : date.setUTCFullYear(date.getUTCFullYear() + by);
}

/** Whole weeks begin on Sunday; the user's zone is UTC. */
function wholeSpan(unit: string, nowMs: number, by: number): Span {
  const now = new Date(nowMs);
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  if (unit === 'Week') {
    const fromMs = dayOf(nowMs) + (by * 7 - now.getUTCDay()) * dayMs;
    return { fromMs, toMs: fromMs + 7 * dayMs };
  }
  if (unit === 'Month') return { fromMs: Date.UTC(year, month + by), toMs: Date.UTC(year, month + by + 1) };
  return { fromMs: Date.UTC(year + by, 0), toMs: Date.UTC(year + by + 1, 0) };
}

/** The span that a function names relative to now; undefined for functions that name none. */
function spanOf(name: string, values: readonly string[], nowMs: number): Span | undefined {
  const todayMs = dayOf(nowMs);
  const days = ['Yesterday', 'Today', 'Tomorrow'].indexOf(name) - 1;
  if (days > -2) return { fromMs: todayMs + days * dayMs, toMs: todayMs + (days + 1) * dayMs };
  if (name === 'Last7Days') return { fromMs: todayMs - 7 * dayMs, toMs: nowMs };
  if (name === 'Next7Days') return { fromMs: nowMs, toMs: todayMs + 8 * dayMs };
  const whole = /^(Last|This|Next)(Week|Month|Year)$/.exec(name);
  if (whole !== null) return wholeSpan(whole[2] ?? '', nowMs, ['Last', 'This', 'Next'].indexOf(whole[1] ?? '') - 1);
  const counted = /^(Last|Next|OlderThan)X(Minutes|Hours|Days|Weeks|Months|Years)$/.exec(name);
  if (counted === null || (counted[2] === 'Minutes' && counted[1] !== 'OlderThan')) return undefined;
  const [, way = '', unit = ''] = counted;
  const by = Number(values[0]);
  if (!Number.isInteger(by) || by < 1)
    refuseQuery(`The value '${values[0] ?? ''}' of ${name} must be a whole number above 0.`);
  if (way === 'OlderThan') return { fromMs: Number.NEGATIVE_INFINITY, toMs: moved(nowMs, unit, -by) };
  // Spans of days and longer begin or end with a whole day.
  const wide = unit !== 'Hours';
  if (way === 'Last') return { fromMs: moved(wide ? todayMs : nowMs, unit, -by), toMs: nowMs };
  return { fromMs: nowMs, toMs: moved(wide ? todayMs + dayMs : nowMs, unit, by) };
}

function need(name: string, values: readonly string[], count: number): void {
  if (values.length !== count) refuseQuery(`${name} takes ${count} value(s), got ${values.length}.`);
}

/** The numbers of a multi-choice column, which is kept as `1,3`. */
const choicesOf = (value: Comparable): readonly string[] => (typeof value === 'string' ? value.split(',') : []);

/** The test that a Microsoft.Dynamics.CRM function does; refuses functions that the sandbox does not have. */
export function compileCrmFunction(name: string, column: Column, values: readonly string[], nowMs: number): Test {
  const isTime = edmTypeOf(column) === 'Edm.DateTimeOffset' || edmTypeOf(column) === 'Edm.Date';
  const span = isTime ? spanOf(name, values, nowMs) : undefined;
  if (span !== undefined) return (value) => typeof value === 'number' && value >= span.fromMs && value < span.toMs;
  if (name === 'ContainValues') return (value) => values.some((one) => choicesOf(value).includes(one));
  if (name === 'DoesNotContainValues') return (value) => !values.some((one) => choicesOf(value).includes(one));
  const given = values.map((text) => argumentFor(column, text));
  if (name === 'In') return (value) => value !== null && given.includes(value);
  if (name === 'NotIn') return (value) => value !== null && !given.includes(value);
  const [low = null, high = null] = given;
  if (name === 'Between' || name === 'NotBetween') {
    need(name, values, 2);
    return (value) =>
      value !== null && low !== null && high !== null && (value >= low && value <= high) === (name === 'Between');
  }
  if (isTime && (name === 'On' || name === 'OnOrAfter' || name === 'OnOrBefore')) {
    need(name, values, 1);
    // These look at days only.
    const fromMs = dayOf(Number(low));
    const toMs = fromMs + dayMs;
    return (value) =>
      typeof value === 'number' && (name === 'OnOrBefore' || value >= fromMs) && (name === 'OnOrAfter' || value < toMs);
  }
  return refuseQuery(
    `An unknown function with name 'Microsoft.Dynamics.CRM.${name}' was found for the column '${column.name}'.`,
  );
}
