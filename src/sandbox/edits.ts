import type { Action } from './change.ts';
import { pick, type Random } from './random.ts';
import type { RecordBook, StoredRecord } from './records.ts';
import type { SandboxVendor, SandboxWorld } from './vendor.ts';

export interface EditOptions {
  /** One object, or any that people edit. */
  readonly object: string | undefined;
  /** The record to update or delete, or any. */
  readonly id: string | undefined;
  /** One kind of change, or any: mostly updates, some creates, few deletes. */
  readonly action: Action | undefined;
  readonly count: number;
}

export interface EditDone {
  readonly object: string;
  readonly action: Action;
  readonly id: string;
}

const usualActions: readonly Action[] = [
  'update',
  'update',
  'update',
  'update',
  'update',
  'create',
  'create',
  'create',
  'delete',
];

/**
 * Makes changes as people at the vendor would, chosen by the seeded dice, and answers what it did. Each edit takes one
 * millisecond of the virtual clock, unless the faults ask for equal timestamps.
 */
export function makeEdits(vendor: SandboxVendor, world: SandboxWorld, options: EditOptions): readonly EditDone[] {
  const live = new LiveRecords(world.book);
  return Array.from({ length: options.count }, (_, index) => {
    if (index > 0 && !world.faults.current.equalTimestamps) world.clock.advance(1);
    const random = world.faults.random;
    const object = options.object ?? pick(random, vendor.editedObjects);
    const action = options.action ?? pick(random, usualActions);
    return makeEdit(vendor, world.book, live, { object, action, id: options.id }, random);
  });
}

function makeEdit(
  vendor: SandboxVendor,
  book: RecordBook,
  live: LiveRecords,
  { object, action, id }: { readonly object: string; readonly action: Action; readonly id: string | undefined },
  random: Random,
): EditDone {
  const target = action === 'create' ? undefined : live.pick(object, random, id);
  if (target === undefined) {
    const created = book.create(object, vendor.seeds.draft(object, random));
    live.add(object, created.id);
    return { object, action: 'create', id: created.id };
  }
  if (action === 'delete') {
    book.remove(object, target.id);
    live.drop(object, target.id);
  } else book.update(object, target.id, vendor.seeds.revise(object, target.record, random));
  return { object, action, id: target.id };
}

/** The ids that edits may choose from, listed once for a whole batch. */
class LiveRecords {
  readonly #book: RecordBook;
  readonly #ids = new Map<string, string[]>();

  constructor(book: RecordBook) {
    this.#book = book;
  }

  /** The record of this id, or any when none is asked for. */
  pick(object: string, random: Random, id?: string): StoredRecord | undefined {
    if (id !== undefined) return this.#book.find(object, id, 'latest');
    const ids = this.#of(object);
    return ids.length === 0 ? undefined : this.#book.find(object, pick(random, ids), 'latest');
  }

  add(object: string, id: string): void {
    const ids = this.#of(object);
    if (!ids.includes(id)) ids.push(id);
  }

  drop(object: string, id: string): void {
    this.#ids.set(
      object,
      this.#of(object).filter((other) => other !== id),
    );
  }

  #of(object: string): string[] {
    const known = this.#ids.get(object);
    if (known !== undefined) return known;
    const ids = this.#book.list(object, 'latest').flatMap((stored) => (stored.deleted ? [] : [stored.id]));
    this.#ids.set(object, ids);
    return ids;
  }
}
