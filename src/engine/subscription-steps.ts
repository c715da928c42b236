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
import { isSole } from './subscription-plan.ts';
import { dueAfterRegistering } from './subscription-schedule.ts';
import { type FoundSubscription, type SubscriptionVendor, unlessNotFound } from './subscription-vendor.ts';

export interface StepContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly owner: string;
  /** Whose webhooks they are. The credentials are completed by the operator's app, where it is connected through one. */
  readonly subscriber: Pick<Instance, 'id' | 'settings' | 'credentials'>;
  /** When this look at all of them began, and where in its day the next one is: one list tells of all. */
  readonly round: { readonly beganAt: number; readonly random: () => number };
  readonly vendor: SubscriptionVendor;
  /** Credentials were stored: what comes in from now on may be signed by them. */
  readonly onCredentials: () => void;
}

/** Beside what was captured: which key the vendor was told. */
const toldKey = 'callback.secret';
/** The vendor was asked for it, whatever came of that: one that is there from then on may be ours. */
const askedKey = 'asked';
/** It was there before it was asked for: somebody else's, which stays when ours go. */
const foundKey = 'found';

const isAskedFor = ({ since, captured }: Subscription): boolean => since !== null || captured[askedKey] !== undefined;

const marksOf = ({ captured }: Subscription): Subscription['captured'] =>
  Object.fromEntries(Object.entries(captured).filter(([name]) => name === toldKey || name === foundKey));

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
  const there = await vendor.find(one, rules);
  const fresh = { ...one, since: null, expiresAt: null };
  if (there !== null && canAdopt(there, rules, context)) {
    // One that names our URL is ours, whoever has registered it.
    const isForeign = one.captured[foundKey] !== undefined || !(rules.namesUrl || isAskedFor(one));
    return adopt({ ...fresh, captured: isForeign ? { [foundKey]: 'true' } : {} }, there, ways, context);
  }
  // From now on it may be there, whatever becomes of this process.
  const asked = { ...fresh, captured: { [askedKey]: 'true' } };
  await save(asked, context);
  // Its credentials were told once, to somebody who did not keep them.
  if (there !== null && rules.remove !== null && rules.register.credentials.size > 0)
    await vendor.change(one, rules, rules.remove, there.captured).catch(unlessNotFound);
  await registerAnew(asked, ways, context);
}

/** Before it ends; one that the vendor no longer knows is registered anew. */
export async function renew(one: Subscription, ways: SubscribingWay, context: StepContext): Promise<void> {
  const { renew: step } = ways.rules;
  const isOver = one.expiresAt !== null && one.expiresAt <= context.clock.now();
  if (step === null || isOver) return registerAnew(one, ways, context);
  const isKnown = await renewKnown(one, step, ways, context).catch(unlessNotFound);
  if (isKnown === null) await registerAnew({ ...one, since: null }, ways, context);
}

/** Whether the vendor still knows it, as it was; if not, it is put right or registered anew. */
export async function check(one: Subscription, ways: SubscribingWay, context: StepContext): Promise<void> {
  // A vendor that does not list them cannot be asked.
  const there =
    ways.rules.list === null
      ? { captured: one.captured, isWell: true, expiresAtMs: one.expiresAt }
      : await context.vendor.find(one, ways.rules);
  if (there === null) {
    context.log.warn(named(one), 'the vendor has dropped a webhook: it is registered anew');
    return registerAnew({ ...one, captured: {}, since: null }, ways, context);
  }
  await repair(one, there, ways, context);
  const captured = { ...there.captured, ...marksOf(one) };
  const answer = { captured, credentials: {}, expiresAtMs: there.expiresAtMs ?? one.expiresAt };
  await registered(one, answer, ways.rules, context);
}

/** One that is there and does not work, as one that is switched off. */
async function repair(
  one: Subscription,
  { captured, isWell }: FoundSubscription,
  { rules }: SubscribingWay,
  { vendor, log }: StepContext,
): Promise<void> {
  if (isWell || rules.repair === null) return;
  await vendor.change(one, rules, rules.repair, captured);
  log.info(named(one), 'webhook put right');
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
  if (rules === null || rules.remove === null || one.captured[foundKey] !== undefined) return;
  if (!(rules.namesUrl || isAskedFor(one))) return;
  // Nobody knows what came of it; or another one may stand in its place by now.
  const mustAsk = one.since === null || isSole(rules);
  const look = isSole(rules) ? vendor.findAgain : vendor.find;
  const captured = mustAsk ? (await look(one, rules))?.captured : one.captured;
  if (captured === undefined) return;
  await vendor.change(one, rules, rules.remove, captured).catch(unlessNotFound);
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
  const answer = await context.vendor.change(one, rules, step, one.captured, secret);
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
  await repair(one, found, ways, context);
  const captured = { ...found.captured, ...marksOf(one), ...markOf(await secretOf(way, rules, context), rules) };
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
  const { clock, log, round } = context;
  const now = clock.now();
  if (Object.keys(credentials).length > 0) await keepCredentials(credentials, context);
  await save(
    {
      ...one,
      captured,
      since: one.since ?? now,
      expiresAt: expiresAtMs,
      dueAt: dueAfterRegistering(rules, expiresAtMs, round.beganAt, round.random),
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
  const { store, subscriber } = context;
  if (!usesSecret || !('key' in way.auth)) return '';
  // Read anew, for the topic before may have made it; and without the operator's app, whose secrets no vendor is told.
  const stored = await store.getInstance(subscriber.id);
  const [known] = secretsOf(way, stored?.credentials ?? {});
  if (known !== undefined) return known;
  const made = randomBytes(32).toString('hex');
  await keepCredentials({ [way.auth.key.credential]: made }, context);
  return made;
}

async function keepCredentials(
  credentials: Instance['credentials'],
  { store, clock, subscriber, onCredentials }: StepContext,
): Promise<void> {
  await store.saveCredentials(subscriber.id, credentials, clock.now());
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
