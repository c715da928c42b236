import type { Attempt, Delivery, DeliveryStatus } from '../port.ts';
import { type EventRow, eventOf } from './event-row.ts';

/** A delivery beside its event. */
export interface DeliveryRow extends EventRow {
  number: number;
  instance_id: string;
  lane: string;
  status: DeliveryStatus;
  attempts: number;
  due_at: number;
  created_at: number;
}

export interface AttemptRow {
  delivery: number;
  number: number;
  at: number;
  duration_ms: number;
  status: number | null;
  failure_code: string | null;
  failure_message: string | null;
}

export function deliveryOf(row: DeliveryRow): Delivery {
  return {
    id: String(row.number),
    instanceId: row.instance_id,
    event: eventOf(row),
    lane: row.lane,
    attempts: row.attempts,
    status: row.status,
    dueAt: row.due_at,
    createdAt: row.created_at,
  };
}

export function attemptOf(row: AttemptRow, eventId: string): Attempt {
  const { failure_code: code, failure_message: message } = row;
  return {
    deliveryId: String(row.delivery),
    eventId,
    number: row.number,
    at: row.at,
    durationMs: row.duration_ms,
    status: row.status,
    failure: code === null || message === null ? null : { code, message },
  };
}
