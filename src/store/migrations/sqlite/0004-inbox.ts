/** Changes that vendors told by webhook wait in the inbox; polls know since when they are told, and what was not. */
export const sql = `
-- free_at is as in polls; done_at is set when the change has become an event, or nothing new. Done ones stay a while, so
-- that what a vendor sends again is known.
CREATE TABLE inbox (
  number      INTEGER PRIMARY KEY AUTOINCREMENT,
  instance_id TEXT NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
  object      TEXT NOT NULL,
  record_id   TEXT NOT NULL,
  change      TEXT NOT NULL CHECK (change IN ('created', 'updated', 'deleted')),
  occurred_at INTEGER,
  record      TEXT,
  dedupe      TEXT,
  received_at INTEGER NOT NULL,
  attempts    INTEGER NOT NULL DEFAULT 0,
  owner       TEXT,
  free_at     INTEGER NOT NULL,
  done_at     INTEGER
) STRICT;

CREATE UNIQUE INDEX inbox_dedupe ON inbox (instance_id, dedupe) WHERE dedupe IS NOT NULL;
CREATE INDEX inbox_free ON inbox (free_at, number) WHERE done_at IS NULL;
CREATE INDEX inbox_object ON inbox (instance_id, object, number) WHERE done_at IS NULL;
CREATE INDEX inbox_done ON inbox (done_at) WHERE done_at IS NOT NULL;

ALTER TABLE polls ADD COLUMN webhook_since INTEGER;
ALTER TABLE polls ADD COLUMN webhooks_lost INTEGER NOT NULL DEFAULT 0;
`;
