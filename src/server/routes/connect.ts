/** Accounts connected in a browser: the link to the vendor's page, and the place that this page sends the person to. */
import type { AuthorizeInput, Connection } from '../../engine/api.ts';
import type { Answer } from '../answer.ts';
import { errorAnswer } from '../error-answer.ts';
import { rejectedAnswer } from '../problem.ts';
import type { Route } from '../route.ts';
import { authorizeInput, authorizeLink, callbackQuery, connectedPage } from '../schemas/connect.ts';
import { connectorParams } from './connectors.ts';

const authorize: Route<{ readonly key: string }, unknown, AuthorizeInput> = {
  operationId: 'authorizeConnector',
  tag: 'connectors',
  summary: 'Make a link to connect an account',
  description:
    'Answers the page of the vendor where a person grants access. When they have, the instance is made, or the one named by instanceId connected again. Whoever follows the link connects their own account, so give it only to the customer it is for.',
  method: 'POST',
  path: '/v1/connectors/{key}/authorize',
  secured: true,
  params: connectorParams,
  body: authorizeInput,
  success: { status: 200, description: 'The link; it is good for ten minutes.', schema: authorizeLink },
  problems: ['rejected'],
  async handle({ params, body }, { runtime }) {
    const outcome = await runtime.authorize(params.key, body);
    if (!outcome.ok) return rejectedAnswer(outcome.diagnostics, body);
    const { value, diagnostics } = outcome;
    return { status: 200, body: diagnostics.length === 0 ? value : { ...value, diagnostics } };
  },
};

const callback: Route<unknown, Readonly<Record<string, string>>> = {
  operationId: 'finishAuthorization',
  tag: 'connectors',
  summary: 'End of the way through the vendor’s page',
  description:
    'The redirect URI to register with the vendor: PUBLIC-URL/v1/oauth/callback. Only for browsers that come from there.',
  method: 'GET',
  path: '/v1/oauth/callback',
  secured: false,
  query: callbackQuery,
  success: {
    status: 200,
    description: 'A page that says that the account is connected.',
    mediaType: 'text/html',
    schema: connectedPage,
  },
  redirects: 'To the redirect that was asked for, with `instance`, the id, or `error`, a code, added to its query.',
  problems: ['rejected', 'upstream-failed', 'unavailable'],
  async handle({ query }, { runtime }) {
    const connection = await runtime.connect(query);
    return connection.redirect === null ? tell(connection) : sendOn(connection, connection.redirect);
  },
};

export const connectRoutes: readonly Route[] = [authorize, callback];

function sendOn(connection: Connection, redirect: string): Answer {
  const url = new URL(redirect);
  if (connection.ok) url.searchParams.set('instance', connection.value.id);
  else url.searchParams.set('error', connection.failure?.code ?? connection.diagnostics[0]?.code ?? 'internal');
  return { status: 303, headers: { location: url.href } };
}

function tell(connection: Connection): Answer {
  if (connection.failure !== undefined) return errorAnswer(connection.failure);
  if (!connection.ok) return rejectedAnswer(connection.diagnostics, {});
  const name = connection.value.name.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const body = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Connected</title></head>
<body><h1>Connected</h1><p>${name} is connected. You can close this window.</p></body></html>
`;
  return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}
