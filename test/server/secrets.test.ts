/** No secret is answered or logged, whatever is done with it, well or badly. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { InstanceView } from '../../src/engine/api.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { type AServer, startAServer } from './a-server.ts';

let server: AServer;
let sandbox: Sandbox;
beforeAll(async () => {
  server = await startAServer();
  sandbox = await startSandbox({ vendor: 'hubspot', port: 0 });
});
afterAll(async () => {
  await sandbox.close();
  await server.close();
});

const token = 'pat-na1-TOPSECRET-token';
const refresh = 'TOPSECRET-refresh';
const callbackSecret = `whsec_${Buffer.from('TOPSECRET callback secret, 32 b.').toString('base64')}`;
const badCallbackSecret = 'TOPSECRET-no-whsec';

const input = {
  connector: 'hubspot',
  credentials: { accessToken: token, refreshToken: refresh },
  callback: { url: 'http://127.0.0.1:9/hooks', secret: callbackSecret },
  objects: { contact: {} },
};

it('no answer and no log line holds a secret', async () => {
  // It refuses the token, so that the failure of a poll is told and logged too.
  const settings = { baseUrl: sandbox.origin };
  const { body: made } = await server.call<InstanceView>('POST', '/v1/instances', { ...input, settings });
  const path = `/v1/instances/${made.id}`;
  await server.call('GET', path);
  await server.call('GET', '/v1/instances');
  const poll = await server.call('POST', `${path}/objects/contact/poll`);
  expect(poll.text).toContain('credentials-refused');
  await server.call('PATCH', path, { credentials: { refreshToken: null, clientSecret: 'TOPSECRET-client' } });
  await server.call('PATCH', path, { callback: { url: 'http://127.0.0.1:9/', secret: badCallbackSecret } });
  await server.call('POST', '/v1/instances', { ...input, credentials: { accessToken: token, nonsense: refresh } });
  await server.call('POST', '/v1/instances', { ...input, credentials: { accessToken: [token] } });
  await server.call('POST', '/v1/instances', {
    ...input,
    callback: { url: 'http://127.0.0.1:9/', secret: `${badCallbackSecret.repeat(50)}` },
  });
  await server.call('POST', '/v1/instances', `${JSON.stringify(input).slice(0, -1)},}`);
  await server.call('GET', '/v1/instances', undefined, { authorization: `Bearer ${token}` });
  await server.call('GET', `/v1/nowhere?token=${token}`);
  await server.call('GET', `/v1/instances?after=${token}`);
  await server.stopRuntime();
  expect((await server.call('GET', path)).status).toBe(500);
  expect((await server.call('GET', '/readyz')).status).toBe(503);

  const seen = server.logged() + server.answered();
  expect(server.logged().split('\n').length).toBeGreaterThan(10);
  for (const secret of ['TOPSECRET', callbackSecret, callbackSecret.slice(6), server.key, server.key.slice(4)]) {
    expect(seen).not.toContain(secret);
  }
});
