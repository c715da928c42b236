/** The search text where it really stands: in a variable of a GraphQL document, which graphql executes. */
import { buildSchema, graphqlSync } from 'graphql';
import { reader } from '../readers/shopify-search.ts';
import type { Judge } from './judge.ts';

const schema = buildSchema('type Query { orders(query: String!): Boolean! }');
const source = 'query ($search: String!) { orders(query: $search) }';

export const judge: Judge = {
  by: 'graphql',
  reader: (native, row) => {
    if (native.kind !== 'text') throw new Error('no text');
    const { variables } = JSON.parse(JSON.stringify({ variables: { search: native.text } })) as {
      variables: { search: string };
    };
    const { data, errors } = graphqlSync({
      schema,
      source,
      variableValues: variables,
      rootValue: { orders: ({ query }: { query: string }) => reader({ kind: 'text', text: query }, row) },
    });
    if (errors !== undefined) throw new Error(errors.join('\n'));
    return data?.['orders'] === true;
  },
};
