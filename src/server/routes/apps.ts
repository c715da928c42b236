/** `/v1/apps`: the operator's own apps, and the webhooks that belong to them. */
import type { Route } from '../route.ts';
import { apps } from '../schemas/app.ts';

const list: Route = {
  operationId: 'listApps',
  tag: 'operation',
  summary: 'List apps',
  description: 'The operator’s own apps of the configuration, and how the webhooks stand that belong to them.',
  method: 'GET',
  path: '/v1/apps',
  secured: true,
  success: { status: 200, description: 'The apps.', schema: apps },
  problems: [],
  async handle(_request, { runtime }) {
    return { status: 200, body: { items: await runtime.listApps() } };
  },
};

export const appRoutes: readonly Route[] = [list];
