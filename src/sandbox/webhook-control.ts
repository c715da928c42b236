import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from './answer.ts';
import { isJsonObject, type JsonObject } from './json.ts';
import { isLoopback } from './post.ts';
import type { Subscription } from './subscriptions.ts';
import type { SandboxVendor, SandboxWorld } from './vendor.ts';

const refuse = (status: number, message: string): Refusal => new Refusal({ status, body: { message } });

/**
 * Adds /_sandbox/webhooks: subscriptions of vendors whose customers set them in a portal, and what became of every post. The list
 * is answered when everything that is due has been tried.
 */
export function addWebhookPaths(control: FastifyInstance, vendor: SandboxVendor, world: SandboxWorld): void {
  const { notifier } = world;
  const { subscriptions } = notifier;
  control.get('/_sandbox/webhooks', async () => {
    await notifier.idle();
    return {
      subscriptions: subscriptions.list().map(showSubscription),
      attempts: notifier.attempts,
      waiting: notifier.waiting,
    };
  });
  control.post('/_sandbox/webhooks', async (request, reply) => {
    const { url, settings } = readDraft(vendor, request);
    if (vendor.webhooks?.portal?.isSingle === true) removeAll(world);
    await reply.code(201).send(showSubscription(subscriptions.add({ url, isActive: true, settings })));
  });
  control.delete('/_sandbox/webhooks', async () => ({ removed: removeAll(world) }));
  control.delete<{ Params: { serial: string } }>('/_sandbox/webhooks/:serial', async (request) => {
    const { serial } = request.params;
    if (!subscriptions.remove(Number(serial))) throw refuse(404, `no subscription ${serial}`);
    return { removed: 1 };
  });
}

function readDraft(
  vendor: SandboxVendor,
  request: FastifyRequest,
): { readonly url: string; readonly settings: JsonObject } {
  const portal = vendor.webhooks?.portal;
  if (portal === undefined) throw refuse(400, `subscriptions of ${vendor.name} are not set in a portal`);
  if (!isJsonObject(request.body)) throw refuse(400, 'the body must be a JSON object');
  const { url, ...given } = request.body;
  if (typeof url !== 'string' || !isLoopback(url)) throw refuse(400, '"url" must lead to this machine');
  const settings = portal.check(given);
  if (typeof settings === 'string') throw refuse(400, settings);
  return { url, settings };
}

function removeAll({ notifier: { subscriptions } }: SandboxWorld): number {
  return subscriptions.list().filter(({ serial }) => subscriptions.remove(serial)).length;
}

const showSubscription = ({ createdAtMs, updatedAtMs, ...rest }: Subscription): JsonObject => ({
  ...rest,
  createdAt: new Date(createdAtMs).toISOString(),
  updatedAt: new Date(updatedAtMs).toISOString(),
});
