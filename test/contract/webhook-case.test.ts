/** A case of a webhook that does not hold fails, and says where. */
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadCases } from '../../src/connector/case.ts';
import { linkConnector } from '../../src/connector/link.ts';
import { createLinkContext, loadConnectors, loadDialects } from '../../src/connector/load.ts';
import { runWebhookCase } from '../../src/contract/webhook-case.ts';
import type { WebhookCase } from '../../src/definition/webhook-case.ts';
import { connectorWith, linkWay, lookUp, nowMs, signedRequest } from '../inbound/vendors.ts';

const { connectors, files } = await loadConnectors();

async function caseOf(key: string, name: string) {
  const connector = connectors.get(key);
  if (connector === undefined) throw new Error(`no connector ${key}`);
  const { webhooks } = await loadCases(files.get(key) ?? '');
  const loaded = webhooks.find(({ source }) => path.basename(source.file) === name);
  if (loaded === undefined) throw new Error(`no case ${name}`);
  return { connector, ...loaded };
}

const { connector, case: written, source } = await caseOf('hubspot', 'webhook-contacts.json');
const good = { ...written, told: written.told ?? [], reads: written.reads ?? [], events: written.events ?? [] };
const { headers = {}, body = '' } = good.request;
const signatureHeader = 'X-HubSpot-Signature-v3';

/** The good case with parts exchanged. */
const changed = (parts: Partial<WebhookCase>): WebhookCase => ({ ...good, ...parts });
const withRequest = (parts: Partial<WebhookCase['request']>) => changed({ request: { ...good.request, ...parts } });
const pointersOf = async (testCase: WebhookCase) =>
  (await runWebhookCase(connector, testCase)).map(({ code, pointer }) => {
    expect(code).toBe('case-failed');
    return pointer;
  });

test('the case holds as it stands', async () => {
  expect(await pointersOf(good)).toEqual([]);
});

describe('a tampered request is refused', () => {
  const signature = headers[signatureHeader] ?? '';
  test.each<[string, Partial<WebhookCase['request']>]>([
    ['body', { body: body.replace('8812', '8813') }],
    ['signature', { headers: { ...headers, [signatureHeader]: `A${signature.slice(1)}` } }],
    ['time', { headers: { ...headers, 'X-HubSpot-Request-Timestamp': '1795190692182' } }],
    ['URL', { url: `${good.request.url}?x=1` }],
    ['method', { method: 'PUT' }],
    ['arrival', { receivedAt: '2026-11-20T16:09:53.000Z' }],
  ])('%s', async (_what, parts) => {
    expect(await pointersOf(withRequest(parts))).toEqual(['/request']);
  });
});

describe('what the case says is held', () => {
  test.each<[string, Partial<WebhookCase>, string]>([
    ['a change that is not told', { told: good.told.slice(1) }, '/told'],
    ['a word of a change', { told: good.told.map((told) => ({ ...told, change: 'updated' })) }, '/told/0/change'],
    ['a part passed over', { skipped: ['event-object-unknown'] }, '/skipped'],
    ['the answer', { answer: { status: 202 } }, '/answer/status'],
    ['an event that does not come', { events: good.events.slice(1) }, '/events'],
    [
      'a value of a record',
      { events: good.events.map((e) => ({ ...e, record: e.record && { id: '0' } })) },
      '/events/0/record/id',
    ],
    ['a record of a deleted one', { events: good.events.map((e) => ({ ...e, record: {} })) }, '/events/2/record'],
    ['a record that nobody asks for', { reads: [...good.reads, { path: '/x', has: 'x', answer: {} }] }, '/reads'],
    ['a record asked for that is not given', { reads: good.reads.slice(1) }, '/reads'],
    ['an object by a name that none can have', { objects: { 'Bi cycles': '2-1' } }, '/objects/Bi cycles'],
    ['another account', { settings: { portalId: '1' } }, '/events'],
  ])('%s', async (_what, parts, pointer) => {
    expect(await pointersOf(changed(parts))).toContain(pointer);
  });

  test('a variant that is refused for another reason, or said to be unseen', async () => {
    for (const outcome of ['inbound-token-wrong', 'nothing-new', { unseen: 'The vendor signs nothing.' }])
      for (const kind of Object.keys(good.variants))
        expect(await pointersOf(changed({ variants: { [kind]: outcome } }))).toEqual([`/variants/${kind}`]);
  });
});

test('a variant that is taken is not to be called refused', async () => {
  const soap = await caseOf('salesforce', 'webhook-outbound-contact.json');
  const unseen = Object.entries(soap.case.variants).filter(([, outcome]) => typeof outcome !== 'string');
  expect(unseen.length).toBeGreaterThan(0);
  for (const [kind] of unseen) {
    const variants = { [kind]: 'inbound-signature-wrong' };
    expect(await runWebhookCase(soap.connector, { ...soap.case, variants })).toMatchObject([
      { code: 'case-failed', pointer: `/variants/${kind}` },
    ]);
  }
});

test('a credential or setting that the connector does not have is told', async () => {
  const parts = {
    credentials: { ...written.credentials, clientSecrets: 'x' },
    settings: { ...written.settings, portal: '1' },
  };
  const found = await runWebhookCase(connector, changed(parts));
  expect(found.map(({ code, severity, pointer }) => [code, severity, pointer])).toEqual([
    ['setting-unknown', 'error', '/settings/portal'],
    ['credentials-missing', 'error', '/credentials/clientSecrets'],
  ]);
});

test('a handshake is a case of its answer', async () => {
  const { way, secret } = lookUp('slack');
  const handshake = {
    when: { expression: "type = 'url_verification'" },
    respond: { kind: 'echo-json-field', path: 'challenge', field: 'challenge' },
  };
  const slack = linkWay({ ...way, handshake: [handshake] }).way;
  const body = '{"type":"url_verification","challenge":"c1"}';
  const { headers, url } = signedRequest(lookUp('slack'), { body: Buffer.from(body) });
  const flat = Object.fromEntries(Object.entries(headers).map(([name, values = []]) => [name, values.join()]));
  const testCase: WebhookCase = {
    name: 'a challenge',
    way: 'slack',
    credentials: { secret: secret ?? '' },
    request: { url, headers: flat, body, receivedAt: new Date(nowMs).toISOString() },
    answer: { headers: { 'content-type': 'application/json' }, body: '{"challenge":"c1"}' },
    variants: { forged: 'inbound-signature-wrong', replayed: 'inbound-too-old' },
  };
  const { connector: linked } = linkConnector(connectorWith(way), createLinkContext((await loadDialects()).dialects));
  if (linked === null) throw new Error('no connector');
  const withHandshake = { ...linked, inbound: new Map([['slack', slack]]) };
  expect(await runWebhookCase(withHandshake, testCase)).toEqual([]);
  expect(await runWebhookCase(withHandshake, { ...testCase, answer: { body: 'c1' } })).toMatchObject([
    { pointer: '/answer/headers/content-type' },
    { pointer: '/answer/body' },
  ]);
});

test('a way that is not there is told with the nearest one', async () => {
  expect(await runWebhookCase(connector, changed({ way: 'event' }), source)).toMatchObject([
    { code: 'case-failed', help: 'Did you mean "events"?', pointer: '/way', place: { file: source.file, line: 4 } },
  ]);
});
