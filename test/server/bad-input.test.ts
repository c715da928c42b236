/** What is wrong is told with a status, a code, a place and a remedy; nothing that is sent breaks the server. */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AServer, type ProblemBody, startAServer } from './a-server.ts';

let server: AServer;
beforeAll(async () => {
  server = await startAServer();
});
afterAll(async () => {
  // After all of it the server still does its work, and no bug was met.
  expect((await server.call('GET', '/healthz')).status).toBe(200);
  expect(server.logged()).not.toContain('"err"');
  expect(server.answered()).not.toMatch(/\n? {4}at |node_modules|\.ts:\d/);
  await server.close();
});

const good = { connector: 'hubspot', credentials: { accessToken: 'x' } };
/** A vendor whose objects and fields are those of its connector, so that nobody is asked what an account has. */
const fixed = {
  connector: 'quickbooks',
  settings: { realmId: '1' },
  credentials: { clientId: 'x', clientSecret: 'x', refreshToken: 'x' },
};
const withWhere = (where: unknown) => ({ ...good, objects: { contact: { where } } });

interface BadBody {
  readonly what: string;
  readonly body: unknown;
  readonly status: number;
  readonly code: string;
  readonly diagnostics?: readonly object[];
}

const badInstances: readonly BadBody[] = [
  {
    what: 'broken JSON',
    body: '{"connector": "hubspot",\n  "name": }',
    status: 400,
    code: 'request-malformed',
    diagnostics: [{ code: 'usage', line: 2, column: 11 }],
  },
  { what: 'half a body', body: '{"connector": "hub', status: 400, code: 'request-malformed' },
  { what: 'two bodies', body: '{} {}', status: 400, code: 'request-malformed' },
  { what: 'NaN', body: '{"connector": NaN}', status: 400, code: 'request-malformed' },
  { what: 'an empty body', body: '', status: 400, code: 'request-invalid' },
  { what: 'null', body: 'null', status: 400, code: 'request-invalid', diagnostics: [{ pointer: '' }] },
  { what: 'a list', body: [], status: 400, code: 'request-invalid', diagnostics: [{ pointer: '' }] },
  { what: 'a text', body: '"hubspot"', status: 400, code: 'request-invalid', diagnostics: [{ pointer: '' }] },
  { what: '__proto__', body: '{"__proto__": {"x": 1}}', status: 400, code: 'request-malformed' },
  {
    what: '__proto__ with an escape',
    body: '{"settings": {"__pr\\u006fto__": {"x": 1}}}',
    status: 400,
    code: 'request-malformed',
  },
  {
    what: 'a prototype by the constructor',
    body: '{"settings": {"constructor": {"prototype": {"x": 1}}}}',
    status: 400,
    code: 'request-malformed',
  },
  {
    what: 'no connector',
    body: {},
    status: 400,
    code: 'request-invalid',
    diagnostics: [{ code: 'instance-schema', message: 'The property "connector" is missing.' }],
  },
  {
    what: 'an unknown property',
    body: { ...good, nam: 'x' },
    status: 400,
    code: 'request-invalid',
    diagnostics: [{ code: 'instance-schema', pointer: '/nam', help: 'Did you mean "name"?' }],
  },
  {
    what: 'wrong types',
    body: { ...good, name: 5, tags: 'eu', objects: { contact: { enabled: 'yes', intervalSeconds: 0 } } },
    status: 400,
    code: 'request-invalid',
    diagnostics: [
      { pointer: '/name' },
      { pointer: '/tags' },
      { pointer: '/objects/contact/enabled' },
      { pointer: '/objects/contact/intervalSeconds' },
    ],
  },
  {
    what: 'a number that no double holds',
    body: '{"connector": "hubspot", "settings": {"x": 1e999}}',
    status: 400,
    code: 'request-invalid',
    diagnostics: [{ pointer: '/settings/x' }],
  },
  {
    what: 'a credential that is no text',
    body: { ...good, credentials: { accessToken: 5 } },
    status: 400,
    code: 'request-invalid',
  },
  {
    what: 'an unknown format',
    body: { ...good, callback: { url: 'http://a.example', format: 'xml' } },
    status: 400,
    code: 'request-invalid',
  },
  { what: 'the same tag twice', body: { ...good, tags: ['a', 'a'] }, status: 400, code: 'request-invalid' },
  {
    what: 'deep nesting',
    body: `{"connector":${'['.repeat(200_000)}${']'.repeat(200_000)}}`,
    status: 400,
    code: 'request-malformed',
    diagnostics: [{ code: 'usage', message: 'Lists and objects nest deeper than 100 levels here.', column: 113 }],
  },
  {
    what: 'deep nesting in the headers of a callback',
    body: `{"connector":"hubspot","callback":{"url":"http://a.example","headers":{"x":${'[{"a":'.repeat(9_000)}1${'}]'.repeat(9_000)}}}}`,
    status: 400,
    code: 'request-malformed',
  },
  { what: 'deep nesting without end', body: '{"a":'.repeat(100_000), status: 400, code: 'request-malformed' },
  {
    what: 'an unknown connector',
    body: { ...good, connector: 'hubspt' },
    status: 422,
    code: 'rejected',
    diagnostics: [{ code: 'connector-unknown', pointer: '/connector' }],
  },
  {
    what: 'a callback that is no URL',
    body: { ...good, callback: { url: 'not a url' } },
    status: 422,
    code: 'rejected',
    diagnostics: [{ code: 'callback-invalid', pointer: '/callback/url' }],
  },
  {
    what: 'a start that is yet to come',
    body: { ...good, objects: { contact: { start: '2999-01-01T00:00:00Z' } } },
    status: 422,
    code: 'rejected',
    diagnostics: [{ code: 'instance-schema', pointer: '/objects/contact/start' }],
  },
  {
    what: 'a callback to a file',
    body: { ...good, callback: { url: 'file:///etc/passwd' } },
    status: 422,
    code: 'rejected',
    diagnostics: [{ code: 'callback-invalid', pointer: '/callback/url' }],
  },
  {
    what: 'a callback to the metadata of a cloud',
    body: { ...good, callback: { url: 'http://169.254.169.254/latest' } },
    status: 422,
    code: 'rejected',
    diagnostics: [{ code: 'callback-address-forbidden', pointer: '/callback/url' }],
  },
  {
    what: 'missing credentials',
    body: { connector: 'hubspot' },
    status: 422,
    code: 'rejected',
    diagnostics: [{ code: 'credentials-missing' }],
  },
  {
    what: 'an unknown setting',
    body: { ...good, settings: { baseUrll: 'https://a.example' } },
    status: 422,
    code: 'rejected',
    diagnostics: [{ code: 'setting-unknown', pointer: '/settings/baseUrll' }],
  },
  {
    what: 'a missing setting',
    body: { connector: 'salesforce', credentials: { accessToken: 'x' } },
    status: 422,
    code: 'rejected',
  },
  {
    what: 'an unknown object',
    body: { ...fixed, objects: { invioce: {} } },
    status: 422,
    code: 'rejected',
    diagnostics: [{ code: 'object-unknown', pointer: '/objects/invioce' }],
  },
  {
    what: 'an unknown field on the second line of a where',
    body: { ...fixed, objects: { invoice: { where: "DocNumber = 'B'\n  AND emial = 'a'" } } },
    status: 422,
    code: 'rejected',
    diagnostics: [
      {
        code: 'where-unknown-field',
        pointer: '/objects/invoice/where',
        line: 2,
        column: 7,
        span: { start: 22, end: 27 },
      },
    ],
  },
  {
    what: 'a where of 3,000 parentheses',
    body: withWhere(`${'('.repeat(3_000)}city = 'a'${')'.repeat(3_000)}`),
    status: 422,
    code: 'rejected',
    diagnostics: [{ code: 'where-too-deep', pointer: '/objects/contact/where' }],
  },
  {
    what: 'a where of 3,000 NOTs',
    body: withWhere(`${'NOT '.repeat(3_000)}city = 'a'`),
    status: 422,
    code: 'rejected',
  },
  {
    what: 'a where of 500,000 characters',
    body: withWhere(`city = '${'a'.repeat(500_000)}'`),
    status: 422,
    code: 'rejected',
    diagnostics: [{ code: 'where-too-long' }],
  },
  {
    what: 'a where of control characters',
    body: withWhere('\u0000\u0001\u001b[31m\uD800'),
    status: 422,
    code: 'rejected',
  },
];

