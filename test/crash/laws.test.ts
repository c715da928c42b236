/** The laws of the crash run break when a ledger is tampered with: a check that cannot fail proves nothing. */
import { describe, expect, it } from 'vitest';
import { buildEvent } from '../../src/event/build.ts';
import type { AnyhookEvent, Change } from '../../src/event/event.ts';
import { parts } from '../event/an-event.ts';
import { checkDeliveries } from './delivery-laws.ts';
import { describeBreach } from './history.ts';
import type { Arrival, Breach, Happened, Ledgers } from './ledgers.ts';
import { checkProgress, checkStore } from './store-laws.ts';

const at = (second: number): number => Date.UTC(2026, 2, 14, 9, 30, second);

const happened = (sequence: number, action: Happened['action'], second: number): Happened => ({
  sequence,
  action,
  object: 'contact',
  id: '501',
  version: '',
  atMs: at(second),
  stampMs: at(second),
});

function event(
  sequence: number,
  change: Change,
  second: number,
  native: unknown = { name: `n${second}` },
): AnyhookEvent {
  const occurredAt = new Date(at(second)).toISOString();
  const made = {
    ...parts,
    object: 'contact',
    objectId: '501',
    version: `${change} ${second}`,
    change,
    occurredAt,
    native,
  };
  return { ...buildEvent(made), sequence: String(sequence) };
}

function arrival(order: number, about: AnyhookEvent, changes: Partial<Arrival> = {}): Arrival {
  const body = JSON.stringify(about);
  return { order, atMs: order, id: about.id, genuine: true, body, status: 204, answeredBefore: order + 1, ...changes };
}

const stored = [event(1, 'created', 1), event(2, 'updated', 3), event(3, 'deleted', 4)] as const;
const sound: Ledgers = {
  happened: [happened(1, 'create', 1), happened(2, 'update', 2), happened(3, 'update', 3), happened(4, 'delete', 4)],
  stored,
  arrived: [
    arrival(0, stored[0], { status: 500 }),
    arrival(1, stored[0]),
    arrival(2, stored[1]),
    arrival(3, stored[1]),
    arrival(4, stored[2]),
  ],
  records: {},
};

const lawsOf = (breaches: readonly Breach[]): readonly string[] => [...new Set(breaches.map(({ law }) => law))];

it('finds nothing wrong where a version between two polls is skipped and an attempt is made again', () => {
  expect([...checkStore(sound), ...checkDeliveries(sound)]).toEqual([]);
});

describe('the store', () => {
  const [created, updated, deleted] = stored;
  const kept = { contact: { '501': { name: 'n9' } } };
  it.each<[string, Partial<Ledgers>]>([
    ['no delete is lost', { stored: [created, updated] }],
    ['no last state is lost', { stored: [created], happened: sound.happened.slice(0, 3) }],
    ['no last state is lost', { stored: [created, updated], happened: sound.happened.slice(0, 3), records: kept }],
    ['no false delete', { happened: sound.happened.slice(0, 3) }],
    ['no event of what never happened', { stored: [created, event(2, 'updated', 9), event(3, 'deleted', 4)] }],
    ['no event id twice', { stored: [created, { ...created, sequence: '2' }, deleted] }],
    ['sequence contiguous from 1', { stored: [created, { ...deleted, sequence: '4' }] }],
    ['created is told once, first, and of new records', { stored: [created, event(2, 'created', 3), deleted] }],
    ['a new record is told as created', { stored: [event(1, 'updated', 1), updated, deleted] }],
    ['a record never goes back', { stored: [created, event(2, 'updated', 3), event(3, 'updated', 2)] }],
  ])('is caught breaking: %s', (law, tampered) => {
    expect(lawsOf(checkStore({ ...sound, ...tampered }))).toContain(law);
  });

  it('is caught when its cursor passes a record that stands still', () => {
    const passed = { object: 'contact', feed: 'changes', cursorMs: at(10) } as const;
    const ledgers = { happened: sound.happened.slice(0, 3), stored: [created] };
    expect(lawsOf(checkProgress([passed], ledgers, 0))).toEqual(['the cursor passes nothing that is not stored']);
    expect(checkProgress([{ ...passed, cursorMs: at(3) }], ledgers, 0)).toEqual([]);
    expect(checkProgress([passed], ledgers, 7_000)).toEqual([]);
    expect(checkProgress([passed], { ...ledgers, stored: [created, updated] }, 0)).toEqual([]);
  });
});

describe('the callback', () => {
  const [created, updated, deleted] = stored;
  const all = sound.arrived;
  it.each<[string, readonly Arrival[]]>([
    ['every event is delivered', all.slice(0, 4)],
    ['every event is delivered', [...all.slice(0, 4), arrival(4, deleted, { status: null })]],
    ['every delivery is signed', [...all, arrival(5, deleted, { genuine: false })]],
    ['nothing is delivered that is not stored', [...all, arrival(5, event(4, 'updated', 5))]],
    ['what is delivered is what is stored', [...all, arrival(5, deleted, { body: '{}' })]],
    ['no delivery goes back', [...all, arrival(5, updated)]],
    ['order per record', [arrival(0, updated), arrival(1, created), arrival(2, deleted)]],
    ['order per record', [arrival(0, created, { answeredBefore: 2 }), arrival(1, updated), arrival(2, deleted)]],
  ])('is caught when broken: %s', (law, arrived) => {
    expect(lawsOf(checkDeliveries({ ...sound, arrived }))).toContain(law);
  });
});

it('tells the history of the record from all three ledgers', () => {
  const lines = describeBreach({ law: 'a law', detail: 'broken', record: 'contact 501' }, [sound]);
  expect(lines).toHaveLength(1 + sound.happened.length + stored.length + sound.arrived.length);
  expect(lines.filter((line) => line.includes('  vendor    '))).toHaveLength(sound.happened.length);
});
