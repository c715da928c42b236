/** A cursor is the strategy's own JSON; a feed that fans out has one a parent; the ledger may keep records and sightings. */
export const sql = `
ALTER TABLE polls ADD COLUMN cursor TEXT;
UPDATE polls SET cursor = json_object('ms', cursor_ms) WHERE cursor_ms IS NOT NULL;
ALTER TABLE polls DROP COLUMN cursor_ms;

-- seen_in is the last enumeration that met the record.
ALTER TABLE ledger ADD COLUMN native TEXT;
ALTER TABLE ledger ADD COLUMN seen_in INTEGER;

CREATE TABLE checkpoints (
  instance_id TEXT NOT NULL,
  object      TEXT NOT NULL,
  feed        TEXT NOT NULL,
  parent      TEXT NOT NULL,
  cursor      TEXT NOT NULL,
  PRIMARY KEY (instance_id, object, feed, parent),
  FOREIGN KEY (instance_id, object, feed) REFERENCES polls ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
`;
