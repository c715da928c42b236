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
  /** Whether what comes back from its delete, or is imported, may carry a change time of before: a window never shows it. */
  readonly backdates: boolean;
  /** Whether some of what is deleted is gone for good at once: only a log tells of it. */
  readonly purges: boolean;
  /** Share of answers that come from a reader that lags behind by up to `lagMs`. */
  readonly replicaRate: number;
  /** Share of pages that have no records, though more come after them; and of those that show a record of the page before. */
  readonly oddPageRate: number;
  /** Whether answers tell the vendor's clock. */
  readonly isDated: boolean;
  /** Share of answers that come from a node whose clock is up to six hours ahead or behind. */
  readonly oddDateRate: number;
  /** Chance, between two polls, that our own clock is set by up to an hour: the vendor's goes on. */
  readonly clockSetRate: number;
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
  /** When it really happened. */
  readonly atMs: number;
  /** The change time that the vendor gives it. */
  readonly stampMs: number;
  readonly seenAtMs: number;
  readonly createdAtMs: number;
  readonly parent: string;
  /** Deleted for good. */
  readonly purged: boolean;
}

/** How far off the clock of a node may be. */
const oddestMs = 6 * 3_600_000;

export class World {
  readonly random: () => number;
  readonly journal: Write[] = [];
  readonly #byId = new Map<number, Write[]>();
  #lastMs = 0;
  #setByMs = 0;
  /** By how much the clocks of some nodes are off. */
  readonly #oddClocksMs: readonly number[];

  constructor(
    readonly traps: Traps,
    seed: number,
    readonly now: () => number,
  ) {
    this.random = seededRandom(seed);
    this.#oddClocksMs = Array.from({ length: 1 + this.pick(3) }, () => (2 * this.random() - 1) * oddestMs);
  }

  /** The vendor's own clock. */
  get clock(): number {
    return this.now() + this.skewMs;
  }

  /** The vendor's clock as one of its nodes tells it. */
  toldClock(isCalm: boolean): number {
    const isOdd = !isCalm && this.random() < this.traps.oddDateRate;
    return this.clock + (isOdd ? (this.#oddClocksMs[this.pick(this.#oddClocksMs.length)] ?? 0) : 0);
  }

  /** The vendor's clock less ours, as ours is now. */
  get skewMs(): number {
    return this.traps.skewMs + this.#setByMs;
  }

  /** Our clock was set on by so much, and the vendor's was not. */
  ourClockSet(byMs: number): void {
    this.#setByMs -= byMs;
  }

  pick(count: number): number {
    return Math.floor(this.random() * count);
  }

  /** Somebody creates, edits, deletes or restores a record. */
  write(): void {
    const chance = this.random();
    const isBack = !this.traps.appendOnly && chance < 0.08;
    const those = this.truth().filter((one) => (isBack ? this.#mayComeBack(one) : !one.deleted));
    const last = those[this.pick(those.length)];
    const isNew = this.traps.appendOnly || last === undefined || (!isBack && chance < 0.4);
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
      ? {
          ...common,
          id: this.#byId.size + 1,
          rev: 1,
          deleted: false,
          stampMs: atMs,
          createdAtMs: atMs,
          parent: `p${this.pick(3)}`,
          purged: false,
        }
      : {
          ...common,
          stampMs: this.traps.backdates && chance < 0.6 ? last.stampMs - this.pick(2) * 60_000 : atMs,
          id: last.id,
          rev: last.rev + 1,
          deleted: chance > 0.85,
          purged: this.traps.purges && chance > 0.93,
          createdAtMs: last.createdAtMs,
          // Now and then it is moved to another.
          parent: this.random() < 0.1 ? `p${this.pick(3)}` : last.parent,
        };
    this.journal.push(write);
    this.#byId.set(write.id, [...(this.#byId.get(write.id) ?? []), write]);
  }

  /** A delete and a restore in one step of the vendor's time cannot be told apart by their times. */
  #mayComeBack({ deleted, purged, atMs }: Write): boolean {
    return deleted && !purged && (this.traps.backdates || this.stamp(atMs) < this.stamp(this.clock - 500));
  }

  /** What a reader is shown of each record now: the latest write that is seen, and is older than it lags behind. */
  seen(behindMs = 0): Write[] {
    return [...this.#byId.values()].flatMap(
      (writes) =>
        writes.filter(({ seenAtMs, atMs }) => seenAtMs <= this.clock && atMs <= this.clock - behindMs).at(-1) ?? [],
    );
  }

  /** Those that a reader knows to have, or to have had, records. */
  parents(): string[] {
    return [...new Set(this.journal.filter(({ seenAtMs }) => seenAtMs <= this.clock).map(({ parent }) => parent))];
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
