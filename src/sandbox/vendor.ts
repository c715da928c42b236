import type { FastifyInstance } from 'fastify';
import type { Answer } from './answer.ts';
import type { VirtualClock } from './clock.ts';
import type { FaultBox } from './faults.ts';
import type { JsonObject } from './json.ts';
import type { Notifier } from './notifier.ts';
import type { Random } from './random.ts';
import type { RecordBook } from './records.ts';
import type { TokenBook } from './tokens.ts';
import type { VendorWebhooks } from './vendor-webhooks.ts';

/**
 * How a vendor's native records are made and changed. Pure; times are milliseconds since 1970. `change` counts the changes of
 * all objects together, for vendors that number them; without one the record's own number goes on.
 */
export interface RecordShape {
  /** The id of the n-th record of an object, in the vendor's form. */
  id(object: string, serial: number): string;
  /** Whether a text has the form of this object's ids. */
  isId(object: string, text: string): boolean;
  /** A whole native record from what is given: id, stamps, computed fields. Stamps that are given are kept. */
  build(object: string, id: string, given: JsonObject, atMs: number, change?: number): JsonObject;
  /** The record with changes laid over it, before any stamp moves. */
  merge(before: JsonObject, changes: JsonObject): JsonObject;
  /** The changed record with its modified stamp moved to `atMs`, unless the change itself set another stamp. */
  stamp(object: string, before: JsonObject, after: JsonObject, atMs: number, change?: number): JsonObject;
  /** The record as the vendor keeps it after a delete. */
  remove(object: string, before: JsonObject, atMs: number, change?: number): JsonObject;
  /** The stamp by which a client tells this version of the record from another. */
  version(object: string, record: JsonObject): string;
  /** The number of the change that a record carries, where the vendor numbers them. */
  changeOf?(record: JsonObject): number | undefined;
  /** When the record last changed by its own stamp, in milliseconds. */
  modifiedAtMs(object: string, record: JsonObject): number;
}

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
  /** How the vendor tells of changes by itself; absent when it does not. */
  readonly webhooks?: VendorWebhooks;
  /** Adds the vendor's own paths. Bodies arrive as text (`request.body`), to be read by body.ts. */
  routes(api: FastifyInstance, world: SandboxWorld): void;
}
