/** Instances as they are shown: no secret leaves through here. */
import { cursorText } from '../change/cursor-text.ts';
import type { Instance, PollState } from '../store/port.ts';
import type { InstanceView, ObjectView, PollView } from './api.ts';

const iso = (timeMs: number): string => new Date(timeMs).toISOString();
const isoOrNull = (timeMs: number | null): string | null => (timeMs === null ? null : iso(timeMs));

/** @param madeSecret the callback secret, only in the answer to the request that had the runtime make it. */
export function instanceView(instance: Instance, polls: readonly PollState[], madeSecret?: string): InstanceView {
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
