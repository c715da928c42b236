import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { Failure } from '../../src/diagnostic/failure.ts';
import { compileAddressRules } from '../../src/http/address-rules.ts';
import type { VendorRequest } from '../../src/http/client.ts';
import { systemClock } from '../../src/http/clock.ts';
import { createQuotas } from '../../src/http/quota.ts';
import { clientOf, type Handler, sendJson, startVendor, type VendorServer } from './vendor-server.ts';

const get: VendorRequest = { method: 'GET', path: '/contacts', query: [], headers: {} };
const opened: VendorServer[] = [];

async function vendor(handler: Handler): Promise<VendorServer> {
  const server = await startVendor(handler);
  opened.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((server) => server.close()));
});

async function failureOf(sending: Promise<unknown>): Promise<Failure> {
  const error = await sending.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Failure)) throw new Error('expected a Failure', { cause: error });
  return error;
}

describe('a request', () => {
  it('carries method, URL, headers and body as asked', async () => {
    const server = await vendor((_, response) => sendJson(response, 200, { ok: true }));
    const { client } = clientOf(server.origin, {
      settings: { baseUrl: `${server.origin}/company/12?minorversion=75`, version: 4 },
      http: {
        baseUrl: '{settings.baseUrl}',
        headers: { 'OData-Version': '{settings.version}.0', 'X-None': '{settings.no}' },
      },
    });
    const answer = await client.send({
      method: 'POST',
      path: 'query?a=1',
      query: [
        ['q', "Name = 'a&b' + ü"],
        ['$filter', 'x y'],
      ],
      headers: { Prefer: 'odata.maxpagesize=500' },
      body: { limit: 1 },
    });
    const [received] = server.received;
    expect(received?.method).toBe('POST');
    expect(`${received?.url.pathname}${received?.url.search}`).toBe(
      '/company/12/query?minorversion=75&a=1&q=Name%20%3D%20%27a%26b%27%20%2B%20%C3%BC&%24filter=x%20y',
    );
    expect(received?.url.searchParams.get('q')).toBe("Name = 'a&b' + ü");
    expect(received?.text).toBe('{"limit":1}');
    expect(received?.headers).toMatchObject({
      accept: 'application/json',
      authorization: 'Bearer key-5f3c-secret',
      'content-type': 'application/json',
      'odata-version': '4.0',
      prefer: 'odata.maxpagesize=500',
      'user-agent': 'anyhook/test',
    });
    expect(received?.headers).not.toHaveProperty('x-none');
    expect(answer).toMatchObject({ status: 200, body: { ok: true }, url: received?.url.href });
    await client.close();
  });

  it.each([
    ['/contacts', '/v1/contacts'],
    ['contacts', '/v1/contacts'],
    ['', '/v1'],
    ['?a=b', '/v1?a=b'],
    ['//evil.example/x', '/v1//evil.example/x'],
    ['{origin}/v2/next?x=%2F', '/v2/next?x=%2F'],
  ])('for the path %j asks for %s', async (path, asked) => {
    const server = await vendor((_, response) => sendJson(response, 200, {}));
    const { client } = clientOf(`${server.origin}/v1`);
    await client.send({ ...get, path: path.replace('{origin}', server.origin) });
    expect(server.received[0]?.url.href).toBe(server.origin + asked);
    await client.close();
  });

  it.each(['http://127.0.0.2/x', 'https://127.0.0.1/x', 'http://evil.example/x', 'ftp://x/', 'http://['])(
    'does not leave the origin for %s',
    async (path) => {
      const server = await vendor((_, response) => sendJson(response, 200, {}));
      const { client } = clientOf(server.origin);
      expect(await failureOf(client.send({ ...get, path }))).toMatchObject({
        code: 'request-refused',
        retryable: false,
      });
      expect(server.received).toEqual([]);
      await client.close();
    },
  );

  it('is authorized by its query, which no message shows', async () => {
    const server = await vendor((_, response) => sendJson(response, 403, { message: 'no key-5f3c&secret here' }));
    const { client } = clientOf(server.origin, {
      credentials: { key: 'key-5f3c&secret' },
      auth: { name: 'key', kind: 'query', requires: ['key'], query: { apikey: '{credentials.key}' } },
    });
    const failure = await failureOf(client.send({ ...get, query: [['q', 'a b']] }));
    expect(server.received[0]?.url.search).toBe('?q=a%20b&apikey=key-5f3c%26secret');
    expect(JSON.stringify([failure.message, failure.detail])).not.toContain('5f3c');
    expect(failure.message).toContain('no [secret] here');
    // The vendor's own link holds it already.
    await failureOf(client.send({ ...get, path: `${server.origin}/contacts?apikey=key-5f3c%26secret&page=2` }));
    expect(server.received[1]?.url.search).toBe('?apikey=key-5f3c%26secret&page=2');
    await client.close();
  });

  it.each(['base64', 'base64url', 'hex'] as const)(
    'shows no header that the vendor quotes, nor a key that it was handed, in %s',
    async (encoding) => {
      // A gateway that dumps the request it refused, in the encoding of its choice.
      const server = await vendor(({ headers, text }, response) => {
        const dump = `${headers.authorization} ${encodeURIComponent(text)}`;
        sendJson(response, 400, { message: encoding === 'hex' ? dump : Buffer.from(dump).toString(encoding) });
      });
      const { client } = clientOf(server.origin, {
        credentials: { user: 'mara', password: 'key-5f3c&secret' },
        auth: {
          name: 'key',
          kind: 'basic',
          requires: [],
          username: '{credentials.user}',
          password: '{credentials.password}',
        },
      });
      const key = 'key-of-webhooks/+';
      const effect = { ...get, method: 'POST', body: { key }, isEffect: true, secrets: [key] } as const;
      const failure = await failureOf(client.send(effect));
      expect(failure).toMatchObject({ code: 'request-refused', message: expect.stringContaining('[secret]') });
      const said = JSON.stringify([failure.message, failure.detail]);
      for (const part of ['5f3c', 'of-webhooks', Buffer.from('key-5f3c&').toString('base64')])
        expect(said).not.toContain(part);
      expect(said).not.toContain(Buffer.from('mara:key-5f3c&secret').toString('base64').slice(4, 12));
      await client.close();
    },
  );

  it('is not sent to a forbidden address, by number or by name', async () => {
    const server = await vendor((_, response) => sendJson(response, 200, {}));
    const { port } = new URL(server.origin);
    const none = compileAddressRules([]).rules;
    for (const origin of [server.origin, `http://2130706433:${port}`, `http://localhost:${port}`]) {
      const { client } = clientOf(origin, { addressRules: none });
      expect(await failureOf(client.send(get))).toMatchObject({ code: 'address-forbidden', retryable: false });
      await client.close();
    }
    const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
    const { client } = clientOf(`https://sneaky.example:${port}`, { addressRules: none, resolve });
    const failure = await failureOf(client.send(get));
    expect(failure).toMatchObject({ code: 'address-forbidden' });
    expect(failure.stack).not.toContain('127.0.0.1');
    expect(server.received).toEqual([]);
    await client.close();
  });

  it('goes to a name that the operator allows', async () => {
    const server = await vendor((_, response) => sendJson(response, 200, { here: 1 }));
    const { client } = clientOf(`http://vendor.internal:${new URL(server.origin).port}`, {
      addressRules: compileAddressRules(['vendor.internal']).rules,
      resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    });
    expect((await client.send(get)).body).toEqual({ here: 1 });
    expect(server.received[0]?.headers.host).toContain('vendor.internal');
    await client.close();
  });

  it('resolves names by the system', async () => {
    const server = await vendor((_, response) => sendJson(response, 200, { here: 1 }));
    const addressRules = compileAddressRules(['localhost']).rules;
    const { client } = clientOf(`http://localhost:${new URL(server.origin).port}`, { addressRules });
    expect((await client.send(get)).body).toEqual({ here: 1 });
    await client.close();
  });

  it('is refused where settings or credentials cannot make one', async () => {
    const credentials = { key: 'two\nlines-secret' };
    const { client } = clientOf('http://127.0.0.1:1', { credentials });
    const failure = await failureOf(client.send(get));
    expect(failure).toMatchObject({ code: 'credentials-refused', retryable: false });
    expect(failure.stack).not.toContain('lines-secret');
    const other = clientOf('not a url');
    expect(await failureOf(other.client.send(get))).toMatchObject({ code: 'request-refused', retryable: false });
  });
});

