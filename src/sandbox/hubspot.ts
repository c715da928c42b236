import { answers } from './hubspot/answers.ts';
import { credentials, tokenPaths } from './hubspot/oauth.ts';
import { addRoutes } from './hubspot/routes.ts';
import { objectTypes } from './hubspot/schema.ts';
import { seeds } from './hubspot/seeds.ts';
import { shape } from './hubspot/shape.ts';
import { developerKey } from './hubspot/webhook-routes.ts';
import { appId, webhooks } from './hubspot/webhooks.ts';
import type { SandboxVendor } from './vendor.ts';

const names = objectTypes.map((type) => type.name);

/** HubSpot CRM: objects and search, millisecond precision, an index that lags, deletes as archived records. */
export const hubspot: SandboxVendor = {
  name: 'hubspot',
  objects: names,
  editedObjects: names,
  shape,
  seeds,
  answers,
  tokenPaths,
  credentials: { ...credentials, appId: String(appId), developerKey },
  habits: { commitLagMs: 0, indexLagMs: 120_000, restores: true, purges: false },
  // Of an account with Professional or Enterprise: https://developers.hubspot.com/docs/guides/apps/api-usage/usage-details
  rates: { quotaPerBurst: 190, searchesPerSecond: 5 },
  webhooks,
  routes: addRoutes,
};
