/** Webhooks that belong to the operator's app: what a connector must say of them, and what becomes of it. */
import { describe, expect, it, test } from 'vitest';
import { appConnector, appParts } from '../../src/connector/app.ts';
import { linkConnector } from '../../src/connector/link.ts';
import { createLinkContext, loadDialects } from '../../src/connector/load.ts';
import { renderSubscription } from '../../src/connector/render-subscription.ts';
import { findSubscription } from '../../src/inbound/subscription.ts';
import { acme, broken } from './acme.ts';

const context = createLinkContext((await loadDialects()).dialects);

const way = {
  name: 'events',
  auth: {
    kind: 'hmac',
    algorithm: 'sha256',
    key: { credential: 'secret' },
    signature: { header: 'X-Acme-Signature', encoding: 'hex' },
    message: '{body}',
  },
  route: 'version',
  events: [{ object: "'contact'", objectId: 'id', change: 'change', account: 'account', record: '$' }],
  subscriptions: {
    owner: 'app',
    limit: 4,
    topics: { contact: ['made', 'gone'] },
    fieldTopics: { topics: { contact: 'changed' }, except: ['Id', 'Updated', 'Created'] },
    target: {
      list: { request: { method: 'GET', path: '/apps/{settings.appId}' }, match: { url: '{callback.url}' } },
      register: { request: { method: 'PUT', path: '/apps/{settings.appId}', body: { url: '{callback.url}' } } },
      remove: { request: { method: 'DELETE', path: '/apps/{settings.appId}' } },
    },
    list: {
      request: { method: 'GET', path: '/apps/{settings.appId}/hooks' },
      items: 'hooks',
      match: { topic: '{topic}', field: '{field}' },
      expect: { active: true },
      capture: { id: 'id' },
    },
    register: {
      request: { method: 'POST', path: '/apps/{settings.appId}/hooks', body: { topic: '{topic}', field: '{field}' } },
      capture: { id: 'id' },
    },
    repair: { request: { method: 'PATCH', path: '/hooks/{subscription.id}', body: { active: true } } },
    remove: { request: { method: 'DELETE', path: '/hooks/{subscription.id}' } },
  },
};

const whole = {
  ...acme,
  app: {
    settings: { appId: { type: 'text', description: 'Id of the app.' } },
    credentials: { developerKey: { description: 'Key of the developer account.' } },
    auth: { name: 'key', kind: 'query', requires: ['developerKey'], query: { key: '{credentials.developerKey}' } },
    errors: [{ status: [401], failure: 'credentials-refused', help: 'Check the key.' }],
  },
  inbound: [way],
};

const linked = () => {
  const { connector, diagnostics } = linkConnector(whole, context);
  if (connector === null) throw new Error(JSON.stringify(diagnostics));
  return connector;
};

/** What is said of the definition with one value changed. */
function said(steps: readonly (string | number)[], value: unknown): string[] {
  return linkConnector(broken(steps, value, whole), context).diagnostics.map(
    ({ code, severity, pointer }) => `${severity} ${code} ${pointer}`,
  );
}

