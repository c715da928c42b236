/** Which failures of a poll are troubles that its instance is told of. Pure. */
import type { Failure } from '../diagnostic/failure.ts';
import { troubleBegun } from '../event/notice.ts';
import type { Instance, PollState, Trouble } from '../store/port.ts';

/** A feed is stalled when no poll has ended well for so many intervals, and for so long. */
const stalledIntervals = 3;
const stalledMs = 15 * 60_000;

/** After a refusal one feed of an instance tries first; the others come so much later. */
const othersWaitMs = 60_000;

/** What no poll cures by itself. */
const needsPerson: ReadonlySet<Failure['code']> = new Set(['request-refused', 'not-found', 'field-missing']);

export interface FailedPoll {
  readonly state: PollState;
  readonly instance: Instance;
  readonly failure: Failure;
  readonly everySeconds: number;
  readonly nowMs: number;
}

export function troublesOf({ state, instance, failure, everySeconds, nowMs }: FailedPoll): readonly Trouble[] {
  const begun = (
    kind: Trouble['kind'],
    { of, cause, sinceMs, isOfFeed = false }: Pick<Trouble, 'of' | 'cause'> & { sinceMs: number; isOfFeed?: boolean },
  ): readonly Trouble[] => {
    const notice = troubleBegun(
      kind,
      {
        connector: instance.connector,
        instance: { id: instance.id, name: instance.name, tags: instance.tags },
        object: of === 'feed' ? state.object : null,
        feed: isOfFeed ? state.feed : null,
        failure: { code: failure.code, message: failure.message, help: failure.help ?? null },
        since: new Date(sinceMs).toISOString(),
      },
      nowMs,
    );
    return [{ kind, of, cause, notice }];
  };
  if (isOfInstance(failure, state)) return begun('credentials', { of: 'instance', cause: '', sinceMs: nowMs });
  // What is not allowed for one object may be for another.
  if (failure.code === 'scope-missing')
    return begun('credentials', { of: 'feed', cause: causeOf(failure), sinceMs: nowMs });
  // A person has to change something: waiting tells nothing more, but for one that has gone well and may have stumbled.
  if (needsPerson.has(failure.code) && (state.cursor === null || state.failures > 0))
    return begun('poller', { of: 'feed', cause: state.object, sinceMs: nowMs });
  const patienceMs = Math.max(stalledMs, stalledIntervals * everySeconds * 1_000);
  if (nowMs - state.wellAt < patienceMs) return [];
  const cause = `${state.object}\n${state.feed}`;
  return begun('poller', { of: 'feed', cause, sinceMs: state.wellAt, isOfFeed: true });
}

/**
 * What lacks, as the vendor says it: the same for all feeds that lack it. Numbers are left out of its words, for they
 * may be those of one request.
 */
function causeOf({ code, message, help, detail }: Failure): string {
  const words = detail['names'] ?? detail['said'] ?? help ?? message;
  return `${code}\n${String(words).replace(/[0-9a-f-]{8,}|\d+/gi, '#')}`;
}

/** Until when the other feeds of an instance wait after a failure that would meet them too; null when they need not. */
export function othersNotBefore(failure: Failure, state: PollState, dueAt: number): number | null {
  return isOfInstance(failure, state) ? dueAt + othersWaitMs : null;
}

/** Whether what was given to reach the account is at fault, and with it all of the instance. */
function isOfInstance({ code, detail }: Failure, { cursor }: PollState): boolean {
  if (code === 'credentials-refused' || code === 'address-forbidden') return true;
  // A name that nobody knows: a mistake of who wrote it where nothing has ever been read, and else the network's.
  return code === 'vendor-unreachable' && detail['reason'] === 'ENOTFOUND' && cursor === null;
}
