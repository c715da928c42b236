/** Times that cannot be believed hold the cursor, and what can be read is told all the same. */
import { describe, expect, it } from 'vitest';
import type { FeedSource } from '../../src/change/feed.ts';
import { createMemoryStates } from '../../src/change/memory-state.ts';
import { pollFeed } from '../../src/change/poll.ts';
import { emptyReport } from '../../src/change/poll-report.ts';
import { linkConnector } from '../../src/connector/link.ts';
import { createLinkContext, loadDialects } from '../../src/connector/load.ts';
import type { VendorClient } from '../../src/http/client.ts';
import { broken } from '../connector/acme.ts';

const hourMs = 3_600_000;
const nowMs = Date.parse('2026-11-20T12:00:00Z');
const cursor = { ms: nowMs - 2 * hourMs };
const linked = linkConnector(
  // Two windows lead from the cursor to now.
  broken(['objects', 'contact', 'changes', 0, 'maxWindowSeconds'], 4_500),
  createLinkContext((await loadDialects()).dialects),
);

/** Polls a vendor that answers a window, known by its lower bound, with records of these times. */
async function poll(answer: (sinceMs: number) => readonly number[]) {
  const object = linked.connector?.objects.get('contact');
  if (linked.connector === null || object === undefined) throw new Error('not linked');
  const client: VendorClient = {
    clockSkewMs: 0,
    isClockKnown: true,
    isClockDoubted: false,
    close: async () => {},
    async send(request) {
      const text = request.query.find(([name]) => name === 'q')?.[1] ?? '';
      const sinceMs = Date.parse(/Updated >= (\S+?)\)? /.exec(text)?.[1] ?? '');
      const records = answer(sinceMs).map((timeMs) => ({
        Id: String(timeMs),
        Updated: new Date(timeMs).toISOString(),
      }));
      return { url: 'https://acme.example/', status: 200, headers: {}, body: { records }, dateMs: nowMs };
    },
  };
  const memory = createMemoryStates(cursor.ms - 24 * hourMs);
  const state = memory.state();
  await state.commit({ events: [], ledger: [], cursor });
  const instance = { id: 'i', name: 'i', tags: [] };
  const settings = { host: 'https://acme.example', version: 'v1', pageSize: 100 };
  const source: FeedSource = {
    connector: linked.connector,
    object,
    feed: 'changes',
    detection: object.changes,
    instance,
    settings,
  };
  const polled = pollFeed(source, { client, state, now: () => nowMs }, emptyReport('changes', cursor));
  const failure = await polled.then(
    () => null,
    (error: unknown) => error,
  );
  return { failure, cursor: state.cursor, told: memory.events.map(({ time }) => Date.parse(time)) };
}

const isFirst = (sinceMs: number): boolean => sinceMs < cursor.ms;
const good = nowMs - 600_000;

describe('a poll of two windows', () => {
  it('moves the cursor when all of it can be believed', async () => {
    const polled = await poll((sinceMs) => (isFirst(sinceMs) ? [] : [good]));
    expect(polled).toMatchObject({ failure: null, told: [good] });
    expect(polled.cursor?.ms).toBeGreaterThan(cursor.ms);
  });

  it('keeps it before the first when that cannot be, though the second can', async () => {
    const polled = await poll((sinceMs) => [isFirst(sinceMs) ? sinceMs - 5 * hourMs : good]);
    expect(polled.failure).toMatchObject({ code: 'vendor-filter-ignored', retryable: true });
    expect(polled).toMatchObject({ cursor, told: [good] });
  });

  it('keeps it before the second when only that cannot be', async () => {
    const polled = await poll((sinceMs) => [isFirst(sinceMs) ? sinceMs + hourMs / 2 : nowMs + hourMs]);
    expect(polled.failure).toMatchObject({ code: 'record-time-future', retryable: true });
    expect(polled.cursor?.ms).toBe(cursor.ms - 300_000 + 4_500_000);
    expect(polled.told).toHaveLength(1);
  });

  it('takes what has not settled yet for what it is', async () => {
    const polled = await poll((sinceMs) => (isFirst(sinceMs) ? [] : [nowMs]));
    expect(polled).toMatchObject({ failure: null, told: [] });
  });

  it('takes a vendor that is deaf to its filter for what it is, as long as it lists what is new', async () => {
    const polled = await poll((sinceMs) => [nowMs - 90 * 24 * hourMs, isFirst(sinceMs) ? sinceMs + 1_000 : good]);
    expect(polled.failure).toBeNull();
    expect(polled.told).toHaveLength(2);
  });
});
