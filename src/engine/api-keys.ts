/** API keys: made once, shown once, kept as a hash. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ApiKey, Store } from '../store/port.ts';

function hashKey(key: string): string {
  return createHash('sha256').update(key, 'utf8').digest('hex');
}

/** Makes a key of 256 random bits and stores its hash. The clear key is the caller's to show, once. */
export async function createApiKey(store: Store, name: string, nowMs: number): Promise<string> {
  const key = `ahk_${randomBytes(32).toString('base64url')}`;
  await store.createApiKey({
    id: `key_${randomBytes(9).toString('base64url')}`,
    name,
    hash: hashKey(key),
    createdAt: nowMs,
  });
  return key;
}

/** The stored key that a clear one belongs to. Hashes are compared in constant time; keys are too long to guess, so a plain hash is enough. */
export async function findApiKey(store: Store, clearKey: string): Promise<ApiKey | null> {
  const hash = Buffer.from(hashKey(clearKey));
  const keys = await store.listApiKeys();
  return keys.find((key) => timingSafeEqual(Buffer.from(key.hash), hash)) ?? null;
}
