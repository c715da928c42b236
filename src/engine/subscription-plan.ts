/** Which webhooks an instance wants to have registered at its vendor. Pure. */
import { mayBeNamed } from '../connector/any-object.ts';
import type { Connector } from '../connector/connector.ts';
import type { InboundWay, SubscriptionRules } from '../connector/inbound.ts';
import { instantiate } from '../connector/object-values.ts';
import { Failure } from '../diagnostic/failure.ts';
import { secretsOf } from '../inbound/secrets.ts';
import type { Instance, Subscription, SubscriptionKey } from '../store/port.ts';

/** One that is wanted, with the rules of its way. */
export interface WantedSubscription extends SubscriptionKey {
  readonly rules: SubscriptionRules;
}

/** @param publicUrl how the vendor reaches this server. */
export function wantedSubscriptions(
  instance: Instance,
  connector: Connector,
  publicUrl: string,
): readonly WantedSubscription[] {
  const { key, inbound, objects } = connector;
  const on = Object.keys(instance.objects).filter((name) => instance.objects[name]?.enabled);
  const byName = on.filter((name) => !objects.has(name) && mayBeNamed(connector, name));
  return [...inbound.values()].flatMap(({ name, subscriptions: rules }) => {
    if (rules === null) return [];
    const path = ['v1', 'inbound', key, name, instance.id].map(encodeURIComponent).join('/');
    const url = `${publicUrl.replace(/\/$/, '')}/${path}`;
    // Two objects of one kind of record, as a customer and a contact, or one by name, may want the same topic.
    const topics = new Set([
      ...rules.topics
        .filter(({ object }) => (object === null ? on.length > 0 : on.includes(object)))
        .map(({ topic }) => topic ?? ''),
      ...byName.flatMap((name) => instantiate(rules.topicsByName, { name })),
    ]);
    return [...topics].map((topic) => ({ instanceId: instance.id, way: name, topic, url, rules }));
  });
}

export function isSame(one: SubscriptionKey, other: SubscriptionKey): boolean {
  return one.way === other.way && one.topic === other.topic && one.url === other.url;
}

/** A registration that nobody has asked the vendor for yet. */
export function unregistered({ instanceId, way, topic, url }: SubscriptionKey): Subscription {
  return {
    instanceId,
    way,
    topic,
    url,
    captured: {},
    since: null,
    expiresAt: null,
    dueAt: null,
    leavingSince: null,
    failures: 0,
    lastFailure: null,
  };
}

/**
 * Nothing is asked for whose signature could not be checked: the vendor would be refused, and might stop sending.
 * @throws Failure `webhook-unverifiable`.
 */
export function requireVerifiable(
  { auth, handshakes, subscriptions }: InboundWay,
  credentials: Instance['credentials'],
): void {
  if (!('key' in auth) || subscriptions === null) return;
  const { credential } = auth.key;
  const isHandedOver = handshakes.some(({ respond }) => 'credential' in respond && respond.credential === credential);
  const comes = subscriptions.usesSecret || subscriptions.register.credentials.has(credential) || isHandedOver;
  if (comes || secretsOf({ auth }, credentials).length > 0) return;
  throw new Failure(
    'webhook-unverifiable',
    `Webhooks are verified by the credential ${credential}, which the instance does not have.`,
    { retryable: false, help: `Give the instance its ${credential}, or switch its native webhooks off.` },
  );
}
