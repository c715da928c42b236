// Generated from schemas/event.schema.json by `npm run generate`. Do not edit.

/**
 * An instant: RFC 3339 with milliseconds, UTC.
 */
export type Time = string;

/**
 * One change of one record, as a CloudEvents 1.0 envelope. The same event always has the same id, however often it is detected or sent.
 */
export interface AnyhookEvent {
  /**
   * Version of CloudEvents.
   */
  specversion: '1.0';
  /**
   * The event's id: a function of instance, object, record id, version and change. Receivers use it to know what they have seen.
   */
  id: string;
  /**
   * Where it happened: the object of the instance.
   */
  source: string;
  /**
   * The object and the change, with a dot between.
   */
  type: string;
  /**
   * The record's id at the vendor.
   */
  subject: string;
  time: Time;
  /**
   * Media type of data.
   */
  datacontenttype: 'application/json';
  /**
   * The event's position in the stream of its instance: contiguous, from 1, in decimal. A gap means that an event is still to come or was missed.
   */
  sequence: string;
  data: EventData;
}
/**
 * What changed.
 */
export interface EventData {
  /**
   * The connector's key.
   */
  connector: string;
  instance: EventInstance;
  /**
   * The kind of record, as the connector names it.
   */
  object: string;
  /**
   * The record's id at the vendor.
   */
  objectId: string;
  /**
   * What happened to the record.
   */
  change: 'created' | 'updated' | 'deleted';
  occurredAt: Time;
  detectedAt: Time;
  /**
   * How it was seen: by a poll, by the vendor's own webhook, or by a poll that repaired what the webhook lost.
   */
  origin: 'poll' | 'webhook' | 'reconcile';
  /**
   * Why a delete is told of a record that still exists: the instance's own where is no longer true of it.
   */
  reason?: 'left-filter';
  /**
   * Dotted names of the record's properties that differ from the version before; null when that version is not kept.
   */
  changedFields: string[] | null;
  /**
   * Those properties as they were before; of a delete, the whole record. null when that version is not kept.
   */
  previous: {
    [k: string]: unknown;
  } | null;
  /**
   * The record as the common resource of schemas/resources/; null where a delete leaves nothing to map.
   */
  record: {
    [k: string]: unknown;
  } | null;
  /**
   * The vendor's record, untouched.
   */
  native: {} | unknown[] | string | number | boolean | null;
}
/**
 * Whose record it is.
 */
export interface EventInstance {
  /**
   * The instance's id.
   */
  id: string;
  /**
   * The instance's name.
   */
  name: string;
  /**
   * The instance's tags.
   */
  tags: string[];
}
