import { GraphQLError } from 'graphql';
import type { JsonObject } from '../../json.ts';
import type { SandboxWorld } from '../../vendor.ts';
import { hasScope, type Session } from '../sessions.ts';

/** What the vendor takes for a mutation (https://shopify.dev/docs/api/usage/rate-limits). */
export const mutationCost = 10;

/** What resolvers work with while one query runs. */
export interface GraphContext {
  readonly world: SandboxWorld;
  readonly session: Session;
  /** Of the path that was called. */
  readonly version: string;
  /** Points that the query really cost. */
  spent: number;
  /** What extensions.search tells of the searches that were made. */
  readonly searches: JsonObject[];
}

/** An error of a field, answered with 200 beside the data. */
export function badRequest(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } });
}

/** Refuses a field that needs a scope which the session lacks. */
export function needFieldScope(context: GraphContext, field: string, scope: string): void {
  if (hasScope(context.session, scope)) return;
  const requiredAccess = `\`${scope}\` access scope.`;
  throw new GraphQLError(`Access denied for ${field} field. Required access: ${requiredAccess}`, {
    extensions: { code: 'ACCESS_DENIED', documentation: 'https://shopify.dev/api/usage/access-scopes', requiredAccess },
  });
}
