/** Webhooks of QuickBooks Online through real sockets, beside its polls. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type Happening,
  renderCloudEvents,
  renderEventNotifications,
  sign,
} from '../../src/sandbox/quickbooks/webhook.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { openSite, type Site, told } from './site.ts';

const realmId = '9130357992222222';
const token = 'sandbox-verifier-token';
const objects = { invoice: {}, payment: {}, customer: {} };
const shapes = ['cloudevents', 'eventNotifications'] as const;

/** A company that is connected and read once, whose app posts in one of the vendor's shapes. */
async function begin(shape: (typeof shapes)[number] = 'cloudevents'): Promise<{ site: Site; id: string }> {
  const site = await openSite('quickbooks');
  const id = await site.connect({ objects });
  await site.poll(id, ...Object.keys(objects));
  await site.subscribe(site.url('events'), { shape, verifierToken: token });
  site.advance(5);
  return { site, id };
}

const customer = { DisplayName: 'Lind Cycles' };
const invoiceOf = (customerId: string) => ({
  CustomerRef: { value: customerId },
  Line: [{ Amount: 340, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: { Qty: 1, UnitPrice: 340 } }],
});

function happening(part: Partial<Happening>): Happening {
  const time = new Date().toISOString();
  return { id: 'e-1', realmId, entity: 'Customer', entityId: '1', operation: 'updated', time, ...part };
}

