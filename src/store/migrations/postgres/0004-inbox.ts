/** Changes that vendors told by webhook wait in the inbox; polls know since when they are told, and what was not. */
import { name } from './0001-initial.ts';

export const sql = `
-- free_at is as in polls; done_at is set when the change has become an event, or nothing new. Done ones stay a while, so
-- that what a vendor sends again is known.
CREATE TABLE inbox (
  number      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  instance_id ${name} NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
  object      ${name} NOT NULL,
  record_id   ${name} NOT NULL,
  change      text NOT NULL CHECK (change IN ('created', 'updated', 'deleted')),
  occurred_at bigint,
  record      text,
  dedupe      ${name},
  received_at bigint NOT NULL,
  attempts    integer NOT NULL DEFAULT 0,
  owner       text,
  free_at     bigint NOT NULL,
  done_at     bigint
);

CREATE UNIQUE INDEX inbox_dedupe ON inbox (instance_id, dedupe) WHERE dedupe IS NOT NULL;
CREATE INDEX inbox_free ON inbox (free_at, number) WHERE done_at IS NULL;
CREATE INDEX inbox_object ON inbox (instance_id, object, number) WHERE done_at IS NULL;
CREATE INDEX inbox_done ON inbox (done_at) WHERE done_at IS NOT NULL;

ALTER TABLE polls ADD COLUMN webhook_since bigint;
ALTER TABLE polls ADD COLUMN webhooks_lost integer NOT NULL DEFAULT 0;
`;
