import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect, isIP, type LookupFunction } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Failure } from '../../src/diagnostic/failure.ts';
import { checkAddress, requireAddress } from '../../src/http/address.ts';
import { type AddressRules, compileAddressRules } from '../../src/http/address-rules.ts';
import { guardedLookup, guardSocket, type Resolve } from '../../src/http/guarded-lookup.ts';

const { rules: publicOnly } = compileAddressRules([]);

describe('checkAddress refuses', () => {
  it.each([
    // one host in many spellings
    '2130706433',
    '0x7f.1',
    '0x7f000001',
    '0177.0.0.1',
    '017700000001',
    '127.1',
    '0',
    '①②⑦.0.0.1',
    '127。0。0。1',
    '%31%32%37.0.0.1',
    '127.0.0.1.',
    'localhost',
    'LOCALHOST',
    'localhost.',
    'app.localhost',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::127.0.0.1]',
    '[::ffff:0:7f00:1]',
    '[::5efe:7f00:1]',
    '[64:ff9b::7f00:1]',
    '[64:ff9b::169.254.169.254]',
    '[64:ff9b:1::1]',
    '[2002:7f00:1::]',
    '[2001:0:7f00:1::]',
    '[fd00:ec2::254]',
    '[fe80::1]',
    '[fec0::1]',
    '[ff02::1]',
    '[100::1]',
    '[2001:db8::1]',
    '[3fff::1]',
    '[5f00::1]',
    '[4000::1]',
    '[8000::1]',
    // each block of the deny list, first and last
    '0.255.255.255',
    '10.0.0.0',
    '10.255.255.255',
    '100.64.0.0',
    '100.127.255.255',
    '127.255.255.255',
    '169.254.169.254',
    '172.16.0.0',
    '172.31.255.255',
    '192.0.0.1',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.0.1',
    '198.18.0.1',
    '198.19.255.255',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
  ])('https://%s/', (host) => {
    expect(checkAddress(`https://${host}/hook`, publicOnly)).toMatchObject({ kind: 'forbidden' });
    expect(() => requireAddress(`https://${host}:8443/`, publicOnly)).toThrow(Failure);
  });

  it.each([
    ['https://1.1.1.1@127.0.0.1/', 'invalid'],
    ['https://user:secret@api.example.com/', 'invalid'],
    ['ftp://api.example.com/', 'invalid'],
    ['file:///etc/passwd', 'invalid'],
    ['gopher://127.0.0.1:70/', 'invalid'],
    ['//api.example.com/', 'invalid'],
    ['api.example.com', 'invalid'],
    ['', 'invalid'],
    ['https://999.1.1.1/', 'invalid'],
    ['http://api.example.com/', 'forbidden'],
    ['http://8.8.8.8/', 'forbidden'],
  ])('%s as %s', (url, kind) => {
    const problem = checkAddress(url, publicOnly);
    expect(problem).toMatchObject({ kind });
    expect(problem?.help).toBeTruthy();
    expect(JSON.stringify(problem)).not.toContain('secret');
  });
});

describe('checkAddress permits', () => {
  it.each([
    'api.example.com',
    'bücher.example',
    '1.1.1.1',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.0.1.1',
    '198.20.0.0',
    '223.255.255.255',
    '[2606:4700::1111]',
    '[2001:4860:4860::8888]',
    '[2003::1]',
    '[64:ff9b::8.8.8.8]',
  ])('https://%s/', (host) => {
    expect(checkAddress(`https://${host}/hook`, publicOnly)).toBeNull();
  });
});

describe('the allow list', () => {
  const { rules, diagnostics } = compileAddressRules([
    '10.1.0.0/16',
    '127.0.0.1',
    'fd00::/8',
    'Intranet.Example.',
    'localhost',
  ]);

  it('is read whole', () => expect(diagnostics).toEqual([]));

  it.each([
    ['http://10.1.255.255/', true],
    ['https://10.2.0.0/', false],
    ['http://127.0.0.1:4000/', true],
    ['http://2130706433/', true],
    ['https://127.0.0.2/', false],
    ['http://[fd00::1]/', true],
    ['http://localhost:4000/', true],
    ['https://app.localhost/', false],
    ['http://intranet.example/', true],
    ['http://INTRANET.example./', true],
    ['http://evil.intranet.example/', false],
  ])('%s: %s', (url, permitted) => {
    expect(checkAddress(url, rules) === null).toBe(permitted);
  });

  it.each([
    '10.0.0.0/33',
    '10.0.0.0/',
    'fd00::/129',
    '10.0.0.0/8/8',
    'http://x',
    'a b',
    '*.example',
    '0x7f.1',
    'host:80',
    '',
    'fe80::1%eth0',
  ])('diagnoses %j', (entry) => {
    const wrong = compileAddressRules(['localhost', entry]);
    expect(wrong.diagnostics).toMatchObject([{ code: 'config-schema', severity: 'error', pointer: '/1' }]);
  });
});

