import type { Action, Change } from './change.ts';
import type { Clock } from './clock.ts';
import type { JsonObject } from './json.ts';
import type { RecordShape } from './record-shape.ts';

/** One change as it really happened; the journal of all of them is what a client's events are held against. */
export interface JournalEntry {
  /** Counts from 1 without gaps. */
  readonly sequence: number;
  /** When it happened, ISO 8601 with milliseconds. */
  readonly at: string;
  readonly object: string;
  readonly id: string;
  readonly action: Action;
  /** The record's own stamp after the change. */
  readonly version: string;
}

export interface StoredRecord {
  readonly id: string;
  readonly record: JsonObject;
  readonly deleted: boolean;
}

interface Version extends StoredRecord {
  /** Gone from the recycle bin too: only the log of deletes still tells of it. */
  readonly purged: boolean;
  readonly writtenAtMs: number;
  readonly committedAtMs: number;
  readonly indexedAtMs: number;
}

/** Who looks: `latest` sees every write, `committed` what the commit lag lets through, `indexed` what search sees. */
export type View = 'latest' | 'committed' | 'indexed';

/** All records of a sandbox as plain data: object → id → native record. The file on disk has exactly this form. */
export interface RecordImage {
  readonly records: Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;
  readonly deleted: Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;
}

/** What a person changed in the file. */
export interface RecordEdit {
  readonly object: string;
  readonly id: string;
  readonly action: Action | 'purge';
  /** The whole record as the person left it; absent for delete and purge. */
  readonly record?: JsonObject;
}

export interface RecordBookOptions {
  readonly objects: readonly string[];
  readonly shape: RecordShape;
  readonly clock: Clock;
  /** The lags for a write that happens now. */
  lags(): { readonly commitLagMs: number; readonly indexLagMs: number };
}

/**
 * The records of one sandbox with the versions that some view still has to show, and the journal of every change.
 * Records are values: each write stores a new one.
 */
export class RecordBook {
  readonly #options: RecordBookOptions;
  readonly #objects: ReadonlyMap<string, Map<string, readonly Version[]>>;
  readonly #serials = new Map<string, number>();
  readonly #deletes = new Map<string, Version[]>();
  readonly #journal: JournalEntry[] = [];
  /** Called with every change, and with when the vendor's readers see it. */
  onChange: (change: Change, visibleAtMs: number) => void = () => undefined;
  #change = 0;
  /** Called after every write. */
  onWrite: () => void = () => undefined;
  /** Called before a request is answered, to take in what a person changed in the file. */
  refresh: () => Promise<void> = async () => undefined;

  constructor(options: RecordBookOptions) {
    this.#options = options;
    this.#objects = new Map(options.objects.map((object) => [object, new Map()]));
  }

  get journal(): readonly JournalEntry[] {
    return this.#journal;
  }

  has(object: string): boolean {
    return this.#objects.has(object);
  }

  find(object: string, id: string, view: View): StoredRecord | undefined {
    return this.#seen(this.#records(object).get(id) ?? [], view);
  }

