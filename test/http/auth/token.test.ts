import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import type { AuthMethod, TokenAuth } from '../../../src/definition/connector.ts';
import { Failure } from '../../../src/diagnostic/failure.ts';
import { chooseAuth } from '../../../src/http/auth/choose.ts';
import type { VendorRequest } from '../../../src/http/client.ts';
import type { VendorClientOptions } from '../../../src/http/vendor-client.ts';
import { virtualClock } from '../../suite/virtual-clock.ts';
import { clientOf, type Handler, sendJson, startVendor, type VendorServer } from '../vendor-server.ts';

const get: VendorRequest = { method: 'GET', path: '/contacts', query: [], headers: {} };
const credentials = { clientId: 'client-id-77', clientSecret: 'cl1ent s3cret&', refreshToken: 'refresh-0-zzz' };
const opened: VendorServer[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((server) => server.close()));
});

async function vendor(handler: Handler): Promise<VendorServer> {
  const server = await startVendor(handler);
  opened.push(server);
  return server;
}

async function failureOf(sending: Promise<unknown>): Promise<Failure> {
  const error = await sending.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Failure)) throw new Error('expected a Failure', { cause: error });
  return error;
}

function tokenAuth(token: Partial<TokenAuth['token']> = {}, rest: Partial<TokenAuth> = {}): TokenAuth {
  return {
    name: 'refresh',
    kind: 'token',
    requires: ['clientId', 'clientSecret', 'refreshToken'],
    token: {
      url: '{settings.baseUrl}/token',
      form: {
        grant_type: 'refresh_token',
        client_id: '{credentials.clientId}',
        client_secret: '{credentials.clientSecret}',
        refresh_token: '{credentials.refreshToken}',
        scope: '{settings.scope}',
      },
      ...token,
    },
    headers: { Authorization: 'Bearer {auth.accessToken}' },
    ...rest,
  };
}

const connect = (server: VendorServer, auth: AuthMethod, options: Partial<VendorClientOptions> = {}) =>
  clientOf(server.origin, { auth, credentials, ...options });

/** A vendor whose tokens are `token-1-abc`, `token-2-abc`, …, good until the next one is made or `expired` says no. */
function tokenVendor(answer: (number: number) => object, expired: (token: string) => boolean = () => false): Handler {
  let issued = 0;
  return ({ url, headers }, response) => {
    if (url.pathname === '/token') {
      issued += 1;
      return sendJson(response, 200, { access_token: `token-${issued}-abc`, ...answer(issued) });
    }
    const token = (headers.authorization ?? '').replace('Bearer ', '');
    if (token !== `token-${issued}-abc` || expired(token))
      return sendJson(response, 401, [{ message: `Session ${token} expired` }]);
    return sendJson(response, 200, { token });
  };
}

const asked = (server: VendorServer, path: string) => server.received.filter(({ url }) => url.pathname === path);

