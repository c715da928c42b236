/** What is registered at vendors for their webhooks, and whose registrations are to be looked at. */
export const sql = `
ALTER TABLE instances ADD COLUMN native_webhooks INTEGER NOT NULL DEFAULT 1 CHECK (native_webhooks IN (0, 1));

-- One row an instance while there is anything to do or to wait for. is_woken when something has changed since it was
-- taken; free_at is as in polls.
CREATE TABLE subscribers (
  instance_id TEXT PRIMARY KEY REFERENCES instances (id) ON DELETE CASCADE,
  is_woken    INTEGER NOT NULL CHECK (is_woken IN (0, 1)),
  owner       TEXT,
  free_at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX subscribers_free ON subscribers (free_at);

-- topic is empty where one registration covers all. since is null while nobody knows whether it is registered.
CREATE TABLE subscriptions (
  instance_id     TEXT NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
  way             TEXT NOT NULL,
  topic           TEXT NOT NULL,
  url             TEXT NOT NULL,
  captured        BLOB NOT NULL,  -- sealed
  since           INTEGER,
  expires_at      INTEGER,
  due_at          INTEGER,
  leaving_since   INTEGER,
  failures        INTEGER NOT NULL,
  failure_code    TEXT,
  failure_message TEXT,
  failure_help    TEXT,
  failed_at       INTEGER,
  PRIMARY KEY (instance_id, way, topic, url)
) STRICT, WITHOUT ROWID;
`;
