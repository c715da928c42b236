/** What the store's tests store: small, whole and told apart by their names. */

import type { AnyhookEvent, UnsequencedEvent } from '../../src/event/event.ts';
import type {
  Delivery,
  DeliveryOutcome,
  FeedCursor,
  Instance,
  LedgerEntry,
  PollKey,
  PollState,
  Store,
  Subscription,
} from '../../src/store/port.ts';
import { objectDefaults } from '../../src/store/row/instance-row.ts';

export const leaseMs = 60_000;

export function instanceOf(id: string, parts: Partial<Instance> = {}): Instance {
  return {
    id,
    connector: 'acme',
    name: `Instance ${id}`,
    tags: ['test'],
    settings: { region: 'eu', pageSize: 50, archived: false },
    credentials: { token: `token-of-${id}` },
    callback: { url: 'https://customer.example/hook', format: 'structured', secret: 'whsec_c2VjcmV0' },
    callbackDisabledAt: null,
    objects: { contact: { ...objectDefaults, where: `city = 'Köln'` } },
    nativeWebhooks: true,
    createdAt: 1_000,
    updatedAt: 1_000,
    ...parts,
  };
}

export function keyOf(instanceId: string, parts: Partial<PollKey> = {}): PollKey {
  return { instanceId, object: 'contact', feed: 'changes', ...parts };
}

export function pollOf(key: PollKey, parts: Partial<PollState> = {}): PollState {
  return {
    ...key,
    cursor: null,
    startMs: 500,
    dueAt: 1_000,
    failures: 0,
    lastPolledAt: null,
    lastFailure: null,
    wellAt: 1_000,
    pace: null,
    webhookSince: null,
    webhooksLost: 0,
    ...parts,
  };
}

export function subscriptionOf(topic: string, parts: Partial<Subscription> = {}): Subscription {
  return {
    instanceId: 'a',
    way: 'events',
    topic,
    url: 'https://hooks.example/a',
    captured: { id: `id-of-${topic}`, secret: 'Zoë \u0000' },
    since: 1_000,
    expiresAt: 9_000,
    dueAt: 8_000,
    leavingSince: null,
    failures: 0,
    lastFailure: null,
    ...parts,
  };
}

export function eventOf(instanceId: string, objectId: string, version: number, object = 'contact'): UnsequencedEvent {
  return {
    specversion: '1.0',
    id: `${instanceId}/${object}/${objectId}/${version}`,
    source: `/instances/${instanceId}/objects/${object}`,
    type: `${object}.updated`,
    subject: objectId,
    time: '2026-01-02T03:04:05.678Z',
    datacontenttype: 'application/json',
    data: {
      connector: 'acme',
      instance: { id: instanceId, name: `Instance ${instanceId}`, tags: ['test'] },
      object,
      objectId,
      change: 'updated',
      occurredAt: '2026-01-02T03:04:05.678Z',
      detectedAt: '2026-01-02T03:05:00.000Z',
      origin: 'poll',
      changedFields: ['name'],
      previous: null,
      record: { name: `Zoë 🦊 ${version}` },
      native: { Name: `Zoë 🦊 ${version}`, nested: [1, 2.5, null, { deep: true }] },
    },
  };
}

export function entryOf(recordId: string, changedAt: number, parts: Partial<LedgerEntry> = {}): LedgerEntry {
  return { recordId, version: `v${changedAt}`, changedAt, deleted: false, ...parts };
}

/** Commits events as a poll does: leases, stores, gives back. */
export async function commitEvents(
  store: Store,
  key: PollKey,
  events: readonly UnsequencedEvent[],
  { now, cursor }: { now: number; cursor?: FeedCursor },
): Promise<readonly AnyhookEvent[]> {
  const owner = 'committer';
  if ((await store.leasePoll(key, { owner, now, leaseMs })) === null) throw new Error('the poll is not free');
  const stored = await store.commitPoll({
    key,
    owner,
    events,
    ledger: [],
    now,
    ...(cursor !== undefined && { cursor }),
  });
  await store.finishPoll({ key, owner, dueAt: now + 1_000, now, failure: null });
  return stored;
}

export function outcomeOf(
  delivery: Delivery,
  owner: string,
  parts: Partial<Omit<DeliveryOutcome, 'attempt'>> & { at: number },
): DeliveryOutcome {
  const { at, ...outcome } = parts;
  const isGood = (outcome.status ?? 'delivered') === 'delivered';
  return {
    deliveryId: delivery.id,
    owner,
    attempt: {
      deliveryId: delivery.id,
      eventId: delivery.event.id,
      number: delivery.attempts + 1,
      at,
      durationMs: 12.5,
      status: isGood ? 204 : 503,
      failure: isGood ? null : { code: 'callback-refused', message: 'The callback answered 503.' },
    },
    status: 'delivered',
    dueAt: null,
    disableCallback: false,
    ...outcome,
  };
}
