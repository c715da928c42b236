/** A state at whose commits the process ends: what was stored before them is all that is left. */
import type { ChangeState } from '../change/feed.ts';

/** The end of a process, and no failure of anything. */
export class Crashed extends Error {}

/** @param isEnd asked twice for each commit, which are counted from 1: before it is stored, and after. */
export function crashing(
  state: ChangeState,
  isEnd: (at: 'before-commit' | 'after-commit', count: number) => boolean,
): ChangeState {
  let commits = 0;
  return {
    get cursor() {
      return state.cursor;
    },
    get startMs() {
      return state.startMs;
    },
    ledger: state.ledger,
    unseen: state.unseen,
    countUnseen: state.countUnseen,
    checkpoints: state.checkpoints,
    async commit(commit) {
      commits += 1;
      if (isEnd('before-commit', commits)) throw new Crashed('before a commit');
      const stored = await state.commit(commit);
      if (isEnd('after-commit', commits)) throw new Crashed('after a commit');
      return stored;
    },
  };
}
