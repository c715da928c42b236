/** The keys of a store while runtimes serve from it: what is revoked is refused at once by all of them. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RuntimeProcess } from '../crash/runtime-process.ts';
import { type PostgresServer, startPostgres } from '../store/postgres-server.ts';
import { program } from '../suite/program.ts';

let folder: string;
let server: PostgresServer;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'anyhook-keys-'));
  server = await startPostgres();
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

interface Key {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
}

describe.each([
  { engine: 'SQLite', storeUrl: () => null, runtimes: 1 },
  { engine: 'PostgreSQL', storeUrl: () => server.url, runtimes: 2 },
])('the keys of a store in $engine', ({ engine, storeUrl, runtimes }) => {
  it('are listed, made and revoked beside the processes that run on it', async () => {
    const data = path.join(folder, engine);
    const secretKey = Buffer.alloc(32, 1).toString('base64');
    const start = () => new RuntimeProcess({ program: [program], data, storeUrl: storeUrl(), secretKey });
    const place = storeUrl() === null ? ['--data', data] : ['--store', String(storeUrl())];
    const keys = async (...args: readonly string[]) => {
      const ended = promisify(execFile)(process.execPath, [program, 'keys', ...args, ...place]);
      return ended.then(
        ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
        ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, stdout, stderr }),
      );
    };
    const nodes: RuntimeProcess[] = [];
    for (let count = 0; count < runtimes; count += 1) {
      const node = start();
      nodes.push(node);
      await node.ready();
    }
    const statuses = (key: string): Promise<readonly number[]> => {
      const headers = { authorization: `Bearer ${key}` };
      return Promise.all(nodes.map(async ({ url }) => (await fetch(`${url}/v1/connectors`, { headers })).status));
    };
    const all = (status: number): readonly number[] => nodes.map(() => status);
    try {
      const first = nodes[0]?.apiKey ?? '';
      expect(await statuses(first)).toEqual(all(200));
      const made = JSON.parse((await keys('new', 'ci', '--json')).stdout) as Key & { readonly key: string };
      expect(await statuses(made.key)).toEqual(all(200));
      expect(await keys('new', 'ci')).toMatchObject({ code: 1, stderr: expect.stringContaining(made.id) });

      const listed = await keys('list', '--json');
      const { keys: known } = JSON.parse(listed.stdout) as { readonly keys: readonly Key[] };
      expect(known.map(({ name }) => name)).toEqual(['first', 'ci']);
      expect(known[1]).toEqual({ id: made.id, name: 'ci', createdAt: made.createdAt });
      expect((await keys('list')).stdout.split('\n')[1]).toBe(`${made.id}  ${made.createdAt}  ci`);
      for (const secret of [first, made.key]) expect(listed.stdout).not.toContain(secret);

      expect(await keys('revoke', 'nobody')).toMatchObject({ code: 1, stdout: '' });
      expect(JSON.parse((await keys('revoke', 'ci', '--json')).stdout)).toEqual({ revoked: known[1] });
      expect(await statuses(made.key)).toEqual(all(401));
      expect(await statuses(first)).toEqual(all(200));

      const last = await keys('revoke', known[0]?.id ?? '');
      expect(last.stderr).toContain('No key is left');
      expect(await statuses(first)).toEqual(all(401));
      expect((await keys('list')).stdout).toBe('');
    } finally {
      await Promise.all(nodes.map((node) => node.kill()));
    }
    const anew = start();
    await anew.ready();
    expect(anew.apiKey).toMatch(/^ahk_/);
    await anew.kill();
  });
});
