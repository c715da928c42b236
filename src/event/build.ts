/** Puts the standard envelope around one change. */
import type { EventData, UnsequencedEvent } from './event.ts';
import { eventId } from './id.ts';

/** All that `data` holds, and the version that makes the event's id. */
export interface EventParts extends EventData {
  /** What tells this state of the record from the one before: see `EventIdentity.version`. */
  readonly version: string;
}

/** The event of one change. The store gives it its `sequence`. */
export function buildEvent(parts: EventParts): UnsequencedEvent {
  const { version, ...data } = parts;
  return {
    specversion: '1.0',
    id: eventId({
      instanceId: data.instance.id,
      object: data.object,
      recordId: data.objectId,
      version,
    }),
    source: `/instances/${encodeURIComponent(data.instance.id)}/objects/${encodeURIComponent(data.object)}`,
    type: `${data.object}.${data.change}`,
    subject: data.objectId,
    time: data.occurredAt,
    datacontenttype: 'application/json',
    data,
  };
}