interface Found {
  readonly error: NodeJS.ErrnoException | null;
  readonly found: unknown;
}

function ask(lookup: LookupFunction, hostname: string, options = {}): Promise<Found> {
  return new Promise((done) => {
    lookup(hostname, options, (error, address, family) => done({ error, found: family ? [address, family] : address }));
  });
}

const answering =
  (...addresses: readonly string[]): Resolve =>
  async () =>
    addresses.map((address) => ({ address, family: isIP(address) }));

describe('guardedLookup', () => {
  it('answers in each of the forms that node asks for', async () => {
    const lookup = guardedLookup(publicOnly, answering('1.1.1.1', '2606:4700::1111'));
    expect(await ask(lookup, 'a.example')).toEqual({ error: null, found: ['1.1.1.1', 4] });
    expect(await ask(lookup, 'a.example', { family: 6 })).toEqual({ error: null, found: ['2606:4700::1111', 6] });
    expect(await ask(lookup, 'a.example', { family: 'IPv4', all: true })).toEqual({
      error: null,
      found: [{ address: '1.1.1.1', family: 4 }],
    });
    expect((await ask(lookup, 'a.example', { all: true })).found).toHaveLength(2);
  });

  it.each([
    ['private', ['10.0.0.1']],
    ['public and private', ['1.1.1.1', '192.168.1.1']],
    ['public and private of the other family', ['1.1.1.1', '::1']],
    ['mapped', ['::ffff:10.0.0.1']],
    ['scoped', ['fe80::1%1']],
    ['the metadata service', ['169.254.169.254']],
  ])('refuses a name that leads to %s addresses, and does not say which', async (_, addresses) => {
    const { error } = await ask(guardedLookup(publicOnly, answering(...addresses)), 'sneaky.example', { family: 4 });
    expect(error).toMatchObject({ code: 'address-forbidden', retryable: false });
    for (const address of addresses) expect(`${error?.stack}${JSON.stringify(error)}`).not.toContain(address);
  });

  it('asks for the absolute name, and for an allowed host as it is written', async () => {
    const asked: string[] = [];
    const { rules } = compileAddressRules(['vendor']);
    const lookup = guardedLookup(rules, async (hostname) => {
      asked.push(hostname);
      return [{ address: '10.0.0.1', family: 4 }];
    });
    expect((await ask(lookup, 'api.example')).error).toMatchObject({ code: 'address-forbidden' });
    expect(await ask(lookup, 'vendor')).toEqual({ error: null, found: ['10.0.0.1', 4] });
    expect(asked).toEqual(['api.example.', 'vendor']);
  });

  it('gives up on a resolver that does not answer', async () => {
    const { error } = await ask(
      guardedLookup(publicOnly, () => new Promise(() => undefined), 20),
      'slow.example',
    );
    expect(error).toMatchObject({ code: 'vendor-unreachable', retryable: true, detail: { reason: 'ETIMEDOUT' } });
  });

  it('fails for a name that has no address', async () => {
    const missing: Resolve = async () => {
      throw Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
    };
    expect((await ask(guardedLookup(publicOnly, missing), 'no.example')).error).toMatchObject({
      code: 'vendor-unreachable',
    });
    expect((await ask(guardedLookup(publicOnly, answering()), 'no.example')).error).toMatchObject({
      code: 'vendor-unreachable',
    });
  });
});

describe('guardSocket', () => {
  const server = createServer((_, response) => response.end('inner'));
  beforeAll(() => new Promise<void>((done) => void server.listen(0, '127.0.0.1', done)));
  afterAll(() => new Promise((done) => server.close(done)));

  async function fate(rules: AddressRules): Promise<string> {
    const { port } = server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    guardSocket(socket, '127.0.0.1', rules);
    return new Promise((done) => {
      socket.once('error', (error) => done(error instanceof Failure ? error.code : 'other'));
      socket.once('connect', () =>
        setImmediate(() => {
          if (socket.destroyed) return;
          done('connected');
          socket.destroy();
        }),
      );
    });
  }

  it('destroys a socket that has come out at a forbidden place', async () => {
    expect(await fate(publicOnly)).toBe('address-forbidden');
  });

  it('leaves an allowed one alone', async () => {
    expect(await fate(compileAddressRules(['127.0.0.0/8']).rules)).toBe('connected');
  });
});
