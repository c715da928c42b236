/** The operator's own apps, whose webhooks are registered as those of instances are. */
export const sql = `
-- An app is kept as an instance that is nobody's: its webhooks have the same life. No query for instances answers it.
ALTER TABLE instances ADD COLUMN is_app INTEGER NOT NULL DEFAULT 0 CHECK (is_app IN (0, 1));
`;
