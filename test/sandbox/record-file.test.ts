import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { isJsonObject, type JsonObject } from '../../src/sandbox/json.ts';
import { compareImages, problemOfImage } from '../../src/sandbox/record-image.ts';
import type { RecordImage } from '../../src/sandbox/records.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { openHubspot, record } from './hubspot/hubspot-client.ts';
import { contactId, openSalesforce } from './salesforce/salesforce-client.ts';
import { dig, makeFolder, rowsOf, type SandboxClient } from './sandbox-client.ts';

/** Reads the file as the sandbox writes it; waits until it holds what is looked for. */
async function untilFile(path: string, holds: (image: unknown) => boolean): Promise<JsonObject> {
  return vi.waitFor(async () => {
    const image: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (!isJsonObject(image) || !holds(image)) throw new Error('not yet');
    return image;
  });
}

/** Edits the file as a person does with an editor that replaces it; at once, so that the sandbox's own write is before or after. */
function edit(path: string, change: (records: Record<string, Record<string, unknown>>) => void): void {
  const image = JSON.parse(readFileSync(path, 'utf8'));
  change(image.records);
  writeFileSync(`${path}.new`, JSON.stringify(image, null, 4));
  renameSync(`${path}.new`, path);
}

const journalOf = async (sandbox: SandboxClient): Promise<unknown> =>
  (await sandbox.call('GET', '/_sandbox/journal')).json;