/** Another company: the sandbox has one realm, so this is another sandbox behind another host, which serves any realm. */
async function openCompany({ now }: Site) {
  const sandbox = await startSandbox({ vendor: 'quickbooks', port: 0, clock: { now } });
  const server = createServer(async (request, response) => {
    const target = (request.url ?? '').replace(/(company|companyinfo)\/\d+/g, `$1/${realmId}`);
    const { authorization = '' } = request.headers;
    const answer = await fetch(sandbox.origin + target, { headers: { authorization, accept: 'application/json' } });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    await new Promise((resolve) => server.close(resolve));
    await sandbox.close();
  });
  const edit = async (object: string, record: object, id: string): Promise<void> => {
    const body = JSON.stringify({ object, record, id });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${sandbox.origin}/_sandbox/records`, { method: 'POST', body, headers });
    expect(answer.status).toBe(200);
  };
  const { port } = server.address() as AddressInfo;
  return { apiUrl: `http://127.0.0.1:${port}`, tokenUrl: sandbox.origin, edit };
}

const signed = (body: string) => ({ 'intuit-signature': sign(token, body) });

describe.each(shapes)('webhooks of quickbooks in the shape %s', (shape) => {
  it('tell of create, update and delete once, and the polls after them find nothing new', async () => {
    const { site, id } = await begin(shape);
    site.runtime.start();
    const { id: customerId } = await site.edit('Customer', customer);
    const { id: invoiceId } = await site.edit('Invoice', invoiceOf(customerId));
    await site.sent();
    await site.untilEvents(id, 2);
    site.advance(5);
    await site.edit('Customer', { Notes: 'Pays late.' }, customerId);
    await site.sent();
    await site.untilEvents(id, 3);
    site.advance(5);
    await site.remove('Invoice', invoiceId);
    await site.sent();
    const events = await site.untilEvents(id, 4);
    expect(new Set(told(events))).toEqual(
      new Set([
        ['created', 'webhook', customerId],
        ['created', 'webhook', invoiceId],
        ['updated', 'webhook', customerId],
        ['deleted', 'webhook', invoiceId],
      ]),
    );
    expect(events.at(2)?.data.record).toMatchObject({ name: 'Lind Cycles', notes: 'Pays late.' });
    site.advance(600);
    await site.poll(id, ...Object.keys(objects));
    expect(await site.events(id)).toEqual(events);
  });

  it('have the ids that the poll gives, when that comes first', async () => {
    const { site, id } = await begin(shape);
    const { id: customerId } = await site.edit('Customer', customer);
    const { id: invoiceId } = await site.edit('Invoice', invoiceOf(customerId));
    await site.sent();
    site.advance(60);
    await site.poll(id, ...Object.keys(objects));
    await site.remove('Invoice', invoiceId);
    await site.sent();
    site.advance(60);
    await site.poll(id, ...Object.keys(objects));
    const before = await site.events(id);
    expect(told(before)).toHaveLength(3);
    expect(new Set(told(before))).toEqual(
      new Set([
        ['created', 'poll', customerId],
        ['created', 'poll', invoiceId],
        ['deleted', 'poll', invoiceId],
      ]),
    );
    // What waits in the inbox is worked on now; a later one tells when that is done.
    site.runtime.start();
    site.advance(5);
    const { id: later } = await site.edit('Customer', { DisplayName: 'Later' });
    const { id: laterInvoice } = await site.edit('Invoice', invoiceOf(later));
    await site.sent();
    const events = await site.untilEvents(id, 5);
    expect(new Set(told(events.slice(3)))).toEqual(
      new Set([
        ['created', 'webhook', later],
        ['created', 'webhook', laterInvoice],
      ]),
    );
    expect(events.slice(0, 3)).toEqual(before);
  });

  it('of void, of a merge, and of a name that went inactive are updates, with the record as it is', async () => {
    const { site, id } = await begin(shape);
    const { id: kept } = await site.edit('Customer', customer);
    const { id: gone } = await site.edit('Customer', { DisplayName: 'Lind Bikes' });
    const { id: invoiceId } = await site.edit('Invoice', invoiceOf(kept));
    await site.sent();
    site.advance(60);
    await site.poll(id, ...Object.keys(objects));
    site.runtime.start();
    const { Line: _, ...rest } = invoiceOf(kept);
    await site.edit('Invoice', { ...rest, Balance: 0, PrivateNote: 'Voided', TotalAmt: 0, Line: [] }, invoiceId);
    await site.sent();
    await site.untilEvents(id, 4);
    site.advance(5);
    await site.edit('Customer', { Active: false, DisplayName: 'Lind Bikes (deleted)' }, gone);
    await site.sent();
    const events = await site.untilEvents(id, 5);
    expect(told(events.slice(3))).toEqual([
      ['updated', 'webhook', invoiceId],
      ['updated', 'webhook', gone],
    ]);
    expect(events[3]?.data.record).toMatchObject({ status: 'void', total: '0' });
    expect(events[4]?.data.record).toMatchObject({ active: false });
    // Nobody can merge by the API, so the sandbox does not: this is the vendor's post about one in its own pages.
    site.advance(5);
    await site.edit('Customer', { Notes: 'Was two.' }, kept);
    await site.sent();
    await site.untilEvents(id, 6);
    site.advance(5);
    await site.subscribe('http://127.0.0.1:9/');
    await site.edit('Customer', { Notes: 'Was two, once.' }, kept);
    await site.edit('Customer', { Notes: 'Merged.' }, gone);
    const merge = [happening({ entityId: kept, operation: 'merged', deletedId: gone })];
    const body = JSON.stringify(shape === 'cloudevents' ? renderCloudEvents(merge) : renderEventNotifications(merge));
    expect(await site.post(site.url('events'), body, signed(body))).toBe(200);
    const after = await site.untilEvents(id, 8);
    expect(told(after.slice(6))).toEqual([
      ['updated', 'webhook', kept],
      ['updated', 'webhook', gone],
    ]);
  });
});

it('that were lost are repaired by the poll, and counted', async () => {
  const { site, id } = await begin();
  site.runtime.start();
  await site.edit('Customer', customer);
  await site.sent();
  await site.untilEvents(id, 1);
  site.advance(5);
  await site.call('PATCH', '/_sandbox/faults', { webhookLossRate: 1 });
  const { id: lost } = await site.edit('Customer', { DisplayName: 'Lost' });
  site.advance(120);
  await site.poll(id, 'customer');
  expect(told((await site.untilEvents(id, 2)).slice(1))).toEqual([['created', 'reconcile', lost]]);
  expect(await site.changesPoll(id, 'customer')).toMatchObject({ webhooksLost: 1 });
});

it('refuses what is forged, whichever shape it has, and a key that no company holds', async () => {
  const { site, id } = await begin();
  const events = JSON.stringify(renderCloudEvents([happening({ entity: 'Invoice', operation: 'deleted' })]));
  const old = JSON.stringify(renderEventNotifications([happening({ entity: 'Invoice', operation: 'deleted' })]));
  const url = site.url('events');
  for (const body of [events, old]) {
    expect(await site.post(url, body, {})).toBe(401);
    expect(await site.post(url, body, { 'intuit-signature': sign('another-token', body) })).toBe(401);
    expect(await site.post(url, `${body} `, signed(body))).toBe(401);
    expect(await site.post(url, body, { 'intuit-signature': `${sign(token, body)}A` })).toBe(401);
    expect(await site.post(`${url}/ins_none`, body, signed(body))).toBe(404);
  }
  await site.call('PATCH', '/_sandbox/faults', { webhookForgeRate: 1 });
  await site.remove('Invoice', '101');
  expect(await site.sent()).toMatchObject([{ status: 401, isForged: true }]);
  site.runtime.start();
  await site.call('PATCH', '/_sandbox/faults', { webhookForgeRate: 0 });
  await site.remove('Invoice', '104');
  await site.sent();
  expect(told(await site.untilEvents(id, 1))).toEqual([['deleted', 'webhook', '104']]);
});

it('puts each event of a post before the companies that it belongs to', async () => {
  const { site, id } = await begin();
  const second = await openCompany(site);
  const other = await site.connect({
    settings: { realmId: '22', apiUrl: second.apiUrl, tokenUrl: second.tokenUrl },
    objects,
  });
  const twin = await site.connect({ objects: { customer: {} } });
  await site.poll(other, ...Object.keys(objects));
  await site.poll(twin, 'customer');
  site.advance(60);
  const stranger = { realmId: '33' };
  const body = JSON.stringify(
    renderCloudEvents([
      happening({ id: 'e-1', entityId: '1' }),
      happening({ id: 'e-2', entityId: '3', realmId: '22' }),
      happening({ id: 'e-3', entityId: '5', ...stranger }),
      happening({ id: 'e-4', entity: 'Invoice', entityId: '101', realmId: '22', operation: 'deleted' }),
      happening({ id: 'e-5', entity: 'Estimate', entityId: '7' }),
      happening({ id: 'e-6', entity: 'Invoice', entityId: '104', operation: 'deleted' }),
    ]),
  );
  await site.subscribe('http://127.0.0.1:9/');
  await site.edit('Customer', { Notes: 'First.' }, '1');
  await second.edit('Customer', { Notes: 'Second.' }, '3');
  expect(await site.post(site.url('events'), body, signed(body))).toBe(200);
  site.runtime.start();
  const outcome = async (instance: string, count: number) => told(await site.untilEvents(instance, count)).toSorted();
  expect(await outcome(id, 2)).toEqual([
    ['deleted', 'webhook', '104'],
    ['updated', 'webhook', '1'],
  ]);
  expect(await outcome(other, 2)).toEqual([
    ['deleted', 'webhook', '101'],
    ['updated', 'webhook', '3'],
  ]);
  expect(await outcome(twin, 1)).toEqual([['updated', 'webhook', '1']]);
  expect((await site.events(other))[0]?.data.instance.id).toBe(other);
});
