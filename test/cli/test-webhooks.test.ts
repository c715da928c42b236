/** `anyhook test` runs the webhook cases of a connector of one's own, and ends with 1 where one was tampered with. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { program } from '../suite/program.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'anyhook-test-webhooks-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A copy of a connector under another key, which has no sandbox. */
async function copyConnector(key: string): Promise<string> {
  const copy = path.join(folder, key);
  await cp(path.join(root, 'connectors/hubspot'), copy, { recursive: true });
  const file = path.join(copy, 'connector.json');
  const { sandbox: _none, ...definition } = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...definition, key }));
  return copy;
}

async function runTest(connector: string) {
  const child = spawn(process.execPath, [program, 'test', connector], { cwd: folder });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const [code] = await once(child, 'close');
  return { code, output };
}

test('cases as they were written hold', async () => {
  const { code, output } = await runTest(await copyConnector('own'));
  expect(output).toMatch(/ok\s+own: \d+ cases/);
  expect(code).toBe(0);
});

test('a request of which a byte was changed, and a variant that is called by another name, fail with their place', async () => {
  const copy = await copyConnector('tampered');
  const change = async (name: string, from: string, to: string) => {
    const file = path.join(copy, 'cases', name);
    const text = await readFile(file, 'utf8');
    expect(text).toContain(from);
    await writeFile(file, text.replace(from, to));
  };
  await change('webhook-contacts.json', 'Head of Purchasing', 'Head of purchasing');
  await change('webhook-others.json', '"inbound-too-old"', '"nothing-new"');
  const { code, output } = await runTest(copy);
  expect(output).toContain('The request is refused: inbound-signature-wrong.');
  expect(output).toMatch(/webhook-contacts\.json:\d+:\d+/);
  expect(output).toContain('replayed: expected nothing-new, got inbound-too-old.');
  expect(output).toMatch(/webhook-others\.json:\d+:\d+/);
  expect(output).toMatch(/FAIL\s+tampered/);
  expect(code).toBe(1);
});