describe('the file of records', () => {
  const contacts = { '1': record({ lastname: 'Lind', email: 'mara@acme.example' }), '2': record({ lastname: 'Rao' }) };

  async function openFile() {
    const file = join(await makeFolder(), 'records.json');
    const hubspot = await openHubspot({ file, records: { contacts } });
    await untilFile(file, (image) => dig(image, 'deleted') !== undefined);
    return { file, hubspot };
  }

  test('is written with what the vendor’s API changed, in a form a person can read', async () => {
    const { file, hubspot } = await openFile();
    await hubspot.api('PATCH', '/crm/v3/objects/contacts/1', { properties: { lastname: 'Lindqvist' } });
    await hubspot.api('DELETE', '/crm/v3/objects/contacts/2');
    const image = await untilFile(file, (found) => dig(found, 'deleted', 'contacts', '2') !== undefined);
    expect(dig(image, 'records', 'contacts', '1', 'properties', 'lastname')).toBe('Lindqvist');
    expect(dig(image, 'records', 'contacts', '2')).toBeUndefined();
    expect((await readFile(file, 'utf8')).split('\n').length).toBeGreaterThan(20);
  });

  test('a person’s edit is a change: the stamp moves, and the next call already sees it', async () => {
    const { file, hubspot } = await openFile();
    edit(file, (records) =>
      Object.assign(records.contacts?.['1'] ?? {}, { properties: { lastname: 'Edited', num_notes: 4 } }),
    );
    const { json } = await hubspot.api('GET', '/crm/v3/objects/contacts/1?properties=lastname,num_notes,email');
    expect(json).toMatchObject({
      properties: { lastname: 'Edited', num_notes: '4', email: null, lastmodifieddate: '2026-11-20T16:04:51.870Z' },
      createdAt: '2026-10-02T09:15:27.114Z',
      updatedAt: '2026-11-20T16:04:51.870Z',
    });
    expect(await journalOf(hubspot)).toMatchObject([
      { object: 'contacts', id: '1', action: 'update', version: '2026-11-20T16:04:51.870Z' },
    ]);
    const image = await untilFile(
      file,
      (found) => dig(found, 'records', 'contacts', '1', 'updatedAt') === '2026-11-20T16:04:51.870Z',
    );
    expect(dig(image, 'records', 'contacts', '1', 'properties', 'num_notes')).toBe('4');
  });

  test('a stamp that the person set stays', async () => {
    const { file, hubspot } = await openFile();
    edit(file, (records) =>
      Object.assign(records.contacts?.['1'] ?? {}, {
        properties: { lastname: 'x' },
        updatedAt: '2026-11-01T00:00:00.000Z',
      }),
    );
    const { json } = await hubspot.api('GET', '/crm/v3/objects/contacts/1');
    expect(json).toMatchObject({
      updatedAt: '2026-11-01T00:00:00.000Z',
      properties: { lastmodifieddate: '2026-11-01T00:00:00.000Z' },
    });
  });

  test('a record taken out is deleted, one put in is created with id and stamps, one moved back is restored', async () => {
    const { file, hubspot } = await openFile();
    edit(file, (records) => {
      records.contacts = { '1': records.contacts?.['1'], mine: { properties: { lastname: 'New' } } };
    });
    await hubspot.call('GET', '/_sandbox/health');
    const created = await untilFile(file, (found) => dig(found, 'records', 'contacts', 'mine') === undefined);
    const ids = Object.keys(dig(created, 'records', 'contacts') ?? {}).filter((id) => id !== '1');
    expect(ids).toEqual([expect.stringMatching(/^\d+$/)]);
    expect(dig(created, 'records', 'contacts', ids[0] ?? '')).toMatchObject({
      createdAt: '2026-11-20T16:04:51.870Z',
      properties: { lastname: 'New', hs_object_id: ids[0] },
    });
    expect(rowsOf(await hubspot.api('GET', '/crm/v3/objects/contacts?archived=true'))).toMatchObject([{ id: '2' }]);
    edit(file, (records) => Object.assign(records.contacts ?? {}, { '2': dig(created, 'deleted', 'contacts', '2') }));
    expect((await hubspot.api('GET', '/crm/v3/objects/contacts/2')).json).toMatchObject({ id: '2', archived: false });
    expect(await journalOf(hubspot)).toMatchObject([
      { action: 'create' },
      { action: 'delete', id: '2' },
      { action: 'create', id: '2' },
    ]);
  });

  test('is watched: an edit is taken in without any call', async () => {
    const { file } = await openFile();
    edit(file, (records) => Object.assign(records.contacts?.['2'] ?? {}, { properties: { lastname: 'Watched' } }));
    await untilFile(
      file,
      (found) =>
        dig(found, 'records', 'contacts', '2', 'properties', 'lastmodifieddate') === '2026-11-20T16:04:51.870Z',
    );
  });

  test('broken JSON keeps the last good state, is told, is never written over, and heals', async () => {
    const { file, hubspot } = await openFile();
    const good = await readFile(file, 'utf8');
    const broken = good.replace('"Lind"', '"Lind');
    await writeFile(file, broken);
    expect((await hubspot.call('GET', '/_sandbox/health')).json).toMatchObject({
      problem: expect.stringContaining('JSON'),
    });
    expect(rowsOf(await hubspot.api('GET', '/crm/v3/objects/contacts'))).toHaveLength(2);
    await hubspot.api('PATCH', '/crm/v3/objects/contacts/2', { properties: { lastname: 'Meanwhile' } });
    await hubspot.call('GET', '/_sandbox/health');
    expect(await readFile(file, 'utf8')).toBe(broken);
    await writeFile(file, good.replace('"Lind"', '"Repaired"'));
    expect((await hubspot.call('GET', '/_sandbox/health')).json).toMatchObject({ problem: null });
    const image = await untilFile(
      file,
      (found) => dig(found, 'records', 'contacts', '2', 'properties', 'lastname') === 'Meanwhile',
    );
    expect(dig(image, 'records', 'contacts', '1', 'properties', 'lastname')).toBe('Repaired');
  });

  test('edits of a person and writes of the API in quick turns are all kept', async () => {
    const { file, hubspot } = await openFile();
    const nameOf = async (id: string): Promise<unknown> =>
      dig((await hubspot.api('GET', `/crm/v3/objects/contacts/${id}`)).json, 'properties', 'lastname');
    for (let turn = 0; turn < 20; turn += 1) {
      await hubspot.api('PATCH', '/crm/v3/objects/contacts/2', { properties: { lastname: `Program ${turn}` } });
      await untilFile(
        file,
        (found) => dig(found, 'records', 'contacts', '2', 'properties', 'lastname') === `Program ${turn}`,
      );
      // The answer comes before the file is written, so this write and the edit race.
      await hubspot.api('PATCH', '/crm/v3/objects/contacts/2', { properties: { city: `Town ${turn}` } });
      edit(file, (records) =>
        Object.assign(records.contacts?.['1'] ?? {}, { properties: { lastname: `Person ${turn}` } }),
      );
      expect(await nameOf('1')).toBe(`Person ${turn}`);
      expect(await nameOf('2')).toBe(`Program ${turn}`);
    }
  });

  test('outlives the sandbox', async () => {
    const file = join(await makeFolder(), 'deeper', 'records.json');
    const first = await openSalesforce({ file });
    await first.call('DELETE', `/_sandbox/records/Contact/${contactId(3)}`);
    await first.call('POST', '/_sandbox/records', { object: 'Contact', id: contactId(4), record: { Title: 'Kept' } });
    await first.close();
    const second = await openSalesforce({ file });
    expect((await second.query("SELECT Id FROM Contact WHERE Title = 'Kept'")).json).toMatchObject({ totalSize: 1 });
    expect((await second.query('SELECT COUNT() FROM Contact')).json).toMatchObject({ totalSize: 24 });
    expect((await second.queryAll('SELECT COUNT() FROM Contact WHERE IsDeleted = true')).json).toMatchObject({
      totalSize: 1,
    });
    expect(await journalOf(second)).toEqual([]);
  });
});

