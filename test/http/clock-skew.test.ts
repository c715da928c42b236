import { expect, test } from 'vitest';
import { createClockSkew } from '../../src/http/clock-skew.ts';

/** What is believed after each of these answers. */
function believed(told: readonly number[]): readonly number[] {
  const skew = createClockSkew();
  return told.map((ms) => {
    skew.learn(ms);
    return skew.ms;
  });
}

const day = 86_400_000;

test('nothing is known before an answer, and the first is believed', () => {
  expect(createClockSkew().ms).toBe(0);
  expect(believed([3 * day])).toEqual([3 * day]);
});

test('drift, the time on the way and a clock that goes back are followed at once', () => {
  expect(believed([0, 900, -200, 59_000, -3_600_000, -3_599_000])).toEqual([
    0, 900, -200, 59_000, -3_600_000, -3_599_000,
  ]);
});

test('one server of many whose clock is days ahead moves nothing', () => {
  expect(believed([500, 3 * day, 3 * day, 700, 3 * day, -100])).toEqual([500, 500, 500, 700, 700, -100]);
});

test('a clock that was set is believed with the third answer in a row, as far as all of them say', () => {
  expect(believed([0, 3_600_900, 3_600_000, 3_600_500, 3_600_700])).toEqual([0, 0, 0, 3_600_000, 3_600_700]);
  expect(believed([0, 3 * day, 3_600_000, 3 * day])).toEqual([0, 0, 0, 3_600_000]);
});
