/** Says that the webhooks of an instance are to be looked at, in the transaction of what changes it. */
import { type Session, sql } from './connection.ts';

const onConflict = `ON CONFLICT (instance_id) DO UPDATE SET is_woken = true,
    free_at = CASE WHEN s.owner IS NULL THEN least(s.free_at, excluded.free_at) ELSE s.free_at END`;
const setWoken = sql(
  `INSERT INTO subscribers AS s (instance_id, is_woken, free_at) VALUES ($1, true, $2) ${onConflict}`,
);
const hurry = sql('UPDATE subscriptions SET due_at = $2 WHERE instance_id = $1 AND failures > 0');
const ofConnectors = `SELECT id, true, $2::bigint FROM instances
  WHERE NOT is_gone AND NOT is_app AND connector = ANY ($1::text[])`;
const setAllWoken = sql(`INSERT INTO subscribers AS s (instance_id, is_woken, free_at) ${ofConnectors} ORDER BY id
  ${onConflict}`);
const hurryAll = sql(`UPDATE subscriptions SET due_at = $2 WHERE failures > 0 AND instance_id IN (
  SELECT id FROM instances WHERE NOT is_gone AND NOT is_app AND connector = ANY ($1::text[]))`);
const hurryInstance = sql(`UPDATE subscriptions SET due_at = $2 WHERE instance_id = $1 AND failures > 0
  AND EXISTS (SELECT FROM instances AS i WHERE i.id = $1 AND NOT is_app)`);
const setLiveWoken = sql(`INSERT INTO subscribers AS s (instance_id, is_woken, free_at)
  SELECT id, true, $2::bigint FROM instances WHERE id = $1 AND NOT is_gone ${onConflict}`);
const selectAny = sql('SELECT topic FROM subscriptions WHERE instance_id = $1 LIMIT 1');
const forget = sql('DELETE FROM subscribers WHERE instance_id = $1');

export const subscribers = {
  /** Now, and what failed before is tried again; once more after whoever looks at them just now. */
  async wake(session: Session, instanceId: string, now: number): Promise<void> {
    await session.run(setWoken, [instanceId, now]);
    await session.run(hurry, [instanceId, now]);
  },
  /** Now; what failed before keeps its time. */
  async look(session: Session, id: string, now: number): Promise<void> {
    await session.run(setLiveWoken, [id, now]);
  },
  /** It was woken while it was looked at. An app is so by any of its instances, which mends nothing that failed. */
  async again(session: Session, id: string, now: number): Promise<void> {
    await session.run(setWoken, [id, now]);
    await session.run(hurryInstance, [id, now]);
  },
  async wakeAll(session: Session, connectors: readonly string[], now: number): Promise<void> {
    await session.run(setAllWoken, [connectors, now]);
    await session.run(hurryAll, [connectors, now]);
  },
  /** The instance is gone; what it has registered at its vendor is to be removed there. */
  async leave(session: Session, instanceId: string): Promise<void> {
    const [any] = await session.rows(selectAny, [instanceId]);
    if (any === undefined) await session.run(forget, [instanceId]);
    else await subscribers.wake(session, instanceId, 0);
  },
};
