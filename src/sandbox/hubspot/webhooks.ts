import type { Change } from '../change.ts';
import type { JsonObject } from '../json.ts';
import type { Subscription } from '../subscriptions.ts';
import type { FailedAttempt, PostContext, VendorWebhooks } from '../vendor-webhooks.ts';
import { credentials, portalId } from './oauth.ts';
import { findObjectType } from './schema.ts';
import { propertiesOf } from './shape.ts';
import { signV1, signV3 } from './sign.ts';

/** The app that the sandbox knows. */
export const appId = 1_160_452;

/** Names in event types are singular, those in paths plural. */
export const eventObjects: Readonly<Record<string, string>> = {
  contact: 'contacts',
  company: 'companies',
  deal: 'deals',
  ticket: 'tickets',
};

const eventKinds = ['creation', 'deletion', 'propertyChange', 'merge', 'restore'];

/** Whether a kind of event is there to subscribe to; people alone have a right to be forgotten. */
export const isEventKind = (subject: string, kind: string): boolean =>
  eventKinds.includes(kind) || (subject === 'contact' && kind === 'privacyDeletion');

const minuteMs = 60_000;
const hourMs = 3_600_000;
/** Ten tries more within 24 hours; the vendor tells no schedule, only that the gaps are random. */
const gapsMs = [1, 5, 15, 30, 60, 120, 180, 240, 300, 360].map((minutes) => minutes * minuteMs);
/** Not tried again, by the vendor's webhooks page. */
const finalStatuses = [400, 401, 403, 404, 405];

const kinds: Readonly<Record<Change['kind'], string>> = {
  create: 'creation',
  update: 'propertyChange',
  delete: 'deletion',
  restore: 'restore',
  merge: 'merge',
};

/** Whether its event type leaves the object to a type id. */
const isGeneric = ({ settings }: Subscription): boolean => String(settings.eventType).startsWith('object.');

/** `{object: "contacts", kind: "creation", property}` of a subscription; generic ones name the object by its type id. */
function wantedBy(subscription: Subscription): {
  readonly object: string | undefined;
  readonly kind: string;
  readonly property: string;
} {
  const { settings } = subscription;
  const [subject = '', kind = ''] = String(settings.eventType).split('.');
  const object = isGeneric(subscription) ? findObjectType(String(settings.objectTypeId))?.name : eventObjects[subject];
  return { object, kind, property: typeof settings.propertyName === 'string' ? settings.propertyName : '' };
}

/** What a change says to a subscription, apart from what every event has; undefined when it is none of its business. */
function detailOf(change: Change, subscription: Subscription): JsonObject | undefined {
  const { object, kind, property } = wantedBy(subscription);
  if (object !== change.object) return undefined;
  if (kind === 'propertyChange') return propertyDetail(change, property);
  if (kinds[change.kind] !== kind) return undefined;
  if (change.kind === 'create') return { changeFlag: 'NEW' };
  if (change.kind === 'delete') return { changeFlag: 'DELETED' };
  if (change.kind === 'restore') return { changeFlag: 'RESTORED' };
  return {
    primaryObjectId: Number(change.id),
    mergedObjectIds: (change.mergedIds ?? []).map(Number),
    newObjectId: null,
  };
}

/** A new record sets its properties too, so their subscriptions hear of it. */
function propertyDetail(change: Change, name: string): JsonObject | undefined {
  if (change.kind !== 'create' && change.kind !== 'update') return undefined;
  const before = change.before === undefined ? '' : (propertiesOf(change.before)[name] ?? '');
  const after = propertiesOf(change.after)[name] ?? '';
  return before === after ? undefined : { propertyName: name, propertyValue: after };
}

function retryGapMs({ attempt, answer, random }: FailedAttempt): number | undefined {
  const gapMs = gapsMs[attempt];
  if (gapMs === undefined || finalStatuses.includes(answer.status ?? 0)) return undefined;
  if (answer.status === 429 && answer.retryAfterMs !== null) return Math.min(answer.retryAfterMs, hourMs);
  return Math.round(gapMs * (0.9 + 0.15 * random()));
}

function headersOf(url: string, body: string, { nowMs, isForged }: PostContext): Readonly<Record<string, string>> {
  const secret = isForged ? 'not-the-secret' : credentials.clientSecret;
  const signed = { secret, method: 'POST', url, body };
  return {
    'content-type': 'application/json',
    'user-agent':
      'HubSpot Connect 2.0 (http://dev.hubspot.com/) (namespace: webhooks-nio-http-client) - WebhooksExecutorDaemon-executor',
    'x-hubspot-signature': signV1(signed),
    'x-hubspot-signature-version': 'v1',
    'x-hubspot-signature-v3': signV3(signed, nowMs),
    'x-hubspot-request-timestamp': String(nowMs),
  };
}

/** Webhooks of an app: all its subscriptions share one URL and its posts, which carry no records, only what changed. */
export const webhooks: VendorWebhooks = {
  maxBatch: 100,
  timeoutMs: 5000,
  groupOf: () => 'app',
  notify: (change, subscription, serial) => {
    const detail = detailOf(change, subscription);
    if (detail === undefined) return [];
    const event = {
      eventId: 3_816_279_000 + serial(),
      subscriptionId: subscription.serial,
      portalId,
      appId,
      occurredAt: change.atMs,
      subscriptionType: subscription.settings.eventType ?? '',
      ...(isGeneric(subscription) && { objectTypeId: subscription.settings.objectTypeId ?? '' }),
      objectId: Number(change.id),
      ...detail,
      changeSource: 'CRM',
      sourceId: 'userId:9',
    };
    return [event];
  },
  post: ({ subscription: { url }, notifications }, context) => {
    const body = JSON.stringify(notifications.map((event) => ({ ...event, attemptNumber: context.attempt })));
    return { url, headers: headersOf(url, body, context), body };
  },
  isSuccess: ({ status }) => status !== null && status >= 200 && status < 300,
  retryGapMs,
};
