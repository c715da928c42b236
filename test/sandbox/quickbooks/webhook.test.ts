import { HTTP } from 'cloudevents';
import { describe, expect, test } from 'vitest';
import {
  type Happening,
  makeWebhooks,
  renderCloudEvents,
  renderEventNotifications,
  sign,
} from '../../../src/sandbox/quickbooks/webhook.ts';
import { openNotifier } from '../notifier-bench.ts';
import { openReceiver } from '../receiver.ts';
import { startMs } from '../sandbox-client.ts';

const happenings: readonly Happening[] = [
  {
    id: 'e-1',
    realmId: '11',
    entity: 'Customer',
    entityId: '58',
    operation: 'updated',
    time: '2026-11-20T16:04:51.870Z',
  },
  { id: 'e-2', realmId: '22', entity: 'Invoice', entityId: '9', operation: 'void', time: '2026-11-20T16:04:52.000Z' },
  {
    id: 'e-3',
    realmId: '11',
    entity: 'Customer',
    entityId: '60',
    operation: 'merged',
    time: '2026-11-20T16:04:53.000Z',
    deletedId: '58',
  },
];

test('the signature is that of the published values', () => {
  const body =
    '[{"specversion":"1.0","id":"e-1","type":"qbo.customer.updated.v1","intuitentityid":"58","intuitaccountid":"9130357992222222"}]';
  expect(sign('qbo-verifier-token', body)).toBe('WBikdDW/Nat+dLhx0X21fiTXFe9j+k4csaHUd8hs6Nw=');
});

test('CloudEvents of several companies are one array, and a CloudEvents library takes each', () => {
  const events = renderCloudEvents(happenings);
  expect(events).toMatchObject([
    { type: 'qbo.customer.updated.v1', intuitentityid: '58', intuitaccountid: '11', data: {} },
    { type: 'qbo.invoice.void.v1', intuitentityid: '9', intuitaccountid: '22', data: {} },
    { type: 'qbo.customer.merged.v1', intuitentityid: '60', data: { deletedid: '58' } },
  ]);
  const headers = { 'content-type': 'application/cloudevents-batch+json' };
  expect([HTTP.toEvent({ headers, body: JSON.stringify(events) })].flat()).toHaveLength(3);
});

test('the old shape has an entry for each company', () => {
  expect(renderEventNotifications(happenings)).toEqual({
    eventNotifications: [
      {
        realmId: '11',
        dataChangeEvent: {
          entities: [
            { name: 'Customer', id: '58', operation: 'Update', lastUpdated: '2026-11-20T16:04:51.870Z' },
            {
              name: 'Customer',
              id: '60',
              operation: 'Merge',
              lastUpdated: '2026-11-20T16:04:53.000Z',
              deletedId: '58',
            },
          ],
        },
      },
      {
        realmId: '22',
        dataChangeEvent: {
          entities: [{ name: 'Invoice', id: '9', operation: 'Void', lastUpdated: '2026-11-20T16:04:52.000Z' }],
        },
      },
    ],
  });
});

describe('a post', () => {
  test.each([
    ['cloudevents', 'application/cloudevents+json'],
    ['eventNotifications', 'application/json'],
  ])('in the shape %s is signed with the verifier token', async (shape, type) => {
    const receiver = await openReceiver();
    const webhooks = makeWebhooks('11');
    const settings = webhooks.portal?.check({ shape, verifierToken: 'my-token', entities: ['Customer'] });
    if (typeof settings !== 'object') throw new TypeError(settings);
    const { notifier } = openNotifier(webhooks);
    notifier.subscriptions.add({ url: receiver.origin, isActive: true, settings });
    const change = { object: 'Customer', id: '58', before: undefined, after: {}, atMs: startMs };
    notifier.take({ kind: 'create', ...change }, startMs);
    notifier.take({ kind: 'merge', mergedIds: ['7'], ...change }, startMs);
    notifier.take({ kind: 'create', ...change, object: 'Invoice' }, startMs);
    await notifier.idle();
    expect(receiver.posts).toHaveLength(1);
    const [post] = receiver.posts;
    expect(post?.headers['content-type']).toBe(type);
    expect(post?.headers['intuit-signature']).toBe(sign('my-token', post?.body ?? ''));
    expect(post?.body).toContain(shape === 'cloudevents' ? '"deletedid":"7"' : '"deletedId":"7"');
    expect(post?.body).not.toMatch(/invoice/i);
  });

  test('that fails is tried after 10 s, 20 s, 30 s, 5 m, 20 m, 2 h, 4 h, 6 h and then every 6 h', async () => {
    const receiver = await openReceiver(() => ({ status: 202 }));
    const webhooks = makeWebhooks('11');
    const { notifier, clock } = openNotifier(webhooks);
    const settings = { verifierToken: 't', shape: 'cloudevents', entities: null };
    notifier.subscriptions.add({ url: receiver.origin, isActive: true, settings });
    notifier.take({ kind: 'update', object: 'Customer', id: '58', before: {}, after: {}, atMs: startMs }, startMs);
    const gaps: number[] = [];
    for (let step = 0; step < 11; step += 1) {
      await notifier.idle();
      const nextMs = Date.parse(notifier.attempts.at(-1)?.nextAt ?? '');
      gaps.push((nextMs - clock.ms) / 1000);
      clock.ms = nextMs;
    }
    expect(gaps).toEqual([10, 20, 30, 300, 1200, 7200, 14_400, 21_600, 21_600, 21_600, 21_600]);
    expect(new Set(receiver.posts.map(({ body }) => body)).size).toBe(1);
  });

  test.each([[{ shape: 'xml' }], [{ verifierToken: '' }], [{ entities: 'Customer' }], [{ entities: [1] }]])(
    'set as %j is refused with a sentence',
    (given) => {
      expect(makeWebhooks('11').portal?.check(given)).toEqual(expect.any(String));
    },
  );
});
