/**
 * A vendor made of the traps that a connector declares: it lags, rounds, caps, slips its pages, forgets its tokens and
 * refuses at random; and it keeps a journal of what really happened. It knows nothing of our code: its filters are read
 * by hand, its dates are written by the time zone database.
 */
import { seededRandom } from '../../src/sandbox/random.ts';

export interface Traps {
  /** Times are cut to so many milliseconds. */
  readonly unitMs: number;
  readonly inclusive: boolean;
  /** A write is seen up to so much later than its own time. */
  readonly lagMs: number;
  /** The most records one query yields; null without end. */
  readonly cap: number | null;
  readonly pageSize: number;
  /** The vendor's clock less ours. */
  readonly skewMs: number;
  /** Times are written as local time of this zone, without offset; null writes UTC. */
  readonly zone: string | null;
  /** How long page cursors and delta tokens live. */
  readonly tokenMs: number;
  /** Share of requests that are refused, cut off, or answered with the filter ignored. */
  readonly troubleRate: number;
  /** Share of requests during which somebody writes. */
  readonly busyRate: number;
  /** Whether a write may keep the time of the one before it: ties. */
  readonly ties: boolean;
  /** Records that are never edited or deleted, as the entries of a log. */
  readonly appendOnly: boolean;
}

export interface State {
  readonly rev: number;
  readonly name: string;
  readonly grade: string;
  readonly deleted: boolean;
}

/** One change as it really happened. */
export interface Write extends State {
  readonly sequence: number;
  readonly id: number;
  readonly atMs: number;
  readonly seenAtMs: number;
  readonly createdAtMs: number;
  readonly parent: string;
}

export class World {
  readonly random: () => number;
  readonly journal: Write[] = [];
  readonly #byId = new Map<number, Write[]>();
  #lastMs = 0;

  constructor(
    readonly traps: Traps,
    seed: number,
    readonly now: () => number,
  ) {
    this.random = seededRandom(seed);
  }

  /** The vendor's own clock. */
  get clock(): number {
    return this.now() + this.traps.skewMs;
  }

  pick(count: number): number {
    return Math.floor(this.random() * count);
  }

  /** Somebody creates, edits or deletes a record. */
  write(): void {
    const living = [...this.#byId.values()].flatMap((writes) => (writes.at(-1)?.deleted ? [] : (writes.at(-1) ?? [])));
    const chance = this.random();
    const last = living[this.pick(living.length)];
    const isNew = this.traps.appendOnly || last === undefined || chance < 0.4;
    const atMs = this.traps.ties && this.random() < 0.4 ? Math.max(this.#lastMs, this.clock - 500) : this.clock;
    this.#lastMs = atMs;
    const seenAtMs = atMs + this.pick(this.traps.lagMs + 1);
    const common = {
      sequence: this.journal.length + 1,
      atMs,
      seenAtMs,
      name: `n${this.pick(1_000)}`,
      grade: this.random() < 0.5 ? 'a' : 'b',
    };
    const write: Write = isNew
      ? { ...common, id: this.#byId.size + 1, rev: 1, deleted: false, createdAtMs: atMs, parent: `p${this.pick(3)}` }
      : {
          ...common,
          id: last.id,
          rev: last.rev + 1,
          deleted: chance > 0.85,
          createdAtMs: last.createdAtMs,
          parent: last.parent,
        };
    this.journal.push(write);
    this.#byId.set(write.id, [...(this.#byId.get(write.id) ?? []), write]);
  }

  /** What a reader is shown of each record now: the latest write that is seen. */
  seen(): Write[] {
    return [...this.#byId.values()].flatMap(
      (writes) => writes.filter(({ seenAtMs }) => seenAtMs <= this.clock).at(-1) ?? [],
    );
  }

  truth(): Write[] {
    return [...this.#byId.values()].flatMap((writes) => writes.at(-1) ?? []);
  }

  /** A time as the vendor keeps it. */
  stamp(timeMs: number): number {
    return Math.floor(timeMs / this.traps.unitMs) * this.traps.unitMs;
  }

  /** A time as the vendor writes it. */
  text(timeMs: number): string {
    const stampMs = this.stamp(timeMs);
    if (this.traps.zone === null) return new Date(stampMs).toISOString();
    const parts = new Intl.DateTimeFormat('sv-SE', {
      timeZone: this.traps.zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    }).format(stampMs);
    return parts.replace(' ', 'T');
  }
}