describe('an answer', () => {
  it.each(['Thu, 01 Jan 1970 00:00:00 GMT', 'Thu, 01 Jan 2099 00:00:00 GMT', 'yesterday', '0', ''])(
    'that carries the Date %j carries none, and our own clock counts',
    async (date) => {
      const server = await vendor((_, response) => sendJson(response, 200, {}, { date }));
      const { client } = clientOf(server.origin);
      for (let count = 0; count < 10; count += 1) expect((await client.send(get)).dateMs).toBeNull();
      expect([client.clockSkewMs, client.isClockKnown, client.isClockDoubted]).toEqual([0, true, false]);
      await client.close();
    },
  );

  it('keeps long numbers, headers, and the vendor’s clock', async () => {
    const server = await vendor((_, response) =>
      sendJson(response, 200, '{"id":12345678901234567890,"n":1}', {
        'X-Custom': 'yes',
        'Set-Cookie': 'a=1',
        Date: 'Tue, 24 Nov 2026 12:00:00 GMT',
      }),
    );
    const { client, clock } = clientOf(server.origin);
    expect(client.clockSkewMs).toBe(0);
    const answer = await client.send(get);
    expect(answer.body).toEqual({ id: '12345678901234567890', n: 1 });
    expect(answer.headers).toMatchObject({ 'x-custom': 'yes', 'set-cookie': 'a=1' });
    expect(answer.dateMs).toBe(Date.UTC(2026, 10, 24, 12));
    expect(client.clockSkewMs).toBe(Date.UTC(2026, 10, 24, 12) - clock.now());
    await client.close();
  });

  it('may be compressed', async () => {
    const server = await vendor((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"a":1}')),
    );
    const { client } = clientOf(server.origin);
    expect((await client.send(get)).body).toEqual({ a: 1 });
    expect(server.received[0]?.headers['accept-encoding']).toContain('gzip');
    await client.close();
  });

  it('without content is null', async () => {
    const server = await vendor((_, response) => response.writeHead(204).end());
    const { client } = clientOf(server.origin);
    expect(await client.send(get)).toMatchObject({ status: 204, body: null });
    await client.close();
  });

  it('is bounded, and so is what it decompresses to', async () => {
    const large = `"${'x'.repeat(20_000)}"`;
    const server = await vendor(({ url }, response) =>
      url.pathname === '/zip'
        ? response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(large))
        : response.writeHead(200).end(large),
    );
    for (const path of ['/plain', '/zip']) {
      const { client } = clientOf(server.origin, { maxBodyBytes: 10_000 });
      expect(await failureOf(client.send({ ...get, path }))).toMatchObject({
        code: 'vendor-answer-unreadable',
        retryable: false,
      });
      await client.close();
    }
  });

  it.each<[string, string, Handler]>([
    [
      'HTML',
      'an HTML page',
      (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><p>Sign in'),
    ],
    ['nothing', 'an empty body', (_, response) => response.writeHead(200).end()],
    ['half of its JSON', 'broken JSON', (_, response) => response.writeHead(200).end('{"results":[{"id":1},')],
    [
      'lists in lists without end',
      'JSON that nests deeper than 100 levels',
      (_, response) => response.writeHead(200).end(`{"results":${'['.repeat(99_999)}${']'.repeat(99_999)}}`),
    ],
    [
      'half of its gzip',
      'a compressed body that cannot be read',
      (_, response) =>
        response
          .writeHead(200, { 'content-encoding': 'gzip' })
          .end(gzipSync(`["${createHash('sha512').update('x').digest('hex')}"]`).subarray(0, 60)),
    ],
  ])('of %s is tried again and then no answer', async (_, kind, handler) => {
    const server = await vendor(handler);
    const { client, clock } = clientOf(server.origin);
    const failure = await failureOf(client.send(get));
    expect(failure).toMatchObject({ code: 'vendor-answer-unreadable', retryable: true });
    expect(failure.message).toContain(kind);
    expect(server.received).toHaveLength(5);
    expect(clock.slept).toHaveLength(4);
    await client.close();
  });

  it.each<[string, Handler]>([
    ['the connection is reset', (_, response) => response.socket?.resetAndDestroy()],
    [
      'the body breaks off',
      (_, response) => {
        response.writeHead(200, { 'content-length': '1000' }).write('{"a":');
        setImmediate(() => response.socket?.destroy());
      },
    ],
    [
      'the chunks break off',
      (_, response) => {
        response.writeHead(200).write('{"a":');
        setImmediate(() => response.socket?.destroy());
      },
    ],
    ['the head does not come', () => undefined],
    ['the body does not end', (_, response) => void response.writeHead(200).write('{"a":')],
    [
      'the body trickles',
      (_, response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write(' '), 20);
        response.once('close', () => clearInterval(timer));
      },
    ],
  ])('is tried for again when %s', async (_, handler) => {
    const server = await vendor((received, response, number) =>
      number === 1 ? handler(received, response, number) : sendJson(response, 200, { at: number }),
    );
    const { client } = clientOf(server.origin, { http: { baseUrl: '{settings.baseUrl}', timeoutMs: 250 } });
    expect((await client.send(get)).body).toEqual({ at: 2 });
    await client.close();
  });

  it('that never comes is a failure that names host and reason', async () => {
    const server = await vendor(() => undefined);
    await server.close();
    const { client } = clientOf(server.origin);
    const failure = await failureOf(client.send(get));
    expect(failure).toMatchObject({ code: 'vendor-unreachable', retryable: true, detail: { reason: 'ECONNREFUSED' } });
    expect(failure.cause).toBeUndefined();
    await client.close();
  });
});

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('%i on the origin is followed', async (status) => {
    const server = await vendor(({ url }, response) =>
      url.pathname === '/contacts'
        ? response.writeHead(status, { location: '/moved?x=1' }).end()
        : sendJson(response, 200, { at: url.pathname }),
    );
    const { client } = clientOf(server.origin);
    expect(await client.send(get)).toMatchObject({ body: { at: '/moved' }, url: `${server.origin}/moved?x=1` });
    expect(server.received[1]?.headers.authorization).toBe('Bearer key-5f3c-secret');
    await client.close();
  });

  it.each([
    [301, 'http://127.0.0.1:1/'],
    [302, 'https://evil.example/'],
    [303, '//evil.example/'],
    [307, 'http://2130706433:1/'],
    [308, 'http://[::1]/'],
    [302, 'http://169.254.169.254/latest/meta-data/'],
    [302, 'file:///etc/passwd'],
  ])('%i to %s is refused', async (status, location) => {
    const server = await vendor((_, response) => response.writeHead(status, { location }).end());
    const { client } = clientOf(server.origin);
    expect(await failureOf(client.send(get))).toMatchObject({
      code: 'request-refused',
      retryable: false,
      detail: { status },
    });
    expect(server.received).toHaveLength(1);
    await client.close();
  });

  it('that goes round ends', async () => {
    const server = await vendor((_, response) => response.writeHead(302, { location: '/contacts' }).end());
    const { client } = clientOf(server.origin);
    expect(await failureOf(client.send(get))).toMatchObject({ code: 'request-refused' });
    expect(server.received).toHaveLength(6);
    await client.close();
  });

  it('of a search loses its body only where that is what it says: refused', async () => {
    const server = await vendor(({ url }, response) =>
      url.pathname === '/done'
        ? sendJson(response, 200, {})
        : response.writeHead(Number(url.pathname.slice(1)), { location: '/done' }).end(),
    );
    const { client } = clientOf(server.origin);
    const post = { ...get, method: 'POST', body: { a: 1 } } as const;
    expect(await failureOf(client.send({ ...post, path: '/302' }))).toMatchObject({ code: 'request-refused' });
    await client.send({ ...post, path: '/307' });
    expect(server.received.at(-1)).toMatchObject({ method: 'POST', text: '{"a":1}' });
    await client.close();
  });
});

