/** From what was read to what is stored. */
import { Failure } from '../diagnostic/failure.ts';
import type { AnyhookEvent } from '../event/event.ts';
import type { ChangeCommit, PollPorts } from './feed.ts';
import { addTally, emptyTally, type PollReport, type Tally } from './poll-report.ts';
import type { Batch } from './strategy/strategy.ts';

/** Two feeds that meet so often do not: the ledger does not answer what was written to it. */
const mostTries = 100;

/** What a batch means against the ledger as it is now. */
export type Judge = (batch: Batch, tally: Tally) => Promise<ChangeCommit>;

/**
 * Judges a batch and stores what it means. The feeds of an object share a ledger and are polled side by side: where
 * another has told of one of the records since the batch was judged, it is judged anew, or what is older would be told
 * after what is newer.
 * @returns The events that were new.
 * @throws Failure `ledger-moved` when there is no end to it.
 */
export async function settle(
  batch: Batch,
  judge: Judge,
  { state, signal }: Pick<PollPorts, 'state' | 'signal'>,
  report: PollReport,
): Promise<readonly AnyhookEvent[]> {
  for (let tries = 1; ; tries += 1) {
    signal?.throwIfAborted();
    const tally = emptyTally();
    const commit = await judge(batch, tally);
    const stored = isEmpty(commit) ? [] : await state.commit(commit).catch(tries < mostTries ? nullWhenMoved : rethrow);
    if (stored === null) continue;
    addTally(report, tally);
    return stored;
  }
}

function isEmpty({ events, ledger, cursor, checkpoint, seen }: ChangeCommit): boolean {
  const found = events.length + ledger.length + (seen?.recordIds.length ?? 0);
  return found === 0 && cursor === undefined && checkpoint === undefined;
}

function rethrow(error: unknown): never {
  throw error;
}

function nullWhenMoved(error: unknown): null {
  if (error instanceof Failure && error.code === 'ledger-moved') return null;
  throw error;
}
