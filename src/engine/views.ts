/** Instances as they are shown: no secret leaves through here. */
import { cursorText } from '../change/cursor-text.ts';
import type { Instance, PollState, Subscription } from '../store/port.ts';
import type { InstanceView, ObjectView, PollView, WebhookView } from './api.ts';

const iso = (timeMs: number): string => new Date(timeMs).toISOString();
const isoOrNull = (timeMs: number | null): string | null => (timeMs === null ? null : iso(timeMs));

/** @param madeSecret the callback secret, only in the answer to the request that had the runtime make it. */
export function instanceView(
  instance: Instance,
  polls: readonly PollState[],
  subscriptions: readonly Subscription[],
  madeSecret?: string,
): InstanceView {
  const { callback } = instance;
  return {
    id: instance.id,
    connector: instance.connector,
    name: instance.name,
    tags: instance.tags,
    settings: instance.settings,
    credentials: Object.keys(instance.credentials).sort(),
    callback:
      callback === null
        ? null
        : {
            url: callback.url,
            format: callback.format,
            disabledAt: isoOrNull(instance.callbackDisabledAt),
            ...(madeSecret !== undefined && { secret: madeSecret }),
          },
    objects: Object.fromEntries(
      Object.entries(instance.objects).map(([name, settings]): [string, ObjectView] => [
        name,
        { ...settings, polls: polls.filter((poll) => poll.object === name).map(pollView) },
      ]),
    ),
    nativeWebhooks: instance.nativeWebhooks,
    webhooks: subscriptions.map(webhookView),
    createdAt: iso(instance.createdAt),
    updatedAt: iso(instance.updatedAt),
  };
}

function pollView(poll: PollState): PollView {
  return {
    feed: poll.feed,
    cursor: cursorText(poll.cursor),
    dueAt: iso(poll.dueAt),
    everySeconds: poll.pace?.seconds ?? null,
    lastPolledAt: isoOrNull(poll.lastPolledAt),
    failures: poll.failures,
    webhookSince: isoOrNull(poll.webhookSince),
    webhooksLost: poll.webhooksLost,
    lastFailure: poll.lastFailure === null ? null : { ...poll.lastFailure, at: iso(poll.lastFailure.at) },
  };
}

export function webhookView(subscription: Subscription): WebhookView {
  const { way, topic, url, since, expiresAt, lastFailure } = subscription;
  return {
    way,
    topic: topic === '' ? null : topic,
    url: url === '' ? null : url,
    state: stateOf(subscription),
    since: isoOrNull(since),
    expiresAt: isoOrNull(expiresAt),
    failure: lastFailure === null ? null : { ...lastFailure, at: iso(lastFailure.at) },
  };
}

function stateOf({ since, leavingSince, lastFailure }: Subscription): WebhookView['state'] {
  if (leavingSince !== null) return 'removing';
  if (since !== null) return 'registered';
  return lastFailure === null ? 'registering' : 'failed';
}
