/**
 * Functions that mappings have beside JSONata's own, for the formats that vendors write and the common resources
 * share. Each takes one value; nothing gives nothing, null and empty text give null, and what cannot be read is an error:
 * a wrong date in an event is worse than none.
 */

/** Instants as RFC 3339 with milliseconds, UTC: `2026-11-20T16:04:51.000Z`. */
export const isoInstant = overValues((value) => {
  if (typeof value === 'number') return instantText(value, value);
  const text = value.trim();
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text)) throw unreadable('instant', value);
  // Salesforce writes offsets without the colon, and an offset left out means UTC wherever a vendor leaves it out.
  const offset = /(?:Z|[+-]\d{2}:?\d{2})$/i.exec(text)?.[0];
  const local = offset === undefined ? text : text.slice(0, -offset.length);
  const zone = offset === undefined || offset.toUpperCase() === 'Z' ? 'Z' : `${offset.slice(0, 3)}:${offset.slice(-2)}`;
  return instantText(Date.parse(local + zone), value);
});

/** Instants from seconds since 1970, as a number or digits. */
export const epochSecondsInstant = overValues((value) => instantText(Number(value) * 1000, value));

/** Instants from milliseconds since 1970, as a number or digits. */
export const epochMillisInstant = overValues((value) => instantText(Number(value), value));

/** Days, `YYYY-MM-DD`, from a day or an instant in UTC. */
export const isoDate = overValues((value) => {
  if (typeof value === 'number') return instantText(value, value).slice(0, 10);
  const day = /^\d{4}-\d{2}-\d{2}$/.exec(value.trim())?.[0];
  if (day === undefined) return String(isoInstant(value)).slice(0, 10);
  // Date.parse rolls 31 February over; the text must survive the way there and back.
  const parsed = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(parsed) || new Date(parsed).toISOString().slice(0, 10) !== day) throw unreadable('date', value);
  return day;
});

/** Exact decimal text, for money and quantities: `1500.00` stays, `1.5e3` becomes `1500`. */
export const decimal = overValues((value) => {
  const text = String(value).trim();
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text);
  const [, sign = '', whole = '', fraction = '', exponent] = parts ?? [];
  if (parts === null || whole + fraction === '') throw unreadable('number', value);
  const shift = Number(exponent ?? 0);
  const digits = whole.padStart(-shift, '0') + fraction.padEnd(shift, '0');
  const point = Math.max(whole.length, -shift) + shift;
  const before = digits.slice(0, point).replace(/^0+(?=\d)/, '') || '0';
  const after = digits.slice(point);
  return `${sign === '-' ? '-' : ''}${before}${after === '' ? '' : `.${after}`}`;
});

/** Country codes (ISO 3166-1 alpha-2) from a code or an English name; null when neither is known. */
export const countryCode = overValues((value) => countryCodes().get(String(value).trim().toLowerCase()) ?? null);

let countries: ReadonlyMap<string, string> | undefined;

/** The runtime's own list of regions, read once: no copy of it is kept here. */
function countryCodes(): ReadonlyMap<string, string> {
  if (countries !== undefined) return countries;
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  const codes = new Map<string, string>([
    ['usa', 'US'],
    ['united states of america', 'US'],
    ['great britain', 'GB'],
  ]);
  for (const first of alphabet) {
    for (const second of alphabet) {
      const code = first + second;
      const name = names.of(code);
      // Codes that CLDR knows and ISO 3166-1 does not: groupings, exceptional reservations, former countries.
      if (name === undefined || notCountries.has(code)) continue;
      codes.set(code.toLowerCase(), code);
      codes.set(name.toLowerCase(), code);
    }
  }
  countries = codes;
  return codes;
}

const alphabet = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const notCountries = new Set(
  'AC AN BU CP CQ CS DD DG EA EU EZ FX IC NT QO QU SU TA TP UK UN XA XB XK YD YU ZR ZZ'.split(' '),
);

/** A function over one present value: nothing stays nothing, null and blank text are null. */
function overValues(read: (value: string | number) => string | null): (value: unknown) => string | null | undefined {
  return (value) => {
    if (value === undefined) return undefined;
    if (value === null || (typeof value === 'string' && value.trim() === '')) return null;
    if (typeof value !== 'string' && typeof value !== 'number') throw unreadable('text or number', value);
    return read(value);
  };
}

function instantText(epochMs: number, value: unknown): string {
  const date = new Date(epochMs);
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999 || date.getUTCFullYear() < 0) {
    throw unreadable('instant', value);
  }
  return date.toISOString();
}

function unreadable(wanted: string, value: unknown): RangeError {
  return new RangeError(
    `${JSON.stringify(value)?.slice(0, 80)} cannot be read as ${wanted === 'instant' ? 'an' : 'a'} ${wanted}.`,
  );
}

/** By the name they have in a mapping, without the dollar sign. */
export const formatFunctions = {
  isoInstant,
  epochSecondsInstant,
  epochMillisInstant,
  isoDate,
  decimal,
  countryCode,
} as const;
