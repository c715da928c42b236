/** Each law by itself: what happened, what was told, and the one line that says what is wrong. */
import { describe, expect, it } from 'vitest';
import { Journal } from '../../src/contract/journal.ts';
import { breaches } from '../../src/contract/judge.ts';
import { markOf } from '../../src/contract/mark.ts';
import type { Played, PollDone } from '../../src/contract/play.ts';
import type { AnyhookEvent } from '../../src/event/event.ts';
import { linkShipped } from './stage.ts';

const contact = linkShipped('hubspot').objects.get('contact');
if (contact === undefined) throw new Error('no contact');
const object = contact;

const beganMs = Date.parse('2026-11-20T12:00:00Z');
const at = (seconds: number): number => beganMs + seconds * 1_000;

type Kind = 'created' | 'updated' | 'restored' | 'deleted';
/** What happened to record 1, at which second; each state has the mark of its place in the list. */
type Past = readonly (readonly [kind: Kind, second: number])[];
/** What was told of it: the change, the mark, the second. */
type Told = readonly (readonly [
  change: 'created' | 'updated' | 'deleted',
  mark: number,
  second: number,
  id?: string,
])[];

function played(past: Past, told: Told, polls: readonly Partial<PollDone>[] = [], journal = new Journal()): Played {
  past.forEach(([kind, second], index) => {
    const mark = kind === 'deleted' || kind === 'restored' ? (journal.of('1').at(-1)?.mark ?? 0) : index + 1;
    journal.add({ recordId: '1', kind, mark, atMs: at(second), visibleAtMs: at(second) });
  });
  const events = told.map(([change, mark, second, id = '1'], index) => {
    const time = new Date(at(second)).toISOString();
    const native = change === 'deleted' ? null : { name: markOf('law', mark) };
    return {
      id: `evt_${index}`,
      subject: id,
      time,
      data: { change, native, record: native, detectedAt: new Date(at(second + 10)).toISOString() },
    } as unknown as AnyhookEvent;
  });
  const calm = { feed: 'changes', failure: null, isCalm: true } as const;
  const all = polls.map((poll) => ({ ...calm, beganMs: at(0), endedMs: at(0), knownMs: at(0), ...poll }));
  return { journal, events, polls: all, beganMs, skewMs: 0, log: [] };
}

const pollAt = (second: number, more: Partial<PollDone> = {}): Partial<PollDone> => ({
  beganMs: at(second),
  endedMs: at(second),
  knownMs: at(second),
  ...more,
});

describe('nothing is wrong', () => {
  it.each<{ what: string; past: Past; told: Told }>([
    { what: 'with nothing', past: [], told: [] },
    {
      what: 'when each state is told',
      past: [
        ['created', 60],
        ['updated', 90],
      ],
      told: [
        ['created', 1, 60],
        ['updated', 2, 90],
      ],
    },
    {
      what: 'when a state between two polls is passed over',
      past: [
        ['created', 60],
        ['updated', 90],
      ],
      told: [['created', 2, 90]],
    },
    {
      what: 'when a record comes and goes unseen',
      past: [
        ['created', 60],
        ['deleted', 90],
      ],
      told: [],
    },
    {
      what: 'when it comes back',
      past: [
        ['created', 60],
        ['deleted', 90],
        ['restored', 120],
      ],
      told: [
        ['created', 1, 60],
        ['deleted', 1, 90],
        ['created', 1, 120],
      ],
    },
    {
      what: 'with what was there before',
      past: [
        ['created', -900],
        ['updated', 60],
      ],
      told: [['updated', 2, 60]],
    },
    { what: 'with what came in the very second of the start', past: [['created', 0]], told: [] },
  ])('$what', ({ past, told }) => {
    expect(breaches(played(past, told), object)).toEqual([]);
  });
});

