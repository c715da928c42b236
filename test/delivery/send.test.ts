import { readFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createSender, type SenderOptions } from '../../src/delivery/send.ts';
import { compileAddressRules } from '../../src/http/address-rules.ts';
import { guardedLookup } from '../../src/http/guarded-lookup.ts';
import { type Answer, localRules, openReceiver, type Receiver, status } from './receiver.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function receiverOf(answer?: Answer): Promise<Receiver> {
  const receiver = await openReceiver(answer);
  closing.push(receiver.close);
  return receiver;
}

const never = new AbortController().signal;
const body = Buffer.from('{"secret":"not this one"}');
const headers = { 'content-type': 'application/json', 'webhook-signature': 'v1,c2lnbmF0dXJl' };

function sender(changes: Partial<SenderOptions> = {}) {
  return createSender({ addressRules: localRules, userAgent: 'anyhook/1.2.3', now: Date.now, ...changes });
}

function attempt(url: string, changes: Partial<SenderOptions> = {}) {
  return sender(changes)({ url, headers, body }, never);
}

describe('the request', () => {
  test('is a POST of the bytes and headers given, with our name, and nothing is asked to stay open', async () => {
    const receiver = await receiverOf();
    const answer = await attempt(receiver.url);
    expect(answer).toMatchObject({ status: 204, failure: null, retryAfterMs: null });
    const [request] = receiver.received;
    expect(request).toMatchObject({ method: 'POST', path: '/hook?tenant=7', body });
    expect(request?.headers).toEqual({
      ...headers,
      host: new URL(receiver.url).host,
      'user-agent': 'anyhook/1.2.3',
      'content-length': String(body.length),
      connection: 'close',
    });
  });

  test('takes as long as it says', async () => {
    let now = 1_000;
    const receiver = await receiverOf((response) => {
      now += 250;
      response.end();
    });
    expect(await attempt(receiver.url, { now: () => now })).toMatchObject({ status: 200, durationMs: 250 });
  });
});

describe('the answer', () => {
  test.each([200, 201, 202, 204, 226, 299])('%i is success', async (code) => {
    const receiver = await receiverOf(status(code));
    expect(await attempt(receiver.url)).toMatchObject({ status: code, failure: null });
  });

  test.each([400, 401, 404, 409, 410, 429, 500, 502, 599])('%i is failure', async (code) => {
    const receiver = await receiverOf(status(code));
    const { failure, ...answer } = await attempt(receiver.url);
    expect(answer.status).toBe(code);
    expect(failure).toMatchObject({ code: 'callback-refused', message: `The callback answered ${code}.` });
    expect(failure?.retryable).toBe(code !== 410);
  });

  test.each([300, 301, 302, 303, 304, 307, 308])('%i is failure, and its Location is never called', async (code) => {
    const target = await receiverOf();
    const receiver = await receiverOf(status(code, { location: target.url }));
    const { failure, ...answer } = await attempt(receiver.url);
    expect(answer.status).toBe(code);
    expect(failure).toMatchObject({ code: 'callback-refused', help: expect.stringContaining('never followed') });
    expect(target.received).toEqual([]);
  });

  test.each([
    [429, '120', 120_000],
    [503, '0', 0],
    [503, 'Wed, 21 Oct 2026 07:29:00 GMT', 60_000],
    [503, 'Wed, 21 Oct 2026 07:00:00 GMT', 0],
    [429, '999999999', 24 * 3_600_000],
    [429, 'soon', null],
    [429, '-5', null],
    [500, '120', null],
  ])('%i with Retry-After %j asks to wait %s ms', async (code, value, retryAfterMs) => {
    const receiver = await receiverOf(status(code, { 'retry-after': value }));
    const now = (): number => Date.parse('2026-10-21T07:28:00Z');
    expect((await attempt(receiver.url, { now })).retryAfterMs).toBe(retryAfterMs);
  });

  test('with a body without end counts by its status, and is hung up on after some kilobytes', async () => {
    let written = 0;
    let hungUp: () => void;
    const closed = new Promise<void>((resolve) => {
      hungUp = resolve;
    });
    const receiver = await receiverOf((response) => {
      const chunk = Buffer.alloc(16_384, 'x');
      const write = (): void => {
        while (!response.destroyed && response.write(chunk)) written += chunk.length;
      };
      response.on('drain', write).on('close', () => hungUp());
      response.writeHead(200);
      write();
    });
    expect(await attempt(receiver.url)).toMatchObject({ status: 200, failure: null });
    await closed;
    expect(written).toBeLessThan(32 * 1024 * 1024);
  });

  test('with a body that drips counts by its status, and does not hold the sender for long', async () => {
    const receiver = await receiverOf((response) => {
      response.writeHead(202);
      const drip = setInterval(() => response.write('.'), 50);
      response.on('close', () => clearInterval(drip));
    });
    const answer = await attempt(receiver.url);
    expect(answer).toMatchObject({ status: 202, failure: null });
    expect(answer.durationMs).toBeLessThan(5_000);
  });
});