describe('POST /v1/instances', () => {
  it.each(badInstances)('$what → $status $code', async ({ body, status, code, diagnostics }) => {
    const answer = await server.call('POST', '/v1/instances', body);
    expect({ status: answer.status, code: answer.body.code }).toEqual({ status, code });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    if (diagnostics !== undefined) expect(answer.body.diagnostics).toMatchObject(diagnostics);
    for (const diagnostic of answer.body.diagnostics ?? []) expect(diagnostic.message).not.toBe('');
  });

  it('answers no more than 50 diagnostics, and counts the others', async () => {
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`wrong${index}`, 1]));
    const { status, body } = await server.call('POST', '/v1/instances', { ...good, ...many });
    expect([status, body.diagnostics?.length]).toEqual([400, 50]);
    expect(body.detail).toContain('And 4999 more errors.');
  });

  it('leaves nothing behind of what it refused', async () => {
    const { body } = await server.call<{ items: unknown[] }>('GET', '/v1/instances');
    expect(body.items).toEqual([]);
  });

  it.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=a'])(
    '%s → 415',
    async (mediaType) => {
      const { status, body } = await server.call('POST', '/v1/instances', '{}', { 'content-type': mediaType });
      expect([status, body.code]).toEqual([415, 'media-type-unsupported']);
    },
  );
});

