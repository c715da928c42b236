import { describe, expect, it } from 'vitest';
import { classify, type Verdict } from '../../src/change/classify.ts';
import type { Feed, LedgerEntry } from '../../src/store/port.ts';

const reading = (changedAtMs: number, version: string, createdAtMs: number | null = 100) => ({
  recordId: 'r1',
  version,
  changedAtMs,
  spreadMs: 0,
  createdAtMs,
  deleted: false,
  native: {},
});
const entry = (changedAt: number, version: string, deleted = false): LedgerEntry => ({
  recordId: 'r1',
  version,
  changedAt,
  deleted,
});

const cases: readonly {
  readonly name: string;
  readonly feed: Feed;
  readonly seen: ReturnType<typeof reading>;
  readonly known: LedgerEntry | undefined;
  readonly verdict: Verdict;
}[] = [
  {
    name: 'unknown and created in the window',
    feed: 'changes',
    seen: reading(1_100, 'a', 1_050),
    known: undefined,
    verdict: 'created',
  },
  {
    name: 'unknown and created on the very bound',
    feed: 'changes',
    seen: reading(1_100, 'a', 1_000),
    known: undefined,
    verdict: 'created',
  },
  {
    name: 'unknown and created before the window',
    feed: 'changes',
    seen: reading(1_100, 'a', 999),
    known: undefined,
    verdict: 'updated',
  },
  {
    name: 'unknown, and the vendor tells no created time',
    feed: 'changes',
    seen: reading(1_100, 'a', null),
    known: undefined,
    verdict: 'updated',
  },
  {
    name: 'the same version again, as the overlap brings it',
    feed: 'changes',
    seen: reading(1_100, 'a'),
    known: entry(1_100, 'a'),
    verdict: 'known',
  },
  {
    name: 'another version in the same second',
    feed: 'changes',
    seen: reading(1_100, 'b'),
    known: entry(1_100, 'a'),
    verdict: 'updated',
  },
  { name: 'a later version', feed: 'changes', seen: reading(1_200, 'b'), known: entry(1_100, 'a'), verdict: 'updated' },
  {
    name: 'an earlier version from a lagging replica',
    feed: 'changes',
    seen: reading(1_000, 'b'),
    known: entry(1_100, 'a'),
    verdict: 'stale',
  },
  {
    name: 'a created time in the window does not make a known record new',
    feed: 'changes',
    seen: reading(1_200, 'b', 1_150),
    known: entry(1_160, 'a'),
    verdict: 'updated',
  },
  {
    name: 'a lagging index still shows what was deleted',
    feed: 'changes',
    seen: reading(1_100, 'a'),
    known: entry(1_100, 'x', true),
    verdict: 'stale',
  },
  {
    name: 'restored after its delete',
    feed: 'changes',
    seen: reading(1_300, 'a'),
    known: entry(1_100, 'x', true),
    verdict: 'created',
  },
  {
    name: 'a delete of a record nobody remembers',
    feed: 'deletes',
    seen: reading(1_100, 'x'),
    known: undefined,
    verdict: 'deleted',
  },
  {
    name: 'a delete after the last change',
    feed: 'deletes',
    seen: reading(1_200, 'x'),
    known: entry(1_100, 'a'),
    verdict: 'deleted',
  },
  {
    name: 'a delete in the second of the last change',
    feed: 'deletes',
    seen: reading(1_100, 'x'),
    known: entry(1_100, 'a'),
    verdict: 'deleted',
  },
  {
    name: 'the same delete again',
    feed: 'deletes',
    seen: reading(1_200, 'x'),
    known: entry(1_200, 'x', true),
    verdict: 'known',
  },
  {
    name: 'a delete that a restore has overtaken',
    feed: 'deletes',
    seen: reading(1_100, 'x'),
    known: entry(1_300, 'b'),
    verdict: 'stale',
  },
  {
    name: 'deleted once more, its restore never seen: whoever heard of the first delete hears nothing new',
    feed: 'deletes',
    seen: reading(1_400, 'x'),
    known: entry(1_200, 'x', true),
    verdict: 'known',
  },
  {
    name: 'met by an enumeration before it was read',
    feed: 'changes',
    seen: reading(1_100, 'a', 1_050),
    known: entry(0, ''),
    verdict: 'created',
  },
];

/** Nothing is so long ago that no reader can lag behind it. */
const lagsSinceMs = Number.NEGATIVE_INFINITY;

describe('classify', () => {
  it.each(cases)('$feed: $name → $verdict', ({ feed, seen, known, verdict }) => {
    const grounds = { knownSince: 1_000, matches: true, whole: false, lagsSinceMs };
    expect(classify({ ...seen, deleted: feed === 'deletes' }, known, grounds)).toBe(verdict);
  });

  const seen = reading(1_200, 'b');
  const gone = { ...reading(1_200, 'deleted@1200'), deleted: true };
  const unlike = { knownSince: 1_000, matches: false, whole: true, lagsSinceMs };

  it('a record that the where is no longer true of leaves, if it was told of', () => {
    expect(classify(seen, entry(1_100, 'a'), unlike)).toBe('left');
    expect(classify(seen, undefined, unlike)).toBe('never');
    expect(classify(seen, entry(1_100, 'left@a', true), unlike)).toBe('never');
    expect(classify(reading(1_000, 'b'), entry(1_100, 'a'), unlike)).toBe('stale');
  });

  it('a record that comes back to the where is created', () => {
    const grounds = { knownSince: 1_000, matches: true, whole: true, lagsSinceMs };
    expect(classify(seen, entry(1_100, 'left@a', true), grounds)).toBe('created');
  });

  it('a delete of what the where says nothing of is told, unless every record that was told is known', () => {
    const grounds = { knownSince: 1_000, matches: null, lagsSinceMs };
    expect(classify(gone, undefined, { ...grounds, whole: false })).toBe('deleted');
    expect(classify(gone, undefined, { ...grounds, whole: true })).toBe('never');
    expect(classify(gone, entry(1_100, 'a'), { ...grounds, whole: true })).toBe('deleted');
  });

  it('where every record is known, an unknown one is new when the vendor does not tell when it was created', () => {
    const grounds = { knownSince: 1_000, isComplete: true, matches: true, whole: true, lagsSinceMs };
    expect(classify(reading(1_200, 'b', null), undefined, grounds)).toBe('created');
  });

  describe('where no reader can lag so far behind what the ledger knows', () => {
    const grounds = { knownSince: 1_000, matches: true, whole: true, lagsSinceMs: 2_000 };

    it('a record that is there with the time of before its delete has come back', () => {
      expect(classify(seen, entry(1_999, 'deleted@1999', true), grounds)).toBe('created');
      expect(classify(seen, entry(2_000, 'deleted@2000', true), grounds)).toBe('stale');
    });

    it('a record whose change time was set back has changed', () => {
      expect(classify(seen, entry(1_999, 'a'), grounds)).toBe('updated');
      expect(classify(seen, entry(2_000, 'a'), grounds)).toBe('stale');
      expect(classify(seen, entry(1_999, 'a'), { ...grounds, matches: false })).toBe('left');
    });

    it('the word of a delete may be old all the same', () => {
      expect(classify(gone, entry(1_999, 'a'), grounds)).toBe('stale');
    });
  });
});