  /** Every record of an object, deleted ones too, in order of creation. */
  list(object: string, view: View): readonly StoredRecord[] {
    return [...this.#records(object).values()].flatMap((versions) => this.#seen(versions, view) ?? []);
  }

  /** The log of deletes that are committed, oldest first: also of what left the recycle bin, for good or to be back. */
  listDeletes(object: string): readonly StoredRecord[] {
    const nowMs = this.#options.clock.now();
    return (this.#deletes.get(object) ?? []).filter(({ committedAtMs }) => committedAtMs <= nowMs);
  }

  /** When the oldest write was made that is not committed yet; undefined when none is open. */
  oldestOpenWriteMs(object: string): number | undefined {
    const nowMs = this.#options.clock.now();
    const open = [...this.#records(object).values()].flat().filter((version) => version.committedAtMs > nowMs);
    return open.length === 0 ? undefined : Math.min(...open.map((version) => version.writtenAtMs));
  }

  /** Stores a new record; `id` must have the vendor's form and be free, else a fresh one is taken. */
  create(object: string, given: JsonObject, id?: string): StoredRecord {
    const free = id !== undefined && this.#options.shape.isId(object, id) && !this.#records(object).has(id);
    const chosen = free ? id : this.#freshId(object);
    const record = this.#options.shape.build(object, chosen, given, this.#options.clock.now(), this.#nextChange());
    return this.#write(object, { id: chosen, record, deleted: false }, 'create');
  }

  /** Lays changes over a record; undefined when there is no such record that is not deleted. */
  update(object: string, id: string, changes: JsonObject): StoredRecord | undefined {
    const before = this.#live(object, id);
    return before && this.#replace(object, before, this.#options.shape.merge(before.record, changes));
  }

  /** Moves a record to the deleted ones; undefined when there is no such record that is not deleted. */
  remove(object: string, id: string): StoredRecord | undefined {
    const before = this.#live(object, id);
    if (before === undefined) return undefined;
    const record = this.#options.shape.remove(object, before.record, this.#options.clock.now(), this.#nextChange());
    return this.#write(object, { id, record, deleted: true }, 'delete');
  }

  /** Deletes a record for good, from the recycle bin or past it; undefined when there is none of this id. */
  purge(object: string, id: string): StoredRecord | undefined {
    const gone = this.remove(object, id) ?? this.#inBin(object, id);
    if (gone === undefined) return undefined;
    this.#settle(object, { ...gone, purged: true });
    this.onWrite();
    return gone;
  }

  /** Brings a deleted record back as it was; undefined when there is no deleted one of this id. */
  restore(object: string, id: string): StoredRecord | undefined {
    const before = this.#inBin(object, id);
    return before && this.#replace(object, before, before.record);
  }

  /** Takes in what a person changed in the file, as changes made at the vendor now. */
  adopt(edits: readonly RecordEdit[]): void {
    for (const edit of edits) this.#adoptOne(edit);
    if (edits.length > 0) this.onWrite();
  }

  /** Fills the book with records that were there before it opened; they are not changes, so the journal stays empty. */
  load(image: RecordImage): void {
    this.#goOnAfter(image);
    for (const object of this.#objects.keys()) {
      for (const [id, record] of Object.entries(image.records[object] ?? {})) this.#place(object, id, record, false);
      for (const [id, record] of Object.entries(image.deleted[object] ?? {})) this.#place(object, id, record, true);
    }
  }

  /** Adds a record as if it had been made long ago, at its own time; used for seeds. */
  seed(object: string, given: JsonObject, atMs: number): void {
    const id = this.#freshId(object);
    this.#place(object, id, this.#options.shape.build(object, id, given, atMs, this.#nextChange()), false);
  }

  /** The latest state of everything, for the file. */
  image(): RecordImage {
    const side = (deleted: boolean): RecordImage['records'] =>
      Object.fromEntries(
        [...this.#objects.keys()].map((object) => {
          const chosen = this.list(object, 'latest').filter((stored) => stored.deleted === deleted);
          return [object, Object.fromEntries(chosen.map((stored) => [stored.id, stored.record]))];
        }),
      );
    return { records: side(false), deleted: side(true) };
  }

  #nextChange(): number {
    this.#change += 1;
    return this.#change;
  }

  /** Changes from now on are numbered above every number in the image. */
  #goOnAfter(image: RecordImage): void {
    for (const records of [...Object.values(image.records), ...Object.values(image.deleted)]) {
      for (const record of Object.values(records)) {
        this.#change = Math.max(this.#change, this.#options.shape.changeOf?.(record) ?? 0);
      }
    }
  }

