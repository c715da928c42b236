/** The vendor's clock before the first answer of a client. */
import { renderRequest } from '../connector/render-request.ts';
import { Failure } from '../diagnostic/failure.ts';
import { type FeedSource, type PollPorts, vendorNow } from './feed.ts';

/**
 * The first poll of an instance asks the vendor's clock first: its start is a moment on that clock. So do those after it
 * until a window is read, as they may have nothing else to ask and must find out how the vendor is; and one whose
 * cursor lies ahead of all we know of that clock: ours was set back, or has not been compared since this process began.
 * @throws Failure of the vendor; `vendor-clock-behind`.
 */
export async function learnVendorClock({ connector, settings }: FeedSource, ports: PollPorts): Promise<void> {
  const { cursor, startMs } = ports.state;
  const isAtStart = cursor === null || cursor.ms === startMs;
  const coveredMs = isAtStart ? Number.POSITIVE_INFINITY : (cursor.ms ?? 0);
  if (connector.verify === null || vendorNow(ports) >= coveredMs) return;
  await ports.client.send(renderRequest(connector.verify, { settings }), ports.signal);
  if (!isAtStart && coveredMs - vendorNow(ports) > longestBackMs) throw farBehind(coveredMs, vendorNow(ports));
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
