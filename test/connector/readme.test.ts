/** The connector that connectors/README.md makes is one that works. */
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runCase } from '../../src/connector/case.ts';
import { describedObject } from '../../src/connector/described.ts';
import { linkConnector } from '../../src/connector/link.ts';
import { createLinkContext, loadDialects } from '../../src/connector/load.ts';
import { readSchema } from '../../src/connector/package-files.ts';
import { renderRequest } from '../../src/connector/render-request.ts';
import { parseSource } from '../../src/connector/source.ts';
import { createSchemaCheck } from '../../src/connector/validate.ts';
import { runWebhookCase } from '../../src/contract/webhook-case.ts';
import type { ConnectorCase } from '../../src/definition/case.ts';
import type { ConnectorDefinition } from '../../src/definition/connector.ts';
import type { WebhookCase } from '../../src/definition/webhook-case.ts';
import { receiveInbound } from '../../src/inbound/receive.ts';

const context = createLinkContext((await loadDialects()).dialects);
const text = readFileSync(new URL('../../connectors/README.md', import.meta.url), 'utf8');
const [
  connectorText = '',
  parameterText = '',
  caseText = '',
  inboundText = '',
  manyText = '',
  subscriptionsText = '',
  appText = '',
  webhookText = '',
  accountText = '',
  trialText = '',
] = [...text.matchAll(/```json\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');

test('the example links and its case holds', async () => {
  const source = parseSource('connectors/README.md.json', connectorText);
  const { connector, diagnostics } = linkConnector(source.value, { ...context, source });
  expect(diagnostics).toEqual([]);
  const example: unknown = JSON.parse(caseText);
  expect(createSchemaCheck(readSchema('case'), 'case-schema')(example)).toEqual([]);
  if (connector === null) return;
  expect(await runCase(connector, example as ConnectorCase, context.resources)).toEqual([]);
});

test('the one of a single parameter links, and asks by it', () => {
  const base = JSON.parse(connectorText) as ConnectorDefinition;
  const { objects, ...given } = JSON.parse(parameterText) as Pick<ConnectorDefinition, 'auth' | 'objects'>;
  const { deletes: _, ...contact } = { ...base.objects['contact'], ...objects['contact'] };
  const { connector, diagnostics } = linkConnector({ ...base, ...given, objects: { contact } }, context);
  expect(diagnostics).toMatchObject([{ severity: 'hint', code: 'dialect-operator-missing' }]);
  const changes = connector?.objects.get('contact')?.changes;
  if (changes?.strategy !== 'watermark') throw new Error('the example does not link');
  const nowMs = Date.UTC(2026, 10, 20);
  const natives = changes.query.bind({ parameters: { since: nowMs - 3_600_000, until: nowMs }, nowMs });
  const settings = { baseUrl: 'https://acme.example' };
  const [request] = natives.map((native) => renderRequest(changes.request, { settings, native }));
  expect(request?.query).toEqual([
    ['limit', '200'],
    ['changed_after', '2026-11-19T23:00:00Z'],
  ]);
});

async function withWebhooks() {
  const base = JSON.parse(connectorText) as ConnectorDefinition;
  const added = JSON.parse(inboundText) as Pick<ConnectorDefinition, 'credentials' | 'inbound' | 'objects'>;
  const several = JSON.parse(manyText) as Pick<ConnectorDefinition, 'objects'>;
  const subscriptions = JSON.parse(subscriptionsText);
  const whole = {
    ...base,
    credentials: { ...base.credentials, ...added.credentials },
    inbound: (added.inbound ?? []).map((one) => ({ ...one, subscriptions })),
    objects: { contact: { ...base.objects['contact'], ...added.objects['contact'], ...several.objects['contact'] } },
  };
  const { connector, diagnostics } = linkConnector(whole, context);
  expect(diagnostics).toEqual([]);
  if (connector === null) throw new Error('the example does not link');
  return connector;
}

test('its webhooks and their registration link, and what is signed as they say is taken', async () => {
  const connector = await withWebhooks();
  const way = connector.inbound.get('events');
  if (way === undefined) throw new Error('no way is called events');
  expect(way.subscriptions).toMatchObject({ usesSecret: true, topics: [{ topic: 'person.added' }, {}, {}] });
  const receive = (value: unknown) => {
    const body = Buffer.from(JSON.stringify(value));
    const signature = createHmac('sha256', 'secret').update('1795190691.').update(body).digest('hex');
    const headers = { 'acme-signature': [`t=1795190691,v1=${signature}`] };
    const request = { method: 'POST', url: 'https://hooks.example.test/', headers, body };
    return receiveInbound(way, request, { secrets: ['secret'], settings: {}, nowMs: 1_795_190_691_000 });
  };
  const event = { kind: 'person', id: 7, action: 'add', at: 1_795_190_691, key: 'k1' };
  expect(await receive({ events: [event] })).toMatchObject({
    kind: 'events',
    changes: [{ object: 'contact', objectId: '7', change: 'created', occurredAtMs: 1_795_190_691_000, dedupe: 'k1' }],
    skipped: [],
  });
  expect(await receive({ type: 'challenge', challenge: 'x' })).toMatchObject({ answer: { body: '{"challenge":"x"}' } });
});

test('its webhooks link where they belong to the app', () => {
  const base = JSON.parse(connectorText) as ConnectorDefinition;
  const added = JSON.parse(inboundText) as Pick<ConnectorDefinition, 'credentials' | 'inbound' | 'objects'>;
  const { app, subscriptions } = JSON.parse(appText);
  const whole = {
    ...base,
    app,
    credentials: { ...base.credentials, ...added.credentials },
    inbound: (added.inbound ?? []).map((one) => ({
      ...one,
      route: 'baseUrl',
      events: one.events.map((reader) => ({ ...reader, account: 'account' })),
      subscriptions,
    })),
    objects: { contact: { ...base.objects['contact'], ...added.objects['contact'] } },
  };
  const { connector, diagnostics } = linkConnector(whole, context);
  expect(diagnostics).toEqual([]);
  const topics = connector?.inbound.get('events')?.subscriptions?.topics ?? [];
  expect(topics.map(({ topic, field }) => [topic, field])).toEqual([
    ['person.added', null],
    ['person.removed', null],
    ['person.changed', 'mail'],
    ['person.changed', 'city'],
  ]);
});

test('its case of a webhook holds', async () => {
  const example: unknown = JSON.parse(webhookText);
  expect(createSchemaCheck(readSchema('webhook-case'), 'case-schema')(example)).toEqual([]);
  expect(await runWebhookCase(await withWebhooks(), example as WebhookCase)).toEqual([]);
});

/** What says how to ask, and not what is odd. */
const plain = new Set([
  'strategy',
  'request',
  'records',
  'page',
  'cursor',
  'where',
  'everySeconds',
  'kind',
  'field',
  'path',
  'equals',
]);

test('its trial links, and writes marks', async () => {
  const base = JSON.parse(connectorText) as ConnectorDefinition;
  const added = JSON.parse(trialText) as ConnectorDefinition['objects'][string];
  const context = createLinkContext((await loadDialects()).dialects);
  const link = (trial: unknown) =>
    linkConnector({ ...base, objects: { contact: { ...base.objects['contact'], ...added, trial } } }, context);
  const { connector, diagnostics } = link(added.trial);
  expect(diagnostics).toEqual([]);
  expect(connector?.objects.get('contact')?.trial?.update.body?.names).toEqual(['mark', 'record.updated']);
  const unmarked = link({ ...added.trial, update: { method: 'PUT', path: '/contacts/{id}', body: { mail: 'x' } } });
  expect(unmarked.diagnostics.map(({ code }) => code)).toEqual(['connector-trial-unmarked']);
  const unknown = link({ ...added.trial, delete: { method: 'DELETE', path: '/contacts/{record.colour}' } });
  expect(unknown.diagnostics.map(({ code }) => code)).toEqual(['connector-template']);
});

test('every word for a trap or a strategy has its line', () => {
  const section = text.slice(text.indexOf('## When the vendor is odd'));
  const { $defs } = readSchema('connector') as { readonly $defs: Readonly<Record<string, SchemaPart>> };
  const { Detection, CursorTraps, LogEntry, Gate, PageDefinition } = $defs;
  const parts = [...(Detection?.oneOf ?? []), CursorTraps, LogEntry];
  const words = parts.flatMap((part) => Object.keys(part?.properties ?? {}));
  const kinds = [...(Gate?.oneOf ?? []), ...(PageDefinition?.oneOf ?? [])].map(
    (part) => part.properties?.['kind']?.const,
  );
  const strategies = (Detection?.oneOf ?? []).map((part) => part.properties?.['strategy']?.const);
  const all = new Set([...words, ...kinds, ...strategies].filter((word) => word !== undefined && !plain.has(word)));
  expect(all.size).toBeGreaterThan(40);
  expect([...all].filter((word) => !new RegExp(`["\`]${word}["\`]`).test(section))).toEqual([]);
});

