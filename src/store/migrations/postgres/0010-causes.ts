/** What several feeds suffer from together is told once; a failure is kept with what a person can do about it. */
export const sql = `
-- Troubles of one kind and one cause are one: told when the first of them begins and when the last of them ends.
ALTER TABLE troubles ADD COLUMN cause text NOT NULL DEFAULT '';
UPDATE troubles SET cause = object || chr(10) || feed;

ALTER TABLE polls ADD COLUMN failure_help text;
`;
