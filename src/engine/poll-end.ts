/** How a poll is put away: when it is due next, at which pace, and what is told of it. */
import type { PollReport } from '../change/poll-report.ts';
import type { Failure } from '../diagnostic/failure.ts';
import type { Clock } from '../http/clock.ts';
import type { PollFinish, PollKey, PollState, Store } from '../store/port.ts';
import { dueAfterFailure, dueAfterSuccess, dueAfterWait, nextPace, type PaceLimits } from './poll-schedule.ts';
import { othersNotBefore, troublesOf } from './poll-troubles.ts';

/** The interval of a feed that could not even be set up. */
const fallbackSeconds = 60;

export interface EndedPoll {
  readonly key: PollKey;
  readonly state: PollState;
  readonly report: PollReport;
  readonly failure: Failure | null;
  /** null when the feed could not be set up. */
  readonly limits: PaceLimits | null;
}

export interface PollEndOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly owner: string;
}

/** Ends the poll in the store. Answers whether there is something new to deliver. */
export async function endPoll(ended: EndedPoll, { store, clock, owner }: PollEndOptions): Promise<boolean> {
  const now = clock.now();
  const how =
    ended.failure === null
      ? wellEnd(ended, now, clock.random)
      : await failedEnd(ended, ended.failure, now, { store, clock });
  const notices = await store.finishPoll({ key: ended.key, owner, now, ...how });
  return notices.length > 0;
}

type End = Omit<PollFinish, 'key' | 'owner' | 'now'>;

function wellEnd({ state, report, limits }: EndedPoll, now: number, random: () => number): End {
  if (limits === null) return { dueAt: dueAfterSuccess(now, fallbackSeconds, random), failure: null };
  const pace = nextPace(state.pace, report.created + report.updated + report.deleted > 0, limits);
  return { dueAt: dueAfterSuccess(now, pace.seconds, random), failure: null, pace };
}

async function failedEnd(
  { state, limits }: EndedPoll,
  failure: Failure,
  now: number,
  { store, clock }: Pick<PollEndOptions, 'store' | 'clock'>,
): Promise<End> {
  const everySeconds = state.pace?.seconds ?? limits?.usual ?? fallbackSeconds;
  const { random } = clock;
  const postponed = failure.code === 'account-waiting';
  const dueAt = postponed
    ? dueAfterWait(now, failure.retryAfterMs ?? 0, everySeconds, random)
    : dueAfterFailure(now, failure, { everySeconds, failures: state.failures, random });
  const instance = await store.getInstance(state.instanceId);
  const others = othersNotBefore(failure, state, dueAt);
  return {
    dueAt,
    failure: { code: failure.code, message: failure.message, help: failure.help ?? null },
    ...(postponed && { postponed }),
    ...(instance !== null && { troubles: troublesOf({ state, instance, failure, everySeconds, nowMs: now }) }),
    ...(others !== null && { othersNotBefore: others }),
  };
}
