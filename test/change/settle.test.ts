/** The feeds of an object are polled side by side, and share what is known of its records. */
import { expect, it } from 'vitest';
import type { ChangeState, FeedSource } from '../../src/change/feed.ts';
import { createMemoryStates } from '../../src/change/memory-state.ts';
import { judgeOf } from '../../src/change/poll.ts';
import { emptyReport } from '../../src/change/poll-report.ts';
import { deletedReading, type Reading } from '../../src/change/reading.ts';
import { settle } from '../../src/change/settle.ts';
import { linkConnector } from '../../src/connector/link.ts';
import { createLinkContext, loadDialects } from '../../src/connector/load.ts';
import type { Feed } from '../../src/store/port.ts';
import { acme } from '../connector/acme.ts';

const { connector } = linkConnector(acme, createLinkContext((await loadDialects()).dialects));
const startMs = Date.parse('2026-11-20T12:00:00Z');

function sourceOf(feed: Feed): FeedSource {
  const object = connector?.objects.get('contact');
  const detection = feed === 'changes' ? object?.changes : object?.deletes;
  if (connector === null || object === undefined || !detection) throw new Error(`no ${feed}`);
  const settings = { host: 'https://acme.example', version: 'v1', pageSize: 100 };
  return { connector, object, feed, detection, instance: { id: 'i', name: 'i', tags: [] }, settings };
}

/** Settles one reading as its feed does, at any time in mid-poll. */
async function tell(feed: Feed, reading: Reading, state: ChangeState) {
  const report = emptyReport(feed, null);
  const judge = judgeOf(sourceOf(feed), { state, client: { clockSkewMs: 0 }, now: () => startMs + 60_000 });
  await settle({ readings: [reading], knownSince: startMs }, judge, { state }, report);
  return report;
}

const created: Reading = {
  ...deletedReading('7', startMs + 1_000),
  version: '1',
  createdAtMs: startMs + 1_000,
  deleted: false,
  native: { Id: '7', Updated: new Date(startMs + 1_000).toISOString() },
};

it('a record that another feed tells as deleted while its creation is judged is not told as created after that', async () => {
  const memory = createMemoryStates(startMs);
  const [changes, deletes] = [memory.state(), memory.state()];
  let reads = 0;
  const report = await tell('changes', created, {
    ...changes,
    get cursor() {
      return changes.cursor;
    },
    async ledger(recordIds) {
      const known = await changes.ledger(recordIds);
      reads += 1;
      if (reads === 1) await tell('deletes', deletedReading('7', startMs + 2_000), deletes);
      return known;
    },
  });
  expect(memory.events.map(({ data }) => data.change)).toEqual(['deleted']);
  expect(reads).toBe(2);
  expect(report).toMatchObject({ created: 0, known: 1 });
});

it('a ledger that never answers what was written to it is a failure, and no loop without end', async () => {
  const memory = createMemoryStates(startMs);
  await tell('changes', created, memory.state());
  const state = { ...memory.state(), ledger: async () => new Map() };
  await expect(tell('changes', { ...created, version: '2' }, state)).rejects.toMatchObject({ code: 'ledger-moved' });
});

it('what another feed tells of other records is in nobody’s way', async () => {
  const memory = createMemoryStates(startMs);
  const [changes, deletes] = [memory.state(), memory.state()];
  await tell('deletes', deletedReading('8', startMs + 2_000), deletes);
  const report = await tell('changes', created, changes);
  expect(memory.events.map(({ data }) => data.change)).toEqual(['deleted', 'created']);
  expect(report).toMatchObject({ created: 1, known: 0 });
});
