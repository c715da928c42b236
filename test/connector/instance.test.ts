import { describe, expect, test } from 'vitest';
import { checkInstance } from '../../src/connector/instance.ts';
import { linkConnector } from '../../src/connector/link.ts';
import { createLinkContext, loadDialects } from '../../src/connector/load.ts';
import { acme } from './acme.ts';

const { connector } = linkConnector(acme, createLinkContext((await loadDialects()).dialects));

function check(instance: Parameters<typeof checkInstance>[1]) {
  if (connector === null) throw new Error('the connector does not link');
  return checkInstance(connector, instance);
}

const host = 'https://acme.example';

describe('checkInstance', () => {
  test('completes settings and takes the first way whose credentials are there', () => {
    const checked = check({
      settings: { host, pageSize: 50 },
      credentials: { clientId: 'a', secret: 'b' },
      objects: { contact: { where: "Email LIKE '%@x.example'" } },
    });
    expect(checked.diagnostics).toEqual([]);
    expect(checked.settings).toEqual({ host, version: 'v1', pageSize: 50 });
    expect(checked.auth?.name).toBe('app');
    expect(check({ settings: { host }, credentials: { token: 't', clientId: 'a', secret: 'b' } }).auth?.name).toBe(
      'key',
    );
  });

  test.each<[string, Parameters<typeof checkInstance>[1], string, string, RegExp]>([
    ['missing setting', { credentials: { token: 't' } }, 'setting-missing', '/settings/host', /host of your account/],
    [
      'unknown setting',
      { settings: { host, hots: 'x' }, credentials: { token: 't' } },
      'setting-unknown',
      '/settings/hots',
      /"host"/,
    ],
    [
      'no URL',
      { settings: { host: 'acme' }, credentials: { token: 't' } },
      'setting-invalid',
      '/settings/host',
      /For example/,
    ],
    [
      'a URL with a password',
      { settings: { host: 'https://a:b@acme.example' }, credentials: { token: 't' } },
      'setting-invalid',
      '/settings/host',
      /./,
    ],
    [
      'wrong type',
      { settings: { host, pageSize: '50' }, credentials: { token: 't' } },
      'setting-invalid',
      '/settings/pageSize',
      /./,
    ],
    [
      'pattern',
      { settings: { host, version: 'v1/../../x' }, credentials: { token: 't' } },
      'setting-invalid',
      '/settings/version',
      /./,
    ],
    [
      'no credentials',
      { settings: { host } },
      'credentials-missing',
      '/credentials',
      /key lacks token; app lacks clientId and secret\./,
    ],
    [
      'half of the credentials',
      { settings: { host }, credentials: { clientId: 'a' } },
      'credentials-missing',
      '/credentials',
      /app lacks secret\./,
    ],
    [
      'empty credential',
      { settings: { host }, credentials: { token: '' } },
      'credentials-missing',
      '/credentials',
      /key lacks token/,
    ],
    [
      'unknown object',
      { settings: { host }, credentials: { token: 't' }, objects: { contacts: {} } },
      'object-unknown',
      '/objects/contacts',
      /"contact"/,
    ],
    [
      'where',
      { settings: { host }, credentials: { token: 't' }, objects: { contact: { where: 'Emial = 1' } } },
      'where-unknown-field',
      '/objects/contact/where',
      /Email/,
    ],
    [
      'window parameter',
      { settings: { host }, credentials: { token: 't' }, objects: { contact: { where: 'Updated > :since' } } },
      'where-unknown-parameter',
      '/objects/contact/where',
      /./,
    ],
  ])('%s', (_what, instance, code, pointer, help) => {
    const { diagnostics } = check(instance);
    expect(diagnostics).toMatchObject([{ code, pointer, severity: 'error' }]);
    expect(diagnostics[0]?.help).toMatch(help);
  });

  test('never shows a credential', () => {
    const { diagnostics } = check({ settings: { host }, credentials: { tokn: 's3cret' } });
    expect(diagnostics.map(({ code }) => code)).toEqual(['credentials-missing', 'credentials-missing']);
    expect(JSON.stringify(diagnostics)).not.toContain('s3cret');
    expect(diagnostics[1]?.help).toBe('Did you mean "token"?');
  });

  test('names out of the prototype are no settings or credentials', () => {
    const { diagnostics, auth } = check({
      settings: JSON.parse(`{"host":"${host}","__proto__":{"x":1},"constructor":"x"}`),
      credentials: JSON.parse('{"__proto__":"x"}'),
    });
    expect(auth).toBeNull();
    expect(diagnostics.map(({ code }) => code)).toEqual([
      'setting-unknown',
      'setting-unknown',
      'credentials-missing',
      'credentials-missing',
    ]);
  });

  test.each([
    ['long', `Email = '${'x'.repeat(19_980)}'`, 'where-too-long'],
    ['deep', `${'('.repeat(200)}Email = 'x'${')'.repeat(200)}`, 'where-too-deep'],
  ])('refuses a where that is too %s once it is joined to the connector’s own', (_, where, code) => {
    const { diagnostics } = check({ settings: { host }, credentials: { token: 't' }, objects: { contact: { where } } });
    expect(diagnostics).toMatchObject([{ code, severity: 'error', pointer: '/objects/contact/where' }]);
  });
});
