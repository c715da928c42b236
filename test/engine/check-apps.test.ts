/** The operator's apps, held against the connectors as the runtime starts. */
import { expect, it } from 'vitest';
import type { Connector } from '../../src/connector/connector.ts';
import { loadConnectors } from '../../src/connector/load.ts';
import { checkApps } from '../../src/engine/check-apps.ts';

const { connectors } = await loadConnectors();
const app = { clientId: 'an id', clientSecret: 'a secret' };

/** A connector whose token endpoint is named by a setting that has this default, and by nothing else. */
function withLogin(fallback: string | null): ReadonlyMap<string, Connector> {
  const connector = connectors.get('hubspot');
  if (connector === undefined) throw new Error('no hubspot');
  const { definition } = connector;
  const { default: _, ...setting } = definition.settings['baseUrl'] ?? { type: 'url', description: '', example: '' };
  const baseUrl = fallback === null ? setting : { ...setting, default: fallback };
  const changed = { ...connector, definition: { ...definition, settings: { ...definition.settings, baseUrl } } };
  return new Map([['hubspot', changed]]);
}

const told = (...given: Parameters<typeof checkApps>) =>
  checkApps(...given).map(({ severity, pointer, message, help }) => `${severity} ${pointer}: ${message} ${help}`);

it('finds nothing wrong with an app of each vendor that has them, nor with a host that is added', () => {
  const apps = Object.fromEntries([...connectors.keys()].map((key) => [key, app]));
  expect(told(connectors, apps, { hubspot: ['hub.internal:8443'] })).toEqual([]);
});

it.each<[string, Parameters<typeof checkApps>, RegExp]>([
  ['of no connector', [connectors, { hubspt: app }, {}], /^warning \/apps\/hubspt: .* Did you mean "hubspot"/],
  ['without a secret', [connectors, { hubspot: { clientId: 'x' } }, {}], /lacks clientSecret\. Set apps\.hubspot/],
  [
    'with a credential that is none',
    [connectors, { hubspot: { ...app, clientSecrt: 'x' } }, {}],
    /^warning \/apps\/hubspot\/clientSecrt: .* Did you mean "clientSecret"\?/,
  ],
  [
    'that may be sent nowhere',
    [withLogin(null), { hubspot: app }, {}],
    /nowhere.*"appHosts": \{ "hubspot": \["HOST"\] \}/,
  ],
  [
    'whose settings lead where it may not go',
    [withLogin('http://crm.internal:8080'), { hubspot: app }, {}],
    /may not be sent to http:\/\/crm\.internal:8080.*\["crm\.internal:8080"\]/,
  ],
  ['that is missing for its hosts', [connectors, {}, { hubspot: ['a.b'] }], /no app of hubspot/],
  [
    'with a host that no URL has',
    [connectors, { hubspot: app }, { hubspot: ['Hub.Internal:443'] }],
    /^warning \/appHosts\/hubspot\/0: .* Write "hub\.internal"\./,
  ],
])('tells of an app %s', (_, given, expected) => {
  const [first, ...others] = told(...given);
  expect(first).toMatch(expected);
  expect(others).toEqual([]);
});

it('is content with a host that the operator adds', () => {
  expect(told(withLogin(null), { hubspot: app }, { hubspot: ['crm.internal'] })).toEqual([]);
  const [odd] = told(withLogin('http://crm.internal:8080'), { hubspot: app }, { hubspot: ['crm.internal:8080'] });
  expect(odd).toBeUndefined();
});

it('shows no secret', () => {
  const wrong = { hubspot: { clientSecret: 'hidden-secret' }, nobody: { clientSecret: 'hidden-secret' } };
  expect(told(withLogin(null), wrong, {}).join()).not.toContain('hidden-secret');
});
