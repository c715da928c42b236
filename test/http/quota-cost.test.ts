import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileQuotaCost } from '../../src/http/quota-cost.ts';

const read = compileQuotaCost({ cost: 'c.cost', remaining: 'c.left', limit: 'c.most', perSecond: 'c.back' });

test('what is left is told in requests as dear as the last', () => {
  const body = { c: { cost: 100, left: 500, most: 2000, back: 100 } };
  expect(read(body)).toEqual([{ name: 'cost', limit: 20, remaining: 5, windowMs: 20_000, resets: false }]);
  expect(read({ c: { ...body.c, cost: 0 } })).toMatchObject([{ limit: 2000, remaining: 500 }]);
  expect(read({ c: { ...body.c, left: 0 } })).toMatchObject([{ remaining: 0 }]);
});

test('nothing is learned where the body does not say it all', () => {
  expect(compileQuotaCost(undefined)({ c: { cost: 1, left: 1, most: 1, back: 1 } })).toEqual([]);
  for (const body of [undefined, null, 'text', [], {}, { c: { cost: 1, left: 1, most: 0, back: 1 } }])
    expect(read(body)).toEqual([]);
  for (const name of ['cost', 'left', 'most', 'back'])
    for (const wrong of [undefined, null, '5', -1, Number.NaN])
      expect(read({ c: { cost: 1, left: 1, most: 1, back: 1, [name]: wrong } })).toEqual([]);
});

test('no numbers give anything but whole allowances', () => {
  const number = fc.double({ min: 0, max: 1e9 });
  fc.assert(
    fc.property(fc.record({ cost: number, left: number, most: number, back: number }), (c) => {
      for (const { limit = 0, remaining, windowMs } of read({ c })) {
        expect(Number.isFinite(limit) && limit > 0 && Number.isFinite(remaining) && remaining >= 0).toBe(true);
        expect(windowMs).toBeLessThanOrEqual(86_400_000);
      }
    }),
  );
});
