/** Leases of polls that no index knows of. */
export const sql = `
-- A lease changes owner and free_at only: where no index holds them, it is written beside the row's last version (a HOT
-- update), and costs half. Those that are leased stand first by due_at, and are few: looking past them is cheap.
DROP INDEX polls_free;
CREATE INDEX polls_due ON polls (due_at);
`;
