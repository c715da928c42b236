/** What to write for a time that is none: the habits of calendars and of other languages. */
import type { Field, Value } from './ast.ts';
import { parseInstant } from './instant.ts';
import { printText } from './print.ts';

type Literal = Exclude<Value, { kind: 'parameter' | 'null' }>;

/** What people write for times that move. */
const movingTimes: Readonly<Record<string, string>> = {
  now: 'now()',
  today: 'now()',
  sysdate: 'now()',
  current_timestamp: 'now()',
  current_date: 'now()',
  yesterday: 'now() - 1d',
  tomorrow: 'now() + 1d',
};
const looksLikeIso = /^\d{4}-\d{2}-\d{2}(?:[Tt ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:[Zz]|[+-]\d{2}:?\d{2})?)?$/;
const lastDays = /^last_(?:n_)?(?:days:)?(\d{1,4})(?:_days)?$/i;
/** Year first, or day first with dots: nobody means another order. */
const yearFirst = /^(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?$/;
const dayFirst = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/;
/** Who writes so means one of two orders. */
const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4})\b/;

/** A clause that says what to write for the value of a timestamp or date field. */
export function timeRemedy(value: Literal, field: Field): string {
  const usual =
    field.type === 'date'
      ? "Write a day: '2026-01-31'."
      : "Write an instant, '2026-01-31T08:00:00Z', or a day, '2026-01-31'.";
  if (value.kind === 'number') return numberRemedy(value.text, field) ?? usual;
  return value.kind === 'text' ? (textRemedy(value.text, field) ?? usual) : usual;
}

function textRemedy(text: string, { type }: Field): string | null {
  const days = lastDays.exec(text)?.[1];
  const moving = days === undefined ? movingTimes[text.toLowerCase()] : `now() - ${days}d`;
  if (moving !== undefined)
    return `Write ${moving}, or ${type === 'date' ? "a day: '2026-01-31'" : "an instant: '2026-01-31T08:00:00Z'"}.`;
  if (looksLikeIso.test(text)) return 'No calendar or clock shows this.';
  const [, year = '', month = '', day = '1'] = yearFirst.exec(text) ?? [];
  const [, ownDay = day, ownMonth = month, ownYear = year] = dayFirst.exec(text) ?? [];
  const said = isoDay(ownYear, ownMonth, ownDay);
  if (said !== null) return `Write ${said}.`;
  const [, first = '', second = '', last = ''] = american.exec(text) ?? [];
  const guessed = isoDay(last, first, second);
  return guessed === null ? null : `Write the day as ${guessed}, if the month stands first in it.`;
}

function numberRemedy(text: string, { type, format }: Field): string | null {
  // Nobody means the 34th minute of 1970.
  if (/^(?:19|20)\d{2}$/.test(text)) return `Write ${isoDay(text, '1', '1')} for the start of the year.`;
  if (type === 'date' || format !== 'iso') return null;
  const epochMs = Number(text) * (text.length > 11 ? 1 : 1000);
  const isInstant = epochMs > 0 && epochMs <= 8.64e15;
  return isInstant ? `Write it as an instant: ${printText(new Date(epochMs).toISOString())}.` : null;
}

/** The day as a literal, or null for one that no calendar shows. */
function isoDay(year: string, month: string, day: string): string | null {
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return parseInstant(iso, 'UTC') === null ? null : printText(iso);
}