describe('bodies that are too large', () => {
  /** By hand, as fetch may fail to send what the server will not read. */
  function post(
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Promise<{ status: number; body: ProblemBody }> {
    return new Promise((resolve, reject) => {
      const outgoing = request(`${server.url}/v1/instances`, {
        method: 'POST',
        headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json', ...headers },
      });
      outgoing.on('response', async (answer) => {
        const text = (await answer.toArray()).map(String).join('');
        resolve({ status: answer.statusCode ?? 0, body: JSON.parse(text) as ProblemBody });
      });
      outgoing.on('error', reject);
      outgoing.write(body);
    });
  }

  it('are refused by their length, before they are sent', async () => {
    const { status, body } = await post({ 'content-length': '1048577' }, '{');
    expect([status, body.code]).toEqual([413, 'too-large']);
  });

  it('are refused in the middle when they do not tell their length', async () => {
    const { status, body } = await post({ 'transfer-encoding': 'chunked' }, `{"name": "${'x'.repeat(1_100_000)}`);
    expect([status, body.code]).toEqual([413, 'too-large']);
  });

  it('start one byte after 1 MiB', async () => {
    const name = 'x'.repeat(1_048_576 - '{"name":""}'.length);
    expect((await server.call('POST', '/v1/instances', { name })).status).toBe(400);
  });
});

describe('POST /v1/explain', () => {
  it.each([
    ['an unknown property', { connector: 'hubspot', object: 'contact', wher: '' }, 400, 'usage', '/wher'],
    ['an unknown connector', { connector: 'none', object: 'contact' }, 422, 'connector-unknown', '/connector'],
    ['an unknown object', { connector: 'hubspot', object: 'contcat' }, 422, 'object-unknown', '/object'],
    [
      'an unknown field',
      { connector: 'hubspot', object: 'contact', where: 'emial = 1' },
      422,
      'where-unknown-field',
      '/where',
    ],
  ])('%s', async (_what, body, status, code, pointer) => {
    const answer = await server.call('POST', '/v1/explain', body);
    expect(answer.status).toBe(status);
    expect(answer.body.diagnostics).toMatchObject([{ code, pointer }]);
  });
});
