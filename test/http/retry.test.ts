import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure, type FailureCode, failureCodes } from '../../src/diagnostic/failure.ts';
import { defaultRetryLimits, retryDelayMs } from '../../src/http/retry.ts';
import { parseHttpDate, readRetryAfter } from '../../src/http/retry-after.ts';

const nowMs = Date.UTC(2026, 10, 24, 12, 0, 0);

describe('readRetryAfter', () => {
  it.each([
    [{ 'retry-after': '3' }, undefined, 3000],
    [{ 'retry-after': '2.0' }, undefined, 2000],
    [{ 'retry-after': '0.25' }, undefined, 250],
    [{ 'retry-after': ' 7 ' }, undefined, 7000],
    [{ 'retry-after': '0' }, undefined, 0],
    [{ 'retry-after': 'Tue, 24 Nov 2026 12:00:30 GMT' }, undefined, 30_000],
    [{ 'retry-after': 'Tuesday, 24-Nov-26 12:00:30 GMT' }, undefined, 30_000],
    [{ 'retry-after': 'Tue Nov 24 12:00:30 2026' }, undefined, 30_000],
    [{ 'retry-after': 'Tue, 24 Nov 2026 11:00:00 GMT' }, undefined, 0],
    [{ 'retry-after': '99999999' }, undefined, 86_400_000],
    [{ 'retry-after': 'soon' }, undefined, undefined],
    [{ 'retry-after': '-5' }, undefined, undefined],
    [{ 'retry-after': 'next 5' }, undefined, undefined],
    [{}, undefined, undefined],
    [{ 'x-wait': '1500' }, { header: 'X-Wait', unit: 'ms' }, 1500],
    [{ 'x-reset': String(nowMs / 1000 + 12) }, { header: 'X-Reset', unit: 'epoch-s' }, 12_000],
    [{ 'x-reset': String(nowMs / 1000 - 12) }, { header: 'X-Reset', unit: 'epoch-s' }, 0],
    [{ 'x-wait': 'never', 'retry-after': '4' }, { header: 'X-Wait', unit: 'ms' }, 4000],
    [{ 'retry-after': '4' }, { header: 'X-Wait', unit: 'ms' }, 4000],
    [{ 'retry-after': '4' }, { header: 'Retry-After', unit: 'ms' }, 4],
  ] as const)('%j by %j is %s ms', (headers, rule, expected) => {
    expect(readRetryAfter(headers, rule, nowMs)).toBe(expected);
  });

  it('never throws, and answers from 0 to a day', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('s', 'ms', 'epoch-s'), (text, unit) => {
        const waitMs = readRetryAfter({ h: text }, { header: 'h', unit }, nowMs);
        expect(waitMs === undefined || (waitMs >= 0 && waitMs <= 86_400_000)).toBe(true);
      }),
    );
  });

  it('reads dates only in the forms of RFC 9110', () => {
    expect(parseHttpDate('Sun, 06 Nov 1994 08:49:37 GMT')).toBe(784111777000);
    expect(parseHttpDate('Sunday, 06-Nov-94 08:49:37 GMT')).toBe(784111777000);
    expect(parseHttpDate('Sun Nov  6 08:49:37 1994')).toBe(784111777000);
    expect(parseHttpDate('2026-11-24T12:00:00Z')).toBeNull();
    expect(parseHttpDate('')).toBeNull();
  });
});

describe('retryDelayMs', () => {
  const failed = (code: FailureCode, retryAfterMs?: number): Failure =>
    new Failure(code, 'x', { retryable: true, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
  const tried = (attempts: number, elapsedMs = 0) => ({ attempts, elapsedMs });
  const most = () => 0.999999;

  it('doubles its ceiling up to the longest delay', () => {
    const limits = { ...defaultRetryLimits, attempts: 99 };
    const ceilings = [1, 2, 3, 4, 5, 6, 7].map((n) =>
      retryDelayMs(failed('vendor-unavailable'), tried(n), most, limits),
    );
    expect(ceilings).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
  });

  it('goes down to nothing by chance', () => {
    expect(retryDelayMs(failed('vendor-unreachable'), tried(3), () => 0, defaultRetryLimits)).toBe(0);
  });

  it('takes the vendor at its word, and leaves to the caller what is over the budget', () => {
    expect(retryDelayMs(failed('vendor-throttled', 30_000), tried(1), most, defaultRetryLimits)).toBe(30_000);
    expect(retryDelayMs(failed('vendor-throttled', 30_000), tried(1, 30_000), most, defaultRetryLimits)).toBe(30_000);
    expect(retryDelayMs(failed('vendor-throttled', 30_000), tried(1, 30_001), most, defaultRetryLimits)).toBeNull();
  });

  it('ends', () => {
    expect(retryDelayMs(failed('vendor-unavailable'), tried(5), most, defaultRetryLimits)).toBeNull();
  });

  it('is for what passes by itself', () => {
    const codes = Object.keys(failureCodes) as FailureCode[];
    const again = codes.filter((code) => retryDelayMs(failed(code), tried(1), most, defaultRetryLimits) !== null);
    expect(again).toEqual(['vendor-unreachable', 'vendor-unavailable', 'vendor-throttled', 'vendor-answer-unreadable']);
    const hopeless = new Failure('vendor-answer-unreadable', 'too large', { retryable: false });
    expect(retryDelayMs(hopeless, tried(1), most, defaultRetryLimits)).toBeNull();
  });
});
