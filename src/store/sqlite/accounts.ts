import type Database from 'better-sqlite3';
import type { AccountPause } from '../account-board.ts';
import type { Sealer } from '../seal.ts';

/** What nodes tell one another of vendor accounts; here the one node, what it knew before it started anew. */
export function accounts(db: Database.Database, sealer: Sealer) {
  const insertPause = db.prepare<[string, number]>(`INSERT INTO account_pauses (account, paused_until) VALUES (?, ?)
    ON CONFLICT (account) DO UPDATE SET paused_until = max(paused_until, excluded.paused_until)`);
  const forget = db.prepare<[number]>('DELETE FROM account_pauses WHERE paused_until <= ?');
  const selectPause = db.prepare<[string], number>('SELECT paused_until FROM account_pauses WHERE account = ?').pluck();
  const see = db.prepare<[string, number]>(`INSERT INTO nodes (owner, seen_at) VALUES (?, ?)
    ON CONFLICT (owner) DO UPDATE SET seen_at = excluded.seen_at`);
  const forgetNodes = db.prepare<[number]>('DELETE FROM nodes WHERE seen_at < ?');
  const count = db.prepare<[], number>('SELECT count(*) FROM nodes').pluck();
  const forgetAll = db.prepare('DELETE FROM nodes');

  const pause = db.transaction(({ account, until, now }: AccountPause): void => {
    insertPause.run(sealer.digest(account), until);
    forget.run(now);
  });
  const checkIn = db.transaction((owner: string, now: number, since: number): number => {
    see.run(owner, now);
    forgetNodes.run(since);
    return count.get() ?? 1;
  });

  return {
    pause: (paused: AccountPause): void => pause.immediate(paused),
    pausedUntil: (account: string): number | null => selectPause.get(sealer.digest(account)) ?? null,
    checkIn: (node: { owner: string; now: number; since: number }): number =>
      checkIn.immediate(node.owner, node.now, node.since),
    /** Those that are gone. */
    forgetNodes(): void {
      forgetAll.run();
    },
  };
}
