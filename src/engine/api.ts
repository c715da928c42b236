/** What the runtime offers to whoever drives it: the HTTP server and the command line. */
import type { PollReport } from '../change/poll-report.ts';
import type { Connector } from '../connector/connector.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import type { Failure } from '../diagnostic/failure.ts';
import type { PredicateReport } from '../dialect/query.ts';
import type { StreamEvent } from '../event/event.ts';
import type { VendorRequest } from '../http/client.ts';
import type { InboundAnswer } from '../inbound/answer.ts';
import type { InboundRequest } from '../inbound/request.ts';
import type { Attempt, CallbackFormat, Feed, InstanceFilter, ObjectSettings, PollFailure } from '../store/port.ts';
import type { Unready } from './readiness.ts';

/** An instance as a person gives it. */
export interface InstanceInput {
  readonly connector: string;
  readonly name?: string;
  readonly tags?: readonly string[];
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  readonly credentials?: Readonly<Record<string, string>>;
  readonly callback?: CallbackInput | null;
  readonly objects?: Readonly<Record<string, ObjectInput>>;
  /** Whether the vendor's own webhooks are registered and taken; true when absent. */
  readonly nativeWebhooks?: boolean;
}

export interface CallbackInput {
  readonly url: string;
  readonly format?: CallbackFormat;
  /** `whsec_…`; one is made when absent, and shown once. */
  readonly secret?: string;
}

export interface ObjectInput {
  readonly enabled?: boolean;
  readonly where?: string | null;
  readonly intervalSeconds?: number | null;
  readonly scope?: ObjectSettings['scope'];
  readonly keepRecords?: boolean;
  readonly allowDeletes?: number | null;
  readonly start?: string;
  readonly fields?: readonly string[] | null;
}

/** What a person will consent to; null in place of an instance's own parts means what it means there. */
export interface AuthorizeInput extends Omit<InstanceInput, 'connector' | 'credentials'> {
  /** Where the person's browser goes in the end; an origin that the operator allows. */
  readonly redirect?: string;
  /** An instance to connect again. */
  readonly instanceId?: string;
}

export interface AuthorizeLink {
  readonly url: string;
  readonly expiresAt: string;
  /** The id that the instance has, or will have. */
  readonly instanceId: string;
  /** The secret that signs, when the runtime chose it: shown here only. */
  readonly callbackSecret?: string;
}

/** How a person's way through the vendor's page ended, and where the browser goes from there. */
export type Connection = Outcome<InstanceView> & { readonly redirect: string | null; readonly failure?: Failure };

/** Changes to an instance: what is absent stays; maps are merged by key, a null value removes the key. */
export interface InstancePatch {
  readonly name?: string;
  readonly tags?: readonly string[];
  readonly settings?: Readonly<Record<string, string | number | boolean | null>>;
  readonly credentials?: Readonly<Record<string, string | null>>;
  readonly callback?: CallbackInput | null;
  readonly objects?: Readonly<Record<string, ObjectInput | null>>;
  readonly nativeWebhooks?: boolean;
}

