import type { FastifyRequest } from 'fastify';
import { executeSync, GraphQLError, getOperationAST, getVariableValues, type OperationDefinitionNode } from 'graphql';
import type { Answer } from '../../answer.ts';
import { jsonBody, textBody } from '../../body.ts';
import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import type { SandboxWorld } from '../../vendor.ts';
import { answers, refuse, throttledQuery } from '../answers.ts';
import type { LeakyBucket } from '../limits.ts';
import type { Session } from '../sessions.ts';
import { checkDocument, parseDocument } from './check.ts';
import type { GraphContext } from './context.ts';
import { requestedCost } from './cost.ts';
import { root } from './root.ts';
import { schema } from './sdl.ts';

/** Points that a single query may cost. */
const maxCost = 1000;

/** Answers a query; what is wrong with it is answered with 200 and `errors`. */
export function answerGraphql(
  world: SandboxWorld,
  session: Session,
  points: LeakyBucket,
  request: Pick<FastifyRequest, 'headers' | 'body'>,
  version: string,
): Answer {
  try {
    return run(readRequest(request), { world, session, version, spent: 0, searches: [] }, points);
  } catch (error) {
    if (error instanceof GraphQLError) return failed([error]);
    throw error;
  }
}

interface GraphRequest {
  readonly query: string;
  readonly variables: JsonObject;
  readonly operationName: string | undefined;
}

/** `{"query", "variables", "operationName"}`, or the bare document as application/graphql. */
function readRequest(request: Pick<FastifyRequest, 'headers' | 'body'>): GraphRequest {
  const type = request.headers['content-type'] ?? '';
  const body = type.startsWith('application/graphql')
    ? { query: textBody(request.body) }
    : jsonBody(request.body, answers.unreadable);
  const { query, variables, operationName }: JsonObject = body;
  if (typeof query !== 'string' || query === '') return refuse(400, { query: 'Required parameter missing or invalid' });
  return {
    query,
    variables: isJsonObject(variables) ? variables : {},
    operationName: typeof operationName === 'string' ? operationName : undefined,
  };
}

/** A GraphQL answer as plain JSON. */
const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value));
const failed = (errors: readonly GraphQLError[]): Answer => ({ status: 200, body: plain({ errors }) });

function run(request: GraphRequest, context: GraphContext, points: LeakyBucket): Answer {
  const document = parseDocument(request.query);
  const problems = checkDocument(document);
  if (problems.length > 0) return failed(problems);
  const operation = getOperationAST(document, request.operationName);
  if (!operation) return failed([new GraphQLError(`No operation named "${request.operationName ?? ''}"`)]);
  const variables = checkVariables(operation, request.variables);
  const requested = requestedCost(document, operation, variables);
  if (requested > maxCost) return failed([tooCostly(requested)]);
  if (!points.fits(requested)) return throttledQuery(costOf(requested, null, points));

  const { data, errors } = executeSync({
    schema,
    document,
    rootValue: root,
    contextValue: context,
    variableValues: request.variables,
    operationName: request.operationName,
  });
  // Only errors that were meant for the client are answered; any other is a bug and must be seen.
  const bug = errors?.find(
    (error) => error.originalError !== undefined && !(error.originalError instanceof GraphQLError),
  );
  if (bug !== undefined) throw bug.originalError;
  const actual = Math.min(context.spent, requested);
  points.add(actual);
  const search = context.searches.length === 0 ? {} : { search: context.searches };
  const extensions = { cost: costOf(requested, actual, points), ...search };
  return { status: 200, body: plain(errors === undefined ? { data, extensions } : { errors, data, extensions }) };
}

function checkVariables(operation: OperationDefinitionNode, given: JsonObject): Readonly<Record<string, unknown>> {
  const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], given);
  const first = errors?.[0];
  if (first !== undefined)
    throw new GraphQLError(first.message, { nodes: first.nodes ?? null, extensions: { code: 'INVALID_VARIABLE' } });
  return coerced ?? {};
}

function tooCostly(cost: number): GraphQLError {
  const documentation = 'https://shopify.dev/api/usage/rate-limits';
  return new GraphQLError(`Query cost is ${cost}, which exceeds the single query max cost limit (${maxCost}).`, {
    extensions: { code: 'MAX_COST_EXCEEDED', cost, maxCost, documentation },
  });
}

function costOf(requestedQueryCost: number, actualQueryCost: number | null, points: LeakyBucket): JsonObject {
  const { capacity, perSecond } = points.size;
  return {
    requestedQueryCost,
    actualQueryCost,
    throttleStatus: {
      maximumAvailable: capacity,
      currentlyAvailable: Math.max(0, Math.floor(capacity - points.level)),
      restoreRate: perSecond,
    },
  };
}
