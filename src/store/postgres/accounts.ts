import type { AccountPause } from '../account-board.ts';
import type { Sealer } from '../seal.ts';
import { type Connection, sql } from './connection.ts';

const pause = sql(`INSERT INTO account_pauses (account, paused_until) VALUES ($1, $2)
  ON CONFLICT (account) DO UPDATE SET paused_until = greatest(account_pauses.paused_until, excluded.paused_until)`);
const forget = sql('DELETE FROM account_pauses WHERE paused_until <= $1');
const selectPause = sql('SELECT paused_until FROM account_pauses WHERE account = $1');
const see = sql(`INSERT INTO nodes (owner, seen_at) VALUES ($1, $2)
  ON CONFLICT (owner) DO UPDATE SET seen_at = excluded.seen_at`);
const forgetNodes = sql('DELETE FROM nodes WHERE seen_at < $1');
const count = sql('SELECT count(*) AS count FROM nodes');

/** What nodes tell one another of vendor accounts. */
export function accounts(connection: Connection, sealer: Sealer) {
  return {
    async pause({ account, until, now }: AccountPause): Promise<void> {
      await connection.run(pause, [sealer.digest(account), until]);
      await connection.run(forget, [now]);
    },
    async pausedUntil(account: string): Promise<number | null> {
      const [row] = await connection.rows<{ paused_until: number }>(selectPause, [sealer.digest(account)]);
      return row?.paused_until ?? null;
    },
    async checkIn({ owner, now, since }: { owner: string; now: number; since: number }): Promise<number> {
      await connection.run(see, [owner, now]);
      await connection.run(forgetNodes, [since]);
      const [row] = await connection.rows<{ count: number }>(count);
      return row?.count ?? 1;
    },
  };
}
