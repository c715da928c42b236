/**
 * The part of the store's port for the operator's own apps, as far as webhooks that belong to them are registered. They
 * lead the life of an instance that has no objects: they are looked at by one process at a time, and when they go, what
 * it takes to remove their webhooks stays sealed until those are removed.
 */
import type { Instance } from './instance.ts';

/** No instance has its id. */
export interface StoredApp extends Pick<Instance, 'id' | 'connector' | 'settings' | 'credentials'> {
  /** The configuration no longer has it, and it has webhooks registered at its vendor. */
  readonly isGone: boolean;
}

export interface AppStore {
  /** By id: all that the configuration had last, and those that are gone and have webhooks registered. */
  listApps(): Promise<readonly StoredApp[]>;
  getApp(id: string): Promise<StoredApp | null>;
  /** As the configuration has it now. Its webhooks are to be looked at, and what failed is tried again. */
  saveApp(app: Omit<StoredApp, 'isGone'>, now: number): Promise<void>;
  /** The configuration no longer has it. */
  removeApp(id: string): Promise<void>;
}
