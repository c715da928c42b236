/** The store as the board on which processes tell one another which accounts are paused, and how many they are. */
import type { Clock } from '../http/clock.ts';
import type { QuotaBoard } from '../http/quota-board.ts';
import type { Store } from '../store/port.ts';

export interface QuotaBoardOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Names this process. */
  readonly owner: string;
}

/** A process counts as one of those that send requests for so long after it was last seen to. */
const memoryMs = 15_000;
const checkInEveryMs = 5_000;

export function createQuotaBoard({ store, clock, owner }: QuotaBoardOptions): QuotaBoard {
  let nodes = 1;
  let seenAtMs = Number.NEGATIVE_INFINITY;

  async function checkIn(): Promise<void> {
    const now = clock.now();
    if (now - seenAtMs < checkInEveryMs) return;
    seenAtMs = now;
    nodes = await store.checkIn({ owner, now, since: now - memoryMs });
  }

  return {
    async read(account) {
      await checkIn();
      return { pausedUntilMs: (await store.accountPause(account)) ?? 0, nodes };
    },
    pause: (account, untilMs) => store.pauseAccount({ account, until: untilMs, now: clock.now() }),
  };
}
