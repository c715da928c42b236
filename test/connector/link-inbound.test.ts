/** A way that lets a stranger in, or an event go astray, is refused where it is written. */
import { describe, expect, test } from 'vitest';
import { linkConnector } from '../../src/connector/link.ts';
import { createLinkContext, loadDialects } from '../../src/connector/load.ts';
import { renderRead, renderReadMany } from '../../src/connector/render-read.ts';
import { acme, broken } from './acme.ts';

const context = createLinkContext((await loadDialects()).dialects);

const signed = {
  name: 'signed',
  auth: {
    kind: 'hmac',
    algorithm: 'sha256',
    key: { credential: 'secret' },
    signature: { header: 'X-Acme-Signature', prefix: 'v1=', split: ',', encoding: 'hex' },
    message: '{timestamp}.{body}',
  },
  timestamp: { header: 'X-Acme-Time', unit: 's' },
  events: [{ object: "'contact'", objectId: 'id', change: 'change', account: 'host' }],
  route: 'host',
  handshake: [
    { when: { expression: "type = 'challenge'" }, respond: { kind: 'echo-json-field', path: 'a', field: 'a' } },
  ],
  subscriptions: {
    topics: { contact: ['contact.created', 'contact.deleted'] },
    register: {
      request: {
        method: 'PUT',
        path: '/hooks',
        query: { v: '{settings.version}' },
        body: { url: '{callback.url}', secret: '{callback.secret}', topic: '{topic}' },
      },
      capture: { id: 'data.id' },
      credentials: { secret: 'data.secret' },
      expiresAt: 'data.expires',
    },
    list: {
      request: { method: 'GET', path: '/hooks', query: { url: '{callback.url}' } },
      items: 'data',
      match: { url: '{callback.url}', topic: '{topic}' },
      capture: { id: 'id' },
    },
    renew: { request: { method: 'PATCH', path: '/hooks/{subscription.id}' }, lifeSeconds: 60 },
    remove: { request: { method: 'DELETE', path: '/hooks/{subscription.id}' } },
  },
};

const whole = {
  ...acme,
  objects: { contact: { ...acme.objects.contact, read: { request: { method: 'GET', path: '/contacts/{id}' } } } },
  inbound: [signed],
};

function link(definition: unknown) {
  return linkConnector(definition, context);
}

/** What is said of a definition with a value of the way changed: the code and the pointer below the way. */
function said(steps: readonly (string | number)[], value: unknown, from: unknown = whole): string[] {
  return link(broken(['inbound', 0, ...steps], value, from)).diagnostics.map(
    ({ code, severity, pointer }) => `${severity} ${code} ${pointer?.replace('/inbound/0', '')}`,
  );
}

const withAuth = (auth: unknown, more: Readonly<Record<string, unknown>> = {}) => ({
  ...whole,
  inbound: [{ name: 'way', auth, events: [{ object: "'contact'", objectId: 'id', change: 'change' }], ...more }],
});

test('a right way links without a word', () => {
  const { connector, diagnostics } = link(whole);
  expect(diagnostics).toEqual([]);
  expect(connector?.inbound.get('signed')).toMatchObject({
    name: 'signed',
    methods: ['POST'],
    auth: {
      kind: 'hmac',
      signature: { source: { from: 'header', name: 'x-acme-signature' }, split: ',', prefix: 'v1=', encoding: 'hex' },
      messages: [[{ part: 'timestamp' }, { part: 'literal', text: '.' }, { part: 'body' }]],
    },
    timestamp: { source: { from: 'header', name: 'x-acme-time' }, unit: 's', windowMs: 300_000 },
    maxBytes: 1_048_576,
    format: 'json',
    route: 'host',
    ack: { status: 200, contentType: null, body: '' },
    onInvalid: 401,
    subscriptions: {
      topics: [
        { object: 'contact', topic: 'contact.created' },
        { object: 'contact', topic: 'contact.deleted' },
      ],
      register: { request: { method: 'PUT' }, expiresAt: ['data', 'expires'], lifeMs: null },
      renew: { request: { method: 'PATCH' }, lifeMs: 60_000 },
      remove: { request: { method: 'DELETE' } },
      list: { request: { method: 'GET' }, items: ['data'], expiresAt: null },
      usesSecret: true,
      renewBeforeMs: 3_600_000,
    },
  });
  const register = connector?.inbound.get('signed')?.subscriptions?.register;
  expect(register?.request.body?.render({ callback: { url: 'u', secret: 's' }, topic: 't' })).toEqual({
    url: 'u',
    secret: 's',
    topic: 't',
  });
  expect(register?.capture.get('id')).toEqual(['data', 'id']);
});

