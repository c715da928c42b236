/** What really happened at the vendor in one run, write by write; what came out is held against it. */

/** A state that a record was given, or its end. */
export interface Happened {
  readonly number: number;
  readonly recordId: string;
  readonly kind: 'created' | 'updated' | 'restored' | 'merged' | 'deleted';
  /** The mark that the record carries from then on; of a delete, the last one. */
  readonly mark: number;
  /** On the vendor's clock. */
  readonly atMs: number;
  /** When the last of its readers sees it, on the vendor's clock. */
  readonly visibleAtMs: number;
}

export class Journal {
  readonly entries: Happened[] = [];
  readonly #byRecord = new Map<string, Happened[]>();

  add(entry: Omit<Happened, 'number'>): void {
    const numbered = { ...entry, number: this.entries.length + 1 };
    this.entries.push(numbered);
    this.#byRecord.set(entry.recordId, [...this.of(entry.recordId), numbered]);
  }

  /** All that happened to a record, in order. */
  of(recordId: string): readonly Happened[] {
    return this.#byRecord.get(recordId) ?? [];
  }

  get recordIds(): readonly string[] {
    return [...this.#byRecord.keys()];
  }

  /** Records whose last write is such, and that readers see already: the vendor lets nobody write what is not there yet. */
  those(isSuch: (last: Happened) => boolean, nowMs: number): readonly string[] {
    return this.recordIds.filter((id) => {
      const last = this.of(id).at(-1);
      return last !== undefined && last.visibleAtMs <= nowMs && isSuch(last);
    });
  }
}
