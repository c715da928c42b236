/** What nodes tell one another of vendor accounts. */

export const sql = `
-- account is a digest: its name would tell credentials.
CREATE TABLE account_pauses (
  account      TEXT PRIMARY KEY,
  paused_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX account_pauses_age ON account_pauses (paused_until);

-- The processes that send requests, and when each was last seen to.
CREATE TABLE nodes (
  owner   TEXT PRIMARY KEY,
  seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;
