/**
 * Single steps of a registration: registered, renewed, looked for, removed. It is stored before it is asked for, and
 * looked for before it is asked for again, so that a crash at any point leaves one and no second.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { InboundWay, SubscriptionRules, SubscriptionStepRule } from '../connector/inbound.ts';
import { Failure } from '../diagnostic/failure.ts';
import type { Clock } from '../http/clock.ts';
import { secretsOf } from '../inbound/secrets.ts';
import type { SubscriptionAnswer } from '../inbound/subscription.ts';
import type { Instance, Store, Subscription, SubscriptionKey } from '../store/port.ts';
import type { Log } from './log.ts';
import { dueAfterRegistering } from './subscription-schedule.ts';
import type { FoundSubscription, SubscriptionVendor } from './subscription-vendor.ts';

export interface StepContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly owner: string;
  /** With the credentials of the operator's app, where it is connected through one. */
  readonly instance: Instance;
  readonly vendor: SubscriptionVendor;
  /** Credentials were stored: what comes in from now on may be signed by them. */
  readonly onCredentials: () => void;
}

/** Beside what was captured: which key the vendor was told. */
const toldKey = 'callback.secret';

const digestOf = (secret: string): string => createHash('sha256').update(secret, 'utf8').digest('base64url');

/** A way and how its webhooks are registered. */
export interface SubscribingWay {
  readonly way: InboundWay;
  readonly rules: SubscriptionRules;
}

/** Takes the one that is there, or registers one. */
export async function register(one: Subscription, ways: SubscribingWay, context: StepContext): Promise<void> {
  const { rules } = ways;
  const { vendor } = context;
  const fresh = { ...one, captured: {}, since: null, expiresAt: null };
  // From now on it may be there, whatever becomes of this process.
  await save(fresh, context);
  const there = await vendor.find(one, rules);
  if (there !== null && canAdopt(there, rules, context)) return adopt(fresh, there, ways, context);
  // Its credentials were told once, to somebody who did not keep them.
  if (there !== null && rules.remove !== null && rules.register.credentials.size > 0)
    await vendor.change(one, rules.remove, there.captured, '').catch(unlessNotFound);
  await registerAnew(fresh, ways, context);
}

/** Before it ends; one that the vendor no longer knows is registered anew. */
export async function renew(one: Subscription, ways: SubscribingWay, context: StepContext): Promise<void> {
  const { renew: step } = ways.rules;
  const isOver = one.expiresAt !== null && one.expiresAt <= context.clock.now();
  if (step === null || isOver) return registerAnew(one, ways, context);
  const isKnown = await renewKnown(one, step, ways, context).catch(unlessNotFound);
  if (isKnown === null) await registerAnew({ ...one, since: null }, ways, context);
}

/** Whether the vendor still knows it; if not, it is registered anew. */
export async function check(one: Subscription, ways: SubscribingWay, context: StepContext): Promise<void> {
  // A vendor that does not list them cannot be asked.
  const there =
    ways.rules.list === null
      ? { captured: one.captured, expiresAtMs: one.expiresAt }
      : await context.vendor.find(one, ways.rules);
  if (there === null) {
    context.log.warn(named(one), 'the vendor has dropped a webhook: it is registered anew');
    return registerAnew({ ...one, since: null }, ways, context);
  }
  const told = one.captured[toldKey];
  const captured = { ...there.captured, ...(told !== undefined && { [toldKey]: told }) };
  const answer = { captured, credentials: {}, expiresAtMs: there.expiresAtMs ?? one.expiresAt };
  await registered(one, answer, ways.rules, context);
}

/** The vendor was told another key than the instance has now: what it sends would be refused. */
export function isOfOtherKey(
  { captured }: Subscription,
  { way, rules }: SubscribingWay,
  credentials: Instance['credentials'],
): boolean {
  const [secret] = secretsOf(way, credentials);
  const told = captured[toldKey];
  return rules.usesSecret && told !== undefined && secret !== undefined && told !== digestOf(secret);
}

/** Takes the place of one that is there. */
export async function replace(one: Subscription, ways: SubscribingWay, context: StepContext): Promise<void> {
  await unregister(one, ways.rules, context);
  await register(one, ways, context);
}

/** @param rules null when the connector no longer has any: then it ends by itself, for its calls find nothing here. */
export async function unregister(
  one: Subscription,
  rules: SubscriptionRules | null,
  { vendor, log }: StepContext,
): Promise<void> {
  if (rules === null || rules.remove === null) return;
  // It was asked for, and nobody knows what came of it.
  const captured = one.since === null ? (await vendor.find(one, rules))?.captured : one.captured;
  if (captured === undefined) return;
  await vendor.change(one, rules.remove, captured, '').catch(unlessNotFound);
  log.info(named(one), 'webhook removed');
}

/** Stores one. @throws Failure `lease-lost`. */
export async function save(one: Subscription, { store, owner }: Pick<StepContext, 'store' | 'owner'>): Promise<void> {
  if (!(await store.saveSubscription(one, owner))) throw leaseLost(one);
}

