/** The requests that register, renew and remove webhooks at the vendor. Pure. */
import type { SubscriptionRequestRule, SubscriptionStepRule } from './inbound.ts';
import { type RenderedRequest, type RequestValues, renderRequest } from './render-request.ts';

export interface SubscriptionValues {
  /** The instance's settings, completed by defaults. */
  readonly settings: RequestValues['settings'];
  readonly callback: {
    /** The public URL of the way. */
    readonly url: string;
    /** The key that verifies, for vendors that take one. */
    readonly secret: string;
  };
  /** What is asked for; null where one registration covers all. */
  readonly topic: string | null;
  /** The field that the topic is about; null where it is about none. */
  readonly field?: string | null;
  /** What registering captured; empty before. */
  readonly subscription: Readonly<Record<string, unknown>>;
  readonly nowMs: number;
}

export interface SubscriptionRequest extends Omit<RenderedRequest, 'method'> {
  readonly method: SubscriptionRequestRule['method'];
}

/** @param step a step of a subscription, or how those that are there are listed. */
export function renderSubscription(
  { request, lifeMs = null }: Pick<SubscriptionStepRule, 'request'> & Partial<Pick<SubscriptionStepRule, 'lifeMs'>>,
  { settings, callback, topic, field = null, subscription, nowMs }: SubscriptionValues,
): SubscriptionRequest {
  const expiresAt = lifeMs === null ? undefined : new Date(nowMs + lifeMs).toISOString();
  const more = { callback: { ...callback, expiresAt }, topic, field: field ?? undefined, subscription };
  return { ...renderRequest({ ...request, method: 'POST' }, { settings, more }), method: request.method };
}
