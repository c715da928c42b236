// Generated from schemas/case.schema.json by `npm run generate`. Do not edit.

/**
 * One proof of a connector: a native record in, what becomes of it out. A file of connectors/<key>/cases; `anyhook test` runs it.
 */
export interface ConnectorCase {
  /**
   * Path or URL of this schema, for editors.
   */
  $schema?: string;
  /**
   * What the case shows, in a line.
   */
  name: string;
  /**
   * The object whose record it is.
   */
  object: string;
  /**
   * Whether the record comes from the object's changes or its deletes.
   */
  feed?: 'changes' | 'deletes';
  /**
   * Which of several ways to see deletes it comes from, by its name; the first when left out.
   */
  detection?: string;
  /**
   * Settings that differ from the defaults.
   */
  settings?: {
    [k: string]: string | number | boolean;
  };
  /**
   * The record as the vendor sends it.
   */
  native: {};
  event: ExpectedEvent;
  /**
   * Wheres over the object's fields and whether the record passes each.
   */
  where?: {
    [k: string]: boolean;
  };
}
/**
 * What the event must hold.
 */
export interface ExpectedEvent {
  /**
   * The record id.
   */
  objectId: string;
  /**
   * When the vendor says it changed: RFC 3339 with milliseconds, UTC; null when it does not say.
   */
  occurredAt: string | null;
  /**
   * When the vendor says it was created; null when it does not say. Not looked at when left out.
   */
  createdAt?: string | null;
  /**
   * The whole normalised record; null where nothing but the word of its delete is left.
   */
  record: {} | null;
}
