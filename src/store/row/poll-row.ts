import { Failure } from '../../diagnostic/failure.ts';
import type { AnyhookEvent } from '../../event/event.ts';
import type { Feed, FeedCursor, PollKey, PollState } from '../port.ts';
import { parseStored } from './stored-json.ts';

export interface PollRow {
  instance_id: string;
  object: string;
  feed: Feed;
  cursor: string | null;
  start_ms: number;
  due_at: number;
  failures: number;
  last_polled_at: number | null;
  failure_code: string | null;
  failure_message: string | null;
  failure_help: string | null;
  failed_at: number | null;
  well_at: number;
  pace_seconds: number | null;
  quiet: number;
  webhook_since: number | null;
  webhooks_lost: number;
}

/** A template writes them with commas between. */
export const pollColumns = [
  'instance_id',
  'object',
  'feed',
  'cursor',
  'start_ms',
  'due_at',
  'failures',
  'last_polled_at',
  'failure_code',
  'failure_message',
  'failure_help',
  'failed_at',
  'well_at',
  'pace_seconds',
  'quiet',
  'webhook_since',
  'webhooks_lost',
] as const satisfies readonly (keyof PollRow)[];

export function pollOf(row: PollRow): PollState {
  return {
    instanceId: row.instance_id,
    object: row.object,
    feed: row.feed,
    cursor: row.cursor === null ? null : cursorOf(row.cursor),
    startMs: row.start_ms,
    dueAt: row.due_at,
    failures: row.failures,
    lastPolledAt: row.last_polled_at,
    lastFailure: lastFailureOf(row),
    wellAt: row.well_at,
    pace: row.pace_seconds === null ? null : { seconds: row.pace_seconds, quiet: row.quiet },
    webhookSince: row.webhook_since,
    webhooksLost: row.webhooks_lost,
  };
}

export function cursorOf(text: string): FeedCursor {
  return parseStored(text, 'cursor') as FeedCursor;
}

function lastFailureOf(row: PollRow): PollState['lastFailure'] {
  if (row.failure_code === null || row.failure_message === null || row.failed_at === null) return null;
  return { code: row.failure_code, message: row.failure_message, help: row.failure_help, at: row.failed_at };
}

/** How many of the events tell what a webhook should have told. */
export function countReconciled(events: readonly AnyhookEvent[]): number {
  return events.filter(({ data }) => data.origin === 'reconcile').length;
}

/** Thrown by a commit whose owner no longer holds the poll. */
export function leaseLost(key: PollKey): Failure {
  const { instanceId, object, feed } = key;
  return new Failure('lease-lost', `The poll of ${object} (${feed}) of instance ${instanceId} is no longer held.`, {
    retryable: false,
    help: 'Nothing is lost: whoever holds the poll now goes on from the cursor.',
    detail: { instanceId, object, feed },
  });
}
