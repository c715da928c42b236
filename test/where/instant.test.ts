import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayAt, parseInstant, readInstant } from '../../src/where/instant.ts';
import { isZone, zoneOffsetMs } from '../../src/where/zone.ts';

const earliest = Date.UTC(0, 0, 1) - 1900 * 365.2425 * 86_400_000;
const anyMs = fc.integer({ min: Math.ceil(earliest), max: 253_402_300_799_999 });
/** Without the local mean times of the nineteenth century. */
const modernMs = fc.integer({ min: Date.UTC(1950, 0, 1), max: Date.UTC(2100, 0, 1) });
const zones = [
  'UTC',
  'America/New_York',
  'Europe/Berlin',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'America/St_Johns',
];

describe('parseInstant', () => {
  it('reads what Date writes', () => {
    fc.assert(
      fc.property(anyMs, (ms) => {
        const text = new Date(ms).toISOString();
        expect(parseInstant(text, 'UTC')).toBe(ms);
        expect(parseInstant(text.replace(/\.\d+Z/, 'Z'), 'UTC')).toBe(Math.floor(ms / 1000) * 1000);
      }),
      { numRuns: 3000 },
    );
  });

  it('agrees with Date on which texts of this shape are instants', () => {
    const digits = (most: number): fc.Arbitrary<string> =>
      fc.integer({ min: 0, max: most }).map((n) => String(n).padStart(2, '0'));
    const parts = fc.tuple(digits(13), digits(32), digits(24), digits(60), digits(59));
    fc.assert(
      fc.property(parts, ([month, day, hour, minute, second]) => {
        const text = `2024-${month}-${day}T${hour}:${minute}:${second}.000Z`;
        const ms = Date.parse(text);
        // Date takes 24:00 for the next midnight, and rolls 30 February over.
        const isReal = !Number.isNaN(ms) && new Date(ms).toISOString() === text;
        expect(parseInstant(text, 'UTC')).toBe(isReal ? ms : null);
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['2026-01-31', Date.UTC(2026, 0, 31)],
    ['2026-01-31T10:00', Date.UTC(2026, 0, 31, 10)],
    ['2026-01-31T10:00Z', Date.UTC(2026, 0, 31, 10)],
    ['2026-01-31 10:00:01', Date.UTC(2026, 0, 31, 10, 0, 1)],
    ['2026-01-31t10:00:01z', Date.UTC(2026, 0, 31, 10, 0, 1)],
    ['2026-01-31T10:00:01,5Z', Date.UTC(2026, 0, 31, 10, 0, 1, 500)],
    ['2026-01-31T10:00:01.123456789Z', Date.UTC(2026, 0, 31, 10, 0, 1, 123)],
    ['2026-01-31T10:00:00+0000', Date.UTC(2026, 0, 31, 10)],
    ['2026-01-31T10:00:00-08:00', Date.UTC(2026, 0, 31, 18)],
    ['2026-01-31T10:00:00+05:30', Date.UTC(2026, 0, 31, 4, 30)],
    ['2026-01-31T10:00:00-08', Date.UTC(2026, 0, 31, 18)],
    ['2026-01-31 10:00:00 -0800', Date.UTC(2026, 0, 31, 18)],
    ['2016-12-31T23:59:60Z', Date.UTC(2017, 0, 1)],
  ])('reads %s', (text, ms) => {
    expect(parseInstant(text, 'UTC')).toBe(ms);
  });

  it.each([
    ...['', 'x', '2026', '2026-01', '2026-1-31', '2026-02-29', '2026-13-01', '2026-00-10', '2026-01-00', '2026-01-31T'],
    ...[
      '2026-01-31T10',
      '2026-01-31T24:00:00Z',
      '2026-01-31T10:60:00Z',
      '2026-01-31T10:00:61Z',
      '2026-01-31T10:00:00+24:00',
    ],
    ...[
      '2026-01-31T10:00:00+00:60',
      ' 2026-01-31',
      '2026-01-31T10:00:00Zx',
      '2026-01-31T10:00:00.Z',
      '2026-01-31T1x:00:00.00xZ',
    ],
    ...['2026-01-31T10:00:00.00xZ', '2026-01-31T10:00:00.0x0Z', '1/31/2026', '٢٠٢٦-01-31'],
  ])('does not read %j', (text) => {
    expect(parseInstant(text, 'UTC')).toBeNull();
  });

  it('undoes what a zone’s clock shows, but for the hour that comes twice', () => {
    fc.assert(
      fc.property(modernMs, fc.constantFrom(...zones), (ms, zone) => {
        const local = new Date(ms + zoneOffsetMs(ms, zone)).toISOString().slice(0, -1);
        const read = parseInstant(local, zone);
        const shows = read === null ? null : read + zoneOffsetMs(read, zone);
        expect(shows).toBe(ms + zoneOffsetMs(ms, zone));
        expect(read).toBeLessThanOrEqual(ms);
      }),
      { numRuns: 1500 },
    );
  });
});

describe('zoneOffsetMs', () => {
  it('is what Intl shows', () => {
    fc.assert(
      fc.property(modernMs, fc.constantFrom(...zones), (ms, timeZone) => {
        const shown = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(
          ms,
        );
        const local = Math.floor((ms + zoneOffsetMs(ms, timeZone)) / 1000) * 1000;
        expect(new Date(local).toISOString().slice(0, 19).replace('T', ' ')).toBe(shown);
      }),
      { numRuns: 500 },
    );
  });

  it('knows which zones there are', () => {
    expect(zones.every(isZone)).toBe(true);
    expect(isZone('Mars/Olympus')).toBe(false);
  });
});

describe('readInstant', () => {
  const seconds = { format: 'epoch-s', zone: 'UTC' } as const;
  const millis = { format: 'epoch-ms', zone: 'UTC' } as const;
  const iso = { format: 'iso', zone: 'UTC' } as const;

  it.each([
    [1769846400, seconds, 1769846400000],
    ['1769846400', seconds, 1769846400000],
    [1769846400.123, seconds, 1769846400123],
    ['1503435956.000247', seconds, 1503435956000],
    [-0.001, seconds, -1],
    [1769846400123.9, millis, 1769846400123],
    ['1769846400123', millis, 1769846400123],
    [1769846400123n, millis, 1769846400123],
    ['2026-01-31', iso, Date.UTC(2026, 0, 31)],
    ['2026-01-31T00:00:00Z', millis, null],
    [1769846400, iso, null],
    [null, iso, null],
    [Number.NaN, millis, null],
    [1e300, millis, null],
    ['', seconds, null],
    [{}, seconds, null],
    [true, millis, null],
  ])('%o', (value, format, ms) => {
    expect(readInstant(value, format)).toBe(ms);
  });
});

describe('dayAt', () => {
  it('is the day on the wall of the zone', () => {
    expect(dayAt(Date.UTC(2026, 0, 31, 23), 'Asia/Tokyo')).toBe('2026-02-01');
    expect(dayAt(Date.UTC(2026, 0, 31, 1), 'America/New_York')).toBe('2026-01-30');
  });
});
