import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { loadConnectors, loadDialects, packagedConnectors } from '../../src/connector/load.ts';
import { acme, broken } from './acme.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'anyhook-load-'));
  await mkdir(path.join(folder, 'acme'));
  await mkdir(path.join(folder, 'other'));
  await mkdir(path.join(folder, 'bad'));
  await mkdir(path.join(folder, 'notes'));
  await writeFile(path.join(folder, 'acme/connector.json'), JSON.stringify(acme, null, 2));
  await writeFile(path.join(folder, 'other/connector.yaml'), stringify(broken(['key'], 'other')));
  await writeFile(path.join(folder, 'bad/connector.json'), '{ "key": }');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('loadConnectors', () => {
  test('loads what comes with anyhook without a diagnostic', async () => {
    const { connectors, diagnostics } = await loadConnectors();
    expect(diagnostics).toEqual([]);
    expect([...connectors.keys()]).toEqual(expect.arrayContaining(['hubspot', 'salesforce']));
  });

  test('reports a bad connector and loads the others', async () => {
    const { connectors, files, diagnostics } = await loadConnectors([folder]);
    expect([...connectors.keys()].sort()).toEqual(['acme', 'other']);
    expect(files.get('other')).toBe(path.join(folder, 'other/connector.yaml'));
    expect(diagnostics).toMatchObject([
      { code: 'file-syntax', place: { file: path.join(folder, 'bad/connector.json'), line: 1, column: 10 } },
    ]);
  });

  test('reads YAML to the same connector as JSON', async () => {
    const { connectors } = await loadConnectors([folder]);
    const [json, yaml] = [connectors.get('acme'), connectors.get('other')];
    expect({ ...yaml?.definition, key: 'acme' }).toEqual(json?.definition);
    expect(JSON.stringify([...(yaml?.objects ?? [])])).toBe(JSON.stringify([...(json?.objects ?? [])]));
  });

  test('takes one folder or one file', async () => {
    expect([...(await loadConnectors([path.join(folder, 'acme')])).connectors.keys()]).toEqual(['acme']);
    expect([...(await loadConnectors([path.join(folder, 'other/connector.yaml')])).connectors.keys()]).toEqual([
      'other',
    ]);
  });

  test('lets a later connector take the place of an earlier one', async () => {
    const mine = path.join(folder, 'acme-2.json');
    await writeFile(mine, JSON.stringify(broken(['name'], 'Mine')));
    const { connectors, diagnostics } = await loadConnectors([path.join(folder, 'acme'), mine]);
    expect(diagnostics).toEqual([]);
    expect(connectors.get('acme')?.definition.name).toBe('Mine');
  });

  test('says when a folder is called otherwise than its connector', async () => {
    await mkdir(path.join(folder, 'notes/acne'), { recursive: true });
    await writeFile(path.join(folder, 'notes/acne/connector.json'), JSON.stringify(acme));
    const { connectors, diagnostics } = await loadConnectors([path.join(folder, 'notes')]);
    expect(connectors.has('acme')).toBe(true);
    expect(diagnostics).toMatchObject([
      { code: 'connector-key-mismatch', severity: 'warning', help: 'Call the folder "acme".' },
    ]);
  });

  test('says when there is nothing to read', async () => {
    await mkdir(path.join(folder, 'empty'));
    const { connectors, diagnostics } = await loadConnectors([path.join(folder, 'absent'), path.join(folder, 'empty')]);
    expect(connectors.size).toBe(0);
    expect(diagnostics.map(({ code }) => code)).toEqual(['file-unreadable', 'file-unreadable']);
  });

  test.runIf(process.platform !== 'win32')(
    'reads what is no plain file as one, and says what is wrong in it',
    async () => {
      const { connectors, diagnostics } = await loadConnectors(['/dev/null']);
      expect(connectors.size).toBe(0);
      expect(diagnostics[0]).toMatchObject({ severity: 'error', place: { file: '/dev/null' } });
    },
  );

  test('knows its own folder', () => {
    expect(path.basename(packagedConnectors)).toBe('connectors');
  });
});

test('dialects: a broken one is reported and left out', async () => {
  const dialects = await mkdtemp(path.join(tmpdir(), 'anyhook-dialects-'));
  await writeFile(path.join(dialects, 'x.json'), '{"name": 1}');
  const loaded = await loadDialects(dialects);
  expect(loaded.dialects.size).toBe(0);
  expect(loaded.diagnostics.every(({ code }) => code === 'dialect-schema')).toBe(true);
  expect(loaded.diagnostics.length).toBeGreaterThan(0);
  await rm(dialects, { recursive: true });
});
