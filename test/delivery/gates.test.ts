import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { breakerRules } from '../../src/delivery/breaker.ts';
import { createGates, type Gates } from '../../src/delivery/gates.ts';

const breaker = { failures: 3, openMs: 1_000, maxOpenMs: 3_000 };
const limits = { concurrency: 2, perSecond: null, breaker };

function fail(gates: Gates, times: number, now: number): boolean[] {
  return Array.from({ length: times }, () => {
    expect(gates.enter('a', now)).toBe(true);
    return gates.leave('a', 'failure', now);
  });
}

describe('concurrency', () => {
  test('so many go through at once, and one more when one comes back', () => {
    const gates = createGates(limits);
    expect([gates.enter('a', 0), gates.enter('a', 0), gates.enter('a', 0)]).toEqual([true, true, false]);
    expect(gates.shut(0)).toEqual(['a']);
    expect(gates.opensAt(0)).toBeNull();
    expect(gates.enter('b', 0)).toBe(true);
    gates.leave('a', 'success', 0);
    expect(gates.shut(0)).toEqual([]);
    expect(gates.enter('a', 0)).toBe(true);
  });
});

test('room is what the fullest of the open gates still takes: so many can go to any of them', () => {
  const gates = createGates(limits);
  expect(gates.room(0)).toBe(2);
  gates.enter('a', 0);
  expect(gates.room(0)).toBe(1);
  gates.enter('a', 0);
  expect(gates.room(0)).toBe(2);
  gates.leave('a', 'success', 0);
  gates.leave('a', 'success', 0);
  fail(gates, 3, 0);
  expect([gates.room(999), gates.room(1_000)]).toEqual([2, 1]);
});

describe('the breaker', () => {
  test('opens after so many failures in a row, and says so once', () => {
    const gates = createGates(limits);
    expect(fail(gates, 3, 0)).toEqual([false, false, true]);
    expect(gates.enter('a', 999)).toBe(false);
    expect(gates.shut(999)).toEqual(['a']);
    expect(gates.opensAt(999)).toBe(1_000);
  });

  test('a success in between starts the count anew', () => {
    const gates = createGates(limits);
    fail(gates, 2, 0);
    gates.enter('a', 0);
    gates.leave('a', 'success', 0);
    expect(fail(gates, 2, 0)).toEqual([false, false]);
    expect(gates.shut(0)).toEqual([]);
  });

  test('lets one probe through after its time, and opens twice as long when that fails, up to a limit', () => {
    const gates = createGates(limits);
    fail(gates, 3, 0);
    let now = 1_000;
    for (const openMs of [2_000, 3_000, 3_000]) {
      expect([gates.enter('a', now), gates.enter('a', now)]).toEqual([true, false]);
      expect(gates.opensAt(now)).toBeNull();
      expect(gates.leave('a', 'failure', now)).toBe(false);
      expect(gates.opensAt(now)).toBe(now + openMs);
      expect(gates.enter('a', now + openMs - 1)).toBe(false);
      now += openMs;
    }
  });

  test('closes on the first success', () => {
    const gates = createGates(limits);
    fail(gates, 3, 0);
    gates.enter('a', 1_000);
    gates.leave('a', 'success', 1_000);
    expect([gates.enter('a', 1_000), gates.enter('a', 1_000)]).toEqual([true, true]);
  });

  test('a probe that was called off leaves room for another', () => {
    const gates = createGates(limits);
    fail(gates, 3, 0);
    gates.enter('a', 1_000);
    gates.leave('a', 'undecided', 1_000);
    expect(gates.enter('a', 1_000)).toBe(true);
  });

  test('what was sent before it opened changes nothing by failing, and closes it by success', () => {
    const gates = createGates({ ...limits, concurrency: 4 });
    for (let sent = 0; sent < 4; sent++) gates.enter('a', 0);
    const opened = [0, 1, 2].map(() => gates.leave('a', 'failure', 0));
    expect(opened).toEqual([false, false, true]);
    expect(gates.leave('a', 'failure', 500)).toBe(false);
    expect(gates.opensAt(500)).toBe(1_000);

    const lucky = createGates({ ...limits, concurrency: 4 });
    for (let sent = 0; sent < 4; sent++) lucky.enter('a', 0);
    for (let failed = 0; failed < 3; failed++) lucky.leave('a', 'failure', 0);
    lucky.leave('a', 'success', 500);
    expect(lucky.enter('a', 500)).toBe(true);
  });

  test('closes when it is reset, as after a new callback', () => {
    const gates = createGates(limits);
    fail(gates, 3, 0);
    gates.reset('a');
    expect(gates.enter('a', 0)).toBe(true);
  });

  test('its defaults wait five minutes at most', () => {
    expect(breakerRules.maxOpenMs).toBe(300_000);
  });
});

describe('the rate', () => {
  test('lets through no more in any span of time than the rate allows, and a burst of one second', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.2, max: 50, noNaN: true }),
        fc.array(fc.nat(2_000), { minLength: 1, maxLength: 200 }),
        (perSecond, gaps) => {
          const gates = createGates({ concurrency: 1_000, perSecond, breaker });
          const sent: number[] = [];
          let now = 0;
          for (const gap of gaps) {
            now += gap;
            if (gates.enter('a', now)) {
              sent.push(now);
              gates.leave('a', 'success', now);
            }
          }
          for (const [index, at] of sent.entries()) {
            const until = sent.slice(index);
            const spanMs = (until.at(-1) ?? at) - at;
            expect(until.length).toBeLessThanOrEqual(Math.max(1, perSecond) + (spanMs * perSecond) / 1_000 + 1e-6);
          }
        },
      ),
    );
  });

  test('a shut gate says when it opens, and then does', () => {
    const gates = createGates({ concurrency: 8, perSecond: 2, breaker });
    expect([gates.enter('a', 0), gates.enter('a', 0), gates.enter('a', 0)]).toEqual([true, true, false]);
    expect(gates.opensAt(0)).toBe(500);
    expect([gates.enter('a', 499), gates.enter('a', 500), gates.enter('a', 500)]).toEqual([false, true, false]);
  });

  test('less than one in a second works too', () => {
    const gates = createGates({ concurrency: 8, perSecond: 0.5, breaker });
    expect([gates.enter('a', 0), gates.enter('a', 1_999), gates.enter('a', 2_000)]).toEqual([true, false, true]);
  });
});
