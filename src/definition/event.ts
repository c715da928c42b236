// Generated from schemas/event.schema.json by `npm run generate`. Do not edit.

/**
 * An instant: RFC 3339 with milliseconds, UTC.
 */
export type Time = string;

/**
 * One change of one record, or a notice about the watching itself, as a CloudEvents 1.0 envelope. The same event always has the same id, however often it is detected or sent.
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
   * Where it happened: the object of the instance; of a notice that concerns all of it, the instance.
   */
  source: string;
  /**
   * The object and the change, with a dot between; or the notice: poller.stalled when no poll of a feed has ended well for three intervals and at least 15 minutes, poller.recovered when one has again, credentials.failed when the vendor refuses the credentials or what they allow is not enough, credentials.restored when it takes them again, fields.lost when the account no longer has fields that were read, and polls go on without them.
   */
  type: string;
  /**
   * The record's id at the vendor; of a notice, the object or the instance that it is about.
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
  /**
   * What changed, or what the notice says.
   */
  data: EventData | NoticeData;
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
/**
 * What a notice says: which feed or instance is in trouble, or no longer is.
 */
export interface NoticeData {
  /**
   * The connector's key.
   */
  connector: string;
  instance: EventInstance;
  /**
   * The object that it is about; null when it is about the whole instance. What several objects suffer from together is told of the first that met it.
   */
  object: string | null;
  /**
   * The feed that it is about; null when it is not about one feed alone.
   */
  feed: 'changes' | 'deletes' | null;
  failure: NoticeFailure;
  since: Time;
  /**
   * When the trouble was over; null while it lasts.
   */
  until: Time | null;
}
/**
 * What is or was wrong.
 */
export interface NoticeFailure {
  /**
   * The code of the failure.
   */
  code: string;
  /**
   * What went wrong.
   */
  message: string;
  /**
   * What a person can do about it.
   */
  help: string | null;
}
