/**
 * Times are epoch milliseconds. JSON is text, not jsonb: an envelope comes back with its keys and numbers as they were
 * written, at any depth. Sealed values (seal.ts) are bytea. Names compare by code point on any server.
 */
/** Names are compared byte by byte, as JavaScript and SQLite order them. */
export const name = 'text COLLATE "C"';

/** Rows of a queue are rewritten all the time: leave room beside them, and sweep early. */
const queueStorage = 'fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05';

export const sql = `
CREATE TABLE meta (
  key   ${name} PRIMARY KEY,
  value bytea NOT NULL
);

CREATE TABLE api_keys (
  id         ${name} PRIMARY KEY,
  name       text NOT NULL,
  hash       ${name} NOT NULL UNIQUE,
  created_at bigint NOT NULL
);

CREATE TABLE instances (
  id                   ${name} PRIMARY KEY,
  connector            ${name} NOT NULL,
  name                 text NOT NULL,
  tags                 text NOT NULL,
  settings             text NOT NULL,
  objects              text NOT NULL,
  credentials          bytea NOT NULL,  -- sealed
  callback_url         text,
  callback_format      text,
  callback_secrets     bytea,           -- sealed
  callback_disabled_at bigint,
  created_at           bigint NOT NULL,
  updated_at           bigint NOT NULL,
  CHECK ((callback_url IS NULL) = (callback_format IS NULL) AND (callback_url IS NULL) = (callback_secrets IS NULL))
);

-- One row an instance: how far its stream of events has come, whether deliveries are made (has_callback) and may go out
-- (is_open), and when the first of the heads of its lanes is free, fresh or to be retried. Whoever changes an
-- instance's events, deliveries or callback locks this row first: so sequences have no gap and each lane has one head.
CREATE TABLE streams (
  instance_id   ${name} PRIMARY KEY REFERENCES instances (id) ON DELETE CASCADE,
  last_sequence bigint NOT NULL DEFAULT 0,
  has_callback  boolean NOT NULL,
  is_open       boolean NOT NULL,
  fresh_at      bigint,
  retry_at      bigint
) WITH (${queueStorage});

CREATE INDEX streams_fresh ON streams (fresh_at) WHERE is_open;
CREATE INDEX streams_retry ON streams (retry_at) WHERE is_open;

-- free_at is when a lease may be taken: due_at, or the end of the lease while there is an owner.
CREATE TABLE polls (
  instance_id     ${name} NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
  object          ${name} NOT NULL,
  feed            ${name} NOT NULL CHECK (feed IN ('changes', 'deletes')),
  cursor_ms       bigint,
  start_ms        bigint NOT NULL,
  due_at          bigint NOT NULL,
  failures        integer NOT NULL,
  last_polled_at  bigint,
  failure_code    text,
  failure_message text,
  failed_at       bigint,
  owner           text,
  free_at         bigint NOT NULL,
  PRIMARY KEY (instance_id, object, feed)
) WITH (${queueStorage});

CREATE INDEX polls_free ON polls (free_at, due_at);

CREATE TABLE ledger (
  instance_id ${name} NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
  object      ${name} NOT NULL,
  record_id   ${name} NOT NULL,
  version     text NOT NULL,
  changed_at  bigint NOT NULL,
  deleted     boolean NOT NULL,
  PRIMARY KEY (instance_id, object, record_id)
);

CREATE INDEX ledger_age ON ledger (instance_id, object, deleted, changed_at);

-- envelope is the event without its sequence, which stands in its own column.
CREATE TABLE events (
  number      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id          ${name} NOT NULL UNIQUE,
  instance_id ${name} NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
  sequence    bigint NOT NULL,
  envelope    text NOT NULL,
  UNIQUE (instance_id, sequence)
);

-- Only the heads of lanes are leased, so the indexes that leasing reads hold one row a lane, however long the lanes
-- are. free_at is as in polls.
CREATE TABLE deliveries (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event       bigint NOT NULL REFERENCES events (number) ON DELETE CASCADE,
  instance_id ${name} NOT NULL,
  lane        ${name} NOT NULL,
  status      text NOT NULL CHECK (status IN ('pending', 'delivered', 'dead')),
  is_head     boolean NOT NULL,
  attempts    integer NOT NULL,
  due_at      bigint NOT NULL,
  created_at  bigint NOT NULL,
  owner       ${name},
  free_at     bigint NOT NULL,
  CHECK (status = 'pending' OR (NOT is_head AND owner IS NULL))
) WITH (${queueStorage});

CREATE INDEX deliveries_event ON deliveries (event);
CREATE INDEX deliveries_lane ON deliveries (instance_id, lane, id) WHERE status = 'pending';
CREATE INDEX deliveries_fresh ON deliveries (instance_id, free_at, id) WHERE is_head AND attempts = 0;
CREATE INDEX deliveries_retry ON deliveries (instance_id, free_at, id) WHERE is_head AND attempts > 0;
CREATE INDEX deliveries_owner ON deliveries (owner) WHERE owner IS NOT NULL;

CREATE TABLE attempts (
  delivery        bigint NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
  number          integer NOT NULL,
  at              bigint NOT NULL,
  duration_ms     double precision NOT NULL,
  status          integer,
  failure_code    text,
  failure_message text,
  PRIMARY KEY (delivery, number)
);
`;
