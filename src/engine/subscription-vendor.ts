/** What is asked of a vendor about the webhooks of one instance: by the rules of its connector, and nothing stored. */
import type { SubscriptionRules, SubscriptionStepRule } from '../connector/inbound.ts';
import type { Settings } from '../connector/instance.ts';
import { renderSubscription, type SubscriptionValues } from '../connector/render-subscription.ts';
import { Failure } from '../diagnostic/failure.ts';
import type { VendorClient, VendorRequest } from '../http/client.ts';
import {
  type FoundSubscription,
  findSubscription,
  readSubscription,
  type SubscriptionAnswer,
} from '../inbound/subscription.ts';
import type { SubscriptionKey } from '../store/port.ts';
import { isSole, topicParts } from './subscription-plan.ts';

export interface SubscriptionVendorOptions {
  /** Asked for before each request: another one may have taken its place. */
  readonly client: () => Promise<VendorClient>;
  /** Completed by defaults. */
  readonly settings: Settings;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

type Captured = SubscriptionAnswer['captured'];

export type { FoundSubscription };

export interface SubscriptionVendor {
  /** What the vendor says is registered; null when it is not, or the vendor does not tell. */
  find(key: SubscriptionKey, rules: SubscriptionRules): Promise<FoundSubscription | null>;
  /** Another look, at what may have changed since. */
  findAgain(key: SubscriptionKey, rules: SubscriptionRules): Promise<FoundSubscription | null>;
  register(key: SubscriptionKey, rules: SubscriptionRules, secret: string): Promise<SubscriptionAnswer>;
  /** @param step `rules.renew` or `rules.remove`. */
  change(
    key: SubscriptionKey,
    rules: SubscriptionRules,
    step: SubscriptionStepRule,
    captured: Captured,
    secret?: string,
  ): Promise<SubscriptionAnswer>;
}

/** Each of its steps throws `Failure`. */
export function createSubscriptionVendor(options: SubscriptionVendorOptions): SubscriptionVendor {
  const { client, settings, now, signal } = options;
  /** Answers of lists by their request: one may tell of all topics. */
  const lists = new Map<string, Promise<unknown>>();

  const send = async (request: VendorRequest): Promise<unknown> => {
    const { body } = await (await client()).send(request, signal);
    return body;
  };

  const valuesOf = (
    { url, topic }: SubscriptionKey,
    rules: SubscriptionRules,
    captured: Captured = {},
    secret = '',
  ): SubscriptionValues => ({
    settings,
    callback: { url, secret },
    ...topicParts(topic, rules),
    subscription: captured,
    nowMs: now(),
  });

  const find = async (key: SubscriptionKey, rules: SubscriptionRules, isFresh: boolean) => {
    const { list } = rules;
    if (list === null) return null;
    const values = valuesOf(key, rules);
    const request = renderSubscription(list, values);
    const name = JSON.stringify(request);
    const known = isFresh ? undefined : lists.get(name);
    const ask = () => (isSole(rules) ? send(request).catch(unlessNotFound) : send(request));
    const asked = known ?? ask();
    lists.set(name, asked);
    const { callback, topic, field } = values;
    return findSubscription(list, await asked, { settings, callback, topic, field });
  };

  const change: SubscriptionVendor['change'] = async (key, rules, step, captured, secret = '') => {
    const request = renderSubscription(step, valuesOf(key, rules, captured, secret));
    return readSubscription(step, await send({ ...request, isEffect: true, secrets: [secret] }), now());
  };

  /** What the vendor must be asked before it is told to register. */
  const prepared = async (key: SubscriptionKey, rules: SubscriptionRules): Promise<Captured> => {
    let captured: Captured = {};
    for (const step of rules.prepare) {
      const answer = await send(renderSubscription(step, valuesOf(key, rules, captured)));
      captured = { ...captured, ...readSubscription(step, answer, now()).captured };
    }
    return captured;
  };

  return {
    find: (key, rules) => find(key, rules, false),
    findAgain: (key, rules) => find(key, rules, true),
    register: async (key, rules, secret) => change(key, rules, rules.register, await prepared(key, rules), secret),
    change,
  };
}

/** null where the vendor knows no such thing. */
export function unlessNotFound(error: unknown): null {
  if (error instanceof Failure && error.code === 'not-found') return null;
  throw error;
}
