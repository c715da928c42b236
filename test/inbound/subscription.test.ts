import { describe, expect, test } from 'vitest';
import { renderSubscription } from '../../src/connector/render-subscription.ts';
import { secretsOf } from '../../src/inbound/secrets.ts';
import { findSubscription, readSubscription } from '../../src/inbound/subscription.ts';
import { linkWay, lookUp, nowMs } from './vendors.ts';

const { way } = linkWay({
  ...lookUp('airtable').way,
  subscriptions: {
    topics: { contact: ['tableData'] },
    register: {
      request: {
        method: 'POST',
        path: '/bases/{settings.account}/webhooks',
        body: { notificationUrl: '{callback.url}', until: '{callback.expiresAt}', types: ['{topic}'] },
      },
      capture: { id: 'id' },
      credentials: { secret: 'macSecretBase64' },
      expiresAt: 'expirationTime',
    },
    renew: { request: { method: 'POST', path: '/webhooks/{subscription.id}/refresh' }, lifeSeconds: 604_800 },
    remove: { request: { method: 'DELETE', path: '/webhooks/{subscription.id}' } },
    list: {
      request: { method: 'GET', path: '/bases/{settings.account}/webhooks' },
      items: 'webhooks',
      match: { 'target.url': '{callback.url}', types: '{topic}' },
      capture: { id: 'id' },
      expiresAt: 'ends',
    },
  },
});
const rules = way.subscriptions;
if (rules === null || rules.renew === null || rules.remove === null) throw new Error('subscriptions are not linked');
const { register, renew, remove } = rules;

const values = {
  settings: { account: 'app1' },
  callback: { url: 'https://hooks.example.test/in/1', secret: 's3cret' },
  topic: 'tableData',
  subscription: { id: 'ach/1?x' },
  nowMs,
};

describe('requests', () => {
  test('of every step', () => {
    expect(renderSubscription(register, { ...values, subscription: {} })).toEqual({
      method: 'POST',
      path: '/bases/app1/webhooks',
      query: [],
      headers: {},
      body: { notificationUrl: 'https://hooks.example.test/in/1', types: ['tableData'] },
    });
    expect(renderSubscription(remove, values)).toMatchObject({ method: 'DELETE', path: '/webhooks/ach/1%3Fx' });
  });

  test('with the end of a life that is asked for', () => {
    const asking = { ...register, expiresAt: null, lifeMs: 60_000 };
    expect(renderSubscription(asking, values).body).toMatchObject({ until: new Date(nowMs + 60_000).toISOString() });
  });
});

describe('answers', () => {
  const answer = { id: 17, macSecretBase64: 'bWFj', expirationTime: '2026-11-08T00:00:00.000Z' };

  test('tell what is kept', () => {
    expect(readSubscription(register, answer, nowMs)).toEqual({
      captured: { id: '17' },
      credentials: { secret: 'bWFj' },
      expiresAtMs: Date.UTC(2026, 10, 8),
    });
    expect(readSubscription(renew, null, nowMs)).toEqual({
      captured: {},
      credentials: {},
      expiresAtMs: nowMs + 604_800_000,
    });
    expect(readSubscription(remove, null, nowMs).expiresAtMs).toBe(null);
  });

  test.each([
    { ...answer, id: undefined },
    { ...answer, macSecretBase64: '' },
    { ...answer, expirationTime: 'soon' },
    null,
  ])('%j is a failure that shows no secret', (wrong) => {
    expect(() => readSubscription(register, wrong, nowMs)).toThrow(
      expect.objectContaining({ code: 'vendor-answer-unreadable', message: expect.not.stringContaining('bWFj') }),
    );
  });
});

describe('the list of what is registered', () => {
  const { list } = rules;
  if (list === null) throw new Error('the list is not linked');
  const ends = '2026-11-08T00:00:00Z';
  const one = { id: 4, target: { url: values.callback.url }, types: 'tableData', ends };
  const find = (answer: unknown) => findSubscription(list, answer, values);

  test('is asked for as other things are', () => {
    expect(renderSubscription(list, values)).toMatchObject({ method: 'GET', path: '/bases/app1/webhooks' });
  });

  test('has the one in which all matches', () => {
    const others = [{ ...one, types: 'other' }, { ...one, target: null }, { ...one, target: { url: 'x' } }, null, 7];
    expect(find({ webhooks: [...others, { ...one, id: 5 }, one] })).toEqual({
      captured: { id: '5' },
      isWell: true,
      expiresAtMs: Date.UTC(2026, 10, 8),
    });
    expect(find({ webhooks: others })).toBe(null);
    expect(find({ webhooks: [] })).toBe(null);
  });

  test.each([
    null,
    {},
    { webhooks: { 0: one } },
    { webhooks: [{ ...one, id: null }] },
    { webhooks: [{ ...one, ends: 1 }] },
  ])('%j is a failure: nobody knows what is there', (answer) => {
    expect(() => find(answer)).toThrow(expect.objectContaining({ code: 'vendor-answer-unreadable' }));
  });
});

test('the secrets are those the instance holds, the newer first', () => {
  const { auth } = lookUp('github').way;
  const rotating = linkWay({
    ...lookUp('github').way,
    auth: { ...auth, key: { credential: 'secret', previous: 'other' } },
  });
  expect(secretsOf(rotating.way, { secret: 'new', other: 'old', token: 'x' })).toEqual(['new', 'old']);
  expect(secretsOf(rotating.way, { secret: '', other: 'old' })).toEqual(['old']);
  expect(secretsOf(rotating.way, {})).toEqual([]);
  expect(secretsOf(linkWay(lookUp('salesforce-outbound-message').way).way, { secret: 'x' })).toEqual([]);
});
