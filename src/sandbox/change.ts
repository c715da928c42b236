import type { JsonObject } from './json.ts';

export type Action = 'create' | 'update' | 'delete';

/** One change of a record, as a vendor's webhooks see it. */
export interface Change {
  /** A deleted record that comes back is a restore; merges are told by the vendor's own paths. */
  readonly kind: Action | 'restore' | 'merge';
  readonly object: string;
  readonly id: string;
  /** The record before the change; undefined for a new one. */
  readonly before: JsonObject | undefined;
  readonly after: JsonObject;
  readonly atMs: number;
  /** Of a merge: the records that went into this one. */
  readonly mergedIds?: readonly string[];
}
