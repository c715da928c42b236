import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSecretKey } from '../../src/store/secret-key.ts';

describe('loadSecretKey', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'anyhook-key-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  it('makes a key once, for its owner only', async () => {
    const data = join(dir, 'not', 'there');
    const key = await loadSecretKey(data, {});
    expect(key).toHaveLength(32);
    expect(await readdir(data)).toEqual(['secret.key']);
    expect((await stat(join(data, 'secret.key'))).mode & 0o777).toBe(0o600);
    expect(await loadSecretKey(data, {})).toEqual(key);
    expect(await loadSecretKey(join(dir, 'other'), {})).not.toEqual(key);
  });

  it('takes the environment’s before the file’s, and then makes none', async () => {
    const given = Buffer.alloc(32, 9);
    expect(await loadSecretKey(dir, { ANYHOOK_SECRET_KEY: given.toString('base64') })).toEqual(given);
    expect(await readdir(dir)).toEqual([]);
  });

  it.each(['short', Buffer.alloc(16).toString('base64'), 'a'.repeat(64)])('refuses %s as a key', async (text) => {
    const refusal = { code: 'secret-key-wrong', message: expect.not.stringContaining(text) };
    await expect(loadSecretKey(dir, { ANYHOOK_SECRET_KEY: text })).rejects.toMatchObject(refusal);
    await writeFile(join(dir, 'secret.key'), text);
    await expect(loadSecretKey(dir, {})).rejects.toMatchObject(refusal);
  });

  it('says when the directory cannot be used', async () => {
    await writeFile(join(dir, 'file'), '');
    await expect(loadSecretKey(join(dir, 'file'), {})).rejects.toMatchObject({
      code: 'store-unavailable',
      detail: { cause: 'ENOTDIR' },
    });
  });

  it('gives all who start at once the same key', async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => loadSecretKey(dir, {})));
    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(1);
    expect(await readdir(dir)).toEqual(['secret.key']);
  });
});
