import { get } from 'node:http';
import { describe, expect, test } from 'vitest';
import { vendors } from '../../src/sandbox/registry.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { dig, openSandbox, startMs } from './sandbox-client.ts';

const firstObject: Readonly<Record<string, string>> = {
  hubspot: 'contacts',
  quickbooks: 'Customer',
  salesforce: 'Contact',
  dynamics: 'contact',
  shopify: 'customers',
};

describe.each(vendors)('the control paths of %s', (vendor) => {
  const object = firstObject[vendor] ?? '';

  test('records are listed, created, merged into and deleted, and each change is in the journal', async () => {
    const sandbox = await openSandbox(vendor);
    const before = await sandbox.call('GET', `/_sandbox/records?object=${object}`);
    expect(Object.keys(dig(before.json, object) ?? {})).toHaveLength(25);
    const made = await sandbox.call('POST', '/_sandbox/records', { object, record: {} });
    expect(made.status).toBe(201);
    const id = String(dig(made.json, 'id'));
    await sandbox.call('POST', '/_sandbox/clock', { advanceMs: 5000 });
    const merged = await sandbox.call('POST', '/_sandbox/records', { object, id, record: {} });
    expect(merged.status).toBe(200);
    expect(dig(merged.json, 'record')).not.toEqual(dig(made.json, 'record'));
    expect((await sandbox.call('DELETE', `/_sandbox/records/${object}/${id}`)).status).toBe(200);
    expect((await sandbox.call('DELETE', `/_sandbox/records/${object}/${id}`)).status).toBe(404);
    expect((await sandbox.call('GET', '/_sandbox/journal')).json).toMatchObject([
      { sequence: 1, object, id, action: 'create', at: '2026-11-20T16:04:51.870Z' },
      { sequence: 2, object, id, action: 'update', at: '2026-11-20T16:04:56.870Z' },
      { sequence: 3, object, id, action: 'delete', at: '2026-11-20T16:04:56.870Z' },
    ]);
  });

  test('a deleted record comes back as it was, at vendors where people can do that', async () => {
    const sandbox = await openSandbox(vendor);
    const { restores } = sandbox.habits;
    const id = String(dig((await sandbox.call('POST', '/_sandbox/records', { object, record: {} })).json, 'id'));
    expect((await sandbox.call('POST', '/_sandbox/restore', { object, id })).status).toBe(restores ? 404 : 409);
    await sandbox.call('DELETE', `/_sandbox/records/${object}/${id}`);
    expect((await sandbox.call('POST', '/_sandbox/restore', { object, id })).status).toBe(restores ? 200 : 409);
    const live = dig((await sandbox.call('GET', `/_sandbox/records?object=${object}`)).json, object, id);
    expect(live !== undefined).toBe(restores);
  });

  test('a record is deleted for good, at vendors where people can do that, and does not come back', async () => {
    const sandbox = await openSandbox(vendor);
    const { purges } = sandbox.habits;
    const id = String(dig((await sandbox.call('POST', '/_sandbox/records', { object, record: {} })).json, 'id'));
    expect((await sandbox.call('POST', '/_sandbox/purge', { object, id })).status).toBe(purges ? 200 : 409);
    if (!purges) return;
    expect((await sandbox.call('POST', '/_sandbox/purge', { object, id })).status).toBe(404);
    expect((await sandbox.call('POST', '/_sandbox/restore', { object, id })).status).toBe(404);
    expect((await sandbox.call('GET', '/_sandbox/journal')).json).toMatchObject([
      { action: 'create' },
      { id, action: 'delete' },
    ]);
  });

  test('an id of the vendor’s form can be chosen for a new record; another is replaced', async () => {
    const sandbox = await openSandbox(vendor);
    const made = await sandbox.call('POST', '/_sandbox/records', { object, id: 'not an id!', record: {} });
    expect(made.status).toBe(201);
    expect(dig(made.json, 'id')).not.toBe('not an id!');
    const id = String(dig(made.json, 'id'));
    await sandbox.call('DELETE', `/_sandbox/records/${object}/${id}`);
    const other = await openSandbox(vendor);
    expect(dig((await other.call('POST', '/_sandbox/records', { object, id, record: {} })).json, 'id')).toBe(id);
  });

  test('edits are what they say, and the same seed makes the same edits', async () => {
    const runs = [7, 7, 8].map(async (seed) => {
      const sandbox = await openSandbox(vendor, { faults: { seed } });
      const edits = await sandbox.call('POST', '/_sandbox/edit', { count: 60 });
      const journal = await sandbox.call('GET', '/_sandbox/journal');
      return { edits: edits.json, journal: journal.json };
    });
    const [one, same, other] = await Promise.all(runs);
    expect(one).toEqual(same);
    expect(one?.edits).not.toEqual(other?.edits);
    const edits = Object.values(one?.edits ?? {});
    expect(edits).toHaveLength(60);
    expect(one?.journal).toMatchObject(edits);
    expect(new Set(edits.map((edit) => dig(edit, 'action')))).toEqual(new Set(['create', 'update', 'delete']));
  });

  test('edits of one call are a millisecond apart, or all at once', async () => {
    const sandbox = await openSandbox(vendor);
    const times = async (): Promise<unknown[]> => {
      await sandbox.call('POST', '/_sandbox/edit', { object, action: 'update', count: 3 });
      const journal = (await sandbox.call('GET', '/_sandbox/journal')).json;
      return Array.isArray(journal) ? journal.slice(-3).map((entry) => Date.parse(entry.at) - startMs) : [];
    };
    expect(await times()).toEqual([0, 1, 2]);
    await sandbox.call('PATCH', '/_sandbox/faults', { equalTimestamps: true });
    expect(await times()).toEqual([2, 2, 2]);
  });

  test('the clock moves, and the Date header shows it', async () => {
    const sandbox = await openSandbox(vendor);
    const moved = await sandbox.call('POST', '/_sandbox/clock', { setMs: Date.UTC(2027, 0, 1) });
    expect(moved.json).toEqual({ nowMs: Date.UTC(2027, 0, 1), time: '2027-01-01T00:00:00.000Z' });
    const later = await sandbox.call('POST', '/_sandbox/clock', { advanceMs: 1500 });
    expect(later.headers.get('date')).toBe('Fri, 01 Jan 2027 00:00:01 GMT');
    expect((await sandbox.call('GET', '/nowhere')).headers.get('date')).toBe('Fri, 01 Jan 2027 00:00:01 GMT');
  });

  test('the page lists records with their text made harmless', async () => {
    const sandbox = await openSandbox(vendor);
    await sandbox.call('POST', '/_sandbox/records', {
      object,
      record: { LastName: '<script>alert("x")</script>', properties: { lastname: '<script>alert("x")</script>' } },
    });
    const page = await sandbox.call('GET', '/');
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.text).toContain('&lt;script&gt;alert(\\&quot;x\\&quot;)&lt;/script&gt;');
    expect(page.text).not.toContain('<script');
    expect(page.text).toContain('Mara');
  });

  test.each([
    ['POST', '/_sandbox/records', { object: 'Wombat', record: {} }],
    ['POST', '/_sandbox/records', { object, record: [] }],
    ['POST', '/_sandbox/records', { object, record: {}, id: 5 }],
    ['POST', '/_sandbox/records', '{"object":'],
    ['POST', '/_sandbox/edit', { action: 'rename' }],
    ['POST', '/_sandbox/edit', { count: 0 }],
    ['POST', '/_sandbox/clock', { advanceMs: 'soon' }],
    ['PATCH', '/_sandbox/faults', { indexLagMs: -1 }],
    ['PATCH', '/_sandbox/faults', { indexLag: 5 }],
    ['PATCH', '/_sandbox/faults', { errorRate: 1.5, ignoreFilters: 'yes' }],
    ['GET', '/_sandbox/records?object=Wombat', undefined],
  ])('%s %s %j is refused with a sentence', async (method, path, body) => {
    const sandbox = await openSandbox(vendor);
    expect(await sandbox.call(method, path, body)).toMatchObject({
      status: 400,
      json: { message: expect.any(String) },
    });
  });

  test('health counts records', async () => {
    const sandbox = await openSandbox(vendor);
    expect((await sandbox.call('GET', '/_sandbox/health')).json).toMatchObject({
      vendor,
      problem: null,
      file: null,
      objects: { [object]: 25 },
    });
  });

  test('a name that is not this machine’s gets no answer, so no web page reaches the records', async () => {
    const sandbox = await openSandbox(vendor);
    const status = await new Promise((resolve, reject) => {
      get(`${sandbox.origin}/_sandbox/records`, { headers: { host: 'evil.example' } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      }).on('error', reject);
    });
    expect(status).toBe(421);
  });
});

describe('starting', () => {
  test('a port that is taken is a failure with a remedy', async () => {
    const first = await openSandbox('hubspot');
    const port = Number(new URL(first.origin).port);
    await expect(startSandbox({ vendor: 'salesforce', port })).rejects.toMatchObject({
      code: 'listen-failed',
      retryable: false,
    });
  });

  test('an unknown vendor is no sandbox', async () => {
    await expect(startSandbox({ vendor: 'wombat', port: 0 })).rejects.toBeInstanceOf(RangeError);
  });

  test('listens on the loopback interface alone', async () => {
    const sandbox = await openSandbox('hubspot');
    expect(new URL(sandbox.origin).hostname).toBe('127.0.0.1');
    const port = new URL(sandbox.origin).port;
    // 127.0.0.2 is this machine too, but another address: what listens on every address would answer there.
    await expect(fetch(`http://127.0.0.2:${port}/`)).rejects.toThrow();
  });
});
