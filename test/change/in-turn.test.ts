/** Where the ways stand by which a feed looks for deletes, and what of the ledger they need. */
import { describe, expect, it } from 'vitest';
import type { ChangeState, FeedSource, PollPorts } from '../../src/change/feed.ts';
import { partsOf } from '../../src/change/in-turn.ts';
import { createMemoryStates } from '../../src/change/memory-state.ts';
import { linkConnector } from '../../src/connector/link.ts';
import { createLinkContext, loadDialects } from '../../src/connector/load.ts';
import type { FeedCursor } from '../../src/store/port.ts';
import { acme, broken } from '../connector/acme.ts';

const bin = acme.objects['contact']?.deletes?.[0];
const log = {
  name: 'log',
  strategy: 'server-watermark',
  request: { method: 'GET', path: '/log', query: { from: '{since}', to: '{until}' } },
  records: 'entries',
  page: { kind: 'none' },
  covered: 'covered',
  deletedId: 'subject',
  cursor: bin?.strategy === 'watermark' ? bin.cursor : undefined,
};
const definition = broken(['objects', 'contact', 'deletes'], [bin, log]);
const { connector } = linkConnector(definition, createLinkContext((await loadDialects()).dialects));
const startMs = Date.parse('2026-11-20T12:00:00Z');
const dayMs = 86_400_000;

function source(): FeedSource {
  const object = connector?.objects.get('contact');
  if (connector === null || !object?.deletes) throw new Error('no deletes');
  const settings = { host: 'https://acme.example', version: 'v1', pageSize: 100 };
  return {
    connector,
    object,
    feed: 'deletes',
    detection: object.deletes,
    instance: { id: 'i', name: 'i', tags: [] },
    settings,
  };
}

function statesOf(state: ChangeState): readonly ChangeState[] {
  const ports = { state, now: () => startMs, client: { clockSkewMs: 0 } } as unknown as PollPorts;
  return [...partsOf(source(), ports)].map((part) => part.ports.state);
}

const nothing = { events: [], ledger: [] };
const at = (days: number, rest: Omit<FeedCursor, 'ms'> = {}): FeedCursor => ({ ms: startMs + days * dayMs, ...rest });
const reach = (days: number) => ({ reach: { sinceMs: startMs + days * dayMs } });

describe('each way', () => {
  it('waits until the first has a place of its own', () => {
    expect(statesOf(createMemoryStates(startMs).state())).toHaveLength(1);
  });

  it('has a cursor of its own, kept in that of the feed, which is the first’s', async () => {
    const state = createMemoryStates(startMs).state();
    await statesOf(state)[0]?.commit({ ...nothing, cursor: at(0, reach(0)), startMs });
    const [first, second] = statesOf(state);
    expect([second?.cursor, second?.startMs, second?.vendorStartMs]).toEqual([null, startMs, startMs]);
    await second?.commit({ ...nothing, cursor: at(1, reach(0)), startMs: startMs + 5 });
    await first?.commit({ ...nothing, cursor: at(2, reach(0)), startMs });
    expect(statesOf(state).map(({ cursor }) => cursor?.ms)).toEqual([at(2).ms, at(1).ms]);
    expect([state.cursor?.ms, state.startMs]).toEqual([at(2).ms, startMs]);
  });

  it('that is new begins where the ledger does, and there it stays until it has been read', async () => {
    const state = createMemoryStates(startMs).state();
    // As the feed left it when there was no other way.
    await state.commit({ ...nothing, cursor: at(9, reach(7)), startMs });
    expect(statesOf(state)[1]?.startMs).toBe(startMs + 7 * dayMs);
    await statesOf(state)[0]?.commit({ ...nothing, cursor: at(12, reach(11)), startMs });
    expect(statesOf(state)[1]).toMatchObject({ startMs: startMs + 7 * dayMs, cursor: null });
  });

  it('keeps in the ledger what another has still to read', async () => {
    const memory = createMemoryStates(startMs);
    const state = memory.state();
    const gone = (recordId: string, days: number) =>
      ({ recordId, version: 'x', changedAt: startMs + days * dayMs, deleted: true }) as const;
    await statesOf(state)[0]?.commit({ ...nothing, cursor: at(0, reach(0)), startMs });
    await statesOf(state)[1]?.commit({ ...nothing, cursor: at(3, reach(2)) });
    const [first] = statesOf(state);
    const forget = { beforeMs: startMs + 8 * dayMs, of: 'deleted' } as const;
    const ledger = [gone('1', 1), gone('2', 3), gone('3', 9)];
    await first?.commit({ ...nothing, ledger, cursor: at(9, reach(8)), startMs, forget });
    const known = async () => [...(await state.ledger(['1', '2', '3'])).keys()];
    // The first has not moved yet as this is judged.
    expect(await known()).toEqual(['1', '2', '3']);
    await statesOf(state)[0]?.commit({ ...nothing, cursor: at(10, reach(8)), startMs, forget });
    expect(await known()).toEqual(['2', '3']);
    await statesOf(state)[1]?.commit({ ...nothing, cursor: at(9, reach(8)), forget });
    await statesOf(state)[1]?.commit({ ...nothing, cursor: at(10, reach(8)), forget });
    expect(await known()).toEqual(['3']);
  });
});
