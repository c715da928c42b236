/** Bad input from a vendor, over real sockets: each kind is a failure with a code in the API, and the cursor stays. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { InstanceView, PollView } from '../../src/engine/api.ts';
import type { AnyhookEvent } from '../../src/event/event.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { type AServer, startAServer } from './a-server.ts';

interface Search {
  readonly results: readonly object[];
  /** The cursor of the next page. */
  readonly next?: string;
}

let server: AServer;
/** All but its search is a sandbox's. */
let vendor: Server;
let sandbox: Sandbox;
let offsetMs = 0;
/** How the vendor answers a search, by the cursor of the page that is asked for. */
let answer: (after: string | null) => Search;

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const now = (): number => Date.now() + offsetMs;
const advance = (ms: number): void => {
  offsetMs += ms;
  server.advance(ms);
};

function contact(id: string, changedAtMs: number, parts: object = {}): object {
  const time = new Date(changedAtMs).toISOString();
  const properties = { hs_object_id: id, email: `${id}@example.com`, createdate: time, lastmodifieddate: time };
  return { id, properties: { ...properties, ...parts }, createdAt: time, updatedAt: time, archived: false };
}

const nested = (levels: number): unknown => (levels === 0 ? 'x' : [nested(levels - 1)]);

/** When the poll that runs began: what the vendor holds does not change while it is read. */
let askedMs = 0;
const good = (id: string): object => contact(id, askedMs - minuteMs);

beforeAll(async () => {
  server = await startAServer();
  sandbox = await startSandbox({ vendor: 'hubspot', port: 0 });
  vendor = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    response.setHeader('date', new Date(now()).toUTCString());
    response.setHeader('content-type', 'application/json');
    if (request.url?.endsWith('/search') !== true) {
      const { authorization = '' } = request.headers;
      response.end(await (await fetch(`${sandbox.origin}${request.url}`, { headers: { authorization } })).text());
      return;
    }
    const { results, next } = answer(JSON.parse(body).after ?? null);
    const paging = next === undefined ? {} : { paging: { next: { after: next } } };
    response.end(JSON.stringify({ results, total: results.length, ...paging }));
  });
  await new Promise<void>((resolve) => vendor.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  vendor.closeAllConnections();
  vendor.close();
  await sandbox.close();
  await server.close();
});

let id: string;
const key = () => ({ instanceId: id, object: 'contact', feed: 'changes' }) as const;
const poll = async (): Promise<void> => {
  advance(2 * minuteMs);
  askedMs = now();
  const { status } = await server.call('POST', `/v1/instances/${id}/objects/contact/poll`);
  expect(status).toBe(200);
};
const shown = async (): Promise<PollView> => {
  const { body } = await server.call<InstanceView>('GET', `/v1/instances/${id}`);
  const view = body.objects['contact']?.polls.find(({ feed }) => feed === 'changes');
  if (view === undefined) throw new Error('no such feed');
  return view;
};
const told = async (): Promise<readonly string[]> => {
  const { body } = await server.call<{ items: readonly AnyhookEvent[] }>('GET', `/v1/instances/${id}/events`);
  return body.items.map(({ subject }) => subject);
};

beforeEach(async () => {
  answer = () => ({ results: [] });
  const { body } = await server.call<InstanceView>('POST', '/v1/instances', {
    connector: 'hubspot',
    settings: { baseUrl: `http://127.0.0.1:${(vendor.address() as AddressInfo).port}` },
    credentials: { accessToken: sandbox.credentials['privateAppToken'] },
    objects: { contact: {} },
  });
  id = body.id;
  await poll();
});

interface Bad {
  readonly name: string;
  readonly code: string;
  readonly answer: (after: string | null) => Search;
  /** What is told all the same. */
  readonly told: readonly string[];
}

