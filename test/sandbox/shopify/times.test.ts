import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readTime, renderTime, renderUtc } from '../../../src/sandbox/shopify/times.ts';
import { answeringVersion } from '../../../src/sandbox/shopify/versions.ts';

const utc = (text: string): number => Date.parse(text);

describe('times', () => {
  test.each([
    ['2026-11-20T16:04:51.870Z', '2026-11-20T11:04:51-05:00'],
    ['2026-07-01T12:00:00.000Z', '2026-07-01T08:00:00-04:00'],
    // The last second of summer time and the first of winter time have one local name and two offsets.
    ['2026-11-01T05:59:59.000Z', '2026-11-01T01:59:59-04:00'],
    ['2026-11-01T06:00:00.000Z', '2026-11-01T01:00:00-05:00'],
    ['2026-03-08T06:59:59.000Z', '2026-03-08T01:59:59-05:00'],
    ['2026-03-08T07:00:00.000Z', '2026-03-08T03:00:00-04:00'],
  ])('%s is shown as %s', (instant, shown) => {
    expect(renderTime(utc(instant))).toBe(shown);
    expect(renderUtc(utc(instant))).toBe(`${instant.slice(0, 19)}Z`);
  });

  test('every instant comes back to its second, in either form', () => {
    fc.assert(
      fc.property(fc.integer({ min: utc('2001-01-01'), max: utc('2040-01-01') }), (atMs) => {
        const second = Math.floor(atMs / 1000) * 1000;
        expect(readTime(renderTime(atMs))).toEqual({ fromMs: second, toMs: second + 1000 });
        expect(readTime(renderUtc(atMs))).toEqual({ fromMs: second, toMs: second + 1000 });
      }),
    );
  });

  test.each([
    ['2026-11-20', '2026-11-20T05:00:00Z', '2026-11-21T05:00:00Z'],
    ['2026-11-01', '2026-11-01T04:00:00Z', '2026-11-02T05:00:00Z'],
    ['2026-11', '2026-11-01T04:00:00Z', '2026-12-01T05:00:00Z'],
    ['2026', '2026-01-01T05:00:00Z', '2027-01-01T05:00:00Z'],
    ['2026-11-20T10', '2026-11-20T15:00:00Z', '2026-11-20T16:00:00Z'],
    ['2026-11-20 10:30', '2026-11-20T15:30:00Z', '2026-11-20T15:31:00Z'],
    ['2026-11-20T10:30:01.5+0100', '2026-11-20T09:30:01Z', '2026-11-20T09:30:02Z'],
  ])('%s stands for all of it', (text, from, to) => {
    expect(readTime(text)).toEqual({ fromMs: utc(from), toMs: utc(to) });
  });

  test.each([
    '',
    "'2026-11-20T10:00:00Z'",
    '2026-13-01',
    '2026-02-29',
    '2026-11-20T24:00:00Z',
    '2026-11-20T10:00:00 05:00',
    'now',
  ])('%j is no time', (text) => {
    expect(readTime(text)).toBeUndefined();
  });
});

describe('versions', () => {
  const nowMs = utc('2026-11-20T16:04:51Z');
  test.each([
    ['2026-10', '2026-10'],
    ['2026-01', '2026-01'],
    ['2025-10', '2026-01'],
    ['2020-01', '2026-01'],
    ['unstable', 'unstable'],
    ['2027-01', undefined],
    ['2026-11', undefined],
    ['v3', undefined],
    ['', undefined],
  ])('%s is answered by %s', (asked, answered) => {
    expect(answeringVersion(asked, nowMs)).toBe(answered);
  });

  test('the oldest supported one moves on with the quarters', () => {
    expect(answeringVersion('2025-01', utc('2026-01-01T00:00:00Z'))).toBe('2025-04');
    expect(answeringVersion('2025-01', utc('2025-12-31T23:59:59Z'))).toBe('2025-01');
    expect(answeringVersion('2026-10', utc('2028-08-01T00:00:00Z'))).toBe('2027-10');
  });
});