describe('the token request', () => {
  it('is a form; what renders to nothing is left out', async () => {
    const server = await vendor(tokenVendor(() => ({ expires_in: 3600 })));
    const { client } = connect(server, tokenAuth());
    expect((await client.send(get)).body).toEqual({ token: 'token-1-abc' });
    const [request] = server.received;
    expect(request?.method).toBe('POST');
    expect(request?.headers).toMatchObject({
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    });
    expect(request?.headers).not.toHaveProperty('authorization');
    expect(Object.fromEntries(new URLSearchParams(request?.text))).toEqual({
      grant_type: 'refresh_token',
      client_id: 'client-id-77',
      client_secret: 'cl1ent s3cret&',
      refresh_token: 'refresh-0-zzz',
    });
    await client.close();
  });

  it('may be JSON, or name the client by Basic', async () => {
    const server = await vendor(tokenVendor(() => ({})));
    const basic: [string, string] = ['{credentials.clientId}', '{credentials.clientSecret}'];
    const { client } = connect(
      server,
      tokenAuth({ json: { grant_type: 'client_credentials' }, basic, headers: { 'X-Extra': '1' } }),
    );
    await client.send(get);
    expect(server.received[0]?.text).toBe('{"grant_type":"client_credentials"}');
    const authorization = `Basic ${Buffer.from('client-id-77:cl1ent s3cret&').toString('base64')}`;
    expect(server.received[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      authorization,
      'x-extra': '1',
    });
    await client.close();
  });

  it('signs an assertion anew by the endpoint’s clock when that is far from ours, and once only', async () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const clock = virtualClock(Date.parse('2026-11-20T12:00:00Z'));
    const endpointMs = clock.now() + 3_600_000;
    let isKeyGood = true;
    const server = await vendor(({ url, text }, response) => {
      if (url.pathname !== '/token') return sendJson(response, 200, {});
      const [, claims = ''] = (new URLSearchParams(text).get('assertion') ?? '').split('.');
      const { exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { exp: number };
      const date = { date: new Date(endpointMs).toUTCString() };
      if (isKeyGood && exp * 1_000 > endpointMs) sendJson(response, 200, { access_token: 'abcd' }, date);
      else sendJson(response, 400, { error: 'invalid_grant' }, date);
    });
    const asked = () => server.received.filter(({ url }) => url.pathname === '/token').length;
    const assertion = { algorithm: 'RS256', key: '{credentials.privateKey}', claims: { iss: 'x' } } as const;
    const auth = tokenAuth({ form: { assertion: '{assertion}' }, assertion }, { requires: ['privateKey'] });
    const first = connect(server, auth, { clock, credentials: { privateKey } });
    await first.client.send(get);
    expect(asked()).toBe(2);
    isKeyGood = false;
    const second = connect(server, auth, { clock, credentials: { privateKey } });
    expect(await failureOf(second.client.send(get))).toMatchObject({ code: 'credentials-refused' });
    expect(asked()).toBe(4);
    await Promise.all([first.client.close(), second.client.close()]);
  });

  it('gives what later requests are built from', async () => {
    const server = await vendor(({ url }, response) =>
      url.pathname === '/token'
        ? sendJson(response, 200, { data: { token: 'abcd' }, instance_url: `${server.origin}/my`, n: 7 })
        : sendJson(response, 200, {}),
    );
    const auth = tokenAuth(
      { accessToken: 'data.token', expiresIn: null },
      { capture: { instanceUrl: 'instance_url', shard: 'n' } },
    );
    const http = { baseUrl: '{auth.instanceUrl}/v1', headers: { 'X-Shard': '{auth.shard}' } };
    const { client } = connect(server, auth, { http });
    await client.send(get);
    expect(server.received[1]?.url.pathname).toBe('/my/v1/contacts');
    expect(server.received[1]?.headers).toMatchObject({ authorization: 'Bearer abcd', 'x-shard': '7' });
    await client.close();
  });

  it('does not carry the credentials to a redirect’s target', async () => {
    const server = await vendor((_, response) => response.writeHead(307, { location: '/elsewhere' }).end());
    const { client } = connect(server, tokenAuth());
    expect(await failureOf(client.send(get))).toMatchObject({ code: 'request-refused' });
    expect(server.received).toHaveLength(1);
    await client.close();
  });
});

describe('a token', () => {
  it('is asked for once by all who wait', async () => {
    const server = await vendor(tokenVendor(() => ({ expires_in: 3600 })));
    const { client } = connect(server, tokenAuth());
    await Promise.all(Array.from({ length: 20 }, () => client.send(get)));
    await client.send(get);
    expect(asked(server, '/token')).toHaveLength(1);
    await client.close();
  });

  it.each([
    [3600, 3539, 3541],
    [100, 89, 91],
    ['1800', 1739, 1741],
  ])('of %s seconds is used for %i and renewed by %i', async (life, before, after) => {
    const server = await vendor(tokenVendor(() => ({ expires_in: life })));
    const { client, clock } = connect(server, tokenAuth());
    await client.send(get);
    clock.advance(before * 1000);
    await client.send(get);
    expect(asked(server, '/token')).toHaveLength(1);
    clock.advance((after - before) * 1000);
    await client.send(get);
    expect(asked(server, '/token')).toHaveLength(2);
    await client.close();
  });

  it('without a told life is used until it is refused', async () => {
    const dead = new Set<string>();
    const server = await vendor(
      tokenVendor(
        () => ({}),
        (token) => dead.has(token),
      ),
    );
    const { client, clock } = connect(server, tokenAuth({ expiresIn: null }));
    await client.send(get);
    clock.advance(1e9);
    await client.send(get);
    dead.add('token-1-abc');
    const answers = await Promise.all(Array.from({ length: 8 }, () => client.send(get)));
    expect(answers.map(({ body }) => body)).toEqual(Array.from({ length: 8 }, () => ({ token: 'token-2-abc' })));
    expect(asked(server, '/token')).toHaveLength(2);
    await client.close();
  });

  it('that is refused again after renewal is the end of it', async () => {
    const server = await vendor(
      tokenVendor(
        () => ({}),
        () => true,
      ),
    );
    const { client } = connect(server, tokenAuth());
    const failure = await failureOf(client.send(get));
    expect(failure).toMatchObject({ code: 'credentials-refused', retryable: false });
    expect(failure.message).toBe('GET /contacts was answered 401: Session [secret] expired');
    expect(asked(server, '/contacts')).toHaveLength(2);
    await client.close();
  });

  it('expires by the definition’s word too, whatever the status', async () => {
    let issued = 0;
    const server = await vendor(({ url }, response, number) => {
      if (url.pathname === '/token') return sendJson(response, 200, { access_token: `t${++issued}` });
      return number === 2
        ? sendJson(response, 200, { fault: { error: [{ code: '3200' }] } })
        : sendJson(response, 200, { ok: issued });
    });
    const errors = [{ path: 'fault.error[0].code', equals: '3200', failure: 'credentials-expired' as const }];
    const { client } = connect(server, tokenAuth(), { http: { baseUrl: '{settings.baseUrl}', errors } });
    expect((await client.send(get)).body).toEqual({ ok: 2 });
    await client.close();
  });
});

