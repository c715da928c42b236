import type { FastifyInstance } from 'fastify';
import type { Answer } from './answer.ts';
import type { VirtualClock } from './clock.ts';
import type { FaultBox, Faults } from './faults.ts';
import type { JsonObject } from './json.ts';
import type { Notifier } from './notifier.ts';
import type { Random } from './random.ts';
import type { RecordShape } from './record-shape.ts';
import type { RecordBook } from './records.ts';
import type { TokenBook } from './tokens.ts';
import type { VendorWebhooks } from './vendor-webhooks.ts';

/** Invented records and changes of a vendor's objects. */
export interface RecordSeeds {
  /** Records to start with: what `build` needs, with the time each was created. */
  start(object: string, nowMs: number): readonly { readonly given: JsonObject; readonly atMs: number }[];
  /** A new record as a person at the vendor would enter it. */
  draft(object: string, random: Random): JsonObject;
  /** A change as a person at the vendor would make it. */
  revise(object: string, record: JsonObject, random: Random): JsonObject;
}

/** Answers that every vendor gives in its own words. */
export interface VendorAnswers {
  /** Called too often, at this path when it is known. */
  throttled(retryAfterSeconds: number | null, path?: string): Answer;
  /** The credentials are good and lack a right, at this path. */
  forbidden(path: string): Answer;
  /** The vendor itself is in trouble. */
  broken(status: number): Answer;
  /** No such path. */
  missing(path: string): Answer;
  /** A body that cannot be read. */
  unreadable(reason: string): Answer;
}

/** What a vendor's routes work with. */
export interface SandboxWorld {
  readonly clock: VirtualClock;
  readonly faults: FaultBox;
  readonly book: RecordBook;
  readonly tokens: TokenBook;
  readonly notifier: Notifier;
  /** `http://127.0.0.1:port`, known once the sandbox listens. */
  origin(): string;
}

/** What a client must be ready for at this vendor, and what its records can go through. */
export interface VendorHabits {
  /** The longest that a write was seen to take until readers see it, and until its search index does after that. */
  readonly commitLagMs: number;
  readonly indexLagMs: number;
  /** Whether people can bring deleted records back. */
  readonly restores: boolean;
  /** Whether people can delete records so that the vendor lists them no more, and only a log tells of them. */
  readonly purges: boolean;
}

/** One simulated vendor; every vendor has this shape. */
export interface SandboxVendor {
  readonly name: string;
  /** Objects that are stored, by the vendor's own names. */
  readonly objects: readonly string[];
  /** Objects that random edits may touch. */
  readonly editedObjects: readonly string[];
  readonly shape: RecordShape;
  readonly seeds: RecordSeeds;
  readonly answers: VendorAnswers;
  /** Path prefixes of token endpoints, which faults leave alone. */
  readonly tokenPaths: readonly string[];
  /** What a client enters to connect, shown on the sandbox's page. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly habits: VendorHabits;
  /** The vendor's own rates, where those of the sandbox are wider: on a clock that stands still they would run dry. */
  readonly rates?: Pick<Faults, 'quotaPerBurst' | 'searchesPerSecond'>;
  /** How the vendor tells of changes by itself; absent when it does not. */
  readonly webhooks?: VendorWebhooks;
  /** Adds the vendor's own paths. Bodies arrive as text (`request.body`), to be read by body.ts. */
  routes(api: FastifyInstance, world: SandboxWorld): void;
}
