import { SaxesParser } from 'saxes';
import { describe, expect, test } from 'vitest';
import { escapeXml, isAcknowledged, renderEnvelope } from '../../../src/sandbox/salesforce/outbound-envelope.ts';
import { openReceiver, type ReceiverAnswer } from '../receiver.ts';
import { dig, openSandbox, type SandboxClient, startMs } from '../sandbox-client.ts';

const ack =
  '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack></notificationsResponse></soapenv:Body></soapenv:Envelope>';
const nack = ack.replace('true', 'false');
const outbound = 'http://soap.sforce.com/2005/09/outbound';
const sObject = 'urn:sobject.enterprise.soap.sforce.com';

interface Element {
  readonly name: string;
  readonly uri: string;
  text: string;
}

/** The elements of a message with their text, read by a parser that refuses what is not well-formed. */
function elementsOf(xml: string): readonly Element[] {
  const parser = new SaxesParser({ xmlns: true });
  const found: Element[] = [];
  const open: Element[] = [];
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ local, uri }) => {
    const element = { name: local, uri, text: '' };
    found.push(element);
    open.push(element);
  });
  parser.on('text', (text) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  });
  parser.on('closetag', () => open.pop());
  parser.write(xml).close();
  return found;
}

const textsOf = (xml: string, uri: string, name: string): readonly string[] =>
  elementsOf(xml).flatMap((element) => (element.uri === uri && element.name === name ? [element.text] : []));

async function open(
  answer: ReceiverAnswer,
  settings: object = { object: 'Contact', fields: ['LastName', 'DoNotCall'] },
) {
  const receiver = await openReceiver(() => answer);
  const sandbox = await openSandbox('salesforce');
  const made = await sandbox.call('POST', '/_sandbox/webhooks', { url: `${receiver.origin}/listener`, ...settings });
  expect(made.status).toBe(201);
  return { ...sandbox, receiver };
}

const settled = async (sandbox: SandboxClient): Promise<unknown> =>
  (await sandbox.call('GET', '/_sandbox/webhooks')).json;

describe('an outbound message', () => {
  test('carries the chosen fields, and text that XML would choke on', async () => {
    const sandbox = await open({ status: 200, body: ack });
    const hostile = `]]></sf:LastName>&amp;<!DOCTYPE x>"'\u0000\u000b\ud800\r\n“✓”🚲`;
    const record = { LastName: hostile, Email: 'm@lindcycles.example' };
    const made = await sandbox.call('POST', '/_sandbox/records', { object: 'Contact', record });
    await settled(sandbox);
    const [post] = sandbox.receiver.posts;
    if (post === undefined) throw new TypeError();
    expect(post.headers['content-type']).toBe('text/xml; charset=utf-8');
    expect(textsOf(post.body, sObject, 'LastName')).toEqual([`]]></sf:LastName>&amp;<!DOCTYPE x>"'\r\n“✓”🚲`]);
    expect(textsOf(post.body, sObject, 'Id')).toEqual([dig(made.json, 'id')]);
    expect(textsOf(post.body, sObject, 'DoNotCall')).toEqual(['false']);
    expect(textsOf(post.body, sObject, 'Email')).toEqual([]);
    const credentials = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'sandbox-client',
      client_secret: 'sandbox-secret',
    });
    const token = await sandbox.call('POST', '/services/oauth2/token', credentials);
    expect(String(dig(token.json, 'id'))).toContain(`/id/${textsOf(post.body, outbound, 'OrganizationId')[0]}/`);
  });

  test('holds up to a hundred notifications, each with an id of its own; all fields where none are chosen', async () => {
    const sandbox = await open({ status: 200, body: ack }, { object: 'contact' });
    await sandbox.call('POST', '/_sandbox/edit', { object: 'Contact', action: 'create', count: 130 });
    await sandbox.call('POST', '/_sandbox/edit', { object: 'Account', action: 'create', count: 3 });
    await settled(sandbox);
    const { posts } = sandbox.receiver;
    expect(posts.map(({ body }) => textsOf(body, outbound, 'Notification').length)).toEqual([100, 30]);
    const ids = posts.flatMap(({ body }) => textsOf(body, outbound, 'Id'));
    expect(new Set(ids).size).toBe(130);
    expect(ids[0]).toMatch(/^04l[0-9A-Za-z]{15}$/);
    expect(textsOf(posts[0]?.body ?? '', sObject, 'LastModifiedDate')[0]).toBe('2026-11-20T16:04:51.000Z');
  });

  test('carries the record as it is when the message leaves; a delete sends none', async () => {
    const sandbox = await open({ status: 200, body: nack });
    const made = await sandbox.call('POST', '/_sandbox/records', { object: 'Contact', record: { LastName: 'One' } });
    await settled(sandbox);
    const id = dig(made.json, 'id');
    await sandbox.call('POST', '/_sandbox/records', { object: 'Contact', id, record: { LastName: 'Two' } });
    await settled(sandbox);
    await sandbox.call('POST', '/_sandbox/clock', { advanceMs: 60_000 });
    await settled(sandbox);
    expect(sandbox.receiver.posts.map(({ body }) => textsOf(body, sObject, 'LastName')[0])).toEqual([
      'One',
      'Two',
      'Two',
      'Two',
    ]);
    const before = sandbox.receiver.posts.length;
    await sandbox.call('DELETE', `/_sandbox/records/Contact/${id}`);
    await settled(sandbox);
    expect(sandbox.receiver.posts).toHaveLength(before);
  });

  test('of a forger names another organisation', async () => {
    const sandbox = await open({ status: 200, body: ack });
    await sandbox.call('PATCH', '/_sandbox/faults', { webhookForgeRate: 1 });
    await sandbox.call('POST', '/_sandbox/records', { object: 'Contact', record: { LastName: 'One' } });
    await settled(sandbox);
    expect(textsOf(sandbox.receiver.posts[0]?.body ?? '', outbound, 'OrganizationId')[0]).toMatch(/Forged/);
  });

  test('that is not acknowledged is tried for 24 hours, with gaps that grow to two', async () => {
    const sandbox = await open({ status: 200, body: nack });
    await sandbox.call('POST', '/_sandbox/records', { object: 'Contact', record: { LastName: 'One' } });
    await settled(sandbox);
    for (let step = 0; step < 40; step += 1) {
      const attempts = dig(await settled(sandbox), 'attempts');
      const nextAt = Array.isArray(attempts) ? dig(attempts.at(-1), 'nextAt') : null;
      if (typeof nextAt !== 'string') break;
      await sandbox.call('POST', '/_sandbox/clock', { setMs: Date.parse(nextAt) });
    }
    const state = await settled(sandbox);
    const attempts = dig(state, 'attempts');
    const minutes = Array.isArray(attempts) ? attempts.map(({ at }) => (Date.parse(at) - startMs) / 60_000) : [];
    expect(minutes.slice(0, 9)).toEqual([0, 1, 3, 7, 15, 31, 63, 127, 247]);
    expect(minutes.at(-1)).toBeLessThanOrEqual(1440);
    expect(minutes.at(-1)).toBeGreaterThan(1320);
    expect(state).toMatchObject({ waiting: 0, subscriptions: [{ isActive: true }] });
  });
});

