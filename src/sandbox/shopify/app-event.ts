import { randomUUID } from 'node:crypto';
import type { Change } from '../change.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import type { Subscription } from '../subscriptions.ts';
import { gidOf } from './ids.ts';

/** What the file shopify.app.toml subscribes to: GraphQL types, by the resources that are kept. */
const topics: Readonly<Record<string, string>> = { orders: 'Order', customers: 'Customer', products: 'Product' };

/** The vendor's words for changes. */
export const actions = ['create', 'update', 'delete'] as const;
export type EventAction = (typeof actions)[number];

export const actionOf: Readonly<Record<Change['kind'], EventAction>> = {
  create: 'create',
  restore: 'create',
  update: 'update',
  merge: 'update',
  delete: 'delete',
};

/** Whether a subscription is one of the app's file. No API lists those, or takes them away. */
export const isOfAppFile = ({ settings }: Subscription): boolean => settings.handle !== undefined;

/** An entry of [[events.subscription]] as the file says it, its URL apart, or what is wrong with it. */
export function readAppSubscription({
  topic = null,
  handle = 'changes',
  actions: given = [...actions],
}: JsonObject): JsonObject | string {
  const known = Object.values(topics);
  if (!known.includes(String(topic))) return `"topic" must be one of ${known.join(', ')}`;
  if (typeof handle !== 'string' || !/^[a-z][a-z0-9_-]*$/.test(handle)) return '"handle" must be a word in lower case';
  const wanted = Array.isArray(given) ? actions.filter((action) => given.includes(action)) : [];
  if (!Array.isArray(given) || wanted.length === 0 || wanted.length < given.length)
    return `"actions" must be a list of ${actions.join(', ')}`;
  return { topic: String(topic), handle, actions: wanted };
}

/** What a change says to such a subscription; nothing when it is none of its business. */
export function appEventsOf(change: Change, { settings }: Subscription): readonly JsonObject[] {
  const { topic, handle, actions: wanted } = settings;
  const action = actionOf[change.kind];
  if (topics[change.object] !== topic || !Array.isArray(wanted) || !wanted.includes(action)) return [];
  const type = String(topic);
  const gid = gidOf(type, change.after.id ?? change.id);
  const body = {
    topic: type,
    action,
    handle: String(handle),
    fields_changed: fieldsChanged(change, action, `${type.toLowerCase()}[id: '${gid}']`),
    query_variables: { [`${type.toLowerCase()}Id`]: gid },
  };
  const triggeredAt = new Date(change.atMs).toISOString();
  return [{ body, gid, triggeredAt, webhookId: randomUUID(), eventId: randomUUID() }];
}

/** Paths that were added, updated and removed: https://shopify.dev/changelog/updates-to-events-payloads-and-subscription-configuration. */
function fieldsChanged({ before = {}, after }: Change, action: EventAction, path: string): JsonObject {
  const isOther = (name: string) => JSON.stringify(before[name]) !== JSON.stringify(after[name]);
  const names = Object.keys(after).filter((name) => name !== 'updated_at' && isOther(name));
  return {
    added: action === 'create' ? [path] : [],
    updated: action === 'update' ? names.map((name) => `${path}.${camelCase(name)}`) : [],
    removed: action === 'delete' ? [path] : [],
  };
}

const camelCase = (name: string): string => name.replace(/_(\w)/g, (_whole, letter: string) => letter.toUpperCase());

/** The headers beside the signature: https://shopify.dev/docs/apps/build/events/delivery-structure#headers. */
export function appEventHeaders(
  notification: JsonObject,
  { settings }: Subscription,
): Readonly<Record<string, string>> {
  const { body, gid, triggeredAt, webhookId, eventId } = notification;
  return {
    'shopify-topic': String(settings.topic),
    'shopify-action': String(isJsonObject(body) && body.action),
    'shopify-handle': String(settings.handle),
    'shopify-resource-id': String(gid),
    'shopify-webhook-id': String(webhookId),
    'shopify-event-id': String(eventId),
    'shopify-triggered-at': String(triggeredAt),
  };
}
