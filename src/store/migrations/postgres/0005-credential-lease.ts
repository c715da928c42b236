/** One process at a time renews the credentials of an instance, and all use the access token that it was given. */
import { name } from './0001-initial.ts';

export const sql = `
-- owner is null when the lease was given back; one that is left behind by a process that died ends at free_at. token is
-- sealed, and null when none is known.
CREATE TABLE credential_leases (
  instance_id ${name} PRIMARY KEY REFERENCES instances (id) ON DELETE CASCADE,
  owner       text,
  free_at     bigint NOT NULL DEFAULT 0,
  token       bytea
);
`;
