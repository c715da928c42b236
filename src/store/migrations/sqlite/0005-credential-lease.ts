/** One process at a time renews the credentials of an instance, and all use the access token that it was given. */
export const sql = `
-- owner is null when the lease was given back; one that is left behind by a process that died ends at free_at. token is
-- sealed, and null when none is known.
CREATE TABLE credential_leases (
  instance_id TEXT PRIMARY KEY REFERENCES instances (id) ON DELETE CASCADE,
  owner       TEXT,
  free_at     INTEGER NOT NULL DEFAULT 0,
  token       BLOB
) STRICT;
`;
