/** What is registered at vendors for their webhooks, and whose registrations are to be looked at. */
import { name } from './0001-initial.ts';

export const sql = `
ALTER TABLE instances ADD COLUMN native_webhooks boolean NOT NULL DEFAULT true;

-- One row an instance while there is anything to do or to wait for. is_woken when something has changed since it was
-- taken; free_at is as in polls.
CREATE TABLE subscribers (
  instance_id ${name} PRIMARY KEY REFERENCES instances (id) ON DELETE CASCADE,
  is_woken    boolean NOT NULL,
  owner       text,
  free_at     bigint NOT NULL
);

CREATE INDEX subscribers_free ON subscribers (free_at);

-- topic is empty where one registration covers all. since is null while nobody knows whether it is registered.
CREATE TABLE subscriptions (
  instance_id     ${name} NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
  way             ${name} NOT NULL,
  topic           ${name} NOT NULL,
  url             ${name} NOT NULL,
  captured        bytea NOT NULL,  -- sealed
  since           bigint,
  expires_at      bigint,
  due_at          bigint,
  leaving_since   bigint,
  failures        integer NOT NULL,
  failure_code    text,
  failure_message text,
  failure_help    text,
  failed_at       bigint,
  PRIMARY KEY (instance_id, way, topic, url)
);
`;
