import { answers } from './salesforce/answers.ts';
import { credentials, tokenPath } from './salesforce/oauth.ts';
import { webhooks } from './salesforce/outbound.ts';
import { addRoutes } from './salesforce/routes.ts';
import { schemas } from './salesforce/schema.ts';
import { seeds } from './salesforce/seeds.ts';
import { shape } from './salesforce/shape.ts';
import type { SandboxVendor } from './vendor.ts';

/** Salesforce Sales Cloud: REST API and SOQL, second precision, deletes in the recycle bin and the replication resources. */
export const salesforce: SandboxVendor = {
  name: 'salesforce',
  objects: schemas.map((schema) => schema.name),
  editedObjects: schemas.map((schema) => schema.name).filter((name) => name !== 'User' && name !== 'AccountPartner'),
  shape,
  seeds,
  answers,
  tokenPaths: [tokenPath],
  credentials,
  webhooks,
  habits: { commitLagMs: 300_000, indexLagMs: 0, restores: true, purges: true },
  routes: addRoutes,
};
