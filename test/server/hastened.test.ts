/** What a person changes takes effect at once, and not when the interval or the backoff of before is over. */
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
  await server.close();
  await sandbox.close();
});

/** An instance whose contacts were polled once. */
async function polled(origin: string): Promise<InstanceView> {
  const { body } = await server.call<InstanceView>('POST', '/v1/instances', {
    connector: 'hubspot',
    settings: { baseUrl: origin },
    credentials: { accessToken: sandbox.credentials['privateAppToken'] },
    objects: { contact: { intervalSeconds: 86_400 } },
  });
  await server.call('POST', `/v1/instances/${body.id}/objects/contact/poll`);
  return body;
}

const patch = (id: string, changes: object) =>
  server.call<InstanceView>('PATCH', `/v1/instances/${id}`, changes).then(({ body }) => body);

/** How long until each feed of the contacts is polled by itself, in seconds. */
const waits = (instance: InstanceView): readonly number[] =>
  (instance.objects['contact']?.polls ?? []).map(({ dueAt }) => (Date.parse(dueAt) - Date.now()) / 1_000);

const soon = expect.toSatisfy((seconds: number) => seconds <= 0, 'due');
const late = expect.toSatisfy((seconds: number) => seconds > 20, 'not due for long');

it('an interval that is made shorter does not wait for the end of the longer one', async () => {
  const { id } = await polled(sandbox.origin);
  expect(waits(await patch(id, { name: 'another' }))).toEqual([late, late]);
  expect(waits(await patch(id, { objects: { contact: { intervalSeconds: 86_400 } } }))).toEqual([late, late]);
  expect(waits(await patch(id, { objects: { contact: { intervalSeconds: 60 } } }))).toEqual([soon, soon]);
});

it('a host that was wrong is asked again as soon as it is put right', async () => {
  const { id } = await polled('http://127.0.0.1:1');
  const failed = await patch(id, { name: 'another' });
  expect(failed.objects['contact']?.polls[0]?.lastFailure?.code).toBe('vendor-unreachable');
  expect(waits(failed)).toEqual([late, late]);
  expect(waits(await patch(id, { settings: { baseUrl: sandbox.origin } }))).toEqual([soon, soon]);
});

it('and so is a where that was wrong for the vendor', async () => {
  const { id } = await polled('http://127.0.0.1:1');
  expect(waits(await patch(id, { objects: { contact: { where: "city = 'Ulm'" } } }))).toEqual([soon, soon]);
});
