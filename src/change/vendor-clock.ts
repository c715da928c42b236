/** The vendor's clock, before a poll goes by it. */
import { renderRequest } from '../connector/render-request.ts';
import { Failure } from '../diagnostic/failure.ts';
import { type FeedSource, type PollPorts, vendorNow } from './feed.ts';

/** A vendor whose answers do not agree by then is asked again by the next poll. */
const mostQuestions = 20;

/**
 * No poll begins before enough answers agree on the vendor's clock, so that no node with a clock of its own sets the start,
 * or moves a cursor; where the connector has no request to ask with, the first answer of a poll is believed.
 *
 * The vendor is asked too by the first poll of an instance, and by those after it until a window is read, as they may have
 * nothing else to ask and must find out how the vendor is; and by one whose cursor lies ahead of what is known.
 * @throws Failure of the vendor; `vendor-clock-unsure`
 */
export async function learnVendorClock({ connector, settings }: FeedSource, ports: PollPorts): Promise<void> {
  const { client, state, signal } = ports;
  if (connector.verify === null) return;
  const request = renderRequest(connector.verify, { settings });
  const { cursor, startMs } = state;
  const isAtStart = cursor === null || cursor.ms === startMs;
  const coveredMs = isAtStart ? Number.POSITIVE_INFINITY : (cursor.ms ?? 0);
  if (client.isClockKnown && vendorNow(ports) < coveredMs) await client.send(request, signal);
  for (let asked = 0; !client.isClockKnown; asked += 1) {
    if (asked === mostQuestions) throw unsure(connector.key);
    const { dateMs } = await client.send(request, signal);
    if (dateMs === null) return;
  }
}

function unsure(vendor: string): Failure {
  const message = `${vendor} answers with another time each time that it is asked.`;
  const help = 'Ask the vendor: the Date of its answers must be the time at which they were given.';
  return new Failure('vendor-clock-unsure', message, { retryable: true, help });
}
