/** What vendors tell of the objects of an account, kept so that a restart need not ask. */
import { name } from './0001-initial.ts';

export const sql = `
-- due_at is when the vendor is asked again; 0 when what is kept may be of another account or out of date.
CREATE TABLE descriptions (
  instance_id ${name} NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
  object      ${name} NOT NULL,
  description text NOT NULL,
  due_at      bigint NOT NULL,
  PRIMARY KEY (instance_id, object)
);
`;