describe('rotation', () => {
  const rotating = tokenAuth({ rotates: { refreshToken: 'refresh_token' } });

  it('saves the new credential before the token is used', async () => {
    const events: string[] = [];
    const issue = tokenVendor((number) => ({ refresh_token: `refresh-${number}-zzz`, expires_in: 3600 }));
    const server = await vendor((received, response, number) => {
      events.push(received.url.pathname);
      issue(received, response, number);
    });
    const saveCredentials = async (changed: Readonly<Record<string, string>>): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      events.push(`saved ${JSON.stringify(changed)}`);
    };
    const { client, clock } = connect(server, rotating, { saveCredentials });
    await Promise.all([client.send(get), client.send(get)]);
    clock.advance(3_600_000);
    await client.send(get);
    expect(events).toEqual([
      '/token',
      'saved {"refreshToken":"refresh-1-zzz"}',
      '/contacts',
      '/contacts',
      '/token',
      'saved {"refreshToken":"refresh-2-zzz"}',
      '/contacts',
    ]);
    const sent = asked(server, '/token').map(({ text }) => new URLSearchParams(text).get('refresh_token'));
    expect(sent).toEqual(['refresh-0-zzz', 'refresh-1-zzz']);
    await client.close();
  });

  it('does not use a token whose credential could not be saved, and does not lose the credential', async () => {
    const server = await vendor(tokenVendor((number) => ({ refresh_token: `refresh-${number}-zzz` })));
    let failing = true;
    const saved: unknown[] = [];
    const saveCredentials = async (changed: Readonly<Record<string, string>>): Promise<void> => {
      if (failing) throw new Failure('store-locked', 'disk', { retryable: true });
      saved.push(changed);
    };
    const { client } = connect(server, rotating, { saveCredentials });
    expect(await failureOf(client.send(get))).toMatchObject({ code: 'store-locked' });
    expect(asked(server, '/contacts')).toEqual([]);
    failing = false;
    await client.send(get);
    expect(new URLSearchParams(asked(server, '/token')[1]?.text).get('refresh_token')).toBe('refresh-1-zzz');
    expect(saved).toEqual([{ refreshToken: 'refresh-2-zzz' }]);
    await client.close();
  });

  it('saves what it could not save before, also when the vendor replaces nothing this time', async () => {
    const server = await vendor(tokenVendor((number) => (number === 1 ? { refresh_token: 'refresh-1-zzz' } : {})));
    let failing = true;
    const saved: unknown[] = [];
    const saveCredentials = async (changed: Readonly<Record<string, string>>): Promise<void> => {
      if (failing) throw new Failure('store-unavailable', 'disk', { retryable: true });
      saved.push(changed);
    };
    const { client } = connect(server, rotating, { saveCredentials });
    expect(await failureOf(client.send(get))).toMatchObject({ code: 'store-unavailable' });
    failing = false;
    await client.send(get);
    expect(saved).toEqual([{ refreshToken: 'refresh-1-zzz' }]);
    await client.close();
  });

  it('is not lost when the client closes in the middle of it', async () => {
    const issue = tokenVendor((number) => ({ refresh_token: `refresh-${number}-zzz` }));
    const server = await vendor((...exchange) => void setTimeout(() => issue(...exchange), 60));
    const saved: unknown[] = [];
    const { client } = connect(server, rotating, { saveCredentials: async (changed) => void saved.push(changed) });
    const sending = failureOf(client.send(get));
    while (server.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    const closing = client.close();
    expect((await sending).message).toContain('closed');
    expect(saved).toEqual([]);
    await closing;
    expect(saved).toEqual([{ refreshToken: 'refresh-1-zzz' }]);
    expect(await failureOf(client.send(get))).toMatchObject({ code: 'vendor-unreachable' });
    expect(server.received).toHaveLength(1);
  });

  it('saves nothing when nothing changed', async () => {
    const server = await vendor(
      tokenVendor((number) => (number === 1 ? { refresh_token: credentials.refreshToken } : {})),
    );
    const saved: unknown[] = [];
    const { client } = connect(server, rotating, { saveCredentials: async (changed) => void saved.push(changed) });
    await client.send(get);
    expect(saved).toEqual([]);
    await client.close();
  });
});