describe('throttling', () => {
  const inTwelveSeconds = (nowMs: number) => String(Math.ceil(nowMs / 1000) + 12);

  it.each<
    [string, (nowMs: number) => Record<string, string>, { header: string; unit: 's' | 'ms' | 'epoch-s' } | null, number]
  >([
    ['decimal seconds', () => ({ 'Retry-After': '2.5' }), null, 2500],
    ['milliseconds', () => ({ 'X-Wait': '750' }), { header: 'X-Wait', unit: 'ms' }, 750],
    ['an epoch', (nowMs) => ({ 'X-Reset': inTwelveSeconds(nowMs) }), { header: 'X-Reset', unit: 'epoch-s' }, 12_000],
  ])('waits as long as the vendor says in %s', async (_, headersAt, retryAfter, waitMs) => {
    const date = Math.floor(Date.now() / 1000) * 1000;
    const server = await vendor((_received, response, number) =>
      number === 1
        ? sendJson(response, 429, { message: 'slow down' }, { ...headersAt(date), Date: new Date(date).toUTCString() })
        : sendJson(response, 200, {}),
    );
    const http = { baseUrl: '{settings.baseUrl}', ...(retryAfter === null ? {} : { retryAfter }) };
    const { client, clock } = clientOf(server.origin, { http });
    const startedAtMs = clock.now();
    await client.send(get);
    expect(clock.now() - startedAtMs).toBe(waitMs);
    await client.close();
  });

  it('leaves a long wait to the caller, at once and for all of the account', async () => {
    const server = await vendor((_, response) => sendJson(response, 429, {}, { 'Retry-After': '600' }));
    const { client, clock } = clientOf(server.origin);
    expect(await failureOf(client.send(get))).toMatchObject({
      code: 'vendor-throttled',
      retryable: true,
      retryAfterMs: 600_000,
    });
    expect(await failureOf(client.send(get))).toMatchObject({ code: 'account-waiting', retryAfterMs: 600_000 });
    expect(server.received).toHaveLength(1);
    expect(clock.slept).toEqual([]);
    await client.close();
  });

  it('is shared by instances of one account and by no others', async () => {
    const server = await vendor((_, response, number) =>
      number === 1 ? sendJson(response, 429, {}, { 'Retry-After': '600' }) : sendJson(response, 200, {}),
    );
    const clock = clientOf(server.origin).clock;
    const quotas = createQuotas(clock);
    const instance = (tenant: string) =>
      clientOf(server.origin, {
        clock,
        quotas,
        settings: { baseUrl: server.origin, tenant },
        http: { baseUrl: '{settings.baseUrl}', account: '{settings.tenant}' },
      }).client;
    const [one, two, other] = [instance('acme'), instance('acme'), instance('other')];
    await failureOf(one.send(get));
    expect(await failureOf(two.send(get))).toMatchObject({ code: 'account-waiting' });
    expect(await other.send(get)).toMatchObject({ status: 200 });
    await Promise.all([one, two, other].map((client) => client.close()));
  });

  it('is slowed down before the vendor refuses, by what its answers say is left to the account', async () => {
    const limit = 20;
    const windowMs = 60_000;
    let clock: ReturnType<typeof clientOf>['clock'] | undefined;
    let since = 0;
    let used = 0;
    let refused = 0;
    const server = await vendor((_, response) => {
      const nowMs = clock?.now() ?? 0;
      if (nowMs >= since + windowMs) [since, used] = [nowMs, 0];
      used += 1;
      if (used > limit) refused += 1;
      sendJson(
        response,
        used > limit ? 429 : 200,
        {},
        {
          'X-RateLimit-Limit': String(limit),
          'X-RateLimit-Remaining': String(Math.max(0, limit - used)),
          'X-RateLimit-Reset': String(Math.ceil((since + windowMs - nowMs) / 1000)),
        },
      );
    });
    const first = clientOf(server.origin, { http: { baseUrl: '{settings.baseUrl}', quotaShare: 0.9 } });
    clock = first.clock;
    since = clock.now();
    for (let number = 0; number < 100; number += 1) {
      // A long wait is the caller's.
      const failure = await first.client.send(get).catch((error: unknown) => error);
      if (failure instanceof Failure) clock.advance(failure.retryAfterMs ?? 0);
    }
    expect(refused).toBe(0);
    expect(server.received.length).toBeGreaterThan(70);
    await first.client.close();
  });

  it('keeps to the account’s concurrency', async () => {
    let underWay = 0;
    let most = 0;
    const server = await vendor((_, response) => {
      underWay += 1;
      most = Math.max(most, underWay);
      setTimeout(() => {
        underWay -= 1;
        sendJson(response, 200, {});
      }, 10);
    });
    const { client } = clientOf(server.origin, { http: { baseUrl: '{settings.baseUrl}', concurrency: 3 } });
    await Promise.all(Array.from({ length: 12 }, () => client.send(get)));
    expect(most).toBe(3);
    await client.close();
  });

  it('ends in the failure when the vendor stays down', async () => {
    const server = await vendor((_, response) => sendJson(response, 503, { error: { message: 'maintenance' } }));
    const { client } = clientOf(server.origin);
    expect(await failureOf(client.send(get))).toMatchObject({
      code: 'vendor-unavailable',
      message: 'GET /contacts was answered 503: maintenance',
    });
    expect(server.received).toHaveLength(5);
    await client.close();
  });

  it('does not repeat what is refused', async () => {
    const server = await vendor((_, response) =>
      sendJson(response, 400, [{ errorCode: 'MALFORMED_QUERY', message: 'unexpected token' }]),
    );
    const { client } = clientOf(server.origin);
    expect(await failureOf(client.send(get))).toMatchObject({ code: 'request-refused', retryable: false });
    expect(server.received).toHaveLength(1);
    await client.close();
  });
});

