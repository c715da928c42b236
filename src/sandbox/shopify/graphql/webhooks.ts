import type { JsonObject } from '../../json.ts';
import type { Subscription } from '../../subscriptions.ts';
import { renderUtc } from '../times.ts';
import {
  createByGraphql,
  deleteByGraphql,
  findById,
  gidOf,
  graphqlTopic,
  idOf,
  registered,
  resourceOf,
  topics,
} from '../webhook.ts';
import { type ConnectionArguments, connect } from './connection.ts';
import { type GraphContext, mutationCost, needFieldScope } from './context.ts';
import type { GraphNode } from './nodes.ts';

interface ListArguments extends ConnectionArguments {
  readonly format?: string | null;
  readonly topics?: readonly string[] | null;
  readonly uri?: string | null;
}

interface CreateArguments {
  readonly topic: string;
  readonly webhookSubscription: JsonObject;
}

/** The fields of webhook subscriptions, of queries and of mutations. */
export const webhookFields = {
  webhookSubscription: ({ id }: { readonly id: string }, { world }: GraphContext) => {
    const found = findById(world.notifier.subscriptions, id);
    return found === undefined ? null : showNode(found);
  },
  webhookSubscriptions: (asked: ListArguments, context: GraphContext) => {
    const all = registered(context.world.notifier.subscriptions);
    const rows = all.filter(({ url, settings }) => isAsked(asked, url, String(settings.topic)));
    return connect(rows.map(rowOf), asked, context, ({ id }) => {
      const found = all.find((one) => idOf(one) === id);
      return found === undefined ? null : showNode(found);
    });
  },
  webhookSubscriptionCreate: (given: CreateArguments, context: GraphContext) => {
    context.spent += mutationCost;
    const { world, version } = context;
    const topic = topics.find((one) => graphqlTopic(one) === given.topic) ?? '';
    needFieldScope(context, 'webhookSubscriptionCreate', `read_${resourceOf(topic)}`);
    const made = createByGraphql(world.notifier.subscriptions, { ...given }, version);
    const id = (made.webhookSubscription as JsonObject | null)?.id;
    const found = id === undefined ? undefined : findById(world.notifier.subscriptions, String(id));
    return { ...made, webhookSubscription: found === undefined ? null : showNode(found) };
  },
  webhookSubscriptionDelete: ({ id }: { readonly id: string }, context: GraphContext) => {
    context.spent += mutationCost;
    return deleteByGraphql(context.world.notifier.subscriptions, id);
  },
};

function isAsked({ format, topics: asked, uri }: ListArguments, url: string, topic: string): boolean {
  if ((format ?? 'JSON') !== 'JSON' || (uri ?? url) !== url) return false;
  return asked === undefined || asked === null || asked.includes(graphqlTopic(topic));
}

const rowOf = (subscription: Subscription): JsonObject => ({
  id: idOf(subscription),
  created_at: renderUtc(subscription.createdAtMs),
});

function showNode(subscription: Subscription): GraphNode {
  const { url, settings, createdAtMs, updatedAtMs } = subscription;
  return {
    __typename: 'WebhookSubscription',
    id: gidOf(subscription),
    topic: graphqlTopic(String(settings.topic)),
    uri: url,
    format: 'JSON',
    includeFields: settings.fields ?? [],
    createdAt: renderUtc(createdAtMs),
    updatedAt: renderUtc(updatedAtMs),
  };
}