describe('a way that is wrong in one place says so there', () => {
  test.each<[string, readonly (string | number)[], unknown, string]>([
    ['no key', ['auth', 'key'], undefined, 'error connector-schema /auth'],
    ['an empty message', ['auth', 'message'], '', 'error connector-schema /auth/message'],
    ['a kind of nobody', ['auth', 'kind'], 'md5', 'error connector-schema /auth/kind'],
    [
      'a credential of nobody',
      ['auth', 'key', 'credential'],
      'secrt',
      'error connector-credential-missing /auth/key/credential',
    ],
    ['another of nobody', ['auth', 'key', 'previous'], 'old', 'error connector-credential-missing /auth/key/previous'],
    ['an unknown part', ['auth', 'message'], '{timestamp}.{boddy}{body}', 'error inbound-message /auth/message'],
    ['an open brace', ['auth', 'message'], '{timestamp}.{body', 'error connector-template /auth/message'],
    ['no body in the message', ['auth', 'message'], '{timestamp}', 'error inbound-unsigned /auth/message'],
    ['the time outside of the message', ['auth', 'message'], '{body}', 'error inbound-unsigned /timestamp'],
    [
      'or only in one of them',
      ['auth', 'message'],
      ['{timestamp}{body}', '{body}'],
      'error inbound-unsigned /timestamp',
    ],
    ['no time where one is signed', ['timestamp'], undefined, 'error inbound-contradiction /auth/message'],
    ['no place of the time', ['timestamp', 'header'], undefined, 'error inbound-contradiction /timestamp'],
    ['two places of the time', ['timestamp', 'body'], 'sent', 'error inbound-contradiction /timestamp'],
    [
      'no place of the signature',
      ['auth', 'signature', 'header'],
      undefined,
      'error inbound-contradiction /auth/signature',
    ],
    ['two places of the signature', ['auth', 'signature', 'query'], 's', 'error inbound-contradiction /auth/signature'],
    [
      'a header that cannot be',
      ['auth', 'signature', 'header'],
      'X Acme',
      'error inbound-contradiction /auth/signature/header',
    ],
    [
      'a form where there is none',
      ['auth', 'message'],
      '{timestamp}{form.sorted}',
      'error inbound-contradiction /auth/message',
    ],
    ['a field where there is no form', ['formField'], 'payload', 'error inbound-contradiction /formField'],
    [
      'a URL decoded by nothing',
      ['auth', 'message'],
      '{url.decoded}{timestamp}{body}',
      'error inbound-contradiction /auth/message',
    ],
    [
      'the secret in a keyed hash',
      ['auth', 'message'],
      '{secret}{timestamp}{body}',
      'error inbound-contradiction /auth/message',
    ],
    ['a setting of nobody', ['route'], 'hosst', 'error setting-unknown /route'],
    ['no account to route by', ['events', 0, 'account'], undefined, 'error inbound-contradiction /events/0'],
    ['an account and no route', ['route'], undefined, 'error inbound-contradiction /events/0/account'],
    ['an object of nobody', ['events', 0, 'object'], "'contcat'", 'error object-unknown /events/0/object'],
    [
      'an object of nobody in a list',
      ['events', 0, 'objects'],
      { Person: 'person' },
      'error object-unknown /events/0/objects/Person',
    ],
    ['a change of nobody', ['events', 0, 'changes'], { a: 'made' }, 'error connector-schema /events/0/changes/a'],
    ['an expression', ['events', 0, 'objectId'], 'id[', 'error mapping-syntax /events/0/objectId'],
    ['a variable of nobody', ['events', 0, 'objectId'], '$hedaers.id', 'error mapping-syntax /events/0/objectId'],
    [
      'a setting in an expression',
      ['events', 0, 'objectId'],
      '$settings.id',
      'error mapping-syntax /events/0/objectId',
    ],
    ['no reader', ['events'], [], 'error connector-schema /events'],
    ['a challenge’s path', ['handshake', 0, 'respond', 'path'], 'a[', 'error connector-path /handshake/0/respond/path'],
    ['a condition of nothing', ['handshake', 0, 'when'], {}, 'error connector-schema /handshake/0/when'],
    [
      'a topic’s object',
      ['subscriptions', 'topics'],
      { person: ['x'] },
      'error object-unknown /subscriptions/topics/person',
    ],
    [
      'topics by name where no object goes by name',
      ['subscriptions', 'topicsByName'],
      ['{object.name}'],
      'error inbound-contradiction /subscriptions/topicsByName',
    ],
    [
      'a topic by name that nothing fills',
      ['subscriptions', 'topicsByName'],
      ['{object.set}'],
      'error connector-template /subscriptions/topicsByName/0',
    ],
    [
      'a name before it is captured',
      ['subscriptions', 'register', 'request', 'path'],
      '/{subscription.id}',
      'error connector-template /subscriptions/register/request/path',
    ],
    [
      'a name before the request that captures it',
      ['subscriptions', 'prepare'],
      [
        { request: { method: 'GET', path: '/kinds/{subscription.kind}' }, capture: { kind: 'id' } },
        { request: { method: 'GET', path: '/kinds/{subscription.kind}' }, capture: { name: 'id' } },
      ],
      'error connector-template /subscriptions/prepare/0/request/path',
    ],
    [
      'a name that is not kept',
      ['subscriptions'],
      {
        prepare: [{ request: { method: 'GET', path: '/kinds' }, capture: { kind: 'id' } }],
        register: { request: { method: 'POST', path: '/hooks/{subscription.kind}' } },
        remove: { request: { method: 'DELETE', path: '/hooks/{subscription.kind}' } },
      },
      'error connector-template /subscriptions/remove/request/path',
    ],
    [
      'a name that nobody captures',
      ['subscriptions', 'remove', 'request', 'path'],
      '/{subscription.key}',
      'error connector-template /subscriptions/remove/request/path',
    ],
    [
      'a list of what nobody could remove',
      ['subscriptions', 'list', 'capture'],
      { key: 'id' },
      'error inbound-contradiction /subscriptions/list',
    ],
    [
      'a secret in a list',
      ['subscriptions', 'list', 'match'],
      { secret: '{callback.secret}' },
      'error connector-template /subscriptions/list/match/secret',
    ],
    [
      'a credential that is answered',
      ['subscriptions', 'register', 'credentials'],
      { x: 'a' },
      'error connector-credential-missing /subscriptions/register/credentials/x',
    ],
    ['too large a limit', ['maxBytes'], 1e12, 'error connector-schema /maxBytes'],
    ['an unknown word', ['retries'], 1, 'error connector-schema /retries'],
  ])('%s', (_what, steps, value, expected) => {
    const found = said(steps, value);
    expect(found).toContain(expected);
    expect(link(broken(['inbound', 0, ...steps], value, whole)).connector).toBe(null);
  });

  test('a secret for the vendor that nothing verifies by', () => {
    const none = { kind: 'none', equals: [{ path: 'host', value: '{settings.host}' }] };
    const { subscriptions } = signed;
    const { credentials: _, ...register } = subscriptions.register;
    const unverified = withAuth(none, { subscriptions: { ...subscriptions, register } });
    expect(link(unverified).diagnostics).toMatchObject([
      { code: 'inbound-contradiction', pointer: '/inbound/0/subscriptions' },
    ]);
  });

  test('two ways of one name', () => {
    expect(link({ ...whole, inbound: [signed, signed] }).diagnostics).toMatchObject([
      { code: 'inbound-contradiction', pointer: '/inbound/1/name' },
    ]);
  });

  test('and names what was meant', () => {
    const { diagnostics } = link(broken(['inbound', 0, 'auth', 'message'], '{timestamp}.{boddy}{body}', whole));
    expect(diagnostics).toMatchObject([{ help: 'Did you mean {body}?', span: { start: 12, end: 19 } }]);
  });
});

