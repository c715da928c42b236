import { describe, expect, test } from 'vitest';
import { parseDateTime, renderDateTime, renderDay, renderTime } from '../../../src/sandbox/quickbooks/dates.ts';

describe('company time', () => {
  test.each([
    ['2026-11-20T16:04:51.870Z', '2026-11-20T08:04:51-08:00'],
    ['2026-07-01T00:00:00.999Z', '2026-06-30T17:00:00-07:00'],
    // The change in March and in November, the second before and the second of it.
    ['2026-03-08T09:59:59.999Z', '2026-03-08T01:59:59-08:00'],
    ['2026-03-08T10:00:00.000Z', '2026-03-08T03:00:00-07:00'],
    ['2026-11-01T08:59:59.000Z', '2026-11-01T01:59:59-07:00'],
    ['2026-11-01T09:00:00.000Z', '2026-11-01T01:00:00-08:00'],
    ['2027-03-14T10:00:00.000Z', '2027-03-14T03:00:00-07:00'],
    ['2027-11-07T09:00:00.000Z', '2027-11-07T01:00:00-08:00'],
  ])('%s is %s', (instant, shown) => {
    expect(renderDateTime(Date.parse(instant))).toBe(shown);
    expect(parseDateTime(shown)).toBe(Math.floor(Date.parse(instant) / 1000) * 1000);
  });

  test('every hour of two years is as the time zone database has it', () => {
    const zone = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'America/Los_Angeles',
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    for (let atMs = Date.UTC(2026, 0, 1); atMs < Date.UTC(2028, 0, 1); atMs += 3_600_000) {
      expect(renderDateTime(atMs).slice(0, 19)).toBe(zone.format(atMs).replace(' ', 'T'));
    }
  });

  test('an answer tells milliseconds, a day is the company’s', () => {
    expect(renderTime(Date.parse('2026-11-20T16:04:51.870Z'))).toBe('2026-11-20T08:04:51.870-08:00');
    expect(renderDay(Date.parse('2026-11-20T07:59:59Z'))).toBe('2026-11-19');
  });

  test.each([
    ['2026-11-20T16:04:51Z', '2026-11-20T16:04:51Z'],
    ['2026-11-20T17:04:51+0100', '2026-11-20T16:04:51Z'],
    ['2026-11-20T08:04:51', '2026-11-20T16:04:51Z'],
    ['2026-07-01', '2026-07-01T07:00:00Z'],
  ])('%s is read as %s', (text, instant) => {
    expect(parseDateTime(text)).toBe(Date.parse(instant));
  });

  test.each(['', 'yesterday', '2026-02-30', '2026-11-20T25:00:00Z', '2026-11-20T16:00:00 00:00', "2026-11-20'"])(
    '%j is no instant',
    (text) => {
      expect(parseDateTime(text)).toBeUndefined();
    },
  );
});
