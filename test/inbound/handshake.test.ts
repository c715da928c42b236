import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { receiveInbound } from '../../src/inbound/receive.ts';
import { asReceived, linkWay, lookUp, nowMs, signedRequest } from './vendors.ts';

const url = 'https://hooks.example.test/in/1';

function receive(name: string, request: Partial<Parameters<typeof asReceived>[0]>, secrets: readonly string[]) {
  const whole = { method: 'POST', url, headers: {}, body: Buffer.alloc(0), ...request };
  const { way } = linkWay(lookUp(name).way);
  return receiveInbound(way, asReceived(whole), { secrets, settings: {}, nowMs });
}

/** A handshake that the vendor signs. */
function receiveSigned(name: string, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  const vendor = { ...lookUp(name), requests: [{ body, headers, changes: [] }] };
  const context = { secrets: ['another', vendor.secret ?? ''], settings: {}, nowMs };
  return receiveInbound(linkWay(lookUp(name).way).way, signedRequest(vendor), context);
}

const refused = (code: string, status = 401) => ({ kind: 'refused', code, answer: { status, body: '' } });

describe('a query parameter comes back', () => {
  test('as plain text and nothing else', async () => {
    const text = '<script>alert(1)</script> + ümläut';
    const received = await receive(
      'microsoft-graph',
      { url: `${url}?validationToken=${encodeURIComponent(text)}` },
      [],
    );
    expect(received).toEqual({
      kind: 'handshake',
      keep: null,
      answer: {
        status: 200,
        headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
        body: text,
      },
    });
  });

  test('not when it comes twice, or with another method', async () => {
    const twice = await receive('microsoft-graph', { url: `${url}?validationToken=a&validationToken=b` }, ['x']);
    expect(twice).toMatchObject({ kind: 'refused' });
    const got = await receive('microsoft-graph', { method: 'GET', url: `${url}?validationToken=a` }, ['x']);
    expect(got).toEqual({
      kind: 'refused',
      code: 'inbound-method',
      answer: { status: 405, headers: { allow: 'POST' }, body: '' },
    });
  });
});

describe('a key is handed over', () => {
  test('in a header, which comes back', async () => {
    const received = await receive('asana', { headers: { 'X-Hook-Secret': 'b537207f20cbfa02357cf448134da559' } }, []);
    expect(received).toEqual({
      kind: 'handshake',
      keep: { credential: 'secret', value: 'b537207f20cbfa02357cf448134da559' },
      answer: { status: 200, headers: { 'x-hook-secret': 'b537207f20cbfa02357cf448134da559' }, body: '' },
    });
  });

  test('in the body', async () => {
    const body = Buffer.from('{"verification_token":"secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl"}');
    expect(await receive('notion', { body }, [])).toMatchObject({
      kind: 'handshake',
      keep: { credential: 'secret', value: 'secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl' },
      answer: { status: 200, body: '' },
    });
  });

  test('never in the place of one that is there', async () => {
    const asana = await receive('asana', { headers: { 'X-Hook-Secret': 'of-a-stranger' } }, ['the key']);
    expect(asana).toMatchObject(refused('inbound-handshake-closed'));
    const notion = await receive('notion', { body: Buffer.from('{"verification_token":"of-a-stranger"}') }, [
      'the key',
    ]);
    expect(notion).toMatchObject(refused('inbound-handshake-closed'));
  });

  test.each(['short', 'with space in it', 'x'.repeat(1025), 'not-ascii-ä'])('not %j', async (value) => {
    const received = await receive('asana', { headers: { 'X-Hook-Secret': value } }, []);
    expect(received).toMatchObject(refused('inbound-condition-failed'));
  });
});

