/** What strangers and vendors are answered at the URLs that vendors call: what the OpenAPI document promises, and no more. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderOpenApi } from '../../src/server/openapi.ts';
import { routes } from '../../src/server/routes/all.ts';
import { type AServer, startAServer } from './a-server.ts';
import { operationsOf } from './document-check.ts';

const operations = operationsOf(renderOpenApi(routes));
const clientSecret = 'not-a-real-secret';
const body = '[{"id":"e-1"}]';

let server: AServer;
beforeAll(async () => {
  server = await startAServer();
  const created = await server.call('POST', '/v1/instances', {
    connector: 'quickbooks',
    settings: { realmId: '11', apiUrl: 'http://127.0.0.1:9', tokenUrl: 'http://127.0.0.1:9' },
    credentials: { clientId: 'c', clientSecret: 's', refreshToken: 'r', verifierToken: clientSecret },
    objects: { invoice: {} },
  });
  expect(created.status).toBe(201);
});
afterAll(() => server.close());

const sign = (text: string): Record<string, string> => ({
  'intuit-signature': createHmac('sha256', clientSecret).update(text).digest('base64'),
});
const path = '/v1/inbound/quickbooks/events';

interface Given {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

async function call(given: Given) {
  const method = given.method ?? 'POST';
  const answer = await fetch(server.url + (given.path ?? path), { redirect: 'error', ...given, method });
  const operation = operations.find((each) => each.path === '/v1/inbound/{connector}/{way}' && each.method === method);
  const promised = Object.keys(operation?.operation.responses ?? {});
  expect(promised).toContain(answer.status < 300 ? '2XX' : String(answer.status));
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}

describe('a webhook', () => {
  test('that is signed is taken, whatever type it says it is', async () => {
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'x/y; charset="'])
      expect(await call({ headers: { ...sign(body), 'content-type': type }, body })).toMatchObject({
        status: 200,
        text: '',
      });
  });

  test.each<[string, number, Given]>([
    ['is not signed', 401, { body }],
    ['is signed by another key', 401, { headers: { 'intuit-signature': 'AAAA' }, body }],
    ['has no body', 401, { headers: sign(body) }],
    ['is signed and no JSON', 400, { headers: sign('{'), body: '{' }],
    ['is too large', 413, { headers: sign(body), body: 'x'.repeat(1_048_577) }],
    ['is larger than anything that is taken', 413, { headers: sign(body), body: 'x'.repeat(30_000_000) }],
    ['comes by another method', 405, { method: 'PUT', headers: sign(body), body }],
    ['comes by GET', 405, { method: 'GET' }],
    ['comes by HEAD', 405, { method: 'HEAD' }],
    ['comes by OPTIONS', 405, { method: 'OPTIONS' }],
  ])('that %s is answered %i and nothing else', async (_what, status, given) => {
    const answer = await call(given);
    expect(answer).toMatchObject({ status, text: '' });
    expect(answer.headers.get('content-type')).toBe(null);
    expect(answer.headers.get('allow')).toBe(status === 405 ? 'POST' : null);
  });

  test.each([
    '/v1/inbound/none/events',
    '/v1/inbound/quickbooks/none',
    '/v1/inbound/quickbooks/events/ins_none',
    '/v1/inbound/__proto__/constructor',
  ])('to %s is told that there is nothing', async (to) => {
    const answer = await call({ path: to, headers: sign(body), body });
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'not-found' });
  });
});

test('an error here is logged, and no stranger hears more than a status', async () => {
  const broken = await startAServer();
  try {
    await broken.store.close();
    const answer = await fetch(broken.url + path, { method: 'POST', headers: sign(body), body });
    expect([answer.status, await answer.text()]).toEqual([500, '']);
    expect(broken.logged()).toContain('webhook failed');
  } finally {
    await broken.close().catch(() => undefined);
  }
});
