import { createHmac, randomUUID } from 'node:crypto';
import { isJsonObject, type JsonObject } from '../json.ts';
import { isLoopback } from '../post.ts';
import type { Subscription, SubscriptionBook } from '../subscriptions.ts';
import type { VendorWebhooks } from '../vendor-webhooks.ts';
import {
  actionOf,
  actions,
  appEventHeaders,
  appEventsOf,
  type EventAction,
  isOfAppFile,
  readAppSubscription,
} from './app-event.ts';

/** As REST writes it; orders are `updated`, all else has an `update`. */
const topicOf = (resource: string, word: EventAction): string =>
  `${resource}/${resource === 'orders' && word === 'update' ? 'updated' : word}`;

/** Topics of the resources that are kept. */
export const topics: readonly string[] = ['orders', 'customers', 'products'].flatMap((resource) =>
  actions.map((word) => topicOf(resource, word)),
);

/** The resource that a topic tells of: its reading scope is needed to subscribe; undefined for a topic that is none. */
export function resourceOf(topic: string): string | undefined {
  return topics.includes(topic) ? topic.split('/', 1)[0] : undefined;
}

/** `orders/create` as GraphQL writes it. */
export const graphqlTopic = (topic: string): string => topic.replace('/', '_').toUpperCase();

/** base64(HMAC-SHA256(the app's client secret, raw body)): the header `X-Shopify-Hmac-Sha256`. */
export function sign(clientSecret: string, body: string): string {
  return createHmac('sha256', clientSecret).update(body).digest('base64');
}

export interface ShopifyWebhookOptions {
  /** `store.myshopify.com` */
  readonly shop: string;
  readonly clientSecret: string;
  /** Writes a record as JSON, with ids as the numbers they are. */
  render(record: JsonObject): string;
}

const minuteMs = 60_000;
/** Events came with this version: https://shopify.dev/changelog/next-generation-events-are-now-generally-available. */
const eventsVersion = '2026-10';
/** Eight tries more within four hours; the vendor tells no schedule. */
const gapsMs = [1, 2, 5, 10, 20, 40, 60, 90].map((minutes) => minutes * minuteMs);

/**
 * Each topic has its own posts: the resource itself, unwrapped; of a deleted one only the id is left. The app's file may subscribe
 * to Events beside them, whose headers have other names and whose bodies say what changed; here that is /_sandbox/webhooks.
 */
export function makeWebhooks({ shop, clientSecret, render }: ShopifyWebhookOptions): VendorWebhooks {
  return {
    maxBatch: 1,
    timeoutMs: 5000,
    // What the app's file says stays.
    endsByFailing: (subscription) => !isOfAppFile(subscription),
    portal: { isSingle: false, check: readAppSubscription },
    notify: (change, subscription) => {
      const { settings } = subscription;
      if (isOfAppFile(subscription)) return appEventsOf(change, subscription);
      if (settings.topic !== topicOf(change.object, actionOf[change.kind])) return [];
      const { id = change.id } = change.after;
      const record = change.kind === 'delete' ? { id } : trim(change.after, settings);
      const triggeredAt = new Date(change.atMs).toISOString();
      return [{ record, triggeredAt, webhookId: randomUUID(), eventId: randomUUID() }];
    },
    post: ({ subscription, notifications: [notification = {}] }, { isForged }) => {
      const { url, settings } = subscription;
      const secret = isForged ? 'not-the-secret' : clientSecret;
      if (isOfAppFile(subscription)) {
        const body = JSON.stringify(notification.body);
        const headers = {
          'content-type': 'application/json',
          'shopify-hmac-sha256': sign(secret, body),
          'shopify-shop-domain': shop,
          'shopify-api-version': eventsVersion,
          ...appEventHeaders(notification, subscription),
        };
        return { url, headers, body };
      }
      const body = render(isJsonObject(notification.record) ? notification.record : {});
      const headers = {
        'content-type': 'application/json',
        'x-shopify-topic': String(settings.topic),
        'x-shopify-hmac-sha256': sign(secret, body),
        'x-shopify-shop-domain': shop,
        'x-shopify-api-version': String(settings.api_version),
        'x-shopify-webhook-id': String(notification.webhookId),
        'x-shopify-event-id': String(notification.eventId),
        'x-shopify-triggered-at': String(notification.triggeredAt),
      };
      return { url, headers, body };
    },
    isSuccess: ({ status }) => status !== null && status >= 200 && status < 300,
    retryGapMs: ({ attempt }) => gapsMs[attempt],
  };
}

