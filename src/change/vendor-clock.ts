/** The vendor's clock before the first answer of a client. */
import { renderRequest } from '../connector/render-request.ts';
import { type FeedSource, type PollPorts, vendorNow } from './feed.ts';

/**
 * The first poll of an instance asks the vendor's clock first: its start is a moment on that clock. So do those after it
 * until a window is read, as they may have nothing else to ask and must find out how the vendor is; and one whose
 * cursor lies ahead of all we know of that clock: ours was set back, or has not been compared since this process began.
 * @throws Failure of the vendor.
 */
export async function learnVendorClock({ connector, settings }: FeedSource, ports: PollPorts): Promise<void> {
  const { cursor, startMs } = ports.state;
  const isAtStart = cursor === null || cursor.ms === startMs;
  const coveredMs = isAtStart ? Number.POSITIVE_INFINITY : (cursor.ms ?? 0);
  if (connector.verify === null || vendorNow(ports) >= coveredMs) return;
  await ports.client.send(renderRequest(connector.verify, { settings }), ports.signal);
}
