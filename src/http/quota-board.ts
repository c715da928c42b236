/**
 * What the processes that poll the same vendor accounts tell one another: until when an account is paused, and how many
 * they are. What is left of a quota needs no telling, for the vendor's answers count what all of them have used.
 */
import type { Clock } from './clock.ts';

export interface QuotaBoard {
  /** Until when the others say that an account is paused (epoch milliseconds), and how many they are with this one. */
  read(account: string): Promise<{ readonly pausedUntilMs: number; readonly nodes: number }>;
  pause(account: string, untilMs: number): Promise<void>;
}

/** The board of a process on its own. */
export const emptyBoard: QuotaBoard = {
  read: async () => ({ pausedUntilMs: 0, nodes: 1 }),
  pause: async () => undefined,
};

/** What stands on the board of one account, as it was read last. */
export interface BoardEntry {
  readonly pausedUntilMs: number;
  readonly nodes: number;
  /** Reads again what is older than a moment. Rejects when the board cannot be read. */
  refresh(): Promise<void>;
  pause(untilMs: number): Promise<void>;
}

/** How old what was read may be; so a pause that is no longer is not told. */
const freshMs = 1_000;

export function boardEntry(board: QuotaBoard, account: string, clock: Clock): BoardEntry {
  let read = { pausedUntilMs: 0, nodes: 1 };
  let readAtMs = Number.NEGATIVE_INFINITY;
  let reading = Promise.resolve();
  let toldUntilMs = 0;

  async function readNow(): Promise<void> {
    try {
      read = await board.read(account);
    } catch (error) {
      readAtMs = Number.NEGATIVE_INFINITY;
      throw error;
    }
  }

  return {
    get pausedUntilMs() {
      return read.pausedUntilMs;
    },
    get nodes() {
      return read.nodes;
    },
    refresh() {
      if (clock.now() - readAtMs < freshMs) return reading;
      readAtMs = clock.now();
      reading = readNow();
      return reading;
    },
    async pause(untilMs) {
      // In a storm every answer names about the same time again.
      if (untilMs - clock.now() <= freshMs || untilMs - toldUntilMs < freshMs) return;
      toldUntilMs = untilMs;
      await board.pause(account, untilMs);
    },
  };
}