interface SchemaPart {
  readonly oneOf?: readonly SchemaPart[];
  readonly properties?: Readonly<Record<string, SchemaPart>>;
  readonly const?: string;
}

test('what accounts have of their own links, and is put into requests', () => {
  const base = JSON.parse(connectorText) as ConnectorDefinition;
  const added = JSON.parse(accountText) as ConnectorDefinition;
  const contact = { ...base.objects['contact'], ...added.objects['contact'] };
  const { connector, diagnostics } = linkConnector({ ...base, ...added, objects: { contact } }, context);
  expect(diagnostics).toEqual([]);
  if (connector === null) return;
  const told = (type: 'id' | 'number' | 'timestamp') => ({ type, isAsked: true });
  const fields = { total: told('number'), id: told('id'), updated: told('timestamp'), created: told('timestamp') };
  const description = { values: { list: 'invoices_x', text: 'note' }, fields, alias: 'INV' };
  const { object } = describedObject(connector, 'invoice_x', description, { fields: null, where: null });
  if (object === null) throw new Error('it has no object invoice_x');
  const native = { kind: 'text', text: 'x' } as const;
  expect(renderRequest(object.changes.request, { settings: {}, native })).toMatchObject({
    path: '/invoices_x',
    query: [
      ['filter', 'x'],
      ['columns', 'id,created,updated,total'],
    ],
  });
  const { create } = object.trial ?? {};
  expect(create && renderRequest({ ...create, method: 'POST' }, { settings: {}, more: { mark: 'x' } })).toMatchObject({
    path: '/invoices_x',
    body: { note: 'x' },
  });
});
