import { answers } from './dynamics/answers.ts';
import { guidOf } from './dynamics/ids.ts';
import { credentials, tokenPaths } from './dynamics/oauth.ts';
import { addRoutes } from './dynamics/routes.ts';
import { findTable, tables } from './dynamics/schema.ts';
import { seeds } from './dynamics/seeds.ts';
import { shape, systemUserId } from './dynamics/shape.ts';
import { makeWebhooks } from './dynamics/webhook.ts';
import type { SandboxVendor } from './vendor.ts';

/** Microsoft Dynamics 365: Web API v9.2 over its tables, second precision, deletes in change tracking only. */
export const dynamics: SandboxVendor = {
  name: 'dynamics',
  objects: tables.map((table) => table.logicalName),
  editedObjects: tables.map((table) => table.logicalName).filter((name) => name !== 'systemuser'),
  shape,
  seeds,
  answers,
  tokenPaths,
  credentials,
  habits: { commitLagMs: 300_000, indexLagMs: 0, restores: false, purges: false },
  webhooks: makeWebhooks({
    organizationId: guidOf('organisation'),
    organizationName: 'sandbox',
    userId: systemUserId,
    businessUnitId: guidOf('business unit'),
    tableOf: (object) => object,
    keyOf: (table) => findTable(table)?.idColumn ?? 'id',
  }),
  routes: addRoutes,
};