  #adoptOne(edit: RecordEdit): void {
    const { object, id, record } = edit;
    if (edit.action === 'purge') this.purge(object, id);
    else if (edit.action === 'delete' || record === undefined) this.remove(object, id);
    else {
      const before = this.#records(object).get(id)?.at(-1);
      if (before === undefined) this.create(object, record, id);
      else this.#replace(object, before, record);
    }
  }

  #replace(object: string, before: StoredRecord, after: JsonObject): StoredRecord {
    const record = this.#options.shape.stamp(
      object,
      before.record,
      after,
      this.#options.clock.now(),
      this.#nextChange(),
    );
    return this.#write(object, { id: before.id, record, deleted: false }, before.deleted ? 'create' : 'update');
  }

  /** A record from before: complete where its vendor's stamps are missing, and visible to every view. */
  #place(object: string, id: string, record: JsonObject, deleted: boolean): void {
    const { shape, clock } = this.#options;
    const chosen = shape.isId(object, id) ? id : this.#freshId(object);
    const change = shape.changeOf?.(record) ?? this.#nextChange();
    const whole = shape.build(object, chosen, record, clock.now(), change);
    const longAgo = Number.NEGATIVE_INFINITY;
    const version = { writtenAtMs: longAgo, committedAtMs: longAgo, indexedAtMs: longAgo };
    this.#keep(object, { id: chosen, record: whole, deleted, purged: false, ...version }, []);
  }

  #write(object: string, stored: StoredRecord, action: Action): StoredRecord {
    const nowMs = this.#options.clock.now();
    const before = this.#records(object).get(stored.id)?.at(-1);
    const committedAtMs = this.#settle(object, { ...stored, purged: false });
    this.#journal.push({
      sequence: this.#journal.length + 1,
      at: new Date(nowMs).toISOString(),
      object,
      id: stored.id,
      action,
      version: this.#options.shape.version(object, stored.record),
    });
    const kind = before?.deleted === true && !stored.deleted ? 'restore' : action;
    const change = { kind, object, id: stored.id, before: before?.record, after: stored.record, atMs: nowMs } as const;
    this.onChange(change, committedAtMs);
    this.onWrite();
    return stored;
  }

  /** Adds a state that was written now. Answers when the vendor's readers see it. */
  #settle(object: string, state: StoredRecord & Pick<Version, 'purged'>): number {
    const nowMs = this.#options.clock.now();
    const { commitLagMs, indexLagMs } = this.#options.lags();
    const committedAtMs = nowMs + commitLagMs;
    const { id, record, deleted, purged } = state;
    const times = { writtenAtMs: nowMs, committedAtMs, indexedAtMs: committedAtMs + indexLagMs };
    const kept = this.#unsettled(this.#records(object).get(id) ?? [], nowMs);
    this.#keep(object, { id, record, deleted, purged, ...times }, kept);
    return committedAtMs;
  }

  #keep(object: string, version: Version, before: readonly Version[]): void {
    this.#records(object).set(version.id, [...before, version]);
    if (!version.deleted || version.purged) return;
    const deletes = this.#deletes.get(object) ?? [];
    deletes.push(version);
    this.#deletes.set(object, deletes);
  }

  /** Drops versions that no view can show any more. */
  #unsettled(versions: readonly Version[], nowMs: number): readonly Version[] {
    const settled = versions.findLastIndex((version) => version.indexedAtMs <= nowMs);
    return settled < 0 ? versions : versions.slice(settled);
  }

  #seen(versions: readonly Version[], view: View): StoredRecord | undefined {
    const nowMs = this.#options.clock.now();
    const isSeen = ({ indexedAtMs, committedAtMs }: Version): boolean =>
      view === 'latest' || (view === 'indexed' ? indexedAtMs : committedAtMs) <= nowMs;
    const version = versions.findLast(isSeen);
    return version?.purged === true ? undefined : version;
  }

  #inBin(object: string, id: string): StoredRecord | undefined {
    const latest = this.#records(object).get(id)?.at(-1);
    return latest?.deleted === true && !latest.purged ? latest : undefined;
  }

  #live(object: string, id: string): StoredRecord | undefined {
    const latest = this.#records(object).get(id)?.at(-1);
    return latest?.deleted === true ? undefined : latest;
  }

  #records(object: string): Map<string, readonly Version[]> {
    const records = this.#objects.get(object);
    if (records === undefined) throw new RangeError(`no object ${object}`);
    return records;
  }

  #freshId(object: string): string {
    const records = this.#records(object);
    let serial = this.#serials.get(object) ?? 0;
    let id: string;
    do {
      serial += 1;
      id = this.#options.shape.id(object, serial);
    } while (records.has(id));
    this.#serials.set(object, serial);
    return id;
  }
}
