/** Webhooks that only name records: how many requests it takes to read them, counted on the wire between runtime and vendor. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { atSandbox } from '../../src/cli/sandbox-instance.ts';
import type { Connector } from '../../src/connector/connector.ts';
import { loadConnectors } from '../../src/connector/load.ts';
import { withChecksum } from '../../src/sandbox/salesforce/ids.ts';
import { type CountingProxy, type Passed, startCountingProxy } from '../engine/counting-proxy.ts';
import { type Sender, senderOf, type Telling } from './senders.ts';
import { openSite, type Site } from './site.ts';

const { connectors } = await loadConnectors();

interface Bench {
  readonly site: Site;
  readonly id: string;
  readonly sender: Sender;
  /** Ids of records that were made now. */
  make(count: number): Promise<readonly string[]>;
  /** Posts what is told of each id, and lets the runtime work on it. */
  tell(ids: readonly string[], change?: Telling['change']): Promise<void>;
  /** The requests that named one of the records that were told, or of those given. */
  asked(...ids: readonly string[]): readonly string[];
}

/** An instance that was polled once and will not be again by itself; between it and its vendor somebody counts. */
async function begin(vendor: string, given: string | Connector = vendor): Promise<Bench> {
  const sender = vendor === 'shopify-graphql' ? senderOf('shopify') : senderOf(vendor);
  const site = await openSite(given);
  const proxy: CountingProxy = await startCountingProxy(site.sandbox.origin);
  onTestFinished(() => proxy.close());
  const { settings = {}, credentials = {}, object, native } = sender;
  const id = await site.connect({
    settings: { ...atSandbox(site.connector, proxy.origin).settings, ...settings },
    credentials,
    objects: { [object]: { intervalSeconds: 86_400 } },
  });
  await site.call('PATCH', '/_sandbox/faults', { webhookLossRate: 1 });
  await site.poll(id, object);
  site.advance(5);
  const named = new Set<string>();
  return {
    site,
    id,
    sender,
    async make(count) {
      const known = (await journal(site)).length;
      await site.call('POST', '/_sandbox/edit', { object: native, action: 'create', count });
      return (await journal(site)).slice(known).map((entry) => entry.id);
    },
    async tell(ids, change = 'created') {
      for (const one of ids) named.add(one);
      const tellings = ids.map(
        (recordId, index): Telling => ({
          change,
          recordId,
          atMs: site.now(),
          mark: `${change}-${index}-${recordId}`,
        }),
      );
      for (const part of sender.most === 1 ? tellings.map((one) => [one]) : [tellings]) {
        const { url, body, headers } = sender.post(site, id, part);
        expect(await site.post(url, body, headers)).toBe(200);
      }
      site.runtime.start();
    },
    asked: (...ids) => {
      const wanted = new Set([...named, ...ids]);
      return proxy.passed.map(lineOf).filter((line) => idsIn(line).some((one) => wanted.has(one)));
    },
  };
}

async function journal(site: Site): Promise<readonly { readonly id: string }[]> {
  return (await site.call('GET', '/_sandbox/journal')) as unknown as readonly { readonly id: string }[];
}

const lineOf = ({ method, path, sent }: Passed): string =>
  `${method} ${decodeURIComponent(path.replaceAll('+', ' '))} ${sent}`;

