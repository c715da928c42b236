/** What vendors tell of the objects of an account, kept so that a restart need not ask. */
export const sql = `
-- due_at is when the vendor is asked again; 0 when what is kept may be of another account or out of date.
CREATE TABLE descriptions (
  instance_id TEXT NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
  object      TEXT NOT NULL,
  description TEXT NOT NULL,
  due_at      INTEGER NOT NULL,
  PRIMARY KEY (instance_id, object)
) STRICT, WITHOUT ROWID;
`;
