import { expect, test } from 'vitest';
import { makeRecordId } from '../../../src/sandbox/dynamics/ids.ts';
import { dig, type Reply } from '../sandbox-client.ts';
import { type DynamicsClient, openDynamics, valuesOf } from './dynamics-client.ts';

const dayMs = 86_400_000;
const track = 'odata.track-changes';
const id = (serial: number): string => makeRecordId('account', serial);
const deltaOf = (reply: Reply): string => String(dig(reply.json, '@odata.deltaLink'));

async function readAll(client: DynamicsClient, path: string, prefer: string) {
  const rows: unknown[] = [];
  let reply = await client.read(path, prefer);
  for (;;) {
    rows.push(...valuesOf(reply));
    const next = dig(reply.json, '@odata.nextLink');
    if (next === undefined) return { rows, delta: deltaOf(reply) };
    expect(reply.json).not.toHaveProperty('@odata.deltaLink');
    reply = await client.read(String(next), prefer);
  }
}

const record = (client: DynamicsClient, serial: number, telephone1: string) =>
  client.call('POST', '/_sandbox/records', { object: 'account', id: id(serial), record: { telephone1 } });

test('all rows in pages, then changed rows by version, then deletions, each once', async () => {
  const client = await openDynamics();
  const first = await readAll(client, 'accounts?$select=name,telephone1', `${track},odata.maxpagesize=7`);
  expect(first.rows).toHaveLength(25);
  expect(decodeURIComponent(first.delta)).toMatch(/\$select=name,telephone1&\$deltatoken=\d+!11\/20\/2026 16:04:51$/);
  expect(valuesOf(await client.read(first.delta))).toEqual([]);

  await client.api('DELETE', `accounts(${id(3)})`);
  await record(client, 2, 'x');
  await record(client, 1, 'y');
  const made = await client.api('POST', 'accounts', { name: 'Short-lived' }, { prefer: 'return=representation' });
  const madeId = String(dig(made.json, 'accountid'));
  await client.api('DELETE', `accounts(${madeId})`);
  const second = await readAll(client, first.delta, 'odata.maxpagesize=1');
  expect(second.rows).toMatchObject([
    { accountid: id(2), telephone1: 'x' },
    { accountid: id(1), telephone1: 'y' },
    { id: id(3), reason: 'deleted', '@odata.context': expect.stringMatching(/#accounts\/\$deletedEntity$/) },
    { id: madeId, reason: 'deleted' },
  ]);
  expect(dig((await client.read(first.delta)).json, '@odata.context')).toMatch(/\/\$delta$/);
  expect((await client.read(second.delta)).json).toMatchObject({ value: [] });
});

test('a change between two pages comes with the next delta', async () => {
  const client = await openDynamics();
  const page = await client.read('accounts', `${track},odata.maxpagesize=20`);
  await record(client, 1, 'changed');
  await client.api('DELETE', `accounts(${id(2)})`);
  const { delta } = await readAll(client, String(dig(page.json, '@odata.nextLink')), track);
  expect(valuesOf(await client.read(delta))).toMatchObject([
    { telephone1: 'changed' },
    { id: id(2), reason: 'deleted' },
  ]);
});

test('a write that commits late is not lost, and shows only then', async () => {
  const client = await openDynamics();
  const { delta } = await readAll(client, 'accounts', track);
  await client.call('PATCH', '/_sandbox/faults', { commitLagMs: 60_000 });
  await record(client, 1, 'late');
  await client.call('PATCH', '/_sandbox/faults', { commitLagMs: 0 });
  await record(client, 2, 'at once');
  const held = await client.read(delta);
  expect(valuesOf(held)).toEqual([]);
  await client.call('POST', '/_sandbox/clock', { advanceMs: 60_000 });
  expect(valuesOf(await client.read(deltaOf(held)))).toMatchObject([{ telephone1: 'late' }, { telephone1: 'at once' }]);
});

test('a token lives seven days', async () => {
  const client = await openDynamics({ faults: { tokenLifeSeconds: 10_000_000 } });
  const { delta } = await readAll(client, 'accounts', track);
  await client.call('POST', '/_sandbox/clock', { advanceMs: 7 * dayMs - 2000 });
  expect((await client.read(delta)).status).toBe(200);
  await client.call('POST', '/_sandbox/clock', { advanceMs: 2000 });
  const expired = await client.read(delta);
  const message = expect.stringContaining('perform a full sync');
  expect(expired).toMatchObject({ status: 400, json: { error: { code: '0x80044352', message } } });
});

test.each(['$filter', '$orderby', '$expand', '$top'])('%s is refused with track-changes', async (name) => {
  const client = await openDynamics();
  const message = `The "${name}" query parameter isn't supported when Change Tracking is enabled.`;
  expect(await client.read(`accounts?${name}=1`, track)).toMatchObject({ status: 400, json: { error: { message } } });
});

test('a table without change tracking, a token that is none', async () => {
  const client = await openDynamics();
  expect((await client.read('systemusers', track)).status).toBe(400);
  expect((await client.read('accounts?$deltatoken=nonsense')).status).toBe(400);
});