describe('the portal', () => {
  test.each([
    [{ url: 'https://listener.example.test/', object: 'Contact' }],
    [{ url: 'http://[::ffff:10.0.0.1]/', object: 'Contact' }],
    [{ object: 'Contact' }],
    [{ url: 'http://127.0.0.1:1/', object: 'Wombat' }],
    [{ url: 'http://127.0.0.1:1/', object: 'Contact', fields: ['Wombat'] }],
    [{ url: 'http://127.0.0.1:1/', object: 'Contact', fields: 'LastName' }],
  ])('refuses %j with a sentence', async (body) => {
    const sandbox = await openSandbox('salesforce');
    const refused = await sandbox.call('POST', '/_sandbox/webhooks', body);
    expect(refused).toMatchObject({ status: 400, json: { message: expect.any(String) } });
  });

  test('takes subscriptions away, one or all', async () => {
    const sandbox = await open({ status: 200, body: ack });
    await sandbox.call('POST', '/_sandbox/webhooks', { url: 'http://127.0.0.1:1/', object: 'Account' });
    expect((await sandbox.call('DELETE', '/_sandbox/webhooks/1')).json).toEqual({ removed: 1 });
    expect(await settled(sandbox)).toMatchObject({ subscriptions: [{ serial: 2 }] });
    expect((await sandbox.call('DELETE', '/_sandbox/webhooks')).json).toEqual({ removed: 1 });
    await sandbox.call('POST', '/_sandbox/records', { object: 'Account', record: { Name: 'One' } });
    expect(await settled(sandbox)).toEqual({ subscriptions: [], attempts: [], waiting: 0 });
  });
});

test.each([
  [ack, true],
  [ack.replaceAll('notificationsResponse', 'o:notificationsResponse').replaceAll('Ack>', 'o:Ack>'), true],
  [ack.replace('<Ack>true', '<Ack>\n true \n'), true],
  [nack, false],
  ['', false],
  ['<Ack>true</Ack>', false],
  [ack.replace('</Ack>', '</o:Ack>'), false],
])('%s acknowledges: %s', (body, expected) => {
  expect(isAcknowledged(body)).toBe(expected);
});

test('an envelope is well-formed whatever it holds', () => {
  for (let code = 0; code < 0x1_0000; code += 97) {
    const text = `a${String.fromCharCode(code)}b`;
    const message = { organizationId: 'o', actionId: text, origin: 'http://x', object: 'Contact' };
    const xml = renderEnvelope({ ...message, notifications: [{ id: text, fields: [['Name', text]] }] });
    expect(textsOf(xml, sObject, 'Name')[0]).toMatch(/^a[\s\S]*b$/u);
  }
  expect(escapeXml('\u{1F6B2}')).toBe('\u{1F6B2}');
});
