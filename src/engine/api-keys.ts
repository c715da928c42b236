/** API keys: made once, shown once, kept as a hash. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ApiKey, ApiKeyStore } from '../store/api-key-store.ts';

function hashKey(key: string): string {
  return createHash('sha256').update(key, 'utf8').digest('hex');
}

/** A key as it is kept, and in clear: that is shown once, and to nobody else. */
export interface NewApiKey extends ApiKey {
  readonly clear: string;
}

/** Makes a key of 256 random bits and stores its hash. */
export async function addApiKey(store: ApiKeyStore, name: string, nowMs: number): Promise<NewApiKey> {
  const clear = `ahk_${randomBytes(32).toString('base64url')}`;
  const id = `key_${randomBytes(9).toString('base64url')}`;
  const key: ApiKey = { id, name, hash: hashKey(clear), createdAt: nowMs };
  await store.createApiKey(key);
  return { ...key, clear };
}

/** The clear key of one that is made. */
export async function createApiKey(store: ApiKeyStore, name: string, nowMs: number): Promise<string> {
  return (await addApiKey(store, name, nowMs)).clear;
}

/** The stored key that a clear one belongs to: asked for anew each time, so that one that was revoked is good no more. Hashes are compared in constant time; keys are too long to guess, so a plain hash is enough. */
export async function findApiKey(store: Pick<ApiKeyStore, 'listApiKeys'>, clearKey: string): Promise<ApiKey | null> {
  const hash = Buffer.from(hashKey(clearKey));
  const keys = await store.listApiKeys();
  return keys.find((key) => timingSafeEqual(Buffer.from(key.hash), hash)) ?? null;
}