export function leaseLost({ instanceId }: Pick<SubscriptionKey, 'instanceId'>): Failure {
  return new Failure('lease-lost', `The webhooks of ${instanceId} were taken over, or it is gone.`, {
    retryable: true,
  });
}

export function isEnding({ expiresAt }: Subscription, { renewBeforeMs }: SubscriptionRules, nowMs: number): boolean {
  return expiresAt !== null && expiresAt - renewBeforeMs <= nowMs;
}

/** @throws Failure `not-found` when the vendor does not know it. */
async function renewKnown(
  one: Subscription,
  step: SubscriptionStepRule,
  { way, rules }: SubscribingWay,
  context: StepContext,
): Promise<true> {
  const secret = await secretOf(way, rules, context);
  const answer = await context.vendor.change(one, step, one.captured, secret);
  const captured = { ...one.captured, ...answer.captured, ...markOf(secret, rules) };
  await registered(one, { ...answer, captured }, rules, context);
  return true;
}

async function registerAnew(one: Subscription, ways: SubscribingWay, context: StepContext): Promise<void> {
  const { rules, way } = ways;
  const secret = await secretOf(way, rules, context);
  try {
    const answer = await context.vendor.register(one, rules, secret);
    const captured = { ...answer.captured, ...markOf(secret, rules) };
    await registered(one, { ...answer, captured }, rules, context);
  } catch (error) {
    // Vendors refuse a second one, which may be ours after all: lists lag behind, and answers get lost.
    const mayBeThere =
      error instanceof Failure && (error.code === 'request-refused' || error.code === 'vendor-answer-unreadable');
    const there = mayBeThere ? await context.vendor.findAgain(one, rules) : null;
    if (there === null || !canAdopt(there, rules, context)) throw error;
    await adopt(one, there, ways, context);
  }
}

async function adopt(
  one: Subscription,
  found: FoundSubscription,
  ways: SubscribingWay,
  context: StepContext,
): Promise<void> {
  const { rules, way } = ways;
  const captured = { ...found.captured, ...markOf(await secretOf(way, rules, context), rules) };
  const known = { ...one, captured, since: context.clock.now() };
  // A list that does not tell when it ends: renewing does.
  if (!isEndless(rules) && found.expiresAtMs === null && rules.renew !== null)
    await renewKnown(known, rules.renew, ways, context);
  else await registered(known, { ...found, captured, credentials: {} }, rules, context);
}

async function registered(
  one: Subscription,
  { captured, credentials, expiresAtMs }: SubscriptionAnswer,
  rules: SubscriptionRules,
  context: StepContext,
): Promise<void> {
  const { clock, log } = context;
  const now = clock.now();
  if (Object.keys(credentials).length > 0) await keepCredentials(credentials, context);
  await save(
    {
      ...one,
      captured,
      since: one.since ?? now,
      expiresAt: expiresAtMs,
      dueAt: dueAfterRegistering(rules, expiresAtMs, now, clock.random),
      failures: 0,
      lastFailure: null,
    },
    context,
  );
  if (one.since === null) log.info(named(one), 'webhook registered');
}

const markOf = (secret: string, { usesSecret }: SubscriptionRules): Readonly<Record<string, string>> =>
  usesSecret ? { [toldKey]: digestOf(secret) } : {};

/** The key that verifies, made and kept before a vendor is told it; empty where it is not told. */
async function secretOf(way: InboundWay, { usesSecret }: SubscriptionRules, context: StepContext): Promise<string> {
  const { store, instance } = context;
  if (!usesSecret || !('key' in way.auth)) return '';
  // Read anew, for the topic before may have made it; and without the operator's app, whose secrets no vendor is told.
  const stored = await store.getInstance(instance.id);
  const [known] = secretsOf(way, stored?.credentials ?? {});
  if (known !== undefined) return known;
  const made = randomBytes(32).toString('hex');
  await keepCredentials({ [way.auth.key.credential]: made }, context);
  return made;
}

async function keepCredentials(
  credentials: Instance['credentials'],
  { store, clock, instance, onCredentials }: StepContext,
): Promise<void> {
  await store.saveCredentials(instance.id, credentials, clock.now());
  onCredentials();
}

/** Not one whose credentials are unknown, nor one that ends and cannot be renewed. */
function canAdopt({ expiresAtMs }: FoundSubscription, rules: SubscriptionRules, { clock }: StepContext): boolean {
  if (rules.register.credentials.size > 0) return false;
  const lasts = expiresAtMs !== null && expiresAtMs - rules.renewBeforeMs > clock.now();
  return isEndless(rules) || rules.renew !== null || lasts;
}

const isEndless = ({ register: { expiresAt, lifeMs } }: SubscriptionRules): boolean =>
  expiresAt === null && lifeMs === null;

const named = ({ instanceId, way, topic }: SubscriptionKey) => ({ instanceId, way, topic });

function unlessNotFound(error: unknown): null {
  if (error instanceof Failure && error.code === 'not-found') return null;
  throw error;
}
