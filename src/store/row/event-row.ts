/** The row of an event. Both engines keep the envelope as the text it was written as, so that it comes back as it was. */
import type { AnyhookEvent, UnsequencedEvent } from '../../event/event.ts';
import { parseStored } from './stored-json.ts';

export interface EventRow {
  id: string;
  sequence: number;
  /** The event without its sequence, as JSON. */
  envelope: string;
}

export function eventOf(row: EventRow): AnyhookEvent {
  return sequenced(parseStored(row.envelope, `event “${row.id}”`) as UnsequencedEvent, row.sequence);
}

/** Attributes before data, as CloudEvents prints them. */
export function sequenced({ data, ...attributes }: UnsequencedEvent, sequence: number): AnyhookEvent {
  return { ...attributes, sequence: String(sequence), data };
}

/** Deliveries of one record go one after the other. */
export function laneOf({ data }: AnyhookEvent): string {
  return `${data.object}\n${data.objectId}`;
}
