/** The row of an event. Both engines keep the envelope as the text it was written as, so that it comes back as it was. */
import {
  type AnyhookEvent,
  isChange,
  type NoticeEvent,
  type StreamEvent,
  type UnsequencedEvent,
  type UnsequencedNotice,
} from '../../event/event.ts';
import { parseStored } from './stored-json.ts';

export interface EventRow {
  id: string;
  sequence: number;
  /** The event without its sequence, as JSON. */
  envelope: string;
}

export function eventOf(row: EventRow): StreamEvent {
  return sequenced(
    parseStored(row.envelope, `event “${row.id}”`) as UnsequencedEvent | UnsequencedNotice,
    row.sequence,
  );
}

/** Attributes before data, as CloudEvents prints them. */
export function sequenced(event: UnsequencedEvent, sequence: number): AnyhookEvent;
export function sequenced(event: UnsequencedNotice, sequence: number): NoticeEvent;
export function sequenced(event: UnsequencedEvent | UnsequencedNotice, sequence: number): StreamEvent;
export function sequenced({ data, ...attributes }: UnsequencedEvent | UnsequencedNotice, sequence: number) {
  return { ...attributes, sequence: String(sequence), data };
}

/** Deliveries of one record go one after the other; so do notices of one trouble, which no record's lane can be. */
export function laneOf(event: StreamEvent): string {
  if (isChange(event)) return `${event.data.object}\n${event.data.objectId}`;
  const { object, feed } = event.data;
  return `\n${event.type.split('.')[0]}\n${feed ?? ''}\n${object ?? ''}`;
}