describe('a kind that leaves a hole', () => {
  const key = { credential: 'secret' };
  const signature = { header: 'X-S', encoding: 'hex' };
  test.each<[string, unknown, Readonly<Record<string, unknown>>, string]>([
    [
      'a digest without the secret',
      { kind: 'digest', algorithm: 'sha256', key, signature, message: '{body}' },
      {},
      'error inbound-unsigned /auth/message',
    ],
    ['client certificates', { kind: 'mtls' }, {}, 'error inbound-unsupported /auth'],
    [
      'a constant that proves nothing',
      { kind: 'none', equals: [{ path: 'a', value: 'b' }] },
      {},
      'error inbound-unsigned /auth/equals/0/value',
    ],
    [
      'a setting of nobody',
      { kind: 'none', equals: [{ path: 'a', value: '{settings.b}' }] },
      {},
      'error connector-template /auth/equals/0/value',
    ],
    [
      'a credential compared',
      { kind: 'none', equals: [{ path: 'a', value: '{credentials.secret}' }] },
      {},
      'error connector-template /auth/equals/0/value',
    ],
    ['nothing compared', { kind: 'none', equals: [] }, {}, 'error connector-schema /auth/equals'],
    ['a static secret of nowhere', { kind: 'static', key, value: {} }, {}, 'error inbound-contradiction /auth/value'],
    [
      'items of a header',
      { kind: 'static', key, value: { header: 'X', each: 'value' } },
      {},
      'error inbound-contradiction /auth/value/each',
    ],
    [
      'a time beside a static secret',
      { kind: 'static', key, value: { header: 'X' } },
      { timestamp: { header: 'X-T', unit: 's' } },
      'error inbound-unsigned /timestamp',
    ],
    [
      'an entry without a signature header',
      { kind: 'static', key, value: { header: 'X' } },
      { timestamp: { entry: 't=', unit: 's' } },
      'error inbound-contradiction /timestamp/entry',
    ],
    [
      'a digest of the body that is not signed',
      {
        kind: 'hmac',
        algorithm: 'sha1',
        key,
        signature,
        message: '{method}',
        bodyDigest: { query: 'd', algorithm: 'sha256', encoding: 'hex' },
      },
      {},
      'error inbound-unsigned /auth/message',
    ],
    [
      'a token without the body',
      { kind: 'jwt', jwks: 'https://a.example/keys', algorithms: ['RS256'], token: { header: 'X' } },
      {},
      'warning inbound-unsigned /auth',
    ],
    [
      'a key that is handed over to a signed request',
      { kind: 'hmac', algorithm: 'sha256', key, signature, message: '{body}' },
      {
        handshake: [{ when: { header: 'X-H' }, respond: { kind: 'echo-header', header: 'X-H', credential: 'secret' } }],
      },
      'error inbound-contradiction /handshake/0/respond',
    ],
    [
      'a key that is kept elsewhere',
      { kind: 'hmac', algorithm: 'sha256', key, signature, message: '{body}' },
      {
        handshake: [
          {
            when: { header: 'X-H' },
            signed: false,
            respond: { kind: 'echo-header', header: 'X-H', credential: 'token' },
          },
        ],
      },
      'error inbound-contradiction /handshake/0/respond/credential',
    ],
    [
      'a hash without a key',
      { kind: 'static', key, value: { header: 'X' } },
      {
        handshake: [
          { when: { method: 'GET' }, respond: { kind: 'crc-hmac', query: 'crc', encoding: 'hex', hashField: 'h' } },
        ],
      },
      'error inbound-contradiction /handshake/0/respond',
    ],
    [
      'a hash of nothing',
      { kind: 'hmac', algorithm: 'sha256', key, signature, message: '{body}' },
      { handshake: [{ when: { method: 'GET' }, respond: { kind: 'crc-hmac', encoding: 'hex', hashField: 'h' } }] },
      'error inbound-contradiction /handshake/0/respond',
    ],
  ])('%s', (_what, auth, more, expected) => {
    const { diagnostics } = link(withAuth(auth, more));
    const found = diagnostics.map(
      ({ code, severity, pointer }) => `${severity} ${code} ${pointer?.replace('/inbound/0', '')}`,
    );
    expect(found).toContain(expected);
  });

  test('an event that only names a record which nothing reads is a warning', () => {
    const { connector, diagnostics } = link({ ...whole, objects: acme.objects });
    expect(diagnostics).toMatchObject([
      { code: 'inbound-unread', severity: 'warning', pointer: '/inbound/0/events/0/object' },
    ]);
    expect(connector?.objects.get('contact')?.read).toBe(null);
    const fat = broken(['inbound', 0, 'events', 0, 'record'], '$', { ...whole, objects: acme.objects });
    expect(link(fat).diagnostics).toEqual([]);
  });
});

