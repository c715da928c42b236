/** The key that secrets are sealed with: from the environment, or from a file beside the data. */
import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../diagnostic/failure.ts';
import { secretKeyBytes } from './seal.ts';
import { fileSystemFailure } from './unavailable.ts';

const variable = 'ANYHOOK_SECRET_KEY';
const fileName = 'secret.key';
const base64Of32Bytes = /^[A-Za-z0-9+/]{43}=$/;

/**
 * Reads the key from `ANYHOOK_SECRET_KEY` (base64 of 32 bytes), else from `secret.key` in the data directory, which
 * is made (mode 0600) when it is missing.
 * @throws Failure `secret-key-wrong` when what is found there is no key, `store-unavailable` when the directory cannot
 * be read or written.
 */
export async function loadSecretKey(dir: string, env: Readonly<Record<string, string | undefined>>): Promise<Buffer> {
  const given = env[variable];
  if (given !== undefined && given !== '') return parseKey(given, variable);
  const file = join(dir, fileName);
  try {
    return (await readKey(file)) ?? (await createKey(dir, file));
  } catch (error) {
    throw fileSystemFailure(error);
  }
}

async function readKey(file: string): Promise<Buffer | null> {
  try {
    return parseKey(await readFile(file, 'utf8'), file);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/**
 * A key lost in a crash would lose every secret, and a key overwritten by a second process would too: so it is
 * written and flushed under another name first, and then linked, which never replaces a file that is there.
 */
async function createKey(dir: string, file: string): Promise<Buffer> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const key = randomBytes(secretKeyBytes);
  const draft = `${file}.${randomUUID()}`;
  await writeFlushed(draft, `${key.toString('base64')}\n`);
  try {
    await link(draft, file);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
    return parseKey(await readFile(file, 'utf8'), file);
  } finally {
    await unlink(draft);
  }
  await flushDirectory(dir);
  return key;
}

async function writeFlushed(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function flushDirectory(dir: string): Promise<void> {
  // Windows cannot open a directory, and its file system keeps names in its own journal.
  if (process.platform === 'win32') return;
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function parseKey(text: string, source: string): Buffer {
  const trimmed = text.trim();
  if (base64Of32Bytes.test(trimmed)) return Buffer.from(trimmed, 'base64');
  throw new Failure('secret-key-wrong', `${source} does not hold a key: ${secretKeyBytes} bytes in base64.`, {
    retryable: false,
    help: 'Make one with: openssl rand -base64 32',
  });
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