/** What stands in a request as ids do: in quotes, parentheses or a path, or in a list. */
const idsIn = (line: string): readonly string[] => line.match(/(?<=['"/(,=])[\w-]+(?=['"),.?]|$| )/g) ?? [];

/** The connector as it was before it could read several records at once. */
function oneByOne(key: string): Connector {
  const connector = connectors.get(key);
  if (connector === undefined) throw new Error(`no connector ${key}`);
  const objects = [...connector.objects].map(([name, object]) => {
    const read = object.read && { ...object.read, many: null };
    return [name, { ...object, read }] as const;
  });
  return { ...connector, objects: new Map(objects) };
}

describe('the reads for records that are told of at once', () => {
  it('are a hundredth for a thousand of HubSpot in one post', { timeout: 120_000 }, async () => {
    const { site, id, make, tell, asked } = await begin('hubspot');
    const ids = await make(1000);
    await tell(ids);
    const events = await site.untilEvents(id, 1000);
    expect(events.map(({ data }) => [data.objectId, data.change])).toEqual(ids.map((one) => [one, 'created']));
    expect(asked()).toHaveLength(10);
    expect(asked().every((line) => line.startsWith('POST /crm/v3/objects/contacts/batch/read '))).toBe(true);
    site.advance(600);
    await site.poll(id, 'contact');
    expect(await site.events(id)).toHaveLength(1000);
  });

  it.each([
    ['quickbooks', 200, 2],
    ['salesforce', 200, 2],
    ['dynamics', 100, 1],
    ['shopify', 100, 1],
    ['shopify-graphql', 100, 5],
  ])('are few of %s too: of %i records %i', async (vendor, count, requests) => {
    const { site, id, make, tell, asked } = await begin(vendor);
    const ids = await make(count);
    await tell(ids);
    const events = await site.untilEvents(id, count);
    expect(events.map(({ data }) => data.objectId).toSorted()).toEqual(ids.toSorted());
    expect(asked()).toHaveLength(requests);
  });

  it('were one for each', async () => {
    const { site, id, make, tell, asked } = await begin('quickbooks', oneByOne('quickbooks'));
    await tell(await make(100));
    await site.untilEvents(id, 100);
    expect(asked()).toHaveLength(100);
  });

  it('are one of a record that is named many times', async () => {
    const { site, id, sender, make, asked } = await begin('hubspot');
    const [record = '', other = ''] = await make(2);
    const at = (change: Telling['change'], recordId: string, index: number): Telling => ({
      change,
      recordId,
      atMs: site.now(),
      mark: `m-${index}`,
    });
    const tellings = Array.from({ length: 1_000 }, (_, index) =>
      at(index === 0 ? 'created' : 'updated', record, index),
    );
    const { url, body, headers } = sender.post(site, id, [...tellings, at('created', other, 1_000)]);
    expect(await site.post(url, body, headers)).toBe(200);
    site.runtime.start();
    const events = await site.untilEvents(id, 2);
    expect(events.map(({ data }) => data.objectId)).toEqual([record, other]);
    expect(asked(record, other)).toHaveLength(1);
  });

  it('are one more for each post that says something new of it, though it says what is known beside it', async () => {
    const { site, id, sender, make, asked } = await begin('hubspot');
    const [record = ''] = await make(1);
    const at = (mark: string): Telling => ({ change: 'updated', recordId: record, atMs: site.now(), mark });
    const say = async (...marks: readonly string[]) => {
      const { url, body, headers } = sender.post(site, id, marks.map(at));
      expect(await site.post(url, body, headers)).toBe(200);
    };
    const first = ['a', 'b'] as const;
    await say(...first);
    site.runtime.start();
    await site.untilEvents(id, 1);
    expect(asked(record)).toHaveLength(1);
    site.advance(60);
    await site.call('POST', '/_sandbox/edit', { object: sender.native, action: 'update', id: record });
    await say(...first);
    await say('b', 'c');
    const events = await site.untilEvents(id, 2);
    expect(events.map(({ data }) => data.change)).toEqual(['created', 'updated']);
    expect(asked(record)).toHaveLength(2);
  });
});

describe('records that are gone by the time they are read', () => {
  it.each([
    // The vendor says which are not there: in HubSpot's errors, as null in GraphQL, by a query that leaves nothing else out.
    ['hubspot', 1],
    ['salesforce', 1],
    ['shopify-graphql', 1],
    // It is not documented what is left out for which reason: each is looked for once more.
    ['quickbooks', 2],
    ['dynamics', 2],
    ['shopify', 2],
  ])('keep no other of %s back, and are asked for in %i requests', async (vendor, requests) => {
    const { site, id, sender, make, tell, asked } = await begin(vendor);
    const ids = await make(4);
    const [gone = '', ...there] = ids;
    await site.remove(sender.native, gone);
    await tell(ids);
    const events = await site.untilEvents(id, there.length);
    expect(events.map(({ data }) => [data.objectId, data.change]).toSorted()).toEqual(
      there.map((one) => [one, 'created']).toSorted(),
    );
    expect(asked()).toHaveLength(requests);
  });
});

describe('an id that the vendor refuses', () => {
  it('holds up none of those that were told beside it, and waits alone', async () => {
    const { site, id, make, tell, asked } = await begin('salesforce');
    const ids = await make(31);
    const [first = ''] = ids;
    // It looks like an id, and its last letters do not fit: a query that names it is refused as a whole.
    const right = withChecksum(first.slice(0, 15));
    const wrong = `${right.slice(0, 15)}${right.slice(15) === '555' ? '444' : '555'}`;
    await tell([...ids.slice(0, 20), wrong, ...ids.slice(20)]);
    const events = await site.untilEvents(id, 31);
    expect(events.map(({ data }) => data.objectId)).toEqual(ids);
    // It is found by halves.
    expect(asked().length).toBeLessThanOrEqual(11);
    const before = asked().length;
    const [later = ''] = await make(1);
    await tell([later]);
    expect((await site.untilEvents(id, 32)).at(-1)?.data.objectId).toBe(later);
    expect(asked().length).toBe(before + 1);
    // It is tried again by itself, seldom.
    site.advance(16 * 60);
    await site.until(async () => asked().length === before + 2);
    expect(asked().at(-1)).toContain(wrong);
    expect(await site.events(id)).toHaveLength(32);
  });
});

it('an id in another spelling is not taken for one that is gone', async () => {
  const { site, id, make, tell, asked } = await begin('salesforce');
  const ids = await make(2);
  // The form of 15 letters, for which the vendor answers that of 18.
  await tell(ids.map((one) => one.slice(0, 15)));
  const events = await site.untilEvents(id, 2);
  expect(events.map(({ data }) => data.objectId)).toEqual(ids);
  expect(asked()).toHaveLength(3);
});

it('a vendor that is down loses none of what it told before', async () => {
  const { site, id, make, tell } = await begin('quickbooks');
  const ids = await make(30);
  await site.call('PATCH', '/_sandbox/faults', { errorRate: 1 });
  await tell(ids);
  await site.until(async () => (site.storeCalls.get('finishInbox') ?? 0) > 0);
  expect(await site.events(id)).toEqual([]);
  await site.call('PATCH', '/_sandbox/faults', { errorRate: 0 });
  const events = await site.untilEvents(id, 30);
  expect(events.map(({ data }) => data.objectId).toSorted()).toEqual(ids.toSorted());
});
