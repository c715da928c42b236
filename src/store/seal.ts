/**
 * Sealing keeps secrets out of the database files: AES-256-GCM with a random 96-bit nonce (NIST SP 800-38D). The place
 * a value is stored at is authenticated with it, so that a sealed value copied to another row or column does not open.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { Failure } from '../diagnostic/failure.ts';

/** Where a sealed value is stored. */
export interface SealedPlace {
  readonly table: string;
  readonly id: string;
  readonly field: string;
}

export interface Sealer {
  seal(clear: string, place: SealedPlace): Buffer;
  /**
   * @throws Failure `secret-key-wrong` when the value was sealed with another key, `store-corrupt` when it was
   * changed or moved since.
   */
  open(sealed: Uint8Array, place: SealedPlace): string;
  /** The same for the same text and key, and says nothing of the text to who does not have the key. */
  digest(clear: string): string;
}

export const secretKeyBytes = 32;

// version | key id | nonce | tag | ciphertext
const formatVersion = 1;
const keyIdBytes = 4;
const nonceBytes = 12;
const tagBytes = 16;
const nonceStart = 1 + keyIdBytes;
const tagStart = nonceStart + nonceBytes;
const textStart = tagStart + tagBytes;

/**
 * Seals and opens with one key.
 * @param key 32 random bytes.
 */
export function createSealer(key: Buffer): Sealer {
  if (key.length !== secretKeyBytes)
    throw new RangeError(`a secret key has ${secretKeyBytes} bytes, not ${key.length}`);
  const header = Buffer.concat([Buffer.of(formatVersion), keyIdOf(key)]);

  return {
    seal(clear, place) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
      cipher.setAAD(authenticated(header, place));
      const text = Buffer.concat([cipher.update(clear, 'utf8'), cipher.final()]);
      return Buffer.concat([header, nonce, cipher.getAuthTag(), text]);
    },

    open(sealed, place) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      if (bytes.length < textStart || bytes[0] !== formatVersion) throw unreadable(place);
      if (!bytes.subarray(0, nonceStart).equals(header)) throw wrongKey();
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(nonceStart, tagStart), {
        authTagLength: tagBytes,
      });
      decipher.setAAD(authenticated(header, place));
      decipher.setAuthTag(bytes.subarray(tagStart, textStart));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(textStart)), decipher.final()]).toString('utf8');
      } catch (cause) {
        throw unreadable(place, cause);
      }
    },

    digest: (clear) => createHmac('sha256', key).update('anyhook digest\n').update(clear).digest('base64url'),
  };
}

/** Names the key a value was sealed with, so that a later key can be told from it. Reveals nothing of the key. */
function keyIdOf(key: Buffer): Buffer {
  return createHash('sha256').update('anyhook key id\n').update(key).digest().subarray(0, keyIdBytes);
}

function authenticated(header: Buffer, place: SealedPlace): Buffer {
  return Buffer.concat([header, Buffer.from(JSON.stringify([place.table, place.id, place.field]))]);
}

function wrongKey(): Failure {
  return new Failure('secret-key-wrong', 'The stored secrets were sealed with another key.', {
    retryable: false,
    help: 'Start with the key this data was made with: ANYHOOK_SECRET_KEY, or secret.key in the data directory.',
  });
}

function unreadable(place: SealedPlace, cause?: unknown): Failure {
  return new Failure('store-corrupt', `The sealed ${place.field} of ${place.table} “${place.id}” was damaged.`, {
    retryable: false,
    help: 'Restore the data directory from a backup, or enter the secret again.',
    ...(cause === undefined ? {} : { cause }),
  });
}
