/**
 * The tables as the last migration leaves them, for kysely: a column that is misspelt, or a value of another type, does
 * not compile. Times are epoch milliseconds, JSON is text, sealed values (seal.ts) are bytes. What each is for stands
 * beside its column in the migrations.
 */
import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type { TroubleKind } from '../../event/event.ts';
import type { DeliveryStatus, Feed, InboxChange } from '../port.ts';

/** Has a default; rows of both engines say 0 and 1, which PostgreSQL takes too. */
type Flag = ColumnType<boolean, boolean | number | undefined, boolean | number>;

interface Instances {
  id: string;
  connector: string;
  name: string;
  /** JSON, a list of texts. */
  tags: string;
  /** JSON. */
  settings: string;
  /** JSON, by name of the object. */
  objects: string;
  /** Sealed; empty when the instance is gone and nothing is to be removed at its vendor. */
  credentials: Buffer;
  callback_url: string | null;
  callback_format: string | null;
  /** Sealed. */
  callback_secrets: Buffer | null;
  callback_disabled_at: number | null;
  native_webhooks: Flag;
  created_at: number;
  updated_at: number;
  is_gone: Generated<boolean>;
  is_app: Generated<boolean>;
}

interface Streams {
  instance_id: string;
  last_sequence: Generated<number>;
  has_callback: boolean;
  is_open: boolean;
  /** When the first head that was never tried is free. */
  fresh_at: number | null;
  /** When the first head that is tried again is free. */
  retry_at: number | null;
}

interface Polls {
  instance_id: string;
  object: string;
  feed: Feed;
  /** JSON. */
  cursor: string | null;
  start_ms: number;
  due_at: number;
  /** How many in a row. */
  failures: number;
  last_polled_at: number | null;
  failure_code: string | null;
  failure_message: string | null;
  failure_help: string | null;
  failed_at: number | null;
  well_at: Generated<number>;
  pace_seconds: number | null;
  /** How many polls in a row found nothing. */
  quiet: Generated<number>;
  webhook_since: number | null;
  webhooks_lost: Generated<number>;
  owner: string | null;
  /** When a lease may be taken: due_at, or the end of the lease while there is an owner. */
  free_at: number;
  /** Where the row stands (https://www.postgresql.org/docs/current/ddl-system-columns.html). */
  ctid: GeneratedAlways<string>;
}

interface Checkpoints {
  instance_id: string;
  object: string;
  feed: Feed;
  parent: string;
  /** JSON. */
  cursor: string;
}

interface Ledger {
  instance_id: string;
  object: string;
  record_id: string;
  version: string;
  changed_at: number;
  deleted: boolean;
  /** JSON; null where records are not kept. */
  native: string | null;
  /** The number of the last enumeration that met the record. */
  seen_in: number | null;
  /** As in polls. */
  ctid: GeneratedAlways<string>;
}

interface Events {
  number: GeneratedAlways<number>;
  id: string;
  instance_id: string;
  sequence: number;
  /** JSON, the event without its sequence. */
  envelope: string;
  stored_at: number;
}

interface Deliveries {
  id: GeneratedAlways<number>;
  /** The number of the event. */
  event: number;
  instance_id: string;
  lane: string;
  status: DeliveryStatus;
  /** First of its lane. */
  is_head: boolean;
  attempts: number;
  due_at: number;
  created_at: number;
  owner: string | null;
  /** As in polls. */
  free_at: number;
}

interface Attempts {
  delivery: number;
  number: number;
  at: number;
  duration_ms: number;
  /** Of HTTP; null when there was no answer. */
  status: number | null;
  failure_code: string | null;
  failure_message: string | null;
}

interface Troubles {
  instance_id: string;
  kind: TroubleKind;
  /** Empty, as its feed is, when all of the instance is in trouble. */
  object: string;
  feed: Feed | '';
  cause: Generated<string>;
  /** JSON. */
  notice: string;
  is_stale: Generated<boolean>;
}

interface Inbox {
  number: GeneratedAlways<number>;
  instance_id: string;
  object: string;
  record_id: string;
  change: InboxChange['change'];
  occurred_at: number | null;
  /** JSON. */
  record: string | null;
  /** What a repeat is known by. */
  dedupe: string | null;
  received_at: number;
  attempts: Generated<number>;
  owner: string | null;
  /** As in polls. */
  free_at: number;
  done_at: number | null;
}

interface CredentialLeases {
  instance_id: string;
  owner: string | null;
  free_at: Generated<number>;
  /** Sealed. */
  token: Buffer | null;
}

interface Subscribers {
  instance_id: string;
  /** Something has changed since it was taken. */
  is_woken: boolean;
  owner: string | null;
  /** As in polls. */
  free_at: number;
}

interface Subscriptions {
  instance_id: string;
  way: string;
  topic: string;
  url: string;
  /** Sealed. */
  captured: Buffer;
  since: number | null;
  expires_at: number | null;
  due_at: number | null;
  leaving_since: number | null;
  failures: number;
  failure_code: string | null;
  failure_message: string | null;
  failure_help: string | null;
  failed_at: number | null;
}

interface Descriptions {
  instance_id: string;
  object: string;
  /** JSON. */
  description: string;
  due_at: number;
}

interface AccountPauses {
  /** A digest. */
  account: string;
  paused_until: number;
}

interface Nodes {
  owner: string;
  seen_at: number;
}

interface ApiKeys {
  id: string;
  name: string;
  hash: string;
  created_at: number;
}

interface Meta {
  key: string;
  /** Sealed. */
  value: Buffer;
}

export interface Tables {
  meta: Meta;
  api_keys: ApiKeys;
  instances: Instances;
  streams: Streams;
  polls: Polls;
  checkpoints: Checkpoints;
  ledger: Ledger;
  events: Events;
  deliveries: Deliveries;
  attempts: Attempts;
  troubles: Troubles;
  inbox: Inbox;
  credential_leases: CredentialLeases;
  subscribers: Subscribers;
  subscriptions: Subscriptions;
  descriptions: Descriptions;
  account_pauses: AccountPauses;
  nodes: Nodes;
  anyhook_migrations: { version: number };
}
