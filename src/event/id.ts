/** The id of an event, as a function of what the event is about. */
import { createHash } from 'node:crypto';

export interface EventIdentity {
  readonly instanceId: string;
  readonly object: string;
  readonly recordId: string;
  /**
   * What tells two states of the record apart: the vendor's version, or its change time. A delete is a version of its
   * own. Whether a state was created or updated is no part of it: a webhook and a poll may see that differently.
   */
  readonly version: string;
}

/**
 * `evt_` and 52 letters and digits: SHA-256 in the lower-case base32 alphabet of RFC 4648 §6, unpadded.
 * Seen twice, by poll and by webhook or after a crash, a change has the same id, so it is the same event.
 */
export function eventId(identity: EventIdentity): string {
  const hash = createHash('sha256');
  for (const part of [identity.instanceId, identity.object, identity.recordId, identity.version]) {
    // The length in front keeps ("a", "bc") and ("ab", "c") apart.
    hash.update(`${Buffer.byteLength(part)}:`).update(part);
  }
  return `evt_${base32(hash.digest())}`;
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

function base32(bytes: Buffer): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet.charAt((value >>> bits) & 31);
    }
    // Only the bits that are left over go on, so that the number never grows past 13 bits.
    value &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + alphabet.charAt((value << (5 - bits)) & 31);
}
