/** A feed has a pace of its own and troubles that are told; events have an age; an instance that is gone is swept away bit by bit. */
export const sql = `
-- pace_seconds is null before a poll has set it; quiet counts the polls in a row that found nothing at this pace.
ALTER TABLE polls ADD COLUMN pace_seconds REAL;
ALTER TABLE polls ADD COLUMN quiet INTEGER NOT NULL DEFAULT 0;
ALTER TABLE polls ADD COLUMN well_at INTEGER NOT NULL DEFAULT 0;
UPDATE polls SET well_at = CASE WHEN failure_code IS NULL THEN coalesce(last_polled_at, due_at) ELSE due_at END;

-- What an instance's feeds suffer from just now. object and feed are empty when all of it does. notice is the event that
-- told of it; is_stale when the credentials have been changed since.
CREATE TABLE troubles (
  instance_id TEXT NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
  kind        TEXT NOT NULL CHECK (kind IN ('poller', 'credentials')),
  object      TEXT NOT NULL,
  feed        TEXT NOT NULL CHECK (feed IN ('changes', 'deletes', '')),
  notice      TEXT NOT NULL,
  is_stale    INTEGER NOT NULL DEFAULT 0 CHECK (is_stale IN (0, 1)),
  PRIMARY KEY (instance_id, kind, object, feed)
) STRICT, WITHOUT ROWID;

-- Those that are there already have their age counted from now.
ALTER TABLE events ADD COLUMN stored_at INTEGER NOT NULL DEFAULT 0;
UPDATE events SET stored_at = unixepoch() * 1000;

ALTER TABLE instances ADD COLUMN is_gone INTEGER NOT NULL DEFAULT 0 CHECK (is_gone IN (0, 1));
CREATE INDEX instances_gone ON instances (id) WHERE is_gone = 1;
`;
