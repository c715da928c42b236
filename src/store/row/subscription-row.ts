/** The row of a webhook that is registered at a vendor: what was captured is sealed, as it may hold a secret. */
import type { Subscription, SubscriptionKey } from '../port.ts';
import type { Sealer } from '../seal.ts';
import { parseStored } from './stored-json.ts';

export interface SubscriptionRow {
  instance_id: string;
  way: string;
  topic: string;
  url: string;
  captured: Buffer;
  since: number | null;
  expires_at: number | null;
  due_at: number | null;
  leaving_since: number | null;
  failures: number;
  failure_code: string | null;
  failure_message: string | null;
  failure_help: string | null;
  failed_at: number | null;
}

/** A template writes them with commas between. */
export const subscriptionColumns = [
  'instance_id',
  'way',
  'topic',
  'url',
  'captured',
  'since',
  'expires_at',
  'due_at',
  'leaving_since',
  'failures',
  'failure_code',
  'failure_message',
  'failure_help',
  'failed_at',
] as const satisfies readonly (keyof SubscriptionRow)[];

export function subscriptionRowOf(subscription: Subscription, sealer: Sealer): SubscriptionRow {
  const { instanceId, way, topic, url, lastFailure } = subscription;
  return {
    instance_id: instanceId,
    way,
    topic,
    url,
    captured: sealer.seal(JSON.stringify(subscription.captured), capturedOf(subscription)),
    since: subscription.since,
    expires_at: subscription.expiresAt,
    due_at: subscription.dueAt,
    leaving_since: subscription.leavingSince,
    failures: subscription.failures,
    failure_code: lastFailure?.code ?? null,
    failure_message: lastFailure?.message ?? null,
    failure_help: lastFailure?.help ?? null,
    failed_at: lastFailure?.at ?? null,
  };
}

export function subscriptionOf(row: SubscriptionRow, sealer: Sealer): Subscription {
  const key = { instanceId: row.instance_id, way: row.way, topic: row.topic, url: row.url };
  const captured = parseStored(sealer.open(row.captured, capturedOf(key)), `webhook of instance “${row.instance_id}”`);
  return {
    ...key,
    captured: captured as Subscription['captured'],
    since: row.since,
    expiresAt: row.expires_at,
    dueAt: row.due_at,
    leavingSince: row.leaving_since,
    failures: row.failures,
    lastFailure: lastFailureOf(row),
  };
}

function lastFailureOf(row: SubscriptionRow): Subscription['lastFailure'] {
  const { failure_code: code, failure_message: message, failure_help: help, failed_at: at } = row;
  return code === null || message === null || at === null ? null : { code, message, help, at };
}

const capturedOf = ({ instanceId, way, topic, url }: SubscriptionKey) => ({
  table: 'subscriptions',
  id: JSON.stringify([instanceId, way, topic, url]),
  field: 'captured',
});
