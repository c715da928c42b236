import type { StreamEvent, UnsequencedEvent, UnsequencedNotice } from '../../event/event.ts';
import type { Session } from './connection.ts';
import { addDeliveries } from './delivery-queue.ts';
import { appendEvents } from './event-log.ts';
import { type Stream, streams } from './streams.ts';

/**
 * Stores what is new behind the last event of a stream, which the caller's transaction has locked, and a delivery for
 * each where there is a callback.
 */
export async function appendToStream(
  session: Session,
  instanceId: string,
  stream: Stream,
  events: readonly (UnsequencedEvent | UnsequencedNotice)[],
  now: number,
): Promise<readonly StreamEvent[]> {
  const appended = await appendEvents(session, instanceId, stream.last_sequence, events, now);
  if (appended.length > 0) {
    const heads = stream.has_callback ? await addDeliveries(session, instanceId, appended, now) : 0;
    await streams.advance(session, instanceId, appended.length, heads > 0 ? now : null);
  }
  return appended.map(({ event }) => event);
}
