/** Which webhooks are wanted at a vendor, for an instance or for the operator's app. Pure. */
import { mayBeNamed } from '../connector/any-object.ts';
import type { Connector } from '../connector/connector.ts';
import type { InboundWay, SubscriptionRules, SubscriptionTopic } from '../connector/inbound.ts';
import { instantiate } from '../connector/object-values.ts';
import type { Subscription, SubscriptionKey } from '../store/port.ts';

/** One that is wanted, with the rules of its way. */
export interface WantedSubscription extends SubscriptionKey {
  readonly rules: SubscriptionRules;
}

/** Whose webhooks they are, and what it has to watch. */
export interface WebhookOwner {
  readonly id: string;
  readonly kind: SubscriptionRules['owner'];
  /** The names of the objects that are on, as far as this way tells of them. */
  watched(way: InboundWay): readonly string[];
}

/** @param publicUrl how the vendor reaches this server. */
export function wantedSubscriptions(
  owner: WebhookOwner,
  connector: Connector,
  publicUrl: string,
): readonly WantedSubscription[] {
  const { key, inbound, objects } = connector;
  return [...inbound.values()].flatMap((way) => {
    const { name, subscriptions: rules } = way;
    if (rules === null || rules.owner !== owner.kind) return [];
    const path = ['v1', 'inbound', key, name, ...(owner.kind === 'account' ? [owner.id] : [])].map(encodeURIComponent);
    const url = `${publicUrl.replace(/\/$/, '')}/${path.join('/')}`;
    const one = (topic: string, by: SubscriptionRules) => ({
      instanceId: owner.id,
      way: name,
      topic,
      url: by.namesUrl ? url : '',
      rules: by,
    });
    const on = owner.watched(way);
    const byName = on.filter((one) => !objects.has(one) && mayBeNamed(connector, one));
    // Two objects of one kind of record, as a customer and a contact, or one by name, may want the same topic.
    const topics = new Set([
      ...rules.topics.filter(({ object }) => (object === null ? on.length > 0 : on.includes(object))).map(topicText),
      ...byName.flatMap((one) => instantiate(rules.topicsByName, { name: one })),
    ]);
    const wanted = [...topics].map((topic) => one(topic, rules));
    return rules.target === null || wanted.length === 0 ? wanted : [one('', rules.target), ...wanted];
  });
}

/** A topic as it is stored: with the field that it is about behind a space. */
const topicText = ({ topic, field }: SubscriptionTopic): string =>
  field === null ? (topic ?? '') : `${topic} ${field}`;

/** What a stored topic is made of. */
export function topicParts(text: string, { topics }: SubscriptionRules): Omit<SubscriptionTopic, 'object'> {
  const [topic = '', ...rest] = text.split(' ');
  const isOfField = rest.length > 0 && topics.some((one) => one.field !== null && one.topic === topic);
  return isOfField ? { topic, field: rest.join(' ') } : { topic: text === '' ? null : text, field: null };
}

/** The rules that one was registered by; null when the connector no longer has any. */
export function rulesOf({ inbound }: Connector, { way, topic }: SubscriptionKey): SubscriptionRules | null {
  const rules = inbound.get(way)?.subscriptions ?? null;
  return topic === '' && rules?.target ? rules.target : rules;
}

/** The vendor has one of these at most: what is registered stands in place of whatever was there. */
export const isSole = ({ list }: SubscriptionRules): boolean => list !== null && list.items === null;

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
