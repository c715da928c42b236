import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { compileAddressRules } from '../../src/http/address-rules.ts';
import { guardedLookup } from '../../src/http/guarded-lookup.ts';
import { createWire } from '../../src/http/wire.ts';
import { selfSigned } from './self-signed.ts';

const { rules } = compileAddressRules(['127.0.0.1']);
const never = new AbortController().signal;
const opened: { readonly server: Server; readonly sockets: Set<Socket> }[] = [];

afterEach(async () => {
  for (const { server, sockets } of opened.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await new Promise((done) => server.close(done));
  }
});

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  opened.push({ server, sockets });
  return (server.address() as AddressInfo).port;
}

function exchange(url: string, timeoutMs = 1000, resolve?: Parameters<typeof guardedLookup>[1]) {
  const wire = createWire({ rules, maxBodyBytes: 1000, now: Date.now, resolve });
  return wire
    .exchange({ method: 'GET', url: new URL(url), headers: {}, timeoutMs, redirects: 0 }, never)
    .finally(() => wire.close());
}

describe('TLS', () => {
  it('verifies the certificate, whatever the environment says', async () => {
    const port = await listen(createHttpsServer(selfSigned, (_, response) => response.end('{}')));
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    for (const setting of ['1', '0']) {
      process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = setting;
      await expect(exchange(`https://127.0.0.1:${port}/`)).rejects.toMatchObject({
        code: 'vendor-unreachable',
        detail: { reason: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
      });
    }
    if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
  });

  it('that is not spoken or never begins ends in time', async () => {
    const silent = await listen(createServer());
    await expect(exchange(`https://127.0.0.1:${silent}/`, 100)).rejects.toMatchObject({
      code: 'vendor-unreachable',
      detail: { reason: 'ETIMEDOUT' },
    });
    const plain = await listen(createServer((socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\n')));
    await expect(exchange(`https://127.0.0.1:${plain}/`)).rejects.toMatchObject({ code: 'vendor-unreachable' });
  });

  it('is for the name that was asked, at the address that was checked', async () => {
    const names: string[] = [];
    const SNICallback = (name: string, done: (error: null) => void): void => {
      names.push(name);
      done(null);
    };
    const port = await listen(createHttpsServer({ ...selfSigned, SNICallback }, (_, response) => response.end('{}')));
    const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
    // The certificate is refused, after the handshake that shows the name.
    await expect(exchange(`https://vendor.test:${port}/`, 1000, resolve)).rejects.toMatchObject({
      detail: { host: 'vendor.test', reason: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    });
    expect(names).toEqual(['vendor.test']);
  });
});

describe('a name that flips between check and connect', () => {
  it('is asked once, and asked again for the next connection', async () => {
    const port = await listen(createServer((socket) => void socket.end('here')));
    const answers = ['127.0.0.1', '10.0.0.1'];
    let asked = 0;
    const lookup = guardedLookup(rules, async () => [{ address: answers[asked++] ?? '', family: 4 }]);
    const fate = () =>
      new Promise((done) => {
        const socket = connect({ host: 'flip.example', port, lookup });
        socket.once('data', (data) => done(data.toString()));
        socket.once('error', (error) => done(Reflect.get(error, 'code')));
      });
    expect(await fate()).toBe('here');
    expect(asked).toBe(1);
    expect(await fate()).toBe('address-forbidden');
  });
});

describe('a body that is not HTTP', () => {
  it.each(['garbage\r\n\r\n', 'HTTP/1.1 abc\r\n\r\n', ''])('%j is no answer', async (bytes) => {
    const port = await listen(createServer((socket) => void socket.end(bytes)));
    await expect(exchange(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({
      code: 'vendor-unreachable',
      retryable: true,
    });
  });
});
