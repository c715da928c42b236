import { Failure } from '../../diagnostic/failure.ts';
import type { LedgerEntry, PollKey } from '../port.ts';

export interface LedgerRow {
  record_id: string;
  version: string;
  changed_at: number;
  /** 0 or 1 where the engine has no booleans. */
  deleted: number | boolean;
  /** The native record as JSON; null where records are not kept. */
  native: string | null;
}

export interface UnseenRow extends LedgerRow {
  seen_in: number | null;
}

/** A template writes them with commas between. */
export const ledgerColumns = [
  'record_id',
  'version',
  'changed_at',
  'deleted',
  'native',
] as const satisfies readonly (keyof LedgerRow)[];

export function entryOf({
  record_id: recordId,
  version,
  changed_at: changedAt,
  deleted,
  native,
}: LedgerRow): LedgerEntry {
  const entry = { recordId, version, changedAt, deleted: Boolean(deleted) };
  return native === null ? entry : { ...entry, native: JSON.parse(native) };
}

export function unseenOf({ seen_in: seenIn, ...row }: UnseenRow): LedgerEntry {
  return { ...entryOf(row), seenIn };
}

export function nativeText({ native }: LedgerEntry): string | null {
  return native === undefined ? null : JSON.stringify(native);
}

export function ledgerMoved({ instanceId, object, feed }: PollKey): Failure {
  return new Failure('ledger-moved', `Another feed of ${object} has told of one of the same records meanwhile.`, {
    retryable: true,
    detail: { instanceId, object, feed },
  });
}