test('a broken file is told in the log, once, and so is its repair', async () => {
  const file = join(await makeFolder(), 'records.json');
  const told: string[] = [];
  const tell = (_detail: object, message: string): void => {
    told.push(message);
  };
  const sandbox = await startSandbox({ vendor: 'salesforce', port: 0, file, logger: { info: tell, warn: tell } });
  onTestFinished(() => sandbox.close());
  await untilFile(file, (image) => dig(image, 'deleted') !== undefined);
  const good = await readFile(file, 'utf8');
  for (const text of ['{', '{', good]) {
    // At once, for the sandbox looks at the file at any time.
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
    await fetch(`${sandbox.origin}/_sandbox/health`);
  }
  expect(told).toEqual([
    'the record file cannot be read; the last good state stays',
    'the record file can be read again',
  ]);
});

describe('a file that cannot be read at the start', () => {
  test.each(['{"records":', '{"records":{"contact":{}}}', '[]'])(
    '%s is a failure with a remedy, and stays as it is',
    async (text) => {
      const file = join(await makeFolder(), 'records.json');
      await writeFile(file, text);
      await expect(openHubspot({ file })).rejects.toMatchObject({
        code: 'store-corrupt',
        retryable: false,
        help: expect.any(String),
      });
      expect(await readFile(file, 'utf8')).toBe(text);
    },
  );
});

describe('comparing two states of the file', () => {
  const image = (records: RecordImage['records'], deleted: RecordImage['deleted'] = {}): RecordImage => ({
    records,
    deleted,
  });

  test('finds creates, updates, deletes and purges, whatever the order of keys', () => {
    const before = image(
      { a: { '1': { x: 1, y: [1, 2] }, '2': { x: 2 }, '3': { x: 3 } } },
      { a: { '8': { x: 8 }, '9': { x: 9 } } },
    );
    const after = image({ a: { '4': { x: 4 }, '2': { x: 5 }, '1': { y: [1, 2], x: 1 }, '9': { x: 9 } } });
    expect(compareImages(before, after)).toEqual([
      { object: 'a', id: '2', action: 'update', record: { x: 5 } },
      { object: 'a', id: '4', action: 'create', record: { x: 4 } },
      { object: 'a', id: '9', action: 'create', record: { x: 9 } },
      { object: 'a', id: '3', action: 'delete' },
      { object: 'a', id: '8', action: 'purge' },
    ]);
    expect(compareImages(before, before)).toEqual([]);
  });

  test.each([
    [[], /not a JSON object/],
    [{}, /no "records"/],
    [{ records: [] }, /"records" is not an object/],
    [{ records: { b: {} } }, /names b, which is none of a/],
    [{ records: { a: [] } }, /"records.a" is not an object/],
    [{ records: { a: { '1': 5 } } }, /"records.a.1" is not an object/],
    [{ records: {}, deleted: { a: { '1': null } } }, /"deleted.a.1" is not an object/],
  ])('%j has no such form', (value, message) => {
    expect(problemOfImage(value, ['a'])).toMatch(message);
  });

  test('deleted may be missing', () => {
    expect(problemOfImage({ records: { a: { '1': {} } } }, ['a'])).toBeUndefined();
  });
});
