/** What nodes tell one another of vendor accounts. */
import { name } from './0001-initial.ts';

export const sql = `
-- account is a digest: its name would tell credentials.
CREATE TABLE account_pauses (
  account      ${name} PRIMARY KEY,
  paused_until bigint NOT NULL
);

CREATE INDEX account_pauses_age ON account_pauses (paused_until);

-- The processes that send requests, and when each was last seen to.
CREATE TABLE nodes (
  owner   ${name} PRIMARY KEY,
  seen_at bigint NOT NULL
);
`;
