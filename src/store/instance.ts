/** An instance as it is stored. */
import type { EventFormatName } from '../event/format.ts';

export type CallbackFormat = EventFormatName;

export interface Callback {
  readonly url: string;
  readonly format: CallbackFormat;
  /** Standard Webhooks secret, `whsec_…`. */
  readonly secret: string;
  /** The secret before the last rotation: signs too, until then, so that receivers can change over. */
  readonly retiring?: { readonly secret: string; readonly until: number };
}

export interface ObjectSettings {
  readonly enabled: boolean;
  /** The instance's own filter, ANDed to the connector's. */
  readonly where: string | null;
  readonly intervalSeconds: number | null;
  /**
   * `match`: only records of which the where is true are watched. `track`: a record that leaves them is told as deleted,
   * with the reason left-filter, and one that comes back as created.
   */
  readonly scope: 'match' | 'track';
  /** Keeps the last version of every record, for changedFields and previous. */
  readonly keepRecords: boolean;
  /** So many records may be told as deleted at once, whatever the connector's breaker says; null leaves it to that. */
  readonly allowDeletes: number | null;
  /** Where its first poll starts: `now`, `everything`, or a time (RFC 3339). */
  readonly start: string;
  /**
   * Fields of the account that are asked for beside the connector's own and those of the where; null for those that the
   * connector asks for unless it is told which.
   */
  readonly fields: readonly string[] | null;
}

export interface Instance {
  readonly id: string;
  readonly connector: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  readonly credentials: Readonly<Record<string, string>>;
  readonly callback: Callback | null;
  /** Set when the callback answered 410 or was disabled; deliveries wait. */
  readonly callbackDisabledAt: number | null;
  readonly objects: Readonly<Record<string, ObjectSettings>>;
  /** Whether the vendor's own webhooks are registered and taken. */
  readonly nativeWebhooks: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/**
 * An instance as it shall be from now on. Credentials are changed by key, null takes one away: those that are not
 * named stay, for a poll may have rotated one since the instance was read.
 */
export type InstanceUpdate = Omit<Instance, 'credentials'> & {
  readonly credentials: Readonly<Record<string, string | null>>;
  /** `updatedAt` of the instance that it was made from, where nothing may have changed since. */
  readonly basedOn?: number;
};

export interface InstanceFilter {
  readonly connector?: string;
  readonly tag?: string;
  /** Instances after this id, in id order. */
  readonly after?: string;
  readonly limit: number;
}
