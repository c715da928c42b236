/** What a vendor answers when a webhook is registered or renewed. Pure. */
import type { Path } from '../connector/connector.ts';
import type { SubscriptionStepRule } from '../connector/inbound.ts';
import { Failure } from '../diagnostic/failure.ts';
import { readPath } from '../template/path.ts';
import { textAt } from './read-value.ts';
import { Refused } from './request.ts';
import { parseTime } from './timestamp.ts';

export interface SubscriptionAnswer {
  /** By name: what later requests need. */
  readonly captured: Readonly<Record<string, string>>;
  /** Credentials to be stored before anything is verified by them. */
  readonly credentials: Readonly<Record<string, string>>;
  /** null: it lasts for ever. */
  readonly expiresAtMs: number | null;
}

/**
 * @param answer the parsed body of the answer.
 * @throws Failure `vendor-answer-unreadable` when a value that is captured is not there: nobody could remove it again.
 */
export function readSubscription(step: SubscriptionStepRule, answer: unknown, nowMs: number): SubscriptionAnswer {
  const readAll = (paths: ReadonlyMap<string, Path>) =>
    Object.fromEntries([...paths].map(([name, path]) => [name, required(answer, path)]));
  return {
    captured: readAll(step.capture),
    credentials: readAll(step.credentials),
    expiresAtMs: expiry(step, answer, nowMs),
  };
}

function expiry({ expiresAt, lifeMs }: SubscriptionStepRule, answer: unknown, nowMs: number): number | null {
  if (expiresAt === null) return lifeMs === null ? null : nowMs + lifeMs;
  const epochMs = parseTime(required(answer, expiresAt), 'iso');
  if (epochMs === null) throw unreadable(expiresAt);
  return epochMs;
}

function required(answer: unknown, path: Path): string {
  const text = textAt(readPath(answer, path));
  if (text instanceof Refused) throw unreadable(path);
  return text;
}

/** The value itself is not shown: it may be a secret. */
function unreadable(path: Path): Failure {
  return new Failure(
    'vendor-answer-unreadable',
    `The answer about a subscription has nothing usable at ${path.join('.')}.`,
    { retryable: false, help: 'Check the paths of subscriptions in the connector.' },
  );
}
