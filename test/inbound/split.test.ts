import { describe, expect, test } from 'vitest';
import { Refused } from '../../src/inbound/request.ts';
import { isRoutedTo } from '../../src/inbound/route.ts';
import { splitBody } from '../../src/inbound/split.ts';
import { asReceived, linkWay, lookUp } from './vendors.ts';

const request = asReceived({
  method: 'POST',
  url: 'https://hooks.example.test/?kind=contact',
  headers: { 'X-Kind': 'account' },
  body: Buffer.alloc(0),
});

const reader = {
  object: 'kind',
  objectId: 'id',
  change: 'change',
  occurredAt: 'at',
  account: 'realm',
  dedupe: 'key',
  record: 'record',
};

function split(body: unknown, readers: readonly unknown[] = [reader], route: string | null = 'account') {
  const { way } = linkWay({ ...lookUp('github').way, events: readers, ...(route !== null && { route }) });
  return splitBody(way, request, body);
}

const event = { kind: 'contact', id: 7, change: 'created', realm: '9', at: '2026-11-20T16:04:51.179+01:00' };

test('one event, and a list of them, are the same', async () => {
  const change = {
    object: 'contact',
    named: null,
    objectId: '7',
    change: 'created',
    occurredAtMs: Date.UTC(2026, 10, 20, 15, 4, 51, 179),
    account: '9',
    dedupe: null,
    record: null,
  };
  expect(await split(event)).toEqual({ changes: [change], skipped: [] });
  expect(await split([event])).toEqual({ changes: [change], skipped: [] });
  expect(await split([event, event])).toEqual({ changes: [change, change], skipped: [] });
  expect(await split([])).toEqual({ changes: [], skipped: [] });
});

test('what cannot be read is skipped by its code, and the rest is taken', async () => {
  const read = await split([
    { ...event, kind: 'gadget' },
    { ...event, kind: undefined },
    { ...event, change: 'emailed' },
    { ...event, id: null },
    { ...event, id: { a: 1 } },
    { ...event, id: 'x'.repeat(513) },
    { ...event, realm: '' },
    { ...event, at: 'yesterday' },
    { ...event, at: '2026-11-20' },
    { ...event, record: 'text' },
    null,
    event,
  ]);
  expect(read).toMatchObject({
    changes: [{ objectId: '7' }],
    skipped: [
      { code: 'event-object-unknown', index: 0 },
      { code: 'event-object-unknown', index: 1 },
      { code: 'event-change-unknown', index: 2 },
      { code: 'event-without-id', index: 3 },
      { code: 'event-without-id', index: 4 },
      { code: 'event-without-id', index: 5 },
      { code: 'event-without-account', index: 6 },
      { code: 'event-time-unreadable', index: 7 },
      { code: 'event-time-unreadable', index: 8 },
      { code: 'event-unreadable', index: 9 },
      { code: 'event-object-unknown', index: 10 },
    ],
  });
});

test('an expression that fails skips its event, one over the body refuses it', async () => {
  const failing = { ...reader, objectId: "$error('no')" };
  expect(await split([event], [failing])).toEqual({ changes: [], skipped: [{ code: 'event-unreadable', index: 0 }] });
  const never = new Refused('inbound-expression-failed');
  expect(await split([event], [{ ...reader, when: "$error('no')" }])).toEqual(never);
  expect(await split([event], [{ ...reader, each: "$error('no')" }])).toEqual(never);
});

test('a body that no reader reads is told', async () => {
  expect(await split({ other: 1 }, [{ ...reader, when: '$exists(kind)' }])).toEqual({
    changes: [],
    skipped: [{ code: 'event-unexpected', index: null }],
  });
});

test('headers, query and body stand beside the event', async () => {
  const readers = [
    { object: '$headers.`x-kind`', objectId: '$body.batch', change: "'updated'", each: 'items' },
    { object: '$query.kind', objectId: '$body.batch', change: "'deleted'", each: 'items' },
  ];
  expect(await split({ batch: 'b1', items: [1] }, readers, null)).toMatchObject({
    changes: [
      { object: 'account', objectId: 'b1', change: 'updated' },
      { object: 'contact', objectId: 'b1', change: 'deleted' },
    ],
  });
});

test('more events than anybody sends are refused', async () => {
  expect(await split(Array.from({ length: 10_001 }, () => event))).toEqual(new Refused('inbound-too-large'));
});

describe('routing', () => {
  const change = {
    object: 'contact',
    named: null,
    objectId: '1',
    change: 'created',
    occurredAtMs: null,
    dedupe: null,
    record: null,
  } as const;
  const { way } = linkWay({ ...lookUp('github').way, events: [reader], route: 'account' });

  test.each<[string | null, Readonly<Record<string, string | number>>, boolean]>([
    ['9', { account: '9' }, true],
    ['9', { account: 9 }, true],
    ['9', { account: '90' }, false],
    ['9', {}, false],
    [null, { account: 'null' }, false],
    ['undefined', {}, false],
  ])('account %s to %j: %s', (account, settings, isRouted) => {
    expect(isRoutedTo(way, { ...change, account }, settings)).toBe(isRouted);
  });

  test('every instance where the URL tells', () => {
    const own = linkWay(lookUp('github').way).way;
    expect(isRoutedTo(own, { ...change, account: null }, {})).toBe(true);
  });
});
