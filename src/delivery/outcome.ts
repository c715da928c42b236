/** What an attempt means for its delivery: delivered, tried again at a time, or dead. Pure. */
import type { Delivery, DeliveryOutcome } from '../store/port.ts';
import { nextAttemptAt } from './schedule.ts';
import type { CallbackAnswer } from './send.ts';

export interface MadeAttempt {
  readonly delivery: Delivery;
  readonly owner: string;
  readonly answer: CallbackAnswer;
  /** When this attempt began. */
  readonly at: number;
  /** When the first attempt of this delivery began. */
  readonly firstAttemptAt: number;
  readonly now: number;
  readonly random: () => number;
}

export function deliveryOutcome(made: MadeAttempt): DeliveryOutcome {
  const { delivery, owner, answer, at, firstAttemptAt, now, random } = made;
  const { status, durationMs, failure, retryAfterMs } = answer;
  const attempts = delivery.attempts + 1;
  const attempt = {
    deliveryId: delivery.id,
    eventId: delivery.event.id,
    number: attempts,
    at,
    durationMs: Math.round(durationMs),
    status,
    failure: failure && { code: failure.code, message: failure.message },
  };
  const base = { deliveryId: delivery.id, owner, attempt, disableCallback: false };
  if (failure === null) return { ...base, status: 'delivered', dueAt: null };
  // 410 Gone ends the callback, not the delivery: it waits until somebody sets the callback right.
  if (status === 410) return { ...base, status: 'pending', dueAt: now, disableCallback: true };
  const dueAt = nextAttemptAt({ attempts, firstAttemptAt, now, random, retryAfterMs });
  return dueAt === null ? { ...base, status: 'dead', dueAt } : { ...base, status: 'pending', dueAt };
}