describe('reading one record', () => {
  const readOf = (read: unknown) => {
    const definition = broken(['objects', 'contact', 'read'], read, whole);
    const { connector, diagnostics } = link(definition);
    return { read: connector?.objects.get('contact')?.read ?? null, diagnostics };
  };
  const request = { method: 'GET', path: '/{settings.version}/contacts/{id}', query: { fields: '{fields}' } };

  test('by its id', () => {
    const { read } = readOf({ request, record: 'data[0]' });
    expect(read?.record).toEqual(['data', 0]);
    expect(read && renderRead(read, '003A', { settings: { version: 'v1' } })).toEqual({
      method: 'GET',
      path: '/v1/contacts/003A',
      query: [['fields', 'Id,Email,Score,Updated,Created']],
      headers: {},
    });
  });

  const several = { method: 'POST', path: '/contacts', query: { ids: '{ids}' }, body: { wanted: '{ids}' } };

  test('several by their ids, each as it is written', () => {
    const written = (each?: unknown) => {
      const { read } = readOf({ request, many: { request: several, most: 9, records: 'data', each } });
      return read?.many && renderReadMany(read.many, ['a', 'b'], { settings: {} });
    };
    expect(written()).toMatchObject({ query: [['ids', 'a,b']], body: { wanted: ['a', 'b'] } });
    expect(written("'{id}'")).toMatchObject({ query: [['ids', "'a','b'"]], body: { wanted: ["'a'", "'b'"] } });
    expect(written({ id: '{id}' })).toMatchObject({ body: { wanted: [{ id: 'a' }, { id: 'b' }] } });
  });

  test.each<[string, object, string]>([
    ['no ids', { request: { method: 'GET', path: '/contacts' } }, 'inbound-contradiction request'],
    ['one id for all', { each: 'id' }, 'inbound-contradiction each'],
    ['a name of nobody', { each: '{ids}' }, 'connector-template each'],
    ['a path that is none', { records: 'data[' }, 'connector-path records'],
    ['an expression that is none', { gone: 'errors[' }, 'mapping-syntax gone'],
    ['one at most', { most: 1 }, 'connector-schema most'],
  ])('never several by %s', (_what, parts, expected) => {
    const { diagnostics } = readOf({ request, many: { request: several, most: 9, records: 'data', ...parts } });
    const at = '/objects/contact/read/many/';
    expect(diagnostics.map(({ code, pointer }) => `${code} ${pointer?.replace(at, '')}`)).toContain(expected);
  });

  test.each(['', '.', '..', 'a/b', "a'b", 'a"b', 'a b', 'a%2fb', 'a?b', 'a#b', 'a\nb', 'ä', 'x'.repeat(256)])(
    'never by the id %j',
    (id) => {
      const { read } = readOf({ request });
      expect(read && renderRead(read, id, { settings: {} })).toBe(null);
    },
  );

  test('by an id of its own kind', () => {
    const { read } = readOf({ request, idPattern: '[0-9]+|\\.+' });
    expect(read && renderRead(read, '17', { settings: {} })?.path).toBe('//contacts/17');
    expect(read && renderRead(read, '003A', { settings: {} })).toBe(null);
    expect(read && renderRead(read, '..', { settings: {} })).toBe(null);
  });

  test.each<[unknown, string]>([
    [{ request: { method: 'GET', path: '/contacts' } }, 'inbound-contradiction'],
    [{ request, idPattern: '[' }, 'connector-schema'],
    [{ request, record: 'a[' }, 'connector-path'],
    [{ request: { method: 'GET', path: '/{since}/{id}' } }, 'connector-template'],
  ])('%j is refused: %s', (read, code) => {
    expect(readOf(read).diagnostics).toMatchObject([{ code, severity: 'error' }]);
  });
});
