/** Webhooks and Events of Shopify through real sockets, beside its polls. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Connector } from '../../src/connector/connector.ts';
import { linkConnector } from '../../src/connector/link.ts';
import { createLinkContext, loadDialects } from '../../src/connector/load.ts';
import { openSite, type Site, told } from './site.ts';

const context = createLinkContext((await loadDialects()).dialects);
const objects = { product: {}, customer: {}, contact: {} };

/** A connector of ours that registers no webhooks: what it is told of, Events told. */
function withEventsOnly(key: string): Connector {
  const definition = JSON.parse(
    readFileSync(new URL(`../../connectors/${key}/connector.json`, import.meta.url), 'utf8'),
  );
  const [, way] = definition.inbound;
  const { connector } = linkConnector({ ...definition, inbound: [way] }, context);
  if (connector === null) throw new Error('the connector cannot be linked');
  return connector;
}

/** A shop that is connected and read once, whose app's file subscribes to all that it has on. */
async function begin(connector: Connector | string): Promise<{ site: Site; id: string }> {
  const site = await openSite(connector);
  const id = await site.connect({ objects });
  await site.poll(id, ...Object.keys(objects));
  for (const topic of ['Product', 'Customer']) await site.subscribe(site.url('app-events', id), { topic });
  site.advance(5);
  return { site, id };
}

describe.each(['shopify', 'shopify-graphql'])('Events of the app’s file of %s', (connector) => {
  it('tell of create, update and delete once, and the polls after them find nothing new', async () => {
    const { site, id } = await begin(withEventsOnly(connector));
    site.runtime.start();
    const { id: productId } = await site.edit('products', { title: 'Bell' });
    await site.sent();
    await site.untilEvents(id, 1);
    site.advance(5);
    await site.edit('products', { title: 'Horn' }, productId);
    const { id: customerId } = await site.edit('customers', { first_name: 'Mara', email: 'mara@lindcycles.example' });
    await site.sent();
    await site.untilEvents(id, 4);
    site.advance(5);
    await site.remove('products', productId);
    await site.sent();
    const events = await site.untilEvents(id, 5);
    expect(told(events).toSorted()).toEqual(
      [
        ['created', 'webhook', productId],
        ['updated', 'webhook', productId],
        ['created', 'webhook', customerId],
        ['created', 'webhook', customerId],
        ['deleted', 'webhook', productId],
      ].toSorted(),
    );
    expect(events.find(({ type }) => type === 'product.updated')?.data.record).toMatchObject({ name: 'Horn' });
    await site.poll(id, ...Object.keys(objects));
    expect(await site.events(id)).toHaveLength(5);
  });

  it('tell nothing that its webhooks have told', async () => {
    const { site, id } = await begin(connector);
    site.runtime.start();
    await site.until(async () => {
      const { webhooks = [] } = (await site.runtime.getInstance(id)) ?? {};
      return webhooks.length > 0 && webhooks.every(({ state }) => state === 'registered');
    });
    const { id: productId } = await site.edit('products', { title: 'Bell' });
    await site.until(async () => (await site.sent()).length === 2);
    expect((await site.sent()).map(({ status }) => status)).toEqual([200, 200]);
    await site.untilEvents(id, 1);
    await site.poll(id, ...Object.keys(objects));
    expect(told(await site.events(id))).toEqual([['created', 'webhook', productId]]);
  });
});
