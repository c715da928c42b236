/** Asks the vendor which fields an object has in an account. */
import type { Describe } from '../connector/connector.ts';
import { type Description, readAlias, readDescription } from '../connector/description.ts';
import { renderRequest } from '../connector/render-request.ts';
import { Failure, type FailureCode } from '../diagnostic/failure.ts';
import type { VendorClient } from '../http/client.ts';

/** With these the vendor says that it does not tell, to whoever asks. */
export const untold: readonly FailureCode[] = ['scope-missing', 'not-found', 'request-refused', 'field-missing'];

/** @throws Failure what `send` throws, and `vendor-answer-unreadable` when the answer is no description. */
export async function askDescription(
  client: VendorClient,
  describe: Describe,
  settings: Readonly<Record<string, unknown>>,
  signal?: AbortSignal,
): Promise<Description> {
  const { alias } = describe;
  const answer = await client.send(renderRequest(describe.request, { settings }), signal);
  const description = await readDescription(describe, answer.body);
  if (alias === null) return description;
  const { request } = alias;
  const body = request === null ? answer.body : await askIfTold(client, renderRequest(request, { settings }), signal);
  return { ...description, alias: await readAlias(alias, body) };
}

/** null where the vendor does not tell: the object is watched all the same. */
async function askIfTold(
  client: VendorClient,
  request: ReturnType<typeof renderRequest>,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  try {
    return (await client.send(request, signal)).body;
  } catch (error) {
    if (!(error instanceof Failure) || !untold.includes(error.code)) throw error;
    return null;
  }
}