function trim(record: JsonObject, { fields }: JsonObject): JsonObject {
  if (!Array.isArray(fields) || fields.length === 0) return record;
  return Object.fromEntries(Object.entries(record).filter(([name]) => fields.includes(name)));
}

/** What a registration came to: the subscription, or problems by attribute. */
export type Registered =
  | { readonly subscription: Subscription }
  | { readonly problems: Readonly<Record<string, readonly string[]>> };

export interface Registration {
  readonly topic: string;
  readonly address: string;
  readonly fields: readonly string[];
  readonly apiVersion: string;
}

/** Registers a topic for an address, as both APIs do. */
export function register(book: SubscriptionBook, { topic, address, fields, apiVersion }: Registration): Registered {
  if (!topics.includes(topic)) return { problems: { topic: ['Invalid topic specified'] } };
  if (!isLoopback(address))
    return { problems: { address: ['must lead to this machine: a sandbox sends nowhere else'] } };
  const isTaken = registered(book).some(({ url, settings }) => url === address && settings.topic === topic);
  if (isTaken) return { problems: { address: ['for this topic has already been taken'] } };
  const settings = { topic, format: 'json', fields, api_version: apiVersion };
  return { subscription: book.add({ url: address, isActive: true, settings }) };
}

/** Those that the APIs know. */
export const registered = (book: SubscriptionBook): readonly Subscription[] =>
  book.list().filter((subscription) => !isOfAppFile(subscription));

/** Far enough that ids look like those of a platform in use. */
const firstId = 1_047_897_671;

export const idOf = ({ serial }: Subscription): number => firstId + serial;

/** The subscription of an id in either API: a number, or `gid://shopify/WebhookSubscription/…`. */
export function findById(book: SubscriptionBook, id: string): Subscription | undefined {
  const number = /^(?:gid:\/\/shopify\/WebhookSubscription\/)?(\d{1,15})$/.exec(id)?.[1];
  return registered(book).find((subscription) => String(idOf(subscription)) === number);
}

/** Those that a list asks for, in order of their ids, as REST shows them. */
export function listWebhooks(
  book: SubscriptionBook,
  { address, topic, since_id, limit }: Readonly<Record<string, string | undefined>>,
): readonly JsonObject[] {
  const after = /^\d{1,15}$/.test(since_id ?? '') ? Number(since_id) : 0;
  return registered(book)
    .filter(({ url }) => address === undefined || url === address)
    .filter(({ settings }) => topic === undefined || settings.topic === topic)
    .filter((subscription) => idOf(subscription) > after)
    .slice(0, Math.min(Number(limit ?? 50) || 50, 250))
    .map(showWebhook);
}

/** A subscription as REST shows it. */
export const showWebhook = (subscription: Subscription): JsonObject => ({
  id: idOf(subscription),
  address: subscription.url,
  ...subscription.settings,
  created_at: new Date(subscription.createdAtMs).toISOString(),
  updated_at: new Date(subscription.updatedAtMs).toISOString(),
  metafield_namespaces: [],
});

/** The GraphQL mutation webhookSubscriptionCreate, from its variables. */
export function createByGraphql(book: SubscriptionBook, given: JsonObject, apiVersion: string): JsonObject {
  const input = isJsonObject(given.webhookSubscription) ? given.webhookSubscription : {};
  const { uri = input.callbackUrl ?? '', includeFields } = input;
  const topic = topics.find((one) => graphqlTopic(one) === given.topic) ?? '';
  const fields = Array.isArray(includeFields) ? includeFields.map(String) : [];
  const made = register(book, { topic, address: String(uri), fields, apiVersion });
  if ('problems' in made) {
    const userErrors = Object.entries(made.problems).flatMap(([name, messages]) =>
      messages.map((message) => ({
        field: name === 'topic' ? ['topic'] : ['webhookSubscription', 'callbackUrl'],
        message: name === 'topic' ? message : `Address ${message}`,
      })),
    );
    return { webhookSubscription: null, userErrors };
  }
  return { webhookSubscription: { id: gidOf(made.subscription) }, userErrors: [] };
}

/** The GraphQL mutation webhookSubscriptionDelete. */
export function deleteByGraphql(book: SubscriptionBook, id: string): JsonObject {
  const found = findById(book, id);
  if (found !== undefined) {
    book.remove(found.serial);
    return { deletedWebhookSubscriptionId: id, userErrors: [] };
  }
  const userErrors = [{ field: ['id'], message: 'Webhook subscription does not exist' }];
  return { deletedWebhookSubscriptionId: null, userErrors };
}

export const gidOf = (subscription: Subscription): string => `gid://shopify/WebhookSubscription/${idOf(subscription)}`;
