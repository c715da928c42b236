/** By which version of its API HubSpot is asked is a setting: each that its documentation names works. */
import { expect, onTestFinished, test } from 'vitest';
import { loadConnectors } from '../../src/connector/load.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { accessVendor } from '../suite/vendor-access.ts';
import { virtualClock } from '../suite/virtual-clock.ts';

const connector = (await loadConnectors()).connectors.get('hubspot');
if (connector === undefined) throw new Error('no hubspot connector');

test.each([
  ['/oauth/v1/token', '/crm/v3/objects'],
  ['/oauth/v3/token', '/crm/v3/objects'],
  ['/oauth/2026-03/token', '/crm/objects/2026-03'],
])('tokens by %s, objects by %s', async (tokenPath, objectsPath) => {
  const clock = virtualClock();
  const sandbox = await startSandbox({ vendor: 'hubspot', port: 0, clock });
  onTestFinished(() => sandbox.close());
  const { clientId = '', clientSecret = '', refreshToken = '' } = sandbox.credentials;
  const credentials = { clientId, clientSecret, refreshToken };
  const settings = { baseUrl: sandbox.origin, tokenPath, objectsPath };
  const client = accessVendor(connector, { settings, credentials }, clock).open();
  onTestFinished(() => client.close());
  const asked = { method: 'GET', path: `${objectsPath}/contacts`, query: [], headers: {} } as const;
  expect((await client.send(asked)).body).toMatchObject({ results: expect.any(Array) });
});
