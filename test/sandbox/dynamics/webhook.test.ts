import { describe, expect, test } from 'vitest';
import type { Change } from '../../../src/sandbox/change.ts';
import { fitBody, makeWebhooks, readEndpoint, renderContext } from '../../../src/sandbox/dynamics/webhook.ts';
import type { JsonObject } from '../../../src/sandbox/json.ts';
import { openNotifier } from '../notifier-bench.ts';
import { openReceiver, type ReceiverAnswer } from '../receiver.ts';
import { dig, startMs } from '../sandbox-client.ts';

const options = {
  organizationId: '11111111-0000-4000-8000-000000000001',
  organizationName: 'acme',
  userId: '11111111-0000-4000-8000-000000000002',
  businessUnitId: '11111111-0000-4000-8000-000000000003',
  tableOf: (object: string) => object.replace(/s$/, ''),
  keyOf: (table: string) => `${table}id`,
};

const id = '70bf4d48-34cb-ed11-b596-0022481d68cd';
const before = { contactid: id, emailaddress1: 'a@x.example', jobtitle: null, modifiedon: '2026-11-20T16:00:00Z' };
const after = { ...before, emailaddress1: 'b@x.example', modifiedon: '2026-11-20T16:04:51Z' };
const update: Change = { kind: 'update', object: 'contacts', id, before, after, atMs: startMs };

async function send(change: Change, given: JsonObject, answer?: () => ReceiverAnswer, faults = {}) {
  const receiver = await openReceiver(answer);
  const webhooks = makeWebhooks(options);
  const settings = readEndpoint(given);
  if (typeof settings === 'string') throw new TypeError(settings);
  const { notifier, clock } = openNotifier(webhooks, faults);
  notifier.subscriptions.add({ url: `${receiver.origin}/hook?a=1`, isActive: true, settings });
  notifier.take(change, startMs);
  await notifier.idle();
  return { receiver, notifier, clock };
}

describe('a post', () => {
  test('of an update holds the changed columns and the key, its dates in the serialiser’s form with escaped slashes', async () => {
    const { receiver } = await send(update, { authvalue: 'my key&' });
    const [post] = receiver.posts;
    expect(post?.url).toBe(`${receiver.origin}/hook?a=1&code=my+key%26`);
    expect(post?.headers).toMatchObject({
      'x-ms-dynamics-entity-name': 'contact',
      'x-ms-dynamics-request-name': 'Update',
    });
    expect(post?.body).toContain('"OperationCreatedOn":"\\/Date(1795190691870+0000)\\/"');
    const context: unknown = JSON.parse(post?.body ?? '');
    expect(context).toMatchObject({
      MessageName: 'Update',
      Stage: 40,
      Mode: 1,
      PrimaryEntityId: id,
      OrganizationName: 'acme',
    });
    expect(dig(context, 'InputParameters', 0, 'value', 'Attributes')).toEqual([
      { key: 'contactid', value: id },
      { key: 'emailaddress1', value: 'b@x.example' },
      { key: 'modifiedon', value: `/Date(${Date.parse(after.modifiedon)})/` },
    ]);
  });

  test('carries its key in headers, or in the query; a forger has another', async () => {
    const authvalue = '<settings><setting name="x-key" value="one"/><setting name="x-more" value="two"/></settings>';
    const inHeader = await send(update, { authtype: 5, authvalue });
    expect(inHeader.receiver.posts[0]?.headers).toMatchObject({ 'x-key': 'one', 'x-more': 'two' });
    const inQuery = await send(update, { authtype: 6, authvalue });
    expect(inQuery.receiver.posts[0]?.url).toMatch(/\/hook\?a=1&x-key=one&x-more=two$/);
    const forged = await send(update, { authvalue: 'k' }, undefined, { webhookForgeRate: 1 });
    expect(forged.receiver.posts[0]?.url).toMatch(/code=not-the-key$/);
  });

  test.each([
    [502, 2],
    [503, 2],
    [504, 2],
    [500, 1],
    [404, 1],
  ])('that is answered %i is sent %i times', async (status, times) => {
    const { receiver, notifier, clock } = await send(update, {}, () => ({ status }));
    for (let step = 0; step < 4; step += 1) {
      clock.ms += 3_600_000;
      await notifier.idle();
    }
    expect(receiver.posts).toHaveLength(times);
    expect(notifier.waiting).toBe(0);
  });

  test.each<readonly [JsonObject, number]>([
    [{ message: 'Update', table: 'contact', filteringattributes: 'emailaddress1, jobtitle' }, 1],
    [{ filteringattributes: 'jobtitle' }, 0],
    [{ message: 'Create' }, 0],
    [{ table: 'account' }, 0],
  ])('of an update for the step %j is sent %i times', async (step, times) => {
    expect((await send(update, step)).receiver.posts).toHaveLength(times);
  });
});

test('a delete names the record by reference', () => {
  const context = renderContext({ ...update, kind: 'delete' }, options);
  expect(dig(context, 'InputParameters', 0, 'value')).toMatchObject({
    __type: 'EntityReference:http://schemas.microsoft.com/xrm/2011/Contracts',
    Id: id,
    LogicalName: 'contact',
  });
});

test('a message over 256 KB loses its parameters', () => {
  const { before: _none, ...rest } = update;
  const large = {
    ...rest,
    kind: 'create',
    before: undefined,
    after: { ...after, description: 'ä'.repeat(131_000) },
  } as const;
  const cut = fitBody(renderContext(large, options));
  expect(cut.isCut).toBe(true);
  expect(JSON.parse(cut.body)).toMatchObject({ InputParameters: [], PrimaryEntityId: id });
  expect(
    fitBody(renderContext({ ...large, after: { ...after, description: 'ä'.repeat(129_000) } }, options)).isCut,
  ).toBe(false);
});

test.each([[{ authtype: 7 }], [{ authtype: 5, authvalue: 'x' }], [{ message: 'Retrieve' }]])(
  '%j is refused',
  (given) => {
    expect(readEndpoint(given)).toEqual(expect.any(String));
  },
);
