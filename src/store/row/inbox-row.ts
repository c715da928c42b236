import type { InboxChange, NewInboxChange } from '../port.ts';
import { parseStored } from './stored-json.ts';

export interface InboxRow {
  number: number;
  instance_id: string;
  object: string;
  record_id: string;
  change: InboxChange['change'];
  occurred_at: number | null;
  record: string | null;
  dedupe: string | null;
  received_at: number;
  attempts: number;
}

/** A template writes them with commas between. */
export const inboxColumns = [
  'number',
  'instance_id',
  'object',
  'record_id',
  'change',
  'occurred_at',
  'record',
  'dedupe',
  'received_at',
  'attempts',
] as const satisfies readonly (keyof InboxRow)[];

/** Without its number and attempts, which the engine gives. */
export type NewInboxRow = Omit<InboxRow, 'number' | 'attempts'>;

export function inboxRowOf(change: NewInboxChange): NewInboxRow {
  return {
    instance_id: change.instanceId,
    object: change.object,
    record_id: change.recordId,
    change: change.change,
    occurred_at: change.occurredAt,
    record: change.record === null ? null : JSON.stringify(change.record),
    dedupe: change.dedupe,
    received_at: change.receivedAt,
  };
}

export function inboxChangeOf(row: InboxRow): InboxChange {
  return {
    number: row.number,
    instanceId: row.instance_id,
    object: row.object,
    recordId: row.record_id,
    change: row.change,
    occurredAt: row.occurred_at,
    record: row.record === null ? null : parseStored(row.record, 'record of the inbox'),
    dedupe: row.dedupe,
    receivedAt: row.received_at,
    attempts: row.attempts,
  };
}
