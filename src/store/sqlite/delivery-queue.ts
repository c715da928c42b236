/**
 * Each instance has a queue of deliveries: lanes side by side, of which only the heads may go out. What is known of a
 * queue as a whole stands in `queues` and is kept true by `refresh`, in the transaction that changed any of its heads.
 */
import type Database from 'better-sqlite3';
import { laneOf } from '../row/event-row.ts';
import type { AppendedEvent } from './event-log.ts';

/** Fresh deliveries never wait behind retries, so each kind has indexes of its own. */
type Kind = 'fresh' | 'retry';

interface Head {
  id: number;
  instance_id: string;
  free_at: number;
}

const headsOf = { fresh: 'is_head = 1 AND attempts = 0', retry: 'is_head = 1 AND attempts > 0' };

export function deliveryQueue(db: Database.Database) {
  const insertQueue = db.prepare<[string, number]>('INSERT INTO queues (instance_id, is_open) VALUES (?, ?)');
  const remove = db.prepare<[string]>('DELETE FROM queues WHERE instance_id = ?');
  const setOpen = db.prepare<[number, string]>('UPDATE queues SET is_open = ? WHERE instance_id = ?');
  const refresh = db.prepare<[string]>(`UPDATE queues SET
      fresh_at = (SELECT min(free_at) FROM deliveries AS d WHERE d.instance_id = queues.instance_id AND ${headsOf.fresh}),
      retry_at = (SELECT min(free_at) FROM deliveries AS d WHERE d.instance_id = queues.instance_id AND ${headsOf.retry})
    WHERE instance_id = ?`);
  const selectNext = db
    .prepare<[], number | null>(`SELECT min(at) FROM (
      SELECT min(fresh_at) AS at FROM queues WHERE is_open = 1
      UNION ALL SELECT min(retry_at) FROM queues WHERE is_open = 1)`)
    .pluck();
  const isBusy = db
    .prepare<[string, string], number>(
      `SELECT 1 FROM deliveries WHERE instance_id = ? AND lane = ? AND status = 'pending' LIMIT 1`,
    )
    .pluck();
  const insert = db.prepare<[number | bigint, string, string, number, number, number, number]>(`INSERT INTO deliveries
      (event, instance_id, lane, status, is_head, attempts, due_at, free_at, created_at)
    VALUES (?, ?, ?, 'pending', ?, 0, ?, ?, ?)`);
  const makeHead = db.prepare<[string, string]>(`UPDATE deliveries SET is_head = 1 WHERE id = (
    SELECT id FROM deliveries WHERE instance_id = ? AND lane = ? AND status = 'pending' ORDER BY id LIMIT 1)`);
  const free = { fresh: freeHeads(db, 'fresh'), retry: freeHeads(db, 'retry') };

  return {
    create(instanceId: string, isOpen: boolean): void {
      insertQueue.run(instanceId, isOpen ? 1 : 0);
    },
    /** For good: nothing in it is leased or finished any more. */
    remove(instanceId: string): void {
      remove.run(instanceId);
    },
    /** What waits in a closed queue is kept, and not leased. */
    setOpen(instanceId: string, isOpen: boolean): void {
      setOpen.run(isOpen ? 1 : 0, instanceId);
    },
    refresh(instanceId: string): void {
      refresh.run(instanceId);
    },
    /** Adds a delivery that is due at once, behind the others of its record. */
    add(instanceId: string, { number, event }: AppendedEvent, now: number): void {
      const lane = laneOf(event);
      const isHead = isBusy.get(instanceId, lane) === undefined;
      insert.run(number, instanceId, lane, isHead ? 1 : 0, now, now, now);
    },
    /** The head of the lane is done: the next one moves up. */
    passOn(instanceId: string, lane: string): void {
      makeHead.run(instanceId, lane);
    },
    /** Heads that are due and free, fresh before retries and then oldest first. */
    freeHeads(now: number, limit: number, except: ReadonlySet<string>): readonly Head[] {
      const fresh = free.fresh(now, limit, except);
      return [...fresh, ...free.retry(now, limit - fresh.length, except)];
    },
    /** When the next head is free; null when nothing waits in an open queue. */
    nextDueAt(): number | null {
      return selectNext.get() ?? null;
    },
  };
}

function freeHeads(db: Database.Database, kind: Kind) {
  const at = `${kind}_at`;
  const selectQueues = db.prepare<
    [number, number],
    { instance_id: string; at: number }
  >(`SELECT instance_id, ${at} AS at
    FROM queues WHERE is_open = 1 AND ${at} <= ? ORDER BY ${at} LIMIT ?`);
  const selectHeads = db.prepare<[string, number, number], Head>(`SELECT id, instance_id, free_at FROM deliveries
    WHERE instance_id = ? AND ${headsOf[kind]} AND free_at <= ? ORDER BY free_at, id LIMIT ?`);

  return (now: number, limit: number, except: ReadonlySet<string>): readonly Head[] => {
    let heads: Head[] = [];
    for (const queue of selectQueues.all(now, limit + except.size)) {
      // Queues come by their oldest head, so those after this one have nothing older either.
      const last = heads[limit - 1];
      if (limit === 0 || (last !== undefined && last.free_at <= queue.at)) break;
      if (except.has(queue.instance_id)) continue;
      heads = [...heads, ...selectHeads.all(queue.instance_id, now, limit)].sort(byAge).slice(0, limit);
    }
    return heads;
  };
}

const byAge = (a: Head, b: Head) => a.free_at - b.free_at || a.id - b.id;
