/**
 * The standard event: one change of one record, as a CloudEvents 1.0 envelope
 * (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md).
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

export interface AnyhookEvent {
  readonly specversion: '1.0';
  readonly id: string;
  /** `/instances/<id>/objects/<object>`. */
  readonly source: string;
  /** `<object>.<change>`. */
  readonly type: string;
  /** The record id. */
  readonly subject: string;
  /** The vendor's change time. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  /** Position in the instance's stream: contiguous, from 1. CloudEvents extension `sequence` wants text. */
  readonly sequence: string;
  readonly data: EventData;
}

/** An event before the store gives it its place in the instance's stream. */
export type UnsequencedEvent = Omit<AnyhookEvent, 'sequence'>;
