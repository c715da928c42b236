/** Says that the webhooks of an instance are to be looked at. Callers run these steps inside their own transaction. */
import type Database from 'better-sqlite3';

export function subscribers(db: Database.Database) {
  const wake = db.prepare<[string, number]>(`INSERT INTO subscribers (instance_id, is_woken, free_at) VALUES (?, 1, ?)
    ON CONFLICT DO UPDATE SET is_woken = 1,
      free_at = CASE WHEN owner IS NULL THEN min(free_at, excluded.free_at) ELSE free_at END`);
  const hurry = db.prepare<[number, string]>(
    'UPDATE subscriptions SET due_at = ? WHERE instance_id = ? AND failures > 0',
  );
  const hurryInstance = db.prepare<[number, string]>(`UPDATE subscriptions SET due_at = ? WHERE instance_id = ?
    AND failures > 0 AND EXISTS (SELECT 1 FROM instances WHERE id = instance_id AND is_app = 0)`);
  const selectLive = db.prepare<[string], 1>('SELECT 1 FROM instances WHERE id = ? AND is_gone = 0').pluck();
  const selectAny = db.prepare<[string], 1>('SELECT 1 FROM subscriptions WHERE instance_id = ? LIMIT 1').pluck();
  const forget = db.prepare<[string]>('DELETE FROM subscribers WHERE instance_id = ?');

  function setWoken(instanceId: string, now: number): void {
    wake.run(instanceId, now);
    hurry.run(now, instanceId);
  }

  return {
    /** Now, and what failed before is tried again; once more after whoever looks at them just now. */
    wake: setWoken,
    /** Now; what failed before keeps its time. */
    look(id: string, now: number): void {
      if (selectLive.get(id) !== undefined) wake.run(id, now);
    },
    /** It was woken while it was looked at. An app is so by any of its instances, which mends nothing that failed. */
    again(id: string, now: number): void {
      wake.run(id, now);
      hurryInstance.run(now, id);
    },
    /** The instance is gone; what it has registered at its vendor is to be removed there. */
    leave(instanceId: string): void {
      if (selectAny.get(instanceId) === undefined) forget.run(instanceId);
      else setWoken(instanceId, 0);
    },
  };
}
