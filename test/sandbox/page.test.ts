/** The page at / of every sandbox: what there is, what was told of it, and nothing that runs. */
import { describe, expect, test } from 'vitest';
import { vendors } from '../../src/sandbox/sandbox.ts';
import { openReceiver } from './receiver.ts';
import { openSandbox, type SandboxClient } from './sandbox-client.ts';

const hostile = `<img src=x onerror=alert(1)>"'</style><script>alert(1)</script>`;
/** The same under the name that each vendor has for a name. */
const names = ['Name', 'LastName', 'lastname', 'last_name', 'title', 'DisplayName', 'DocNumber', 'name'];
const draft = { ...Object.fromEntries(names.map((name) => [name, hostile])), properties: { lastname: hostile } };

const pageOf = async (sandbox: SandboxClient): Promise<string> => {
  const page = await sandbox.call('GET', '/');
  expect(page.status).toBe(200);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  return page.text;
};

async function objectsOf(sandbox: SandboxClient): Promise<readonly string[]> {
  const health = (await sandbox.call('GET', '/_sandbox/health')).json as { objects: Readonly<Record<string, number>> };
  return Object.keys(health.objects);
}

describe.each(vendors)('%s', (vendor) => {
  test('an empty sandbox says that it is empty', async () => {
    const page = await pageOf(await openSandbox(vendor, { records: {} }));
    expect(page).toContain('No record yet.');
    expect(page).toContain('Nobody is told of changes yet.');
    expect(page).toContain('Nothing was sent yet.');
    expect(page).toContain('Nothing has changed yet.');
    expect(page).not.toContain('<details class="gone">');
  });

  test('says how a record is deleted for good, where people can do that', async () => {
    const sandbox = await openSandbox(vendor);
    expect((await pageOf(sandbox)).includes('/_sandbox/purge')).toBe(sandbox.habits.purges);
  });

  test('records are listed as they are now, deleted ones too, and their text runs nowhere', async () => {
    const sandbox = await openSandbox(vendor, { records: {} });
    for (const object of await objectsOf(sandbox)) {
      const made = await sandbox.call('POST', '/_sandbox/records', { object, record: draft });
      const { id } = made.json as { id: string };
      const page = await pageOf(sandbox);
      expect(page).toMatch(new RegExp(`id="${object}">${object} <small>1 live</small>`));
      expect(page).toContain(`<code>${id}</code>`);
      expect((await sandbox.call('DELETE', `/_sandbox/records/${object}/${id}`)).status).toBe(200);
      expect(await pageOf(sandbox)).toMatch(new RegExp(`id="${object}">${object} <small>0 live, 1 deleted</small>`));
    }
    const page = await pageOf(sandbox);
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(page).not.toMatch(/<(?:img|script|link|iframe)/);
    expect(page.match(/<\/style>/g)).toHaveLength(1);
    expect(page).not.toMatch(/(?:src|href)="(?!#|\/_sandbox\/)/);
  });

  test('many records are cut, and it says so', async () => {
    const sandbox = await openSandbox(vendor, { records: {} });
    const [object] = (await objectsOf(sandbox)).slice(-1);
    await sandbox.call('POST', '/_sandbox/edit', { object, action: 'create', count: 250 });
    expect(await pageOf(sandbox)).toContain('250 live, the latest 200 shown');
  });
});

test('webhooks and what became of them are listed', async () => {
  const receiver = await openReceiver(() => ({ status: 503 }));
  const sandbox = await openSandbox('quickbooks');
  const url = `${receiver.origin}/?x=<b>`;
  expect((await sandbox.call('POST', '/_sandbox/webhooks', { url })).status).toBe(201);
  await sandbox.call('POST', '/_sandbox/edit', { object: 'Customer', action: 'update' });
  await sandbox.call('GET', '/_sandbox/webhooks');
  const page = await pageOf(sandbox);
  expect(page).toContain(`${receiver.origin}/?x=&lt;b&gt;`);
  expect(page).toContain('subscriptions: 1, notifications waiting: 1');
  expect(page).toContain('<code>failed, 503</code>');
});
