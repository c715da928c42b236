/** Outbound messages of Salesforce through real sockets, beside its polls. */
import { expect, it } from 'vitest';
import { organizationId } from '../../src/sandbox/salesforce/outbound.ts';
import { openSite, type Site, told } from './site.ts';

/** An org that is connected and read once, and sends a message for each contact. */
async function begin(): Promise<{ site: Site; id: string }> {
  const site = await openSite('salesforce');
  const id = await site.connect({ settings: { organizationId }, objects: { contact: {} } });
  await site.poll(id, 'contact');
  await site.subscribe(site.url('outbound', id), { object: 'Contact', fields: ['LastName'] });
  site.advance(1);
  return { site, id };
}

it('takes outbound messages, and reads the record from the org itself', async () => {
  const { site, id } = await begin();
  site.runtime.start();
  const { id: record } = await site.edit('Contact', { LastName: 'Lind' });
  expect((await site.sent()).length).toBeGreaterThan(0);
  const events = await site.untilEvents(id, 1);
  expect(told(events)).toEqual([['created', 'webhook', record]]);
  await site.poll(id, 'contact');
  expect(await site.events(id)).toEqual(events);
});
