/** A world that does not play along: files in the way, full disks, readers that leave. Told in words, never by a stack. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox, vendors } from '../../src/sandbox/sandbox.ts';
import { program } from '../suite/program.ts';

const [vendor = ''] = vendors;

let folder: string;
let sandbox: Sandbox;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'anyhook-streams-'));
  await writeFile(path.join(folder, 'file'), '');
  sandbox = await startSandbox({ vendor, port: 0 });
});
afterAll(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true });
});

const start = (args: readonly string[], stdout: 'pipe' | number = 'pipe') =>
  spawn(process.execPath, [program, ...args], { cwd: folder, stdio: ['ignore', stdout, 'pipe'] });

describe('the command line', () => {
  it.concurrent.each([
    ['serve', '--data', 'file/data', '--port', '0'],
    ['serve', '--data', 'file', '--port', '0'],
    ['sandbox', vendor, '--data', 'file/data', '--port', '0'],
    ['demo', '--data', 'file/data'],
    ['demo', '--data', '.'],
  ])('%s %s %s ends with 3 and says what is in the way', async (...args) => {
    const child = start(args);
    let stderr = '';
    child.stderr?.on('data', (chunk) => (stderr += chunk));
    const [code] = await once(child, 'close');
    expect(stderr).toContain('failure[store-unavailable]');
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(code).toBe(3);
  });

  it.runIf(process.platform === 'linux')(
    'whose results find no room ends with 3, and remembers none of them',
    async () => {
      const args = ['poll', vendor, 'contact', '--sandbox', sandbox.origin, '--since', '2026-01-01T00:00:00Z'];
      const full = start(args, openSync('/dev/full', 'w'));
      let stderr = '';
      full.stderr?.on('data', (chunk) => (stderr += chunk));
      expect((await once(full, 'close'))[0]).toBe(3);
      expect(stderr).toContain('No space left on device'.toLowerCase());
      const again = start(args);
      let stdout = '';
      again.stdout?.on('data', (chunk) => (stdout += chunk));
      expect((await once(again, 'close'))[0]).toBe(0);
      expect(stdout.split('\n').length).toBeGreaterThan(2);
    },
  );

  it('serves on when whoever read its log is gone', async () => {
    const child = start(['serve', '--data', 'data', '--port', '0', '--log-level', 'trace']);
    if (child.stdout === null || child.stderr === null) throw new Error('no pipes');
    let url = '';
    let key = '';
    for await (const line of createInterface({ input: child.stdout })) {
      key = /ahk_\S+/.exec(line)?.[0] ?? key;
      url = /Listening at (\S+)/.exec(line)?.[1] ?? '';
      if (url !== '') break;
    }
    child.stderr.destroy();
    for (let request = 0; request < 3; request += 1) {
      const answer = await fetch(`${url}/v1/instances`, { headers: { authorization: `Bearer ${key}` } });
      expect(answer.status).toBe(200);
    }
    child.kill('SIGTERM');
    expect((await once(child, 'close'))[0]).toBe(0);
  });
});
