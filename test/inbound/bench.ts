/** An instance of a vendor that posts nothing by itself: whoever tries it says what is told, and when. */
import { expect } from 'vitest';
import type { Connector } from '../../src/connector/connector.ts';
import type { Post, Sender, Telling } from './senders.ts';
import { openSite, type Site } from './site.ts';

export interface Bench {
  readonly site: Site;
  readonly id: string;
  /** Answers the status. */
  post(post: Post): Promise<number>;
  /** Posts what is told; it must be taken. */
  tell(...tellings: readonly Telling[]): Promise<void>;
  /** Waits until all that was told before is worked on: a record made for that comes last. */
  settle(): Promise<void>;
}

/** The instance was polled once. */
export async function begin(sender: Sender, given: string | Connector = sender.vendor): Promise<Bench> {
  const site = await openSite(given);
  const { settings = {}, credentials = {}, object, native, draft } = sender;
  const id = await site.connect({ settings, credentials, objects: { [object]: { intervalSeconds: 86_400 } } });
  // What the vendor's sandbox would post by itself is lost.
  await site.call('PATCH', '/_sandbox/faults', { webhookLossRate: 1 });
  await site.poll(id, object);
  site.runtime.start();
  site.advance(5);
  const post = ({ url, body, headers }: Post): Promise<number> => site.post(url, body, headers);
  const tell = async (...tellings: readonly Telling[]): Promise<void> => {
    for (const part of sender.most === 1 ? tellings.map((one) => [one]) : [tellings])
      expect(await post(sender.post(site, id, part))).toBe(200);
  };
  let serial = 0;
  return {
    site,
    id,
    post,
    tell,
    async settle() {
      serial += 1;
      const { id: made } = await site.edit(native, draft);
      await tell({ change: 'created', recordId: made, atMs: site.now(), mark: `settle-${serial}` });
      await site.until(async () => (await site.events(id)).some(({ data }) => data.objectId === made));
    },
  };
}
