import { GraphQLError, type GraphQLResolveInfo } from 'graphql';
import type { JsonObject } from '../../json.ts';
import { listEvents } from '../events.ts';
import { gidOf, readGid } from '../ids.ts';
import { resources } from '../schema.ts';
import { hasScope } from '../sessions.ts';
import { shopRecord } from '../shop.ts';
import { type ConnectionArguments, connect, isSearch, searchRows } from './connection.ts';
import { badRequest, type GraphContext } from './context.ts';
import { recordMutations } from './mutations.ts';
import { connectRecords, findNode, foundRecords, type GraphNode, showEvent } from './nodes.ts';
import { webhookFields } from './webhooks.ts';

interface IdArgument {
  readonly id: string;
}

interface CountArguments {
  readonly query?: string | null;
  readonly limit?: number | null;
}

type Resolve<Arguments> = (asked: Arguments, context: GraphContext, info: GraphQLResolveInfo) => unknown;

/** Items of an array that a query may hand over, by the vendor's page on limits. */
const maxInputs = 250;

function tooManyInputs(count: number): GraphQLError {
  const message = `The input array size of ${count} is greater than the maximum allowed of ${maxInputs}.`;
  return new GraphQLError(message, { extensions: { code: 'MAX_INPUT_SIZE_EXCEEDED' } });
}

/** The node of an id of any type; null for one that is not there. */
function anyNode(id: string, context: GraphContext): GraphNode | null {
  const gid = readGid(id);
  if (gid === undefined) throw badRequest(`Invalid global id '${id}'`);
  if (gid.type === 'BasicEvent') return findEvent(gid.id, context);
  const resource = resources.find(({ type }) => type === gid.type);
  return resource === undefined ? null : findNode(context, resource.name, gid.id);
}

function typedNode(type: string): Resolve<IdArgument> {
  return ({ id }, context) => {
    if (readGid(id)?.type !== type) throw badRequest(`Invalid id: ${id}`);
    return anyNode(id, context);
  };
}

/** Events of those objects that the session may read. */
function eventsFor(context: GraphContext, view: 'indexed' | 'committed'): readonly JsonObject[] {
  const types = resources
    .filter(({ name }) => hasScope(context.session, `read_${name}`))
    .map(({ type }): string => type);
  return listEvents(context.world, view).filter((event) => types.includes(String(event.subject_type)));
}

function findEvent(id: string, context: GraphContext): GraphNode | null {
  context.spent += 1;
  const event = eventsFor(context, 'committed').find((one) => String(one.id) === id);
  return event === undefined ? null : showEvent(event);
}

function foundEvents(
  asked: ConnectionArguments,
  context: GraphContext,
  info: GraphQLResolveInfo,
): readonly JsonObject[] {
  return searchRows('events', eventsFor(context, isSearch(asked) ? 'indexed' : 'committed'), asked, context, info);
}

function countOf(found: readonly JsonObject[], { limit }: CountArguments, context: GraphContext): JsonObject {
  context.spent += 10;
  const most = limit ?? Number.POSITIVE_INFINITY;
  return { count: Math.min(found.length, most), precision: found.length > most ? 'AT_LEAST' : 'EXACT' };
}

const ofResources: readonly (readonly [string, Resolve<never>])[] = resources.flatMap(({ name, singular, type }) => [
  [singular, typedNode(type)],
  [name, (asked: ConnectionArguments, context, info) => connectRecords(name, asked, context, info)],
  [
    `${name}Count`,
    (asked: CountArguments, context, info) =>
      countOf(foundRecords(name, { query: asked.query ?? null }, context, info), asked, context),
  ],
]);

/** The fields of QueryRoot and of Mutation. */
export const root: Readonly<Record<string, Resolve<never>>> = {
  ...Object.fromEntries(ofResources),
  shop: (_asked, context) => {
    context.spent += 1;
    const shop = shopRecord(context.world);
    return {
      ...shop,
      id: gidOf('Shop', shop.id ?? 0),
      myshopifyDomain: shop.myshopify_domain ?? '',
      ianaTimezone: shop.iana_timezone ?? '',
      currencyCode: shop.currency ?? '',
    };
  },
  node: ({ id }: IdArgument, context) => anyNode(id, context),
  nodes: ({ ids }: { readonly ids: readonly string[] }, context) => {
    if (ids.length > maxInputs) throw tooManyInputs(ids.length);
    return ids.map((id) => anyNode(id, context));
  },
  event: typedNode('BasicEvent'),
  events: (asked: ConnectionArguments, context, info) =>
    connect(foundEvents(asked, context, info), asked, context, showEvent),
  eventsCount: (asked: CountArguments, context, info) =>
    countOf(foundEvents({ query: asked.query ?? null }, context, info), asked, context),
  ...webhookFields,
  ...recordMutations,
};
