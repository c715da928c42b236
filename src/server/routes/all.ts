/** The whole API. */
import type { Route } from '../route.ts';
import { appRoutes } from './apps.ts';
import { connectRoutes } from './connect.ts';
import { connectorRoutes } from './connectors.ts';
import { descriptionRoutes } from './description.ts';
import { eventRoutes } from './events.ts';
import { explainRoutes } from './explain.ts';
import { healthRoutes } from './health.ts';
import { instanceRoutes } from './instances.ts';
import { pollRoutes } from './polls.ts';

export const routes: readonly Route[] = [
  ...instanceRoutes,
  ...pollRoutes,
  ...eventRoutes,
  ...connectorRoutes,
  ...connectRoutes,
  ...appRoutes,
  ...explainRoutes,
  ...healthRoutes,
  ...descriptionRoutes,
];
