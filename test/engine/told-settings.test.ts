import { describe, expect, test } from 'vitest';
import { linkConnector } from '../../src/connector/link.ts';
import { createLinkContext, loadDialects } from '../../src/connector/load.ts';
import type { SettingDefinition } from '../../src/definition/connector.ts';
import { Failure } from '../../src/diagnostic/failure.ts';
import { createToldSettings, toldSettings } from '../../src/engine/told-settings.ts';
import type { VendorClient } from '../../src/http/client.ts';
import { acme } from '../connector/acme.ts';

const context = createLinkContext((await loadDialects()).dialects);
const currency: SettingDefinition = {
  type: 'text',
  description: 'The currency.',
  default: '',
  pattern: '([A-Z]{3})?',
  told: 'company.currency',
};
const definitionWith = (setting: object, mapping: object = { currency: '$settings.currency' }) => ({
  ...acme,
  settings: { ...acme.settings, currency: { ...currency, ...setting } },
  http: { ...acme.http, verify: { method: 'GET', path: '/me' } },
  objects: { contact: { ...acme.objects.contact, resource: 'account', mapping: { id: 'Id', ...mapping } } },
});

/** A vendor that answers in turn, and what it was asked. */
function vendor(...answers: readonly unknown[]) {
  const asked: string[] = [];
  const send: VendorClient['send'] = async ({ path }) => {
    asked.push(path);
    const body = answers[asked.length - 1];
    if (body instanceof Failure) throw body;
    return { url: '', status: 200, headers: {}, body, dateMs: null };
  };
  const client: VendorClient = {
    send,
    clockSkewMs: 0,
    isClockKnown: true,
    isClockDoubted: false,
    close: async () => {},
  };
  return { asked, client: async () => client };
}

const said = { company: { currency: 'EUR' } };
const down = new Failure('vendor-unavailable', 'Down.', { retryable: true });

describe('what the vendor tells', () => {
  const settings = { host: { type: 'text', description: 'h' }, currency } as const;

  test('stands for what is left out, and never for what is given', () => {
    expect(toldSettings(settings, { host: 'h', currency: '' }, said)).toEqual({ host: 'h', currency: 'EUR' });
    expect(toldSettings(settings, { host: 'h' }, said)).toEqual({ host: 'h', currency: 'EUR' });
    expect(toldSettings(settings, { host: 'h', currency: 'CHF' }, said)).toEqual({ host: 'h', currency: 'CHF' });
  });

  test.each([undefined, null, {}, { company: { currency: 'euro' } }, { company: { currency: 5 } }])(
    'is passed over where it fits no such setting: %j',
    (answer) => {
      expect(toldSettings(settings, { currency: '' }, answer)).toEqual({ currency: '' });
    },
  );
});

describe('the vendor is asked', () => {
  const { connector } = linkConnector(definitionWith({}), context);
  if (connector === null) throw new Error('the connector cannot be linked');
  const instance = { id: 'i', settings: { host: 'https://acme.example', currency: '' } };

  test('once a day, and an hour after it did not answer', async () => {
    const clock = { nowMs: 0, now: () => clock.nowMs };
    const told = createToldSettings(clock);
    const { asked, client } = vendor(down, said, down, { company: { currency: 'USD' } });
    const read = async () => (await told.of(connector, instance, 'contact', client))['currency'];
    expect([await read(), await read(), asked.length]).toEqual(['', '', 1]);
    clock.nowMs += 3_600_000;
    expect([await read(), await read(), asked.length]).toEqual(['EUR', 'EUR', 2]);
    clock.nowMs += 86_400_000;
    expect([await read(), asked.length]).toEqual(['EUR', 3]);
    clock.nowMs += 3_600_000;
    expect([await read(), asked.length]).toEqual(['USD', 4]);
    told.forget('i');
    expect((await told.of(connector, instance, 'contact', vendor(said).client))['currency']).toBe('EUR');
  });

  test('not for what is given, nor for an object that has no use for it', async () => {
    const told = createToldSettings({ now: () => 0 });
    const { asked, client } = vendor(said);
    const given = { ...instance, settings: { ...instance.settings, currency: 'CHF' } };
    expect((await told.of(connector, given, 'contact', client))['currency']).toBe('CHF');
    const plain = linkConnector(definitionWith({}, {}), context).connector;
    if (plain === null) throw new Error('the connector cannot be linked');
    expect((await told.of(plain, instance, 'contact', client))['currency']).toBe('');
    expect(asked).toEqual([]);
  });
});

test('a setting that is told needs an answer to stand in, and a default', () => {
  const { verify: _verify, ...http } = definitionWith({}).http;
  const codes = (definition: unknown) =>
    linkConnector(definition, context).diagnostics.flatMap(({ code, severity, pointer }) =>
      severity === 'error' ? [[code, pointer]] : [],
    );
  expect(codes(definitionWith({}))).toEqual([]);
  expect(codes({ ...definitionWith({}), http })).toContainEqual(['setting-invalid', '/settings/currency/told']);
  expect(codes(definitionWith({ default: undefined }))).toContainEqual(['setting-invalid', '/settings/currency/told']);
  expect(codes(definitionWith({ told: 'a..b' }))).toContainEqual(['connector-path', '/settings/currency/told']);
});