const bad: readonly Bad[] = [
  {
    name: 'a time that cannot be read',
    code: 'record-time-unreadable',
    answer: () => ({ results: [good('1'), contact('2', askedMs, { lastmodifieddate: 'yesterday' })] }),
    told: [],
  },
  {
    name: 'a record without an id',
    code: 'record-without-id',
    answer: () => ({ results: [good('1'), { ...good('2'), id: null }] }),
    told: [],
  },
  {
    name: 'an id that is half of a character',
    code: 'record-id-unusable',
    answer: () => ({ results: [good('1'), { ...good('2'), id: '2\ud83e' }] }),
    told: [],
  },
  {
    name: 'an id of ten thousand letters',
    code: 'record-id-unusable',
    answer: () => ({ results: [good('1'), { ...good('2'), id: '2'.repeat(10_000) }] }),
    told: [],
  },
  {
    name: 'a record that nests without end',
    code: 'vendor-answer-unreadable',
    answer: () => ({ results: [good('1'), contact('2', askedMs - minuteMs, { email: nested(150) })] }),
    told: [],
  },
  {
    name: 'a time in the future',
    code: 'record-time-future',
    answer: () => ({ results: [good('1'), contact('2', askedMs + 24 * hourMs)] }),
    told: ['1'],
  },
  {
    name: 'times of a zone to the east',
    code: 'record-time-future',
    answer: () => ({ results: [contact('1', askedMs - minuteMs + 2 * hourMs)] }),
    told: [],
  },
  {
    name: 'times of a zone to the west',
    code: 'vendor-filter-ignored',
    answer: () => ({ results: [contact('1', askedMs - minuteMs - 5 * hourMs)] }),
    told: [],
  },
  {
    name: 'a page that repeats',
    code: 'vendor-page-repeated',
    // Not in the order that was asked for, or the walk would go on from the last time.
    answer: () => ({ results: [good('2'), contact('1', askedMs - 2 * minuteMs)], next: '1' }),
    told: ['1', '2'],
  },
];

describe.each(bad)('$name', (kind) => {
  it('is a failure in the API, moves no cursor, and when it is mended nothing is missing', async () => {
    const before = await shown();
    const stored = await server.store.getPoll(key());
    expect(before.cursor).not.toBeNull();
    answer = kind.answer;
    await poll();
    const failed = await shown();
    expect(failed).toMatchObject({ cursor: before.cursor, failures: 1, lastFailure: { code: kind.code } });
    expect(failed.lastFailure?.message).not.toBe('');
    expect((await server.store.getPoll(key()))?.cursor).toEqual(stored?.cursor);
    expect(await told()).toEqual(kind.told);

    const late = [good('1'), good('2')];
    answer = () => ({ results: late });
    await poll();
    const mended = await shown();
    expect(mended).toMatchObject({ failures: 0, lastFailure: null });
    expect(Date.parse(mended.cursor ?? '')).toBeGreaterThan(Date.parse(before.cursor ?? ''));
    expect(new Set(await told())).toEqual(new Set(['1', '2']));
  });
});

describe('odd, and not bad', () => {
  it.each(['a\u0000b', 'two\nlines', '__proto__', 'constructor', '\u001a0000', '9007199254740993', ' ', '%00/../?#'])(
    'the id %j is told as it is',
    async (odd) => {
      answer = () => ({ results: [{ ...good('1'), id: odd }] });
      await poll();
      expect(await shown()).toMatchObject({ failures: 0, lastFailure: null });
      expect(await told()).toEqual([odd]);
    },
  );

  it('two versions of a record on one page are told in their order', async () => {
    const version = (ageMs: number) =>
      contact('1', askedMs - ageMs, { createdate: new Date(askedMs - 90_000).toISOString() });
    answer = () => ({ results: [version(70_000), version(80_000)] });
    await poll();
    const { body } = await server.call<{ items: readonly AnyhookEvent[] }>('GET', `/v1/instances/${id}/events`);
    expect(body.items.map(({ type, time }) => [type, askedMs - Date.parse(time)])).toEqual([
      ['contact.created', 80_000],
      ['contact.updated', 70_000],
    ]);
  });
});
