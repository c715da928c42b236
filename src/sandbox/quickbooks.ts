import { answers } from './quickbooks/answers.ts';
import { credentials, oauthPaths } from './quickbooks/oauth.ts';
import { addRoutes } from './quickbooks/routes.ts';
import { entities } from './quickbooks/schema.ts';
import { seeds } from './quickbooks/seeds.ts';
import { shape } from './quickbooks/shape.ts';
import { makeWebhooks } from './quickbooks/webhook.ts';
import type { SandboxVendor } from './vendor.ts';

/**
 * QuickBooks Online: Accounting API v3 and its query language, stamps in whole seconds of US Pacific time, name lists that go
 * inactive, transactions that leave only a stub in the change data capture. All of the vendor's hosts are paths on one origin.
 */
export const quickbooks: SandboxVendor = {
  name: 'quickbooks',
  objects: entities.map((entity) => entity.name),
  editedObjects: entities.map((entity) => entity.name).filter((name) => name !== 'Account'),
  shape,
  seeds,
  answers,
  tokenPaths: oauthPaths,
  credentials,
  habits: { commitLagMs: 60_000, indexLagMs: 0, restores: false, purges: false },
  webhooks: makeWebhooks(credentials.realmId),
  routes: addRoutes,
};