describe('a connector whose webhooks belong to the app', () => {
  const at = ['inbound', 0, 'subscriptions'];
  test.each<[string, readonly (string | number)[], unknown, string]>([
    ['no app', ['app'], undefined, 'inbound-contradiction /inbound/0/subscriptions/owner'],
    [
      'nobody whose an event is',
      ['inbound', 0, 'route'],
      undefined,
      'inbound-contradiction /inbound/0/subscriptions/owner',
    ],
    ['nowhere to send', [...at, 'target'], undefined, 'inbound-contradiction /inbound/0/subscriptions/register'],
    ['more than are kept', [...at, 'limit'], 3, 'inbound-contradiction /inbound/0/subscriptions/limit'],
    [
      'a secret that the app has',
      [...at, 'register', 'request', 'query'],
      { s: '{callback.secret}' },
      'inbound-contradiction /inbound/0/subscriptions',
    ],
    [
      'a secret that is told',
      [...at, 'register', 'credentials'],
      { secret: 's' },
      'inbound-contradiction /inbound/0/subscriptions',
    ],
    [
      'a setting of nobody',
      [...at, 'remove', 'request', 'path'],
      '/{settings.appid}',
      'connector-template /inbound/0/subscriptions/remove/request/path',
    ],
    [
      'an object of nobody',
      [...at, 'fieldTopics', 'topics'],
      { contact: 'changed', person: 'x' },
      'object-unknown /inbound/0/subscriptions/fieldTopics/topics/person',
    ],
    [
      'a field that is asked of none',
      [...at, 'fieldTopics', 'except'],
      ['Id', 'Updated', 'Created', 'Note'],
      'inbound-contradiction /inbound/0/subscriptions/fieldTopics/except/3',
    ],
    [
      'nothing that puts right',
      [...at, 'repair'],
      undefined,
      'inbound-contradiction /inbound/0/subscriptions/list/expect',
    ],
    [
      'nothing to put right',
      [...at, 'list', 'expect'],
      undefined,
      'inbound-contradiction /inbound/0/subscriptions/repair',
    ],
    [
      'a credential of nobody',
      ['app', 'auth', 'requires'],
      ['developerkey'],
      'connector-credential-missing /app/auth/requires/0',
    ],
    [
      'a setting twice',
      ['app', 'settings', 'host'],
      { type: 'text', description: 'x' },
      'inbound-contradiction /app/settings/host',
    ],
    [
      'a default that does not fit',
      ['app', 'settings', 'appId', 'default'],
      7,
      'setting-invalid /app/settings/appId/default',
    ],
    ['an owner of nobody', [...at, 'owner'], 'vendor', 'connector-schema /inbound/0/subscriptions/owner'],
  ])('and that has %s is told so there', (_, steps, value, finding) => {
    expect(said(steps, value)).toContain(`error ${finding}`);
  });

  it('asks for a topic of each field that its records are asked with', () => {
    const rules = linked().inbound.get('events')?.subscriptions;
    expect(rules?.topics).toEqual([
      { object: 'contact', topic: 'made', field: null },
      { object: 'contact', topic: 'gone', field: null },
      { object: 'contact', topic: 'changed', field: 'Email' },
      { object: 'contact', topic: 'changed', field: 'Score' },
    ]);
    expect(rules).toMatchObject({ owner: 'app', namesUrl: false, target: { owner: 'app', namesUrl: true } });
  });

  it('finds the one of a field, and the one of none, and sees what is not as expected', () => {
    const { list = null } = linked().inbound.get('events')?.subscriptions ?? {};
    if (list === null) throw new Error('no list');
    const hooks = [
      { id: 1, topic: 'changed', field: 'Score', active: true },
      { id: 2, topic: 'changed', field: 'Email', active: false },
      { id: 3, topic: 'made', field: null, active: 'true' },
    ];
    const find = (topic: string, field?: string) => findSubscription(list, { hooks }, { topic, field });
    expect(find('changed', 'Email')).toMatchObject({ captured: { id: '2' }, isWell: false });
    expect(find('changed', 'Score')).toMatchObject({ captured: { id: '1' }, isWell: true });
    expect(find('made')).toMatchObject({ captured: { id: '3' }, isWell: false });
    expect(find('changed')).toBe(null);
  });

  it('leaves the field out of a request that is about none', () => {
    const { register } = linked().inbound.get('events')?.subscriptions ?? {};
    if (register === undefined) throw new Error('no register');
    const values = { settings: { appId: '7' }, callback: { url: 'u', secret: '' }, subscription: {}, nowMs: 0 };
    const bodyOf = (field: string | null) => renderSubscription(register, { ...values, topic: 'made', field }).body;
    expect([bodyOf(null), bodyOf('Email')]).toEqual([{ topic: 'made' }, { topic: 'made', field: 'Email' }]);
  });
});

it('is to its app what it is to an instance, with the app’s own parts', () => {
  const own = appConnector(linked());
  if (own === null) throw new Error('no app');
  expect(Object.keys(own.definition.settings)).toEqual(['host', 'version', 'pageSize', 'appId']);
  expect(own.definition.auth.map(({ name }) => name)).toEqual(['key']);
  expect(own.definition.http.errors?.[0]).toMatchObject({ help: 'Check the key.' });
  expect(appParts(own, { appId: '7', developerKey: 'k', secret: 's', appid: '8' })).toEqual({
    settings: { appId: '7' },
    credentials: { developerKey: 'k', secret: 's' },
    unknown: ['appid'],
  });
  const { app: _, ...without } = whole;
  const plain = linkConnector({ ...without, inbound: undefined }, context).connector;
  expect(plain === null ? undefined : appConnector(plain)).toBe(null);
});
