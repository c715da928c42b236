/** What a vendor answers about webhooks that are registered. Pure. */

import type { SubscriptionListRule, SubscriptionStepRule } from '../connector/inbound.ts';
import { Failure } from '../diagnostic/failure.ts';
import { type Path, readPath } from '../template/path.ts';
import type { TemplateValues } from '../template/template.ts';
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

export interface FoundSubscription extends Pick<SubscriptionAnswer, 'captured' | 'expiresAtMs'> {
  /** It is as the list expects it. */
  readonly isWell: boolean;
}

/**
 * The one that is meant, in the answer that lists them; null when it is not there.
 * @param values those of the templates to match.
 * @throws Failure `vendor-answer-unreadable` when there is no list, or the one lacks a value that is captured.
 */
export function findSubscription(
  list: SubscriptionListRule,
  answer: unknown,
  values: TemplateValues,
): FoundSubscription | null {
  const items = list.items === null ? [answer] : readPath(answer, list.items);
  if (!Array.isArray(items)) throw unreadable(list.items ?? []);
  const wanted = list.match.map(({ path, value }) => ({ path, text: value.renderText(values) }));
  const found = items.find((item) => wanted.every(({ path, text }) => isAt(item, path, text)));
  if (found === undefined) return null;
  const captured = readAll(list.capture, found);
  const isWell = list.expect.every(({ path, value }) => readPath(found, path) === value);
  return { captured, isWell, expiresAtMs: list.expiresAt === null ? null : instantAt(found, list.expiresAt) };
}

function isAt(item: unknown, path: Path, text: string): boolean {
  const value = readPath(item, path);
  if (text === '') return value === undefined || value === null || value === '';
  return textAt(value) === text;
}

/**
 * @param answer the parsed body of the answer.
 * @throws Failure `vendor-answer-unreadable` when a value that is captured is not there: nobody could remove it again.
 */
export function readSubscription(step: SubscriptionStepRule, answer: unknown, nowMs: number): SubscriptionAnswer {
  return {
    captured: readAll(step.capture, answer),
    credentials: readAll(step.credentials, answer),
    expiresAtMs: expiry(step, answer, nowMs),
  };
}

function expiry({ expiresAt, lifeMs }: SubscriptionStepRule, answer: unknown, nowMs: number): number | null {
  if (expiresAt !== null) return instantAt(answer, expiresAt);
  return lifeMs === null ? null : nowMs + lifeMs;
}

function instantAt(answer: unknown, path: Path): number {
  const epochMs = parseTime(required(answer, path), 'iso');
  if (epochMs === null) throw unreadable(path);
  return epochMs;
}

function readAll(paths: ReadonlyMap<string, Path>, answer: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries([...paths].map(([name, path]) => [name, required(answer, path)]));
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
