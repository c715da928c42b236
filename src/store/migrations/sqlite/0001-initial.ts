/** Times are epoch milliseconds. JSON is text. Sealed values (seal.ts) are blobs. */
export const sql = `
CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT;

CREATE TABLE api_keys (
  id         TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  hash       TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE instances (
  id                   TEXT PRIMARY KEY,
  connector            TEXT NOT NULL,
  name                 TEXT NOT NULL,
  tags                 TEXT NOT NULL,
  settings             TEXT NOT NULL,
  objects              TEXT NOT NULL,
  credentials          BLOB NOT NULL,  -- sealed
  callback_url         TEXT,
  callback_format      TEXT,
  callback_secrets     BLOB,           -- sealed
  callback_disabled_at INTEGER,
  last_sequence        INTEGER NOT NULL DEFAULT 0,
  created_at           INTEGER NOT NULL,
  updated_at           INTEGER NOT NULL,
  CHECK ((callback_url IS NULL) = (callback_format IS NULL) AND (callback_url IS NULL) = (callback_secrets IS NULL))
) STRICT;

-- free_at is when a lease may be taken: due_at, or the end of the lease while there is an owner.
CREATE TABLE polls (
  instance_id     TEXT NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
  object          TEXT NOT NULL,
  feed            TEXT NOT NULL CHECK (feed IN ('changes', 'deletes')),
  cursor_ms       INTEGER,
  start_ms        INTEGER NOT NULL,
  due_at          INTEGER NOT NULL,
  failures        INTEGER NOT NULL,
  last_polled_at  INTEGER,
  failure_code    TEXT,
  failure_message TEXT,
  failed_at       INTEGER,
  owner           TEXT,
  free_at         INTEGER NOT NULL,
  PRIMARY KEY (instance_id, object, feed)
) STRICT, WITHOUT ROWID;

CREATE INDEX polls_free ON polls (free_at, due_at);

CREATE TABLE ledger (
  instance_id TEXT NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
  object      TEXT NOT NULL,
  record_id   TEXT NOT NULL,
  version     TEXT NOT NULL,
  changed_at  INTEGER NOT NULL,
  deleted     INTEGER NOT NULL CHECK (deleted IN (0, 1)),
  PRIMARY KEY (instance_id, object, record_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX ledger_age ON ledger (instance_id, object, deleted, changed_at);

-- envelope is the event without its sequence, which stands in its own column.
CREATE TABLE events (
  number      INTEGER PRIMARY KEY,
  id          TEXT NOT NULL UNIQUE,
  instance_id TEXT NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
  sequence    INTEGER NOT NULL,
  envelope    TEXT NOT NULL,
  UNIQUE (instance_id, sequence)
) STRICT;

-- Only the heads of lanes are leased, so the indexes that leasing reads hold one row a lane, however long the lanes
-- are. free_at is as in polls.
-- AUTOINCREMENT, because an id that came back after a delete could be finished by the worker of the deleted one.
CREATE TABLE deliveries (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  event       INTEGER NOT NULL REFERENCES events (number) ON DELETE CASCADE,
  instance_id TEXT NOT NULL,
  lane        TEXT NOT NULL,
  status      TEXT NOT NULL CHECK (status IN ('pending', 'delivered', 'dead')),
  is_head     INTEGER NOT NULL CHECK (is_head IN (0, 1)),
  attempts    INTEGER NOT NULL,
  due_at      INTEGER NOT NULL,
  created_at  INTEGER NOT NULL,
  owner       TEXT,
  free_at     INTEGER NOT NULL,
  CHECK (status = 'pending' OR (is_head = 0 AND owner IS NULL))
) STRICT;

CREATE INDEX deliveries_event ON deliveries (event);
CREATE INDEX deliveries_lane ON deliveries (instance_id, lane, id) WHERE status = 'pending';
CREATE INDEX deliveries_fresh ON deliveries (instance_id, free_at, id) WHERE is_head = 1 AND attempts = 0;
CREATE INDEX deliveries_retry ON deliveries (instance_id, free_at, id) WHERE is_head = 1 AND attempts > 0;
CREATE INDEX deliveries_owner ON deliveries (owner) WHERE owner IS NOT NULL;

-- One row an instance: when the first of its heads is free, fresh or to be retried. So that instances that take
-- nothing are passed over in one step, however much waits for them.
CREATE TABLE queues (
  instance_id TEXT PRIMARY KEY REFERENCES instances (id) ON DELETE CASCADE,
  is_open     INTEGER NOT NULL CHECK (is_open IN (0, 1)),
  fresh_at    INTEGER,
  retry_at    INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX queues_fresh ON queues (fresh_at) WHERE is_open = 1;
CREATE INDEX queues_retry ON queues (retry_at) WHERE is_open = 1;

CREATE TABLE attempts (
  delivery        INTEGER NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
  number          INTEGER NOT NULL,
  at              INTEGER NOT NULL,
  duration_ms     REAL NOT NULL,
  status          INTEGER,
  failure_code    TEXT,
  failure_message TEXT,
  PRIMARY KEY (delivery, number)
) STRICT, WITHOUT ROWID;
`;
