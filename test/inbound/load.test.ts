/** Webhooks in numbers: a post of a thousand events, accounts that nobody has, and a flood of bad signatures. */
import { describe, expect, it } from 'vitest';
import { type Sender, senderOf, senders } from './senders.ts';
import { openSite, type Site } from './site.ts';

async function begin({ vendor, object, settings = {}, credentials = {} }: Sender): Promise<{ site: Site; id: string }> {
  const site = await openSite(vendor);
  const id = await site.connect({ settings, credentials, objects: { [object]: { intervalSeconds: 86_400 } } });
  // What the vendor's sandbox would post by itself is lost.
  await site.call('PATCH', '/_sandbox/faults', { webhookLossRate: 1 });
  await site.poll(id, object);
  site.advance(5);
  return { site, id };
}

describe.each(senders)('webhooks of $vendor', (sender) => {
  it('in a flood of bad signatures touch nothing that is stored', async () => {
    const { site, id } = await begin(sender);
    const { id: recordId } = await site.edit(sender.native, sender.draft);
    const good = sender.post(site, id, [{ change: 'created', recordId, atMs: site.now(), mark: 'm-1' }]);
    const bad = { ...good, headers: {}, body: good.body.replaceAll(/00D\w+/g, '00D5g00000Forged') };
    expect(await site.post(bad.url, bad.body, bad.headers)).toBe(401);
    const before = new Map(site.storeCalls);
    for (let round = 0; round < 4; round += 1) {
      const posts = Array.from({ length: 50 }, () => site.post(bad.url, bad.body, bad.headers));
      expect(new Set(await Promise.all(posts))).toEqual(new Set([401]));
    }
    expect(new Map(site.storeCalls)).toEqual(before);
    // And the right one is still taken.
    expect(await site.post(good.url, good.body, good.headers)).toBe(200);
    site.runtime.start();
    expect(await site.untilEvents(id, 1)).toHaveLength(1);
  });
});

describe.each(senders.filter(({ vendor }) => vendor === 'hubspot' || vendor === 'quickbooks'))(
  'webhooks of $vendor',
  (sender) => {
    it('of an account that nobody has are acknowledged, and told to nobody', async () => {
      const { site, id } = await begin(sender);
      const { id: recordId } = await site.edit(sender.native, sender.draft);
      const telling = { change: 'created', recordId, atMs: site.now(), mark: 'm-1' } as const;
      const stranger = sender.post(site, id, [telling], '4711');
      expect(await site.post(stranger.url, stranger.body, stranger.headers)).toBe(200);
      site.runtime.start();
      const { id: own } = await site.edit(sender.native, sender.draft);
      const right = sender.post(site, id, [{ ...telling, recordId: own, mark: 'm-2' }]);
      expect(await site.post(right.url, right.body, right.headers)).toBe(200);
      const events = await site.untilEvents(id, 1);
      expect(events.map(({ data }) => data.objectId)).toEqual([own]);
    });
  },
);

it('of an org that nobody has are refused, for nothing else proves where they are from', async () => {
  const sender = senderOf('salesforce');
  const { site, id } = await begin(sender);
  const telling = { change: 'updated', recordId: '0035g00000AbCdEAAV', atMs: site.now(), mark: 'm-1' } as const;
  const { url, body, headers } = sender.post(site, id, [telling], '00D5g00000Forged');
  expect(await site.post(url, body, headers)).toBe(401);
});

it('a post of a thousand events becomes a thousand events, each once', { timeout: 120_000 }, async () => {
  const sender = senderOf('hubspot');
  const { site, id } = await begin(sender);
  // A tenth of them are read at the vendor; the rest are gone.
  const created = 100;
  const deleted = 900;
  await site.call('POST', '/_sandbox/edit', { object: sender.native, action: 'create', count: created });
  const journal = (await site.call('GET', '/_sandbox/journal')) as unknown as readonly { id: string }[];
  const ids = [
    ...journal.map((entry) => entry.id),
    ...Array.from({ length: deleted }, (_, index) => String(9_000_000 + index)),
  ];
  const tellings = ids.map((recordId, index) => {
    const change = index < created ? 'created' : 'deleted';
    return { change, recordId, atMs: site.now(), mark: `m-${index}` } as const;
  });
  const { url, body, headers } = sender.post(site, id, tellings);
  expect(await site.post(url, body, headers)).toBe(200);
  site.runtime.start();
  const events = await site.untilEvents(id, ids.length);
  expect(events.map(({ data }) => [data.objectId, data.change, data.origin])).toEqual(
    tellings.map(({ recordId, change }) => [recordId, change, 'webhook']),
  );
  site.advance(600);
  await site.poll(id, sender.object);
  expect(await site.events(id)).toHaveLength(ids.length);
});
