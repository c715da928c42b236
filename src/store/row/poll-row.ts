import { Failure } from '../../diagnostic/failure.ts';
import type { Feed, PollKey, PollState } from '../port.ts';

export interface PollRow {
  instance_id: string;
  object: string;
  feed: Feed;
  cursor_ms: number | null;
  start_ms: number;
  due_at: number;
  failures: number;
  last_polled_at: number | null;
  failure_code: string | null;
  failure_message: string | null;
  failed_at: number | null;
}

export const pollColumns = `instance_id, object, feed, cursor_ms, start_ms, due_at, failures, last_polled_at, failure_code,
  failure_message, failed_at`;

export function pollOf(row: PollRow): PollState {
  return {
    instanceId: row.instance_id,
    object: row.object,
    feed: row.feed,
    cursorMs: row.cursor_ms,
    startMs: row.start_ms,
    dueAt: row.due_at,
    failures: row.failures,
    lastPolledAt: row.last_polled_at,
    lastFailure: lastFailureOf(row),
  };
}

function lastFailureOf(row: PollRow): PollState['lastFailure'] {
  if (row.failure_code === null || row.failure_message === null || row.failed_at === null) return null;
  return { code: row.failure_code, message: row.failure_message, at: row.failed_at };
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
