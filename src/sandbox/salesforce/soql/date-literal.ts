/** A half-open range of instants, in milliseconds. */
export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

const dayMs = 86_400_000;

type Unit = 'DAY' | 'WEEK' | 'MONTH' | 'QUARTER' | 'YEAR';

/** Names of periods by the vendor's list; the fiscal year of the sandbox is the calendar year. */
const named: Readonly<Record<string, readonly [unit: Unit, shift: number]>> = {
  YESTERDAY: ['DAY', -1],
  TODAY: ['DAY', 0],
  TOMORROW: ['DAY', 1],
  ...Object.fromEntries(
    (['WEEK', 'MONTH', 'QUARTER', 'YEAR', 'FISCAL_QUARTER', 'FISCAL_YEAR'] as const).flatMap((name) => {
      const unit: Unit = name === 'FISCAL_QUARTER' ? 'QUARTER' : name === 'FISCAL_YEAR' ? 'YEAR' : name;
      return [
        [`LAST_${name}`, [unit, -1]],
        [`THIS_${name}`, [unit, 0]],
        [`NEXT_${name}`, [unit, 1]],
      ];
    }),
  ),
};

const counted = /^(LAST|NEXT)_N_(?:FISCAL_)?(DAY|WEEK|MONTH|QUARTER|YEAR)S$/;
const agoCounted = /^N_(?:FISCAL_)?(DAY|WEEK|MONTH|QUARTER|YEAR)S_AGO$/;

export function isDateLiteral(name: string, hasCount: boolean): boolean {
  if (hasCount) return counted.test(name) || agoCounted.test(name);
  return Object.hasOwn(named, name) || name === 'LAST_90_DAYS' || name === 'NEXT_90_DAYS';
}

/** Start of the unit that holds the instant, moved by so many units; weeks start on Sunday, as in the vendor's US locale. */
function startOf(unit: Unit, nowMs: number, shift: number): number {
  const now = new Date(nowMs);
  const year = now.getUTCFullYear();
  const month = now.getUTCMonth();
  const day = now.getUTCDate();
  if (unit === 'DAY') return Date.UTC(year, month, day + shift);
  if (unit === 'WEEK') return Date.UTC(year, month, day - now.getUTCDay() + 7 * shift);
  if (unit === 'MONTH') return Date.UTC(year, month + shift, 1);
  if (unit === 'QUARTER') return Date.UTC(year, month - (month % 3) + 3 * shift, 1);
  return Date.UTC(year + shift, 0, 1);
}

const unitOf = (text: string | undefined): Unit =>
  text === 'WEEK' || text === 'MONTH' || text === 'QUARTER' || text === 'YEAR' ? text : 'DAY';

/**
 * The range a date literal stands for, in UTC. `LAST_N_DAYS:n` and LAST_90_DAYS end with today; the other LAST_N ranges end before
 * the present unit, and NEXT_N ranges start after it.
 */
export function rangeOf(name: string, count: number | undefined, nowMs: number): Range {
  if (name === 'LAST_90_DAYS') return rangeOf('LAST_N_DAYS', 90, nowMs);
  if (name === 'NEXT_90_DAYS') return rangeOf('NEXT_N_DAYS', 90, nowMs);
  const period = named[name];
  if (period !== undefined) {
    const [unit, shift] = period;
    return { fromMs: startOf(unit, nowMs, shift), toMs: startOf(unit, nowMs, shift + 1) };
  }
  const length = count ?? 0;
  const ago = agoCounted.exec(name);
  if (ago !== null) {
    const unit = unitOf(ago[1]);
    return { fromMs: startOf(unit, nowMs, -length), toMs: startOf(unit, nowMs, 1 - length) };
  }
  const [, direction, unitName] = counted.exec(name) ?? [];
  const unit = unitOf(unitName);
  if (direction === 'NEXT') return { fromMs: startOf(unit, nowMs, 1), toMs: startOf(unit, nowMs, length + 1) };
  const toMs = unit === 'DAY' ? startOf(unit, nowMs, 0) + dayMs : startOf(unit, nowMs, 0);
  return { fromMs: startOf(unit, nowMs, -length), toMs };
}
