/** `/openapi.json`: the description of this API. */
import type { Route } from '../route.ts';

const describe: Route = {
  operationId: 'getOpenApi',
  tag: 'operation',
  summary: 'Read the description of this API',
  description: 'An OpenAPI 3.1 document, made from the routes themselves.',
  method: 'GET',
  path: '/openapi.json',
  secured: false,
  success: {
    status: 200,
    description: 'The document.',
    schema: { type: 'object', description: 'An OpenAPI 3.1 document.', required: ['openapi', 'info', 'paths'] },
  },
  problems: [],
  handle: (_request, { openApi }) => ({ status: 200, body: openApi }),
};

export const descriptionRoutes: readonly Route[] = [describe];
