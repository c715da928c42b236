/** The row of an operator's app: an instance's, with nothing in it that only customers have. */
import type { Instance, StoredApp } from '../port.ts';
import type { Sealer } from '../seal.ts';
import { type InstanceRow, instanceColumns, instanceOf, instanceRowOf } from './instance-row.ts';

export interface AppRow extends InstanceRow {
  /** 0 or 1; PostgreSQL answers false or true. */
  is_gone: number | boolean;
}

export const appColumns = [...instanceColumns, 'is_gone'] as const satisfies readonly (keyof AppRow)[];

export function appRowOf(
  { id, connector, settings, credentials }: Omit<StoredApp, 'isGone'>,
  now: number,
  sealer: Sealer,
) {
  const app: Instance = {
    id,
    connector,
    name: connector,
    tags: [],
    settings,
    credentials,
    callback: null,
    callbackDisabledAt: null,
    objects: {},
    nativeWebhooks: true,
    createdAt: now,
    updatedAt: now,
  };
  return instanceRowOf(app, sealer);
}

export function appOf(row: AppRow, sealer: Sealer): StoredApp {
  const { id, connector, settings, credentials } = instanceOf(row, sealer);
  return { id, connector, settings, credentials, isGone: Boolean(row.is_gone) };
}