describe('a law is broken', () => {
  it.each<{ what: string; past: Past; told: Told; says: string }>([
    {
      what: 'a create is lost',
      past: [['created', 60]],
      told: [],
      says: 'its last state, write 1 (created), was never told',
    },
    {
      what: 'the last edit is lost',
      past: [
        ['created', 60],
        ['updated', 90],
      ],
      told: [['created', 1, 60]],
      says: 'its last state, write 2 (updated), was not told last',
    },
    {
      what: 'a delete is lost',
      past: [
        ['created', 60],
        ['deleted', 90],
      ],
      told: [['created', 1, 60]],
      says: 'it is deleted, and was told as alive last',
    },
    {
      what: 'a state is told twice',
      past: [['created', 60]],
      told: [
        ['created', 1, 60],
        ['updated', 1, 60],
      ],
      says: 'write 1 (2026-11-20T12:01:00.000Z) was told twice',
    },
    {
      what: 'states are told out of order',
      past: [
        ['created', 60],
        ['updated', 90],
      ],
      told: [
        ['created', 2, 90],
        ['updated', 1, 60],
      ],
      says: 'was told after a later one',
    },
    {
      what: 'a state is told that never was',
      past: [['created', 60]],
      told: [['created', 7, 60]],
      says: 'no such state ever was',
    },
    {
      what: 'the time of a change is wrong',
      past: [['created', 60]],
      told: [['created', 1, 75]],
      says: 'no such state ever was',
    },
    {
      what: 'a delete is false',
      past: [['created', 60]],
      told: [
        ['created', 1, 60],
        ['deleted', 1, 90],
      ],
      says: 'a delete was told that never was',
    },
    {
      what: 'a delete is told before it was',
      past: [
        ['created', 60],
        ['deleted', 300],
      ],
      told: [
        ['created', 1, 60],
        ['deleted', 1, 90],
      ],
      says: 'a delete was told that never was',
    },
    {
      what: 'a delete is told twice',
      past: [
        ['created', 60],
        ['deleted', 90],
      ],
      told: [
        ['created', 1, 60],
        ['deleted', 1, 90],
        ['deleted', 1, 95],
      ],
      says: 'a delete was told a second time',
    },
    {
      what: 'it is created twice',
      past: [
        ['created', 60],
        ['updated', 90],
      ],
      told: [
        ['created', 1, 60],
        ['created', 2, 90],
      ],
      says: 'it was told as created a second time',
    },
    {
      what: 'what was there before is created',
      past: [
        ['created', -900],
        ['updated', 60],
      ],
      told: [['created', 2, 60]],
      says: 'it was told as created, and was there before',
    },
    {
      what: 'what is new is updated',
      past: [['created', 60]],
      told: [['updated', 1, 60]],
      says: 'it was told as updated, and never as created',
    },
    {
      what: 'what was before the start is told',
      past: [['created', -900]],
      told: [['updated', 1, -900]],
      says: 'it was told of a state from before the instance began',
    },
    { what: 'nobody touched it', past: [], told: [['updated', 1, 60, '9']], says: 'Record 9 was told of' },
  ])('when $what', ({ past, told, says }) => {
    expect(breaches(played(past, told), object).join('\n')).toContain(says);
  });

  it('when a poll that nothing hinders fails; one that is hindered may', () => {
    expect(breaches(played([], [], [{ failure: 'not-found' }]), object).join()).toContain('failed with not-found');
    expect(breaches(played([], [], [{ failure: 'not-found', isCalm: false }]), object)).toEqual([]);
  });

  it('when a listing is not believed, though nothing that is missing changed shortly before', () => {
    const gone: Past = [
      ['created', 60],
      ['deleted', 600],
    ];
    const told: Told = [
      ['created', 1, 60],
      ['deleted', 1, 900],
    ];
    const poll = (second: number) => pollAt(second, { feed: 'deletes', failure: 'enumeration-unproved' });
    const said = ['A poll of deletes failed with enumeration-unproved, and nothing was in its way.'];
    expect(breaches(played(gone, told, [poll(590)]), object)).toEqual(said);
    expect(breaches(played(gone, told, [poll(610)]), object)).toEqual(said);
    const justBefore: Past = [
      ['created', 560],
      ['deleted', 600],
    ];
    expect(breaches(played(justBefore, [], [poll(610)]), object)).toEqual([]);
    expect(breaches(played(justBefore, [], [poll(900)]), object)).toEqual(said);
  });

  const past: Past = [
    ['created', 60],
    ['updated', 600],
  ];
  const told: Told = [['created', 2, 600]];

  it('when a state was there for all of a poll that went to its end, and was not told', () => {
    expect(breaches(played(past, told, [pollAt(300)]), object).join()).toContain('write 1 (created) was there when');
  });

  it.each([
    { what: 'failed', poll: pollAt(300, { failure: 'vendor-unavailable', isCalm: false }) },
    { what: 'came before it had settled', poll: pollAt(62) },
    { what: 'was still under way when it changed', poll: pollAt(300, { endedMs: at(601) }) },
    { what: 'did not know the vendor’s clock', poll: pollAt(300, { knownMs: at(0) }) },
    { what: 'was one of deletes', poll: pollAt(300, { feed: 'deletes' }) },
  ])('but not when that poll $what', ({ poll }) => {
    expect(breaches(played(past, told, [poll]), object)).toEqual([]);
  });

  it('when a record that a poll of deletes met is gone, and nothing is told', () => {
    const gone: Past = [
      ['created', -900],
      ['deleted', 600],
    ];
    const poll = pollAt(300, { feed: 'deletes' });
    expect(breaches(played(gone, [], [poll]), object)).toEqual(['Record 1: it is deleted, and nothing was told']);
    expect(breaches(played(gone, []), object)).toEqual([]);
  });

  it('but not when a write before it was still open then: the vendor may hold back what was written after it', () => {
    const gone: Past = [
      ['created', 60],
      ['deleted', 600],
    ];
    const poll = pollAt(300, { feed: 'deletes' });
    const open = new Journal();
    open.add({ recordId: '2', kind: 'updated', mark: 1, atMs: at(-60), visibleAtMs: at(301) });
    expect(breaches(played(gone, [], [poll]), object)).toEqual(['Record 1: it is deleted, and nothing was told']);
    expect(breaches(played(gone, [], [poll], open), object)).toEqual([]);
  });
});
