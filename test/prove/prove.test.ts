import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dialectNames } from '../dialect/dialects.ts';
import { law } from './law.ts';
import { laws } from './laws.ts';
import { type Outcome, prove, SLICE } from './prove.ts';

const small = law('numbers are small', fc.nat(1_000_000), (number) => (number < 900_000 ? null : `${number} is not`), {
  dialect: 'soql',
});
const true_ = law('numbers are numbers', fc.nat(), () => null);

function run(
  given: Parameters<typeof prove>[0],
  cases: number,
  seed = 1,
  mostMs = Number.POSITIVE_INFINITY,
): { outcomes: readonly Outcome[]; held: boolean; said: string; shown: number } {
  const said: string[] = [];
  let shown = 0;
  let nowMs = 0;
  const outcomes = prove(given, {
    cases,
    mostMs,
    seed,
    print: (text) => said.push(text),
    progress: () => {
      shown += 1;
    },
    now: () => {
      nowMs += 100;
      return nowMs;
    },
  });
  return { outcomes, held: outcomes.every(({ broken }) => broken === null), said: said.join('\n'), shown };
}

describe('the long search', () => {
  it('knows the language’s laws and two of every dialect', () => {
    const counts = dialectNames.map((name) => laws.filter(({ dialect }) => dialect === name).length);
    expect(new Set(counts)).toEqual(new Set([2]));
    expect(laws.filter(({ dialect }) => dialect === undefined).length).toBe(5);
  });

  it('shows progress after each slice, and the pace', () => {
    const { held, said, shown } = run([true_], SLICE * 3 + 1);
    expect(held).toBe(true);
    expect(shown).toBe(4);
    expect(said).toMatch(/^held {4}numbers are numbers: 601 cases, [\d,]+\/s$/);
  });

  it('stops a law when its time is over, but not before a slice of it', () => {
    const { outcomes } = run([true_, true_], Number.POSITIVE_INFINITY, 1, 1000);
    // The clock of this test goes on by 100 ms each time it is read: twice a slice.
    expect(outcomes.map(({ cases }) => cases)).toEqual([SLICE * 5, SLICE * 5]);
    expect(run([true_], Number.POSITIVE_INFINITY, 1, 0).outcomes[0]?.cases).toBe(SLICE);
  });

  it('prints the least case, and how to see it again', () => {
    const { outcomes, held, said } = run([small, true_], 10_000);
    expect(held).toBe(false);
    expect(outcomes.map(({ law, dialect, broken }) => [law, dialect, broken === null])).toEqual([
      ['numbers are small', 'soql', false],
      ['numbers are numbers', null, true],
    ]);
    expect(said).toContain('Counterexample: [900000]');
    expect(said).toContain('held    numbers are numbers');
    const again = /--cases (\d+) --seed (-?\d+) --dialect soql/.exec(said);
    const repeated = run([small], Number(again?.[1]), Number(again?.[2]));
    expect(repeated.held).toBe(false);
    expect(repeated.said.split('\n')[1]).toBe(said.split('\n')[1]);
  });
});
