/** The three ledgers that are held against each other: what happened, what was stored, what arrived. */
import type { AnyhookEvent } from '../../src/event/event.ts';
import type { JournalEntry } from '../../src/sandbox/records.ts';

/** A change as it happened at the vendor, under the connector's name of the object. */
export interface Happened extends Omit<JournalEntry, 'at'> {
  readonly atMs: number;
  /** The record's own stamp, which the event carries as its time. */
  readonly stampMs: number;
}

/** One request that reached the callback. */
export interface Arrival {
  /** Order of arrival, from 0, over all callbacks. */
  readonly order: number;
  readonly atMs: number;
  /** The header webhook-id. */
  readonly id: string;
  /** Whether the `standardwebhooks` package accepts the signature. */
  readonly genuine: boolean;
  readonly body: string;
  /** What was answered, once it was; null when the connection was cut instead. */
  status: number | null;
  /** The order of the first arrival that came after the answer; until then, infinity. */
  answeredBefore: number;
}

/** All that is known of one instance. */
export interface Ledgers {
  readonly happened: readonly Happened[];
  /** By sequence, as the API gives them. */
  readonly stored: readonly AnyhookEvent[];
  readonly arrived: readonly Arrival[];
  /** object → id → the native record at the vendor now; deleted ones are absent. */
  readonly records: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface Breach {
  readonly law: string;
  readonly detail: string;
  /** `object id` of the record that it is about. */
  readonly record?: string;
}

export const recordName = (object: string, id: string): string => `${object} ${id}`;
export const recordOf = (event: AnyhookEvent): string => recordName(event.data.object, event.data.objectId);

export function groupBy<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}
