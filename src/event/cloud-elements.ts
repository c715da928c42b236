/**
 * The callback body of Cloud Elements, for receivers that were written for it: `message` with `eventId`,
 * `instance_id`, `events[]` and `raw`, as its public samples and tests show them
 * (cloud-elements/developer-portal event-management, cloud-elements/churros formulas).
 *
 * Where it is silent, so is this: `hubKey` is left out, since there are no hubs here, and ids are text.
 */
import { type AnyhookEvent, type EventData, isChange, type NoticeEvent } from './event.ts';
import type { EventFormat } from './format.ts';

export const cloudElements: EventFormat = {
  render: (event) => ({
    headers: { 'content-type': 'application/json', 'elements-webhook-id': event.id },
    body: Buffer.from(JSON.stringify({ message: isChange(event) ? message(event) : noticeMessage(event) })),
  }),
  bodySignatureHeader: 'elements-webhook-signature',
};

function message({ id, data }: AnyhookEvent): Record<string, unknown> {
  const instanceId = data.instance.id;
  const events = [legacyEvent(data)];
  // `raw` is what its poller posted: one list of vendor records, under the name of their object.
  const raw = {
    [data.object]: data.native === null || data.native === undefined ? [] : [data.native],
    instance_id: instanceId,
    objectType: data.object,
    events,
  };
  return { eventId: id, instance_id: instanceId, events, raw };
}

/** It had no notices: a receiver finds no change in this one, and where it looks further, what the notice says. */
function noticeMessage({ id, type, data }: NoticeEvent): Record<string, unknown> {
  const { connector, instance, ...notice } = data;
  const raw = { instance_id: instance.id, events: [], elementKey: connector, notice: { type, ...notice } };
  return { eventId: id, instance_id: instance.id, events: [], raw };
}

function legacyEvent(data: EventData): Record<string, unknown> {
  return {
    objectType: data.object,
    objectId: data.objectId,
    date: toSeconds(data.occurredAt),
    // Events that came by the vendor's own webhook had none.
    ...(data.origin === 'webhook' ? {} : { pollDate: toSeconds(data.detectedAt) }),
    eventType: data.change.toUpperCase(),
    elementKey: data.connector,
  };
}

/** Its times had no fraction: `2018-07-31T19:39:46Z`. */
function toSeconds(time: string): string {
  return time.replace(/\.\d+/, '');
}
