/** A feed has a pace of its own and troubles that are told; events have an age; an instance that is gone is swept away bit by bit. */
import { name } from './0001-initial.ts';

export const sql = `
-- pace_seconds is null before a poll has set it; quiet counts the polls in a row that found nothing at this pace.
ALTER TABLE polls ADD COLUMN pace_seconds double precision;
ALTER TABLE polls ADD COLUMN quiet integer NOT NULL DEFAULT 0;
ALTER TABLE polls ADD COLUMN well_at bigint NOT NULL DEFAULT 0;
UPDATE polls SET well_at = CASE WHEN failure_code IS NULL THEN coalesce(last_polled_at, due_at) ELSE due_at END;

-- What an instance's feeds suffer from just now. object and feed are empty when all of it does. notice is the event that
-- told of it; is_stale when the credentials have been changed since.
CREATE TABLE troubles (
  instance_id ${name} NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
  kind        ${name} NOT NULL CHECK (kind IN ('poller', 'credentials')),
  object      ${name} NOT NULL,
  feed        ${name} NOT NULL CHECK (feed IN ('changes', 'deletes', '')),
  notice      text NOT NULL,
  is_stale    boolean NOT NULL DEFAULT false,
  PRIMARY KEY (instance_id, kind, object, feed)
);

-- Those that are there already have their age counted from now.
ALTER TABLE events ADD COLUMN stored_at bigint NOT NULL DEFAULT (extract(epoch FROM now()) * 1000)::bigint;
ALTER TABLE events ALTER COLUMN stored_at DROP DEFAULT;

ALTER TABLE instances ADD COLUMN is_gone boolean NOT NULL DEFAULT false;
CREATE INDEX instances_gone ON instances (id) WHERE is_gone;
`;
