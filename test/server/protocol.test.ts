/** What holds for every request, whatever it is about. */
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLog } from '../../src/engine/log.ts';
import { close, listen } from '../../src/server/listen.ts';
import { routes } from '../../src/server/routes/all.ts';
import { createServer } from '../../src/server/server.ts';
import { type AServer, startAServer } from './a-server.ts';

let server: AServer;
beforeAll(async () => {
  server = await startAServer({ arrivalTimeoutMs: 600 });
});
afterAll(() => server.close());

/** Sends bytes and answers all that comes back until the server closes the connection. */
function talk(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += String(chunk);
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

const paths = [...new Set(routes.map((route) => route.path))];
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const own = (path: string): string[] => {
  const declared = routes.filter((route) => route.path === path).map((route): string => route.method);
  return declared.includes('GET') ? [...declared, 'HEAD'] : declared;
};

describe('methods', () => {
  it.each(paths)('%s has the methods of the document and no other', async (path) => {
    for (const method of methods) {
      const answer = await fetch(`${server.url}${path.replace(/\{\w+\}/g, 'x')}`, { method });
      expect({ method, refused: answer.status === 405 }).toEqual({ method, refused: !own(path).includes(method) });
      if (answer.status === 405) {
        expect(answer.headers.get('allow')?.split(', ').sort()).toEqual(own(path).sort());
        if (method !== 'HEAD') expect(await answer.json()).toMatchObject({ status: 405, code: 'method-not-allowed' });
      }
    }
  });
});

describe('every answer', () => {
  it.each([
    ['GET', '/healthz', 200],
    ['GET', '/v1/connectors', 200],
    ['GET', '/v1/instances/none', 404],
    ['GET', '/nowhere', 404],
    ['PUT', '/healthz', 405],
    ['GET', '/v1/instances/%zz', 400],
    ['GET', `/v1/instances/${'a'.repeat(301)}`, 404],
  ])('%s %s has the security headers and a request id', async (method, target, status) => {
    const answer = await server.call(method, target);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(answer.headers.get('x-powered-by')).toBeNull();
    expect(answer.headers.get('x-request-id')).toMatch(/^req_[\w-]{12}$/);
    if (status >= 400) expect(answer.body.requestId).toBe(answer.headers.get('x-request-id'));
  });

  it('has a request id of its own, whatever the client sends', async () => {
    const answer = await server.call('GET', '/healthz', undefined, { 'x-request-id': 'mine', 'request-id': 'mine' });
    expect(answer.headers.get('x-request-id')).not.toBe('mine');
  });

  it('does not repeat the Host header', async () => {
    const answer = await talk('GET /openapi.json HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).not.toContain('evil.example');
  });

  it('to HEAD is the head of the answer to GET', async () => {
    const answer = await server.call('HEAD', '/healthz');
    expect(answer).toMatchObject({ status: 200, text: '' });
    expect(answer.headers.get('content-type')).toContain('application/json');
  });
});

describe('bytes that are no request', () => {
  it.each([
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['two lengths', 'POST /v1/explain HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx', 400],
    [
      'length and chunks',
      'POST /v1/explain HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['a control character in a header', 'GET /healthz HTTP/1.1\r\nHost: a\r\nX-A: \u0001\r\n\r\n', 400],
    ['no Host', 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['headers without end', `GET /healthz HTTP/1.1\r\nHost: a\r\nX-A: ${'a'.repeat(100_000)}`, 431],
  ])('%s is answered and the connection closed', async (_what, bytes, status) => {
    const answer = await talk(bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).not.toContain('    at ');
  });

  it.each([
    ['headers', 'GET /healthz HTTP/1.1\r\nHost: a\r\n'],
    [
      'body',
      'POST /v1/explain HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\nAuthorization: Bearer KEY\r\n\r\n{',
    ],
  ])('a request whose %s never end is answered 408', async (_part, bytes) => {
    const answer = await talk(bytes.replace('KEY', server.key));
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('application/problem+json');
    expect(answer).toContain('"code":"request-timeout"');
  });
});

describe('listen', () => {
  it('says what to do when the port is taken', async () => {
    const second = createServer({ runtime: server.runtime, log: createLog('silent') });
    const port = Number(new URL(server.url).port);
    await expect(listen(second, { port })).rejects.toMatchObject({
      name: 'Failure',
      code: 'listen-failed',
      message: `127.0.0.1:${port} is taken by another program.`,
      help: expect.stringContaining('another port'),
    });
    await second.close();
  });

  it('says what to do when the address is another machine’s', async () => {
    const second = createServer({ runtime: server.runtime, log: createLog('silent') });
    await expect(listen(second, { host: '192.0.2.1', port: 0 })).rejects.toMatchObject({
      code: 'listen-failed',
      message: '192.0.2.1:0 is no address of this machine.',
    });
    await second.close();
  });

  it('listens on loopback unless said', () => {
    expect(new URL(server.url).hostname).toBe('127.0.0.1');
  });
});

describe('close', () => {
  /** A server with a route that ends when told. */
  async function startSlow() {
    const slow = createServer({ runtime: server.runtime, log: createLog('silent') });
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let arrive = (): void => undefined;
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    slow.get('/slow', async () => {
      arrive();
      await finished;
      return { done: true };
    });
    const url = await listen(slow, { port: 0 });
    return { slow, url, finish, arrived };
  }

  it('lets a request under way end', async () => {
    const { slow, url, finish, arrived } = await startSlow();
    const answer = fetch(`${url}/slow`);
    await arrived;
    const closed = close(slow);
    finish();
    expect(await (await answer).json()).toEqual({ done: true });
    await closed;
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });

  it('cuts what does not end within the grace', async () => {
    const { slow, url, arrived } = await startSlow();
    const answer = fetch(`${url}/slow`);
    const cut = expect(answer).rejects.toThrow();
    await arrived;
    await close(slow, 50);
    await cut;
  });
});
