/** Outbound messages of Salesforce through real sockets, beside its polls. */
import { expect, it } from 'vitest';
import { organizationId } from '../../src/sandbox/salesforce/outbound.ts';
import { senderOf } from './senders.ts';
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

it('does not bring back a contact that is gone, by a message that comes late', async () => {
  const { site, id } = await begin();
  site.runtime.start();
  const { id: record } = await site.edit('Contact', { LastName: 'Lind' });
  await site.sent();
  await site.untilEvents(id, 1);
  site.advance(5);
  await site.remove('Contact', record);
  site.advance(60);
  await site.poll(id, 'contact');
  const gone = [
    ['created', 'webhook', record],
    ['deleted', 'poll', record],
  ];
  expect(told(await site.untilEvents(id, 2))).toEqual(gone);
  const { post } = senderOf('salesforce');
  const late = post(site, id, [{ change: 'updated', recordId: record, atMs: site.now(), mark: 'late' }]);
  expect(await site.post(late.url, late.body, late.headers)).toBe(200);
  const { id: later } = await site.edit('Contact', { LastName: 'Later' });
  await site.sent();
  expect(told(await site.untilEvents(id, 3))).toEqual([...gone, ['created', 'webhook', later]]);
});