/** An instance as it is shown: no secret in it, but the names of those it holds. */
export interface InstanceView {
  readonly id: string;
  readonly connector: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  readonly credentials: readonly string[];
  readonly callback: {
    readonly url: string;
    readonly format: CallbackFormat;
    readonly disabledAt: string | null;
    /** Only in the answer to the request that made it: the secret that signs, when the runtime chose it. */
    readonly secret?: string;
  } | null;
  readonly objects: Readonly<Record<string, ObjectView>>;
  readonly nativeWebhooks: boolean;
  /** What is registered at the vendor, or is to be. */
  readonly webhooks: readonly WebhookView[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface ObjectView extends ObjectSettings {
  /** How its polls stand; empty when the object is off. */
  readonly polls: readonly PollView[];
}

export interface PollView {
  readonly feed: Feed;
  readonly cursor: string | null;
  readonly dueAt: string;
  /** The interval it has come to, in seconds; null before a poll has set it. */
  readonly everySeconds: number | null;
  readonly lastPolledAt: string | null;
  readonly failures: number;
  /** Since when the vendor tells of changes by webhook too; null when it never has. */
  readonly webhookSince: string | null;
  /** Changes that a webhook should have told and the poll found. */
  readonly webhooksLost: number;
  readonly lastFailure: (PollFailure & { readonly at: string }) | null;
}

/** One registration at the vendor. */
export interface WebhookView {
  /** The connector's name of the kind of webhook. */
  readonly way: string;
  /** What was asked for; null where one registration covers all. */
  readonly topic: string | null;
  /** What the vendor calls; null where that is said for all by the one without a topic. */
  readonly url: string | null;
  readonly state: 'registering' | 'registered' | 'failed' | 'removing';
  readonly since: string | null;
  /** When the vendor ends it; null when it does not, or is not registered. */
  readonly expiresAt: string | null;
  /** Why registering, renewing or removing it failed last; null when it went well. */
  readonly failure: {
    readonly code: string;
    readonly message: string;
    readonly help: string | null;
    readonly at: string;
  } | null;
}

/** One of the operator's own apps: no secret in it, but the names of those it has. */
export interface AppView {
  readonly connector: string;
  /** What the configuration gives it, by name; empty when it no longer has it, and webhooks are still to be removed. */
  readonly given: readonly string[];
  /** Whether webhooks of its accounts belong to it, and are registered by it. */
  readonly registers: boolean;
  /** What keeps them from being registered. */
  readonly problems: readonly { readonly message: string; readonly help: string | null }[];
  /** What is registered at the vendor, or is to be. */
  readonly webhooks: readonly WebhookView[];
}

/** What one poll did, as it is shown. */
export interface PollOutcome extends Omit<PollReport, 'cursor'> {
  readonly cursor: string | null;
  /** Set when the poll went wrong; the cursor is then where the last whole window ended. */
  readonly failure: {
    readonly code: string;
    readonly message: string;
    readonly retryable: boolean;
    readonly help?: string;
  } | null;
}

/** A native webhook as it came in. */
export interface InboundCall extends Pick<InboundRequest, 'method' | 'headers' | 'body'> {
  readonly connector: string;
  readonly way: string;
  /** null: a URL for many, whose events say which account they belong to. */
  readonly instanceId: string | null;
  /** Raw path and query. */
  readonly target: string;
}

export interface ExplainInput {
  readonly connector: string;
  readonly object: string;
  /** Without it, the query that is polled by. */
  readonly where?: string;
  /** An instance of the connector: its settings, its own where, and the fields that its account has. */
  readonly instanceId?: string;
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  /** Values of :parameters; timestamps as RFC 3339 text. */
  readonly parameters?: Readonly<Record<string, string | number | boolean>>;
}

/** The request a where becomes. With a long IN list there are more than one; `request` is the first. */
export interface Explanation {
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
  readonly requests: readonly VendorRequest[];
  readonly predicates: readonly PredicateReport[];
  readonly residual: string | null;
}

/** A value, or what is wrong with what was asked. Diagnostics of severity hint and warning may come with a value. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T; readonly diagnostics: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

export interface Runtime {
  readonly connectors: ReadonlyMap<string, Connector>;
  createInstance(input: InstanceInput): Promise<Outcome<InstanceView>>;
  getInstance(id: string): Promise<InstanceView | null>;
  listInstances(filter: InstanceFilter): Promise<readonly InstanceView[]>;
  /** null when there is no such instance. */
  patchInstance(id: string, patch: InstancePatch): Promise<Outcome<InstanceView> | null>;
  /** False when there was none. */
  deleteInstance(id: string): Promise<boolean>;
  /** The operator's own apps, by connector. */
  listApps(): Promise<readonly AppView[]>;
  /** A link to the page where a person connects an account. */
  authorize(connector: string, input: AuthorizeInput): Promise<Outcome<AuthorizeLink>>;
  /** Makes or renews an instance of what came back from that page: the query of the callback. */
  connect(query: Readonly<Record<string, string>>): Promise<Connection>;
  /**
   * Polls all feeds of an object now. null when the instance or the object is not there.
   * @throws Failure `lease-lost` when a poll of this object is under way already.
   */
  pollNow(id: string, object: string): Promise<readonly PollOutcome[] | null>;
  /**
   * Takes a native webhook in: what it tells is stored when this answers. null when there is no such way.
   */
  receive(call: InboundCall): Promise<InboundAnswer | null>;
  /** Events after a sequence number, in order. null when there is no such instance. */
  listEvents(id: string, after: number, limit: number): Promise<readonly StreamEvent[] | null>;
  /**
   * The sequence of the oldest event that is kept: those before were purged for their age. One more than the last that
   * ever was when none is kept; null when there is no such instance.
   */
  oldestSequence(id: string): Promise<number | null>;
  /** null when there is no such event. */
  listAttempts(eventId: string): Promise<readonly Attempt[] | null>;
  explain(input: ExplainInput): Promise<Outcome<Explanation>>;
  /** The key when it is valid, its name for the log. */
  authenticate(apiKey: string): Promise<{ readonly name: string } | null>;
  /** Why it is not ready: the workers do not run, or the store takes no writes. null when it is. */
  unready(): Promise<Unready>;
  /** Starts polling and delivering. */
  start(): void;
  /** Stops taking work, lets what is under way end within the time given, gives leases back, closes the store. */
  close(graceMs?: number): Promise<void>;
}