describe('no answer', () => {
  const unreachable = (reason: string, message: string) => ({
    status: null,
    retryAfterMs: null,
    failure: { code: 'callback-unreachable', retryable: true, detail: { reason }, message },
  });

  test('in time', async () => {
    const receiver = await receiverOf(() => undefined);
    const answer = await attempt(receiver.url, { timeoutMs: 100 });
    expect(answer).toMatchObject(unreachable('TIMEOUT', 'The callback did not answer in time: 0.1 s.'));
  });

  test('in time, with headers that drip', async () => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.write('HTTP/1.1 200 OK\r\n');
      const drip = setInterval(() => socket.write('x: y\r\n'), 20);
      socket.on('close', () => clearInterval(drip));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise((resolve) => server.close(() => resolve())));
    const { port } = server.address() as AddressInfo;
    const answer = await attempt(`http://127.0.0.1:${port}/`, { timeoutMs: 150 });
    expect(answer).toMatchObject(unreachable('TIMEOUT', 'The callback did not answer in time: 0.15 s.'));
  });

  test('because nobody listens: the address is not named', async () => {
    const receiver = await openReceiver();
    await receiver.close();
    const answer = await attempt(receiver.url);
    expect(answer).toMatchObject(unreachable('ECONNREFUSED', 'The callback refuses connections.'));
    expect(JSON.stringify({ ...answer.failure, cause: answer.failure?.cause })).not.toContain('127.0.0.1');
  });

  test('because the connection broke', async () => {
    const receiver = await receiverOf((response) => {
      response.socket?.destroy();
    });
    const answer = await attempt(receiver.url);
    expect(answer).toMatchObject(unreachable('UND_ERR_SOCKET', 'The callback broke the connection.'));
  });

  test('because what came is no HTTP', async () => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.resume().end('220 smtp.example ready\r\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise((resolve) => server.close(() => resolve())));
    const { port } = server.address() as AddressInfo;
    const answer = await attempt(`http://127.0.0.1:${port}/`);
    expect(answer).toMatchObject({ status: null, failure: { code: 'callback-unreachable', retryable: true } });
  });

  test('because the name leads nowhere', async () => {
    const lookup = guardedLookup(localRules, () => Promise.reject(new Error('no such name')));
    const answer = await attempt('https://callback.example/', { lookup });
    expect(answer).toMatchObject(unreachable('UNRESOLVED', 'The callback has a host name that cannot be resolved.'));
  });

  test('because the certificate is its own authority, whatever the environment says', async () => {
    const pem = (name: string): Buffer => readFileSync(new URL(`certificate/${name}.pem`, import.meta.url));
    const receiver = await openReceiver(status(204), (listener) =>
      createTlsServer({ key: pem('key'), cert: pem('cert') }, listener),
    );
    closing.push(receiver.close);
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      const answer = await attempt(receiver.url.replace('http:', 'https:'));
      expect(answer).toMatchObject(
        unreachable('DEPTH_ZERO_SELF_SIGNED_CERT', 'The callback has a certificate that it signed itself.'),
      );
    } finally {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    }
    expect(receiver.received).toEqual([]);
  });

  test('because it was called off: the attempt did not happen', async () => {
    const callOff = new AbortController();
    const receiver = await receiverOf(() => callOff.abort(new Error('called off')));
    await expect(sender()({ url: receiver.url, headers, body }, callOff.signal)).rejects.toThrow('called off');
    await expect(sender()({ url: receiver.url, headers, body }, callOff.signal)).rejects.toThrow('called off');
    expect(receiver.received).toHaveLength(1);
  });
});

describe('an address that may not be called', () => {
  const publicOnly = compileAddressRules([]).rules;

  test.each([
    'http://127.0.0.1/',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://localhost./',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://169.254.169.254/latest/meta-data/',
    'https://1.1.1.1@127.0.0.1/',
    'ftp://example.com/',
  ])('%s is refused before anything is sent', async (url) => {
    const answer = await attempt(url, { addressRules: publicOnly });
    expect(answer).toMatchObject({ status: null, failure: { code: 'address-forbidden' } });
  });

  test.each([
    ['one private address', ['10.0.0.7']],
    ['a public and a private one', ['93.184.216.34', '127.0.0.1']],
  ])('a name that leads to %s is refused when it connects, and the address is not named', async (_, addresses) => {
    const resolve = async () => addresses.map((address) => ({ address, family: 4 }));
    const lookup = guardedLookup(publicOnly, resolve);
    const answer = await attempt('https://callback.example/', { addressRules: publicOnly, lookup });
    expect(answer).toMatchObject({ status: null, failure: { code: 'address-forbidden' } });
    for (const address of addresses) expect(JSON.stringify(answer.failure)).not.toContain(address);
  });

  test('a lookup that lets a private address slip through does not get a request there', async () => {
    const receiver = await receiverOf();
    const rules = { ...publicOnly, allowsHost: () => false, allowsAddress: () => false };
    const port = new URL(receiver.url).port;
    const answer = await attempt(`https://callback.example:${port}/`, {
      addressRules: rules,
      lookup: (_, options, callback) =>
        options.all === true ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : callback(null, '127.0.0.1', 4),
      timeoutMs: 1_000,
    });
    expect(answer.status).toBeNull();
    expect(receiver.received).toEqual([]);
  });
});
