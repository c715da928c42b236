import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../../src/server/routes/all.ts';
import { type AServer, startAServer } from './a-server.ts';

let server: AServer;
beforeAll(async () => {
  server = await startAServer();
});
afterAll(() => server.close());

const secured = routes.filter((route) => route.secured);

describe('API keys', () => {
  it('guard all of /v1 but where browsers come back to, whose state is sealed, and nothing else', () => {
    const isGuarded = (path: string) => path.startsWith('/v1/') && path !== '/v1/oauth/callback';
    for (const { path, secured } of routes) expect([path, secured]).toEqual([path, isGuarded(path)]);
  });

  it.each(secured.map(({ method, path }) => ({ method, path })))(
    '$method $path wants one',
    async ({ method, path }) => {
      const { status, headers, body } = await server.call(method, path.replace(/\{\w+\}/g, 'x'), undefined, {
        authorization: '',
      });
      expect([status, body.code]).toEqual([401, 'unauthorized']);
      expect(headers.get('www-authenticate')).toMatch(/^Bearer realm="anyhook"/);
    },
  );

  it('are asked for before the body is looked at', async () => {
    const { status } = await server.call('POST', '/v1/instances', '{broken', { authorization: '' });
    expect(status).toBe(401);
  });

  it.each([
    ['another key', (key: string) => `Bearer ${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`],
    ['half a key', (key: string) => `Bearer ${key.slice(0, 20)}`],
    ['more than the key', (key: string) => `Bearer ${key}A`],
    ['another scheme', (key: string) => `Basic ${key}`],
    ['no scheme', (key: string) => key],
    ['no key', () => 'Bearer'],
    ['two keys', (key: string) => `Bearer ${key}, Bearer ${key}`],
    ['a very long key', () => `Bearer ${'a'.repeat(10_000)}`],
  ])('%s is refused', async (_what, authorization) => {
    const { status, headers } = await server.call('GET', '/v1/connectors', undefined, {
      authorization: authorization(server.key),
    });
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  it('are not read from other places', async () => {
    const answer = await fetch(`${server.url}/v1/connectors?access_token=${server.key}`, {
      headers: { 'x-api-key': server.key, cookie: `key=${server.key}` },
    });
    expect(answer.status).toBe(401);
  });

  it.each(['bearer', 'BEARER', 'Bearer '])('are taken with the scheme as %s', async (scheme) => {
    const { status } = await server.call('GET', '/v1/connectors', undefined, {
      authorization: `${scheme} ${server.key}`,
    });
    expect(status).toBe(200);
  });

  it('are named in the log, and never shown there', async () => {
    await server.call('GET', '/v1/connectors');
    const lines = server
      .logged()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.at(-1)).toMatchObject({ method: 'GET', route: '/v1/connectors', status: 200, key: 'test key' });
    expect(server.logged()).not.toContain(server.key.slice(4));
  });
});
