/** Months in which a version appears; its name is the month. */
const quarters = [1, 4, 7, 10];
/** A version is answered for a year. */
const supportedMonths = 12;

const monthsOf = (year: number, month: number): number => year * 12 + month;

/**
 * The version that answers a request for `asked` at an instant: an expired version falls forward to the oldest supported one, as
 * the vendor's versioning page says. Undefined for what is no version, or one that has not appeared yet.
 */
export function answeringVersion(asked: string, nowMs: number): string | undefined {
  if (asked === 'unstable') return asked;
  const [, year, month] = (/^(20\d\d)-(\d\d)$/.exec(asked) ?? []).map(Number);
  if (year === undefined || month === undefined || !quarters.includes(month)) return undefined;
  const now = new Date(nowMs);
  const present = monthsOf(now.getUTCFullYear(), now.getUTCMonth() + 1);
  const wanted = monthsOf(year, month);
  if (wanted > present) return undefined;
  if (wanted > present - supportedMonths) return asked;
  const sinceQuarter = (present - 1) % 3;
  // The newest quarter, and three quarters before it.
  const oldest = present - sinceQuarter - 9;
  return `${Math.floor((oldest - 1) / 12)}-${String(((oldest - 1) % 12) + 1).padStart(2, '0')}`;
}