describe('a token endpoint that fails', () => {
  const refusing =
    (status: number, body: unknown, headers: Record<string, string> = {}): Handler =>
    (_, response) =>
      sendJson(response, status, body, headers);

  it.each([
    [
      400,
      { error: 'invalid_grant', error_description: 'expired access/refresh token' },
      'expired access/refresh token',
    ],
    [
      400,
      { status: 'BAD_REFRESH_TOKEN', message: 'missing or invalid refresh token' },
      'missing or invalid refresh token',
    ],
    [401, { error: 'invalid_client' }, 'invalid_client'],
    [200, { error: 'bad_verification_code' }, 'bad_verification_code'],
    [403, '<html>', 'answered 403.'],
  ])('by %i %j refuses the credentials', async (status, body, words) => {
    const server = await vendor(refusing(status, body));
    const { client } = connect(server, tokenAuth());
    const failure = await failureOf(client.send(get));
    expect(failure).toMatchObject({ code: 'credentials-refused', retryable: false });
    expect(failure.message).toContain(words);
    expect(server.received).toHaveLength(1);
    await client.close();
  });

  it.each([
    [500, {}, 'vendor-unavailable'],
    [503, '<html>', 'vendor-unavailable'],
    [200, '<html>', 'vendor-answer-unreadable'],
    [200, '', 'vendor-answer-unreadable'],
    [200, {}, 'vendor-answer-unreadable'],
    [200, { access_token: null }, 'vendor-answer-unreadable'],
    [429, { error: 'slow_down' }, 'vendor-throttled'],
  ])('by %i %j is tried again', async (status, body, code) => {
    const server = await vendor(refusing(status, body));
    const { client } = connect(server, tokenAuth());
    expect(await failureOf(client.send(get))).toMatchObject({ code, retryable: true });
    expect(server.received).toHaveLength(5);
    await client.close();
  });

  it('for a while is waited for', async () => {
    const good = tokenVendor(() => ({}));
    const server = await vendor((received, response, number) =>
      number === 1 ? sendJson(response, 429, {}, { 'Retry-After': '4' }) : good(received, response, number),
    );
    const { client, clock } = connect(server, tokenAuth());
    await client.send(get);
    expect(clock.slept).toEqual([4000]);
    await client.close();
  });

  it('fails all who wait, and is asked anew by the next', async () => {
    const good = tokenVendor(() => ({}));
    const server = await vendor((received, response, number) =>
      number === 1 ? sendJson(response, 400, { error: 'invalid_grant' }) : good(received, response, number),
    );
    const { client } = connect(server, tokenAuth());
    const failures = await Promise.all([failureOf(client.send(get)), failureOf(client.send(get))]);
    expect(failures.map(({ code }) => code)).toEqual(['credentials-refused', 'credentials-refused']);
    expect((await client.send(get)).status).toBe(200);
    await client.close();
  });

  it('to hold what the capture needs is no answer', async () => {
    const server = await vendor(refusing(200, { access_token: 'abcd' }));
    const { client } = connect(server, tokenAuth({}, { capture: { instanceUrl: 'instance_url' } }));
    expect((await failureOf(client.send(get))).message).toContain('instance_url');
    await client.close();
  });

  it('does not keep a sender who gives up', async () => {
    const server = await vendor(() => undefined);
    const { client } = connect(server, tokenAuth(), { http: { baseUrl: '{settings.baseUrl}', timeoutMs: 200 } });
    const controller = new AbortController();
    const sending = failureOf(client.send(get, controller.signal));
    setTimeout(() => controller.abort(), 20);
    expect((await sending).code).toBe('vendor-unreachable');
    await client.close();
  });
});

