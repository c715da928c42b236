import { answers } from './shopify/answers.ts';
import { credentials, tokenPaths } from './shopify/credentials.ts';
import { renderIds } from './shopify/ids.ts';
import { addRoutes } from './shopify/routes.ts';
import { resources } from './shopify/schema.ts';
import { seeds } from './shopify/seeds.ts';
import { shape } from './shopify/shape.ts';
import { makeWebhooks } from './shopify/webhook.ts';
import type { SandboxVendor } from './vendor.ts';

const names = resources.map((resource) => resource.name);

/** Shopify Admin: REST lists without tombstones, GraphQL search over an index that lags, second precision, leaky buckets. */
export const shopify: SandboxVendor = {
  name: 'shopify',
  objects: names,
  editedObjects: names,
  shape,
  seeds,
  answers,
  tokenPaths,
  credentials,
  habits: { commitLagMs: 30_000, indexLagMs: 240_000, restores: false, purges: false },
  webhooks: makeWebhooks({
    shop: credentials.shop,
    clientSecret: credentials.clientSecret,
    render: (record) => renderIds(JSON.stringify(record)),
  }),
  routes: addRoutes,
};
