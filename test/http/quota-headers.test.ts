import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadConnectors } from '../../src/connector/load.ts';
import { compileQuotaHeaders } from '../../src/http/quota-headers.ts';
import { spacingOf } from '../../src/http/spacing.ts';

const nowMs = Date.parse('2026-03-14T09:26:53.000Z');
const usual = compileQuotaHeaders(undefined);
const { connectors } = await loadConnectors();
const of = (key: string) => compileQuotaHeaders(connectors.get(key)?.definition.http.quotaHeaders);

test.each<[string, Record<string, string>, object[]]>([
  [
    'an epoch in seconds',
    { 'x-ratelimit-limit': '60', 'x-ratelimit-remaining': '56', 'x-ratelimit-reset': String(nowMs / 1000 + 90) },
    [{ limit: 60, remaining: 56, windowMs: 90_000, resets: true }],
  ],
  [
    'an epoch in milliseconds',
    { 'x-rate-limit-remaining': '1', 'x-rate-limit-reset': String(nowMs + 500) },
    [{ limit: undefined, remaining: 1, windowMs: 500, resets: true }],
  ],
  [
    'seconds from now',
    { 'ratelimit-limit': '100', 'ratelimit-remaining': '50', 'ratelimit-reset': '50' },
    [{ limit: 100, remaining: 50, windowMs: 50_000, resets: true }],
  ],
  [
    'a date',
    { 'x-ratelimit-remaining': '5', 'x-ratelimit-reset': 'Sat, 14 Mar 2026 09:27:00 GMT' },
    [{ limit: undefined, remaining: 5, windowMs: 7_000, resets: true }],
  ],
  [
    'the IETF draft, with two policies',
    {
      ratelimit: '"burst";r=50;t=30, "daily";r=7',
      'ratelimit-policy': '"burst";q=100;w=60,"daily";q=1000;w=86400',
    },
    [
      { name: 'ratelimit "burst"', limit: 100, remaining: 50, windowMs: 30_000, resets: true },
      { name: 'ratelimit "daily"', limit: 1000, remaining: 7, windowMs: 86_400_000, resets: false },
    ],
  ],
  [
    'a reset that lies in the past',
    { 'ratelimit-remaining': '5', 'x-ratelimit-remaining': '5', 'x-ratelimit-reset': '1700000000' },
    [{ windowMs: 0 }],
  ],
  [
    'a reset in a hundred years',
    { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '4900000000' },
    [{ windowMs: 86_400_000 }],
  ],
  ['no time', { 'x-ratelimit-limit': '60', 'x-ratelimit-remaining': '56' }, []],
  [
    'nonsense',
    { 'x-ratelimit-limit': 'all', 'x-ratelimit-remaining': '-3', 'x-ratelimit-reset': 'soon', ratelimit: ';;=,' },
    [],
  ],
])('the usual headers with %s', (_, headers, allowances) => {
  expect(usual(headers, nowMs)).toMatchObject(allowances);
  expect(usual(headers, nowMs)).toHaveLength(allowances.length);
});

test('vendors’ own headers, as their connectors declare them', () => {
  expect(
    of('hubspot')(
      {
        'x-hubspot-ratelimit-max': '190',
        'x-hubspot-ratelimit-remaining': '188',
        'x-hubspot-ratelimit-daily': '650000',
        'x-hubspot-ratelimit-daily-remaining': '649000',
      },
      nowMs,
    ),
  ).toMatchObject([
    { limit: 190, remaining: 188, windowMs: 10_000, resets: false },
    { limit: 650_000, remaining: 649_000, windowMs: 86_400_000, resets: false },
  ]);
  const limitInfo = { 'sforce-limit-info': 'api-usage=18/5000; per-app-api-usage=17/250(appName=sample-app)' };
  expect(of('salesforce')(limitInfo, nowMs)).toMatchObject([{ limit: 5_000, remaining: 4_982, windowMs: 86_400_000 }]);
  expect(of('salesforce')({ 'sforce-limit-info': 'api-usage=5100/5000' }, nowMs)).toMatchObject([{ remaining: 0 }]);
  expect(of('salesforce')({}, nowMs)).toEqual([]);
  const shop = compileQuotaHeaders([{ usage: 'X-Shopify-Shop-Api-Call-Limit', windowSeconds: 20 }]);
  expect(shop({ 'x-shopify-shop-api-call-limit': '12/40' }, nowMs)).toMatchObject([{ limit: 40, remaining: 28 }]);
});

test('no header, whatever it holds, gives anything but whole allowances', () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^[\d,;=/."rtqw -]{0,30}$/));
  const names = ['x-ratelimit-remaining', 'x-ratelimit-reset', 'x-ratelimit-limit', 'ratelimit', 'ratelimit-policy'];
  fc.assert(
    fc.property(fc.record(Object.fromEntries(names.map((name) => [name, text]))), (headers) => {
      for (const { remaining, windowMs, limit } of usual(headers, nowMs)) {
        expect(remaining).toBeGreaterThanOrEqual(0);
        expect(windowMs).toBeGreaterThanOrEqual(0);
        expect(windowMs).toBeLessThanOrEqual(86_400_000);
        expect(limit).not.toBe(0);
      }
    }),
  );
});

test('the gap grows as the quota shrinks, and the reserve of others is left alone', () => {
  const at = (remaining: number) => spacingOf({ name: '', limit: 100, remaining, windowMs: 60_000, resets: true }, 0.8);
  const gaps = [100, 80, 60, 40, 25, 21].map((remaining) => at(remaining).gapMs);
  expect(gaps[0]).toBe(0);
  expect(gaps).toEqual(gaps.toSorted((a, b) => a - b));
  expect(at(21)).toEqual({ gapMs: 60_000 * 0.79, waitMs: 0 });
  expect(at(20)).toEqual({ gapMs: 0, waitMs: 60_000 });
});

test('what comes back bit by bit is waited for until there is one', () => {
  const at = (remaining: number) =>
    spacingOf({ name: '', limit: 100, remaining, windowMs: 100_000, resets: false }, 0.8).waitMs;
  expect([20, 19, 0].map(at)).toEqual([1_000, 2_000, 21_000]);
});