describe('no failure shows a secret', () => {
  /** Everything that a log could print of an error. */
  const shown = (error: unknown): string =>
    `${inspect(error, { depth: 20, showHidden: true })}${JSON.stringify(error)}`;
  const echo: Handler = ({ url, headers, text }, response) =>
    sendJson(response, Number(url.searchParams.get('status') ?? 400), {
      message: `bad: ${text} ${decodeURIComponent(text)} ${headers.authorization} ${url.search} ${Buffer.from(headers.authorization ?? '').toString()}`,
    });
  const basic: AuthMethod = {
    name: 'basic',
    kind: 'basic',
    requires: [],
    username: '{credentials.clientId}',
    password: '{credentials.clientSecret}',
  };
  const header: AuthMethod = {
    name: 'key',
    kind: 'header',
    requires: [],
    headers: { 'X-Key': 'Key {credentials.clientSecret}', Authorization: '{credentials.refreshToken}' },
  };
  const secrets = [
    ...Object.values(credentials),
    encodeURIComponent(credentials.clientSecret),
    Buffer.from(`${credentials.clientId}:${credentials.clientSecret}`).toString('base64'),
  ];

  it.each<[string, AuthMethod]>([
    ['header', header],
    ['basic', basic],
    ['token', tokenAuth()],
    ['token by Basic', tokenAuth({ basic: ['{credentials.clientId}', '{credentials.clientSecret}'] })],
  ])('of %s authentication that the vendor echoes', async (_, auth) => {
    const server = await vendor(echo);
    for (const status of ['400', '401', '403', '500']) {
      const { client } = connect(server, auth);
      const failure = await failureOf(
        client.send({
          ...get,
          query: [
            ['status', status],
            ['token', credentials.refreshToken],
          ],
        }),
      );
      expect(failure.message).toContain('[secret]');
      for (const secret of secrets) expect(shown(failure)).not.toContain(secret);
      await client.close();
    }
  });

  it.each<[string, Handler]>([
    ['reset', (_, response) => response.socket?.resetAndDestroy()],
    ['silent', () => undefined],
    ['HTML', (_, response) => response.writeHead(200).end('<html>')],
    ['redirecting', (_, response) => response.writeHead(302, { location: 'http://evil.example/' }).end()],
  ])('when the vendor is %s', async (_, handler) => {
    const server = await vendor(handler);
    const { client } = connect(server, header, { http: { baseUrl: '{settings.baseUrl}', timeoutMs: 100 } });
    const failure = await failureOf(
      client.send({ ...get, path: `/x/${credentials.refreshToken}`, query: [['t', credentials.clientSecret]] }),
    );
    for (const secret of secrets) expect(shown(failure)).not.toContain(secret);
    await client.close();
  });

  it('of a token that came and was refused', async () => {
    const server = await vendor(({ url, headers }, response) =>
      url.pathname === '/token'
        ? sendJson(response, 200, { access_token: 'token-fresh-q', refresh_token: 'refresh-fresh-q' })
        : sendJson(response, 401, {
            message: `${headers.authorization} and refresh-fresh-q and ${credentials.refreshToken}`,
          }),
    );
    const { client } = connect(server, tokenAuth({ rotates: { refreshToken: 'refresh_token' } }));
    const failure = await failureOf(client.send(get));
    for (const secret of ['token-fresh-q', 'refresh-fresh-q', ...secrets]) expect(shown(failure)).not.toContain(secret);
    await client.close();
  });
});

describe('chooseAuth', () => {
  const methods: AuthMethod[] = [
    { name: 'a', kind: 'header', requires: ['x', 'y'], headers: {} },
    { name: 'b', kind: 'header', requires: ['x'], headers: {} },
  ];
  it.each([
    [{ x: '1', y: '2' }, 'a'],
    [{ x: '1', y: '' }, 'b'],
    [{ x: '1' }, 'b'],
    [{ y: '2' }, undefined],
    [{}, undefined],
  ])('for %j is %s', (held, name) => {
    expect(chooseAuth(methods, held)?.name).toBe(name);
  });

  it('does not take an inherited property for a credential', () => {
    expect(chooseAuth([{ name: 'c', kind: 'header', requires: ['constructor'], headers: {} }], {})).toBeNull();
  });
});
