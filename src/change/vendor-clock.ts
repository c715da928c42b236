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
 * @throws Failure of the vendor; `vendor-clock-unsure`, `vendor-clock-behind`.
 */
export async function learnVendorClock({ connector, settings }: FeedSource, ports: PollPorts): Promise<void> {
  const { client, state, signal } = ports;
  const { verify } = connector;
  if (verify === null) return;
  const ask = () => client.send(renderRequest(verify, { settings }), signal);
  const { cursor, startMs } = state;
  const isAtStart = cursor === null || cursor.ms === startMs;
  const coveredMs = isAtStart ? Number.POSITIVE_INFINITY : (cursor.ms ?? 0);
  if (client.isClockKnown && vendorNow(ports) < coveredMs) await ask();
  for (let asked = 0; !client.isClockKnown; asked += 1) {
    if (asked === mostQuestions) throw unsure(connector.key);
    const { dateMs } = await ask();
    if (dateMs === null) return;
  }
  if (!isAtStart && coveredMs - vendorNow(ports) > longestBackMs) throw farBehind(coveredMs, vendorNow(ports));
}

function unsure(vendor: string): Failure {
  const message = `${vendor} answers with another time each time that it is asked.`;
  const help = 'Ask the vendor: the Date of its answers must be the time at which they were given.';
  return new Failure('vendor-clock-unsure', message, { retryable: true, help });
}

/** Clocks are set back by hours. By a day and more, one of the two times that were told was wrong. */
const longestBackMs = 86_400_000;

/** Nobody would miss what is not found meanwhile, so it is said. */
function farBehind(coveredMs: number, nowMs: number): Failure {
  const [covered, now] = [coveredMs, nowMs].map((ms) => new Date(ms).toISOString());
  return new Failure('vendor-clock-behind', `It was read up to ${covered}, and the vendor’s clock shows ${now}.`, {
    retryable: true,
    help: 'If the vendor’s clock was wrong for a while, switch the object off, and on again with the start from which changes are missing.',
  });
}
