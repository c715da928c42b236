/** A cursor is the strategy's own JSON; a feed that fans out has one a parent; the ledger may keep records and sightings. */
import { name } from './0001-initial.ts';

export const sql = `
ALTER TABLE polls ADD COLUMN cursor text;
UPDATE polls SET cursor = json_build_object('ms', cursor_ms)::text WHERE cursor_ms IS NOT NULL;
ALTER TABLE polls DROP COLUMN cursor_ms;

-- seen_in is the last enumeration that met the record.
ALTER TABLE ledger ADD COLUMN native text;
ALTER TABLE ledger ADD COLUMN seen_in bigint;

CREATE TABLE checkpoints (
  instance_id ${name} NOT NULL,
  object      ${name} NOT NULL,
  feed        ${name} NOT NULL,
  parent      ${name} NOT NULL,
  cursor      text NOT NULL,
  PRIMARY KEY (instance_id, object, feed, parent),
  FOREIGN KEY (instance_id, object, feed) REFERENCES polls ON DELETE CASCADE
);
`;
