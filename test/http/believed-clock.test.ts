import { describe, expect, it } from 'vitest';
import { createBelievedClock } from '../../src/http/believed-clock.ts';
import { virtualClock } from '../suite/virtual-clock.ts';

const hourMs = 3_600_000;

/** What is believed of a vendor whose answers come a minute apart. @param aheadMs by how much its clock is ahead of ours. */
function listen(aheadMs = 0) {
  const clock = virtualClock(Date.parse('2026-11-20T12:00:00Z'));
  const believed = createBelievedClock(clock);
  const vendor = { aheadMs };
  return {
    clock,
    believed,
    vendor,
    /** Answers, by how much the clock of each one's node is off. */
    hear(...offMs: readonly number[]): void {
      for (const off of offMs) {
        clock.advance(60_000);
        believed.hear(clock.now() + vendor.aheadMs + off, clock.now());
      }
    },
  };
}

const times = (count: number, offMs = 0): readonly number[] => Array.from({ length: count }, () => offMs);

describe('the clock of a vendor', () => {
  it('is known from the first answer that agrees with our own', () => {
    const { believed, hear } = listen(1_500);
    expect(believed).toMatchObject({ isKnown: false, skewMs: 0 });
    hear(0);
    expect(believed).toMatchObject({ isKnown: true, skewMs: 1_500 });
  });

  it('is not known by the word of a node that is hours off', () => {
    const { believed, hear } = listen();
    hear(...times(7, 6 * hourMs));
    expect(believed.isKnown).toBe(false);
    hear(0);
    expect(believed).toMatchObject({ isKnown: true, skewMs: 0 });
  });

  it.each([hourMs, -hourMs, 90_000, -90_000])(
    'that is %d ms ahead of ours is known when eight more answers say so',
    (ms) => {
      const { believed, hear } = listen(ms);
      hear(...times(4), 6 * hourMs, ...times(4));
      expect(believed.isKnown).toBe(false);
      hear(0);
      expect(believed).toMatchObject({ isKnown: true, skewMs: ms });
    },
  );

  it('stays what it is when a node is off in between', () => {
    const { believed, hear } = listen(hourMs);
    hear(...times(8));
    for (const off of [6 * hourMs, -6 * hourMs, 40_000]) {
      hear(...times(7, off));
      expect(believed.skewMs).toBe(hourMs);
      hear(0);
    }
  });

  it('is moved little by a node that is some seconds off', () => {
    const { believed, hear } = listen();
    hear(0, 20_000);
    expect(believed.skewMs).toBe(1_000);
    hear(0);
    expect(believed.skewMs).toBe(0);
  });

  it.each([hourMs, -hourMs])('is followed when it was set by %d ms', (byMs) => {
    const { believed, hear, vendor } = listen();
    hear(0);
    vendor.aheadMs = byMs;
    hear(...times(7));
    expect(believed.skewMs).toBe(0);
    hear(0);
    expect(believed).toMatchObject({ isKnown: true, skewMs: byMs });
  });

  it.each([hourMs, -hourMs])('is still known when ours was set by %d ms, before any answer', (byMs) => {
    const { believed, hear, clock } = listen();
    hear(0);
    clock.set(byMs);
    expect(believed).toMatchObject({ isKnown: true, skewMs: -byMs });
  });

  it('is taken for ours when no answer tells it', () => {
    const { believed, clock } = listen(hourMs);
    believed.hear(null, clock.now());
    expect(believed).toMatchObject({ isKnown: true, skewMs: 0 });
  });
});