describe('a request that does something', () => {
  const effect = { path: '/webhooks', query: [], headers: {}, isEffect: true } as const;

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'] as const)('goes out as %s, with a body and without', async (method) => {
    const server = await vendor((_, response) => sendJson(response, 200, ''));
    const { client } = clientOf(server.origin);
    expect((await client.send({ ...effect, method, body: { a: 1 } })).body).toBe(null);
    expect((await client.send({ ...effect, method })).body).toBe(null);
    expect(server.received.map((one) => [one.method, one.text])).toEqual([
      [method, '{"a":1}'],
      [method, ''],
    ]);
  });

  it('is not sent again when it may have been done, and is where it was put off', async () => {
    const server = await vendor((_, response, number) => sendJson(response, number === 1 ? 429 : 503, {}));
    const { client } = clientOf(server.origin);
    const failure = await failureOf(client.send({ ...effect, method: 'POST' }));
    expect([failure.code, server.received.length]).toEqual(['vendor-unavailable', 2]);
  });
});

describe('ending early', () => {
  it('by a signal, with its reason where that is a Failure', async () => {
    let onRequest = () => {};
    const server = await vendor(() => onRequest());
    const { client } = clientOf(server.origin);
    const lost = new Failure('lease-lost', 'another worker has it', { retryable: false });
    for (const reason of [lost, undefined]) {
      const controller = new AbortController();
      onRequest = () => controller.abort(reason);
      expect((await failureOf(client.send(get, controller.signal))).code).toBe(
        reason === lost ? 'lease-lost' : 'vendor-unreachable',
      );
    }
    expect(await failureOf(client.send(get, AbortSignal.abort()))).toMatchObject({ code: 'vendor-unreachable' });
    expect(server.received).toHaveLength(2);
    await client.close();
  });

  it('by closing, also in the middle of a wait', async () => {
    const server = await vendor(({ url }, response) => {
      if (url.pathname === '/throttled') sendJson(response, 429, {}, { 'Retry-After': '30' });
    });
    const { client } = clientOf(server.origin, { clock: systemClock });
    const sending = [failureOf(client.send(get)), failureOf(client.send({ ...get, path: '/throttled' }))];
    setTimeout(() => void client.close(), 50);
    for (const failure of await Promise.all(sending)) expect(failure.code).toBe('vendor-unreachable');
    expect(await failureOf(client.send(get))).toMatchObject({ code: 'vendor-unreachable' });
  });

  it('leaves no listener on the caller’s signal, and warns of none of its own', async () => {
    const server = await vendor((_, response) => sendJson(response, 200, {}));
    const { client } = clientOf(server.origin);
    const warnings: Error[] = [];
    const note = (warning: Error): number => warnings.push(warning);
    process.on('warning', note);
    const { signal } = new AbortController();
    for (let number = 0; number < 30; number += 1) await client.send(get, signal);
    await Promise.all(Array.from({ length: 30 }, () => client.send(get)));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', note);
    expect(warnings).toEqual([]);
    await client.close();
  });

  it('reuses its connection', async () => {
    const ports = new Set<number | undefined>();
    const server = await vendor((_, response) => {
      ports.add(response.socket?.remotePort);
      sendJson(response, 200, {});
    });
    const { client } = clientOf(server.origin);
    for (let number = 0; number < 5; number += 1) await client.send(get);
    expect(ports.size).toBe(1);
    await client.close();
  });
});