describe('a signed challenge', () => {
  test('comes back as JSON', async () => {
    expect(await receiveSigned('slack', { type: 'url_verification', challenge: '3eZbrw1aB' })).toEqual({
      kind: 'handshake',
      keep: null,
      answer: { status: 200, headers: { 'content-type': 'application/json' }, body: '{"challenge":"3eZbrw1aB"}' },
    });
  });

  test('comes back with its hash, by the key that signed it', async () => {
    const payload = { plainToken: 'qgg8vlvZRS6UYooatFL8Aw' };
    const received = await receiveSigned('zoom', { event: 'endpoint.url_validation', payload });
    const encryptedToken = createHmac('sha256', 'zoom-secret-token').update(payload.plainToken).digest('hex');
    expect(received).toMatchObject({ kind: 'handshake', answer: { status: 200 } });
    expect(received.kind === 'handshake' && JSON.parse(received.answer.body)).toEqual({ ...payload, encryptedToken });
  });

  test('is no way to have a message signed', async () => {
    for (const plainToken of ['v0:1793491200:{"event":"user.deleted"}', '{}', '', 7.5, null, ['a'], 'x'.repeat(256)]) {
      const received = await receiveSigned('zoom', { event: 'endpoint.url_validation', payload: { plainToken } });
      expect([plainToken, received.kind]).toEqual([plainToken, 'refused']);
    }
  });

  test('is refused unsigned', async () => {
    const body = Buffer.from('{"type":"url_verification","challenge":"x"}');
    expect(await receive('slack', { body }, ['secret'])).toMatchObject(refused('inbound-value-missing'));
  });
});

describe('an empty answer', () => {
  test('to a right signature, and 401 to a wrong one', async () => {
    const body = { events: [], firstEventSequence: 0, lastEventSequence: 0 };
    expect(await receiveSigned('xero', body)).toEqual({
      kind: 'handshake',
      keep: null,
      answer: { status: 200, headers: {}, body: '' },
    });
    const wrong = { 'x-xero-signature': createHmac('sha256', 'wrong').update(JSON.stringify(body)).digest('base64') };
    const received = await receive('xero', { body: Buffer.from(JSON.stringify(body)), headers: wrong }, [
      'xero-webhook-key',
    ]);
    expect(received).toEqual({
      kind: 'refused',
      code: 'inbound-signature-wrong',
      answer: { status: 401, headers: {}, body: '' },
    });
  });

  test('to a ping, a probe, a first GET with the secret', async () => {
    expect(
      await receiveSigned('github', { zen: 'Keep it logically awesome.' }, { 'x-github-event': 'ping' }),
    ).toMatchObject({
      kind: 'handshake',
      answer: { status: 200, body: '' },
    });
    expect(await receive('mandrill', { method: 'HEAD' }, [])).toMatchObject({ kind: 'handshake' });
    const secret = 'in-the-query-0123456789';
    expect(await receive('mailchimp', { method: 'GET', url: `${url}?secret=${secret}` }, [secret])).toMatchObject({
      kind: 'handshake',
    });
    expect(await receive('mailchimp', { method: 'GET', url: `${url}?secret=x` }, [secret])).toMatchObject(
      refused('inbound-token-wrong'),
    );
  });
});

describe('consent by OPTIONS', () => {
  const way = {
    ...lookUp('github').way,
    handshake: [
      {
        when: { method: 'OPTIONS', header: 'WebHook-Request-Origin' },
        signed: false,
        respond: { kind: 'options-consent', origin: 'events.example.com', ratePerMinute: 120 },
      },
    ],
  };
  const ask = (origin: string) => {
    const headers = { 'WebHook-Request-Origin': origin };
    const request = asReceived({ method: 'OPTIONS', url, headers, body: Buffer.alloc(0) });
    return receiveInbound(linkWay(way).way, request, { secrets: [], settings: {}, nowMs });
  };

  test('to the one origin', async () => {
    expect(await ask('events.example.com')).toMatchObject({
      answer: { headers: { 'webhook-allowed-origin': 'events.example.com', 'webhook-allowed-rate': '120' } },
    });
    expect(await ask('evil.example.com')).toMatchObject(refused('inbound-condition-failed'));
  });
});

test('a refusal is answered as the way says', async () => {
  const { way } = linkWay({ ...lookUp('github').way, onInvalid: 200 });
  const request = { ...signedRequest(lookUp('github')), headers: {} };
  expect(await receiveInbound(way, request, { secrets: ['x'], settings: {}, nowMs })).toEqual({
    kind: 'refused',
    code: 'inbound-value-missing',
    answer: { status: 200, headers: {}, body: '' },
  });
});
