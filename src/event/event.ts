/**
 * The standard event: one change of one record, as a CloudEvents 1.0 envelope
 * (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md). A notice is an event of the same stream that
 * tells of the watching itself: that it stands still, and that it goes on.
 */

export type Change = 'created' | 'updated' | 'deleted';
export type Origin = 'poll' | 'webhook' | 'reconcile';

export interface EventInstance {
  readonly id: string;
  readonly name: string;
  readonly tags: readonly string[];
}

export interface EventData {
  readonly connector: string;
  readonly instance: EventInstance;
  readonly object: string;
  readonly objectId: string;
  readonly change: Change;
  /** When the vendor says it changed, RFC 3339 with milliseconds, UTC. */
  readonly occurredAt: string;
  /** When anyhook saw it, same form. */
  readonly detectedAt: string;
  readonly origin: Origin;
  /** Why a delete is told of a record that still exists: the instance's own where is no longer true of it. */
  readonly reason?: 'left-filter';
  /** Dotted names of the record's properties that differ from the version before; null when that version is not kept. */
  readonly changedFields: readonly string[] | null;
  /** Those properties as they were before, of a delete all; null when that version is not kept. */
  readonly previous: Readonly<Record<string, unknown>> | null;
  /** The record as the common resource; null where a delete leaves nothing to map. */
  readonly record: Readonly<Record<string, unknown>> | null;
  /** The vendor's record, untouched. */
  readonly native: unknown;
}

interface Envelope<Data> {
  readonly specversion: '1.0';
  readonly id: string;
  /** `/instances/<id>/objects/<object>`; of a notice for the whole instance, `/instances/<id>`. */
  readonly source: string;
  /** `<object>.<change>`, or the kind of the notice. */
  readonly type: string;
  /** The record id; of a notice, the object or the instance that it is about. */
  readonly subject: string;
  /** The vendor's change time; of a notice, our time. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  /** Position in the instance's stream: contiguous, from 1. CloudEvents extension `sequence` wants text. */
  readonly sequence: string;
  readonly data: Data;
}

/** One change of one record. */
export type AnyhookEvent = Envelope<EventData>;

export type TroubleKind = 'poller' | 'credentials';
export type NoticeType =
  | 'poller.stalled'
  | 'poller.recovered'
  | 'credentials.failed'
  | 'credentials.restored'
  | 'fields.lost';

export interface NoticeData {
  readonly connector: string;
  readonly instance: EventInstance;
  /**
   * null when it is about the whole instance, as refused credentials are. What several objects suffer from together is
   * told of the first that met it.
   */
  readonly object: string | null;
  /** null when it is not of one feed alone. */
  readonly feed: 'changes' | 'deletes' | null;
  /** What is or was wrong. */
  readonly failure: { readonly code: string; readonly message: string; readonly help: string | null };
  /** Since when: of a stall, when a poll last ended well. RFC 3339 with milliseconds, UTC. */
  readonly since: string;
  /** When the trouble was over, same form; null while it lasts. */
  readonly until: string | null;
}

export interface NoticeEvent extends Envelope<NoticeData> {
  readonly type: NoticeType;
}

/** What an instance's stream holds. */
export type StreamEvent = AnyhookEvent | NoticeEvent;

/** An event before the store gives it its place in the instance's stream. */
export type UnsequencedEvent = Omit<AnyhookEvent, 'sequence'>;
export type UnsequencedNotice = Omit<NoticeEvent, 'sequence'>;

export function isChange(event: StreamEvent): event is AnyhookEvent {
  return 'change' in event.data;
}
