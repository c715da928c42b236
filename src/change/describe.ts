/** Asks the vendor which fields an object has in an account. */
import type { Describe } from '../connector/connector.ts';
import { type Description, readDescription } from '../connector/description.ts';
import { renderRequest } from '../connector/render-request.ts';
import type { VendorClient } from '../http/client.ts';

/** @throws Failure what `send` throws, and `vendor-answer-unreadable` when the answer is no description. */
export async function askDescription(
  client: VendorClient,
  describe: Describe,
  settings: Readonly<Record<string, unknown>>,
  signal?: AbortSignal,
): Promise<Description> {
  const answer = await client.send(renderRequest(describe.request, { settings }), signal);
  return readDescription(describe, answer.body);
}
