import { expect, test } from 'vitest';
import { messages, Registrations } from '../../../src/sandbox/dynamics/webhook-registration.ts';
import { SubscriptionBook } from '../../../src/sandbox/subscriptions.ts';
import { startMs } from '../sandbox-client.ts';

function open() {
  const book = new SubscriptionBook({ now: () => startMs });
  return { book, rows: new Registrations(book) };
}

const endpoint = { name: 'hook', contract: 8, url: 'http://127.0.0.1:9/x', authtype: 4, authvalue: 'key' };

function idOf(added: { readonly id: string } | string): string {
  if (typeof added === 'string') throw new TypeError(added);
  return added.id;
}

const stepFor = (endpointId: string) => ({
  stage: 40,
  mode: 1,
  filteringattributes: 'emailaddress1',
  'eventhandler_serviceendpoint@odata.bind': `/serviceendpoints(${endpointId})`,
  'sdkmessageid@odata.bind': `/sdkmessages(${messages.Update})`,
});

test('an endpoint and a step are a subscription, until either goes', () => {
  const { book, rows } = open();
  const endpointId = idOf(rows.addEndpoint(endpoint));
  expect(book.list()).toEqual([]);
  const stepId = idOf(rows.addStep(stepFor(endpointId), 'contact'));
  const settings = { auth: { code: 'key' }, message: 'Update', table: 'contact', filteringattributes: 'emailaddress1' };
  expect(book.list()).toMatchObject([{ url: endpoint.url, settings }]);
  expect(rows.removeStep(stepId)).toBe(true);
  expect(rows.removeStep(stepId)).toBe(false);
  rows.addStep(stepFor(endpointId), null);
  expect(rows.removeEndpoint(endpointId)).toBe(true);
  expect(book.list()).toEqual([]);
  expect(rows.addStep(stepFor(endpointId), null)).toEqual(expect.any(String));
});

test.each([[{ contract: 7 }], [{ url: 'https://hooks.example.test/' }], [{ authtype: 1 }]])(
  'an endpoint with %j is refused with a sentence',
  (wrong) => {
    expect(open().rows.addEndpoint({ ...endpoint, ...wrong })).toEqual(expect.any(String));
  },
);

test.each([[{ stage: 20 }], [{ mode: 0 }], [{ 'sdkmessageid@odata.bind': '/sdkmessages(x)' }]])(
  'a step with %j is refused with a sentence',
  (wrong) => {
    const { rows } = open();
    const endpointId = idOf(rows.addEndpoint(endpoint));
    expect(rows.addStep({ ...stepFor(endpointId), ...wrong }, null)).toEqual(expect.any(String));
  },
);
