/** What the walk of a listing met: how many records, and a digest of which they were and how. */
import { createHash } from 'node:crypto';

const digestBytes = 16;

/** The order in which they came is no part of it; of a record that comes twice, the first is. */
export class MetRecords {
  readonly #ids = new Set<string>();
  readonly #digest = Buffer.alloc(digestBytes);

  /** How many different ones. */
  get count(): number {
    return this.#ids.size;
  }

  get digest(): string {
    return `${this.count}.${this.#digest.toString('base64url')}`;
  }

  add(recordId: string, version: string): void {
    if (this.#ids.has(recordId)) return;
    this.#ids.add(recordId);
    // Lengths in front keep ("a", "bc") and ("ab", "c") apart.
    const hash = createHash('sha256').update(`${recordId.length}:${recordId}${version}`).digest();
    for (let index = 0; index < digestBytes; index += 1) {
      this.#digest[index] = (this.#digest[index] ?? 0) ^ (hash[index] ?? 0);
    }
  }
}
