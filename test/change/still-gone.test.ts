/** What a log of deletes tells, held against what is there. */
import { expect, it } from 'vitest';
import type { FeedSource, PollPorts } from '../../src/change/feed.ts';
import { createMemoryStates } from '../../src/change/memory-state.ts';
import { deletedReading } from '../../src/change/reading.ts';
import { stillGone } from '../../src/change/still-gone.ts';
import { linkConnector } from '../../src/connector/link.ts';
import { createLinkContext, loadDialects } from '../../src/connector/load.ts';
import type { LedgerEntry } from '../../src/store/port.ts';
import { broken } from '../connector/acme.ts';

const definition = broken(['objects', 'contact', 'read'], { request: { method: 'GET', path: '/contacts/{id}' } });
const { connector } = linkConnector(definition, createLinkContext((await loadDialects()).dialects));
const startMs = Date.parse('2026-11-20T12:00:00Z');

function source(): FeedSource {
  const object = connector?.objects.get('contact');
  if (connector === null || !object?.deletes) throw new Error('no deletes');
  const settings = { host: 'https://acme.example', version: 'v1', pageSize: 100 };
  const instance = { id: 'i', name: 'i', tags: [] };
  return { connector, object, feed: 'deletes', detection: object.deletes, instance, settings };
}

/** A vendor with these answers to who asks for a record, by its path; it has no other record. */
async function ask(answers: Readonly<Record<string, unknown>>, ledger: readonly LedgerEntry[] = []) {
  const state = createMemoryStates(startMs).state();
  await state.commit({ events: [], ledger });
  const asked: string[] = [];
  const client = {
    clockSkewMs: 0,
    isClockKnown: true,
    async send({ path }: { readonly path: string }) {
      asked.push(path);
      return { status: 200, headers: {}, dateMs: null, body: answers[path] ?? null };
    },
    close: async () => {},
  };
  const ports = { client, state, now: () => startMs } as unknown as PollPorts;
  const readings = ['1', '2', '3'].map((id) => deletedReading(id, startMs + 5_000));
  const gone = await stillGone(readings, source(), ports);
  return { gone: gone.map(({ recordId }) => recordId), asked };
}

const entry = (recordId: string, changedAt: number, deleted: boolean): LedgerEntry => ({
  recordId,
  version: 'x',
  changedAt,
  deleted,
});

it('a record that is there again is not gone', async () => {
  const { gone } = await ask({ '/contacts/2': { Id: '2' } });
  expect(gone).toEqual(['1', '3']);
});

it('nobody is asked about what was told already, or is older than what was', async () => {
  const { gone, asked } = await ask({}, [entry('1', startMs, true), entry('2', startMs + 9_000, false)]);
  expect(asked).toEqual(['/contacts/3']);
  // What they mean is for the ledger to say.
  expect(gone).toEqual(['1', '2', '3']);
});

it('an answer that holds no record does not pass for one: the delete would never be told', async () => {
  await expect(ask({ '/contacts/2': { error: 'try again' } })).rejects.toMatchObject({ code: 'record-without-id' });
});
