import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/sandbox/json.ts';
import { dig, type Reply } from '../sandbox-client.ts';
import {
  at,
  base,
  customerId,
  listOf,
  nodesOf,
  openShopify,
  orderId,
  productId,
  type ShopifyClient,
} from './shopify-client.ts';

const ordersQuery = `query($q: String, $n: Int, $c: String, $s: OrderSortKeys, $r: Boolean) {
  orders(first: $n, after: $c, query: $q, sortKey: $s, reverse: $r) {
    nodes { id legacyResourceId name createdAt updatedAt }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

const stamped = (second: number, day: number): JsonObject =>
  at(`2026-11-0${day}T10:00:00-05:00`, `2026-11-20T11:04:${String(second).padStart(2, '0')}-05:00`);
/** Changed in the order 3, 1, 4, 2; 1 and 4 in the same second. */
const orders: Readonly<Record<string, JsonObject>> = {
  [orderId(1)]: { ...stamped(20, 1), total_price: '10.00', email: 'a@lind.example' },
  [orderId(2)]: { ...stamped(30, 2), total_price: '9.00', email: 'b@lind.example' },
  [orderId(3)]: { ...stamped(10, 3), total_price: '100.00', email: "o'brien@lind.example" },
  [orderId(4)]: { ...stamped(20, 4), total_price: '11.00', email: 'c\\d@lind.example' },
};
const numbersOf = (nodes: readonly JsonObject[]): string => nodes.map((node) => String(node.name).slice(-1)).join('');
const errorsOf = (reply: Reply): unknown => dig(reply.json, 'errors');

describe('connections', () => {
  test('answer nodes with times in UTC, whatever zone the shop is in', async () => {
    const shopify = await openShopify({ records: { orders } });
    const reply = await shopify.graphql(ordersQuery, { n: 1, q: `id:${orderId(1)}` });
    expect(nodesOf(reply, 'orders')).toEqual([
      {
        id: `gid://shopify/Order/${orderId(1)}`,
        legacyResourceId: orderId(1),
        name: '#1001',
        createdAt: '2026-11-01T15:00:00Z',
        updatedAt: '2026-11-20T16:04:20Z',
      },
    ]);
    expect(reply.headers.get('x-shopify-api-version')).toBe('2026-07');
    expect(reply.headers.get('x-shopify-shop-api-call-limit')).toBeNull();
  });

  test.each([
    ['UPDATED_AT', false, '3142'],
    ['UPDATED_AT', true, '2413'],
    ['CREATED_AT', false, '1234'],
    ['ID', true, '4321'],
    ['TOTAL_PRICE', false, '2143'],
    ['ORDER_NUMBER', false, '1234'],
    [null, false, '1234'],
  ])('sorted by %s, reversed %s', async (s, r, expected) => {
    const shopify = await openShopify({ records: { orders } });
    const variables: JsonObject = s === null ? { n: 10, r } : { n: 10, s, r };
    expect(numbersOf(nodesOf(await shopify.graphql(ordersQuery, variables), 'orders'))).toBe(expected);
    let walked = '';
    for (let cursor: unknown = null; ; ) {
      const reply = await shopify.graphql(ordersQuery, { ...variables, n: 1, c: String(cursor ?? '') || null });
      walked += numbersOf(nodesOf(reply, 'orders'));
      const info = dig(reply.json, 'data', 'orders', 'pageInfo');
      expect(dig(info, 'hasPreviousPage')).toBe(walked.length > 1);
      if (dig(info, 'hasNextPage') !== true) break;
      cursor = dig(info, 'endCursor');
    }
    expect(walked).toBe(expected);
  });

  test('from the end with last and before, and edges with a cursor each', async () => {
    const shopify = await openShopify({ records: { orders } });
    const query = (argumentsText: string): string =>
      `{ orders(sortKey: ID, ${argumentsText}) { edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage } } }`;
    const last = await shopify.graphql(query('last: 2'));
    const edges = dig(last.json, 'data', 'orders', 'edges');
    expect([dig(edges, 0, 'node', 'name'), dig(edges, 1, 'node', 'name')]).toEqual(['#1003', '#1004']);
    expect(dig(last.json, 'data', 'orders', 'pageInfo')).toEqual({ hasNextPage: false, hasPreviousPage: true });
    const before = await shopify.graphql(query(`last: 5, before: "${dig(edges, 1, 'cursor')}"`));
    expect(JSON.stringify(dig(before.json, 'data', 'orders', 'edges')).match(/#\d+/g)).toEqual([
      '#1001',
      '#1002',
      '#1003',
    ]);
    expect(dig(before.json, 'data', 'orders', 'pageInfo')).toEqual({ hasNextPage: true, hasPreviousPage: false });
    const between = await shopify.graphql(
      query(`first: 5, after: "${dig(edges, 0, 'cursor')}", before: "${dig(edges, 1, 'cursor')}"`),
    );
    expect(dig(between.json, 'data', 'orders', 'edges')).toEqual([]);
  });

  test('nested ones page by themselves, records lead to records, and fragments are followed', async () => {
    const shopify = await openShopify();
    const reply = await shopify.graphql(`
      { orders(first: 2, sortKey: ID) { nodes { ...Whole } } }
      fragment Whole on Order {
        customer { displayName defaultAddress { city countryCodeV2 } orders(first: 5) { nodes { name } } }
        lineItems(first: 1) { nodes { title quantity originalUnitPriceSet { shopMoney { amount currencyCode } } } }
        displayFinancialStatus displayFulfillmentStatus tags
      }`);
    expect(nodesOf(reply, 'orders')[0]).toEqual({
      customer: {
        displayName: 'Mara Lind',
        defaultAddress: { city: 'Aarhus', countryCodeV2: 'DK' },
        orders: { nodes: [{ name: '#1001' }] },
      },
      lineItems: {
        nodes: [
          {
            title: 'Frame repair',
            quantity: 1,
            originalUnitPriceSet: { shopMoney: { amount: '340.00', currencyCode: 'USD' } },
          },
        ],
      },
      displayFinancialStatus: 'PAID',
      displayFulfillmentStatus: 'UNFULFILLED',
      tags: [],
    });
  });

  test('one record by its id, any by node, and what is not there is null', async () => {
    const shopify = await openShopify();
    const reply = await shopify.graphql(
      `query($o: ID!, $c: ID!, $p: ID!, $none: ID!) {
        order(id: $o) { name } customer(id: $c) { firstName } missing: product(id: $none) { title } shop { ianaTimezone }
        node(id: $p) { id ... on Product { title variants(first: 1) { nodes { price sku } } } }
        nodes(ids: [$c, $none]) { __typename id }
      }`,
      {
        o: `gid://shopify/Order/${orderId(2)}`,
        c: `gid://shopify/Customer/${customerId(1)}`,
        p: `gid://shopify/Product/${productId(1)}`,
        none: 'gid://shopify/Product/1',
      },
    );
    expect(dig(reply.json, 'data')).toEqual({
      order: { name: '#1002' },
      customer: { firstName: 'Mara' },
      missing: null,
      shop: { ianaTimezone: 'America/New_York' },
      node: {
        id: `gid://shopify/Product/${productId(1)}`,
        title: 'Frame repair',
        variants: { nodes: [{ price: '340.00', sku: 'SER-1-1' }] },
      },
      nodes: [{ __typename: 'Customer', id: `gid://shopify/Customer/${customerId(1)}` }, null],
    });
  });

  test('no more nodes at once than the vendor takes', async () => {
    const shopify = await openShopify();
    const read = (count: number) =>
      shopify.graphql('query($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
        ids: Array.from({ length: count }, (_, index) => `gid://shopify/Product/${index + 1}`),
      });
    expect(dig((await read(250)).json, 'data', 'nodes')).toHaveLength(250);
    expect((await read(251)).json).toMatchObject({ errors: [{ extensions: { code: 'MAX_INPUT_SIZE_EXCEEDED' } }] });
  });

  test('counts count what a search finds', async () => {
    const shopify = await openShopify();
    const reply = await shopify.graphql(
      '{ productsCount(query: "status:active") { count precision } few: customersCount(limit: 3) { count precision } }',
    );
    const active = await shopify.api('GET', `${base}/products/count.json?status=active`);
    expect(dig(reply.json, 'data')).toEqual({
      productsCount: { count: dig(active.json, 'count'), precision: 'EXACT' },
      few: { count: 3, precision: 'AT_LEAST' },
    });
  });
});

describe('searches', () => {
  test.each([
    ["updated_at:>='2026-11-20T16:04:20Z' AND updated_at:<'2026-11-20T16:04:30Z'", '14'],
    ["email:'o\\'brien@lind.example'", '3'],
    ["email:'c\\\\d@lind.example'", '4'],
    ['name:#1002 OR name:#1003', '23'],
    ['-status:open', ''],
    ['', '1234'],
    ['   ', '1234'],
  ])('%s finds %s', async (q, found) => {
    const shopify = await openShopify({ records: { orders } });
    const reply = await shopify.graphql(ordersQuery, { q, n: 10, s: 'ID' });
    expect(numbersOf(nodesOf(reply, 'orders'))).toBe(found);
    expect(dig(reply.json, 'extensions')).not.toHaveProperty('search');
  });

  test('a field that is not known is dropped with a warning and no error', async () => {
    const shopify = await openShopify({ records: { orders } });
    const q = "updated_att:>'2026-11-20T16:04:20Z'";
    const reply = await shopify.graphql(`query($q: String) { mine: orders(first: 10, query: $q) { nodes { name } } }`, {
      q,
    });
    expect(reply.status).toBe(200);
    expect(reply.json).not.toHaveProperty('errors');
    expect(nodesOf(reply, 'mine')).toHaveLength(4);
    expect(dig(reply.json, 'extensions', 'search')).toEqual([
      {
        path: ['mine'],
        query: q,
        warnings: [{ field: 'updated_att', message: 'Invalid search field for this query.', code: 'invalid_field' }],
      },
    ]);
  });

  test('read an index that lags; without a query, by id and over REST the records themselves are read', async () => {
    const shopify = await openShopify({ records: { orders }, faults: { indexLagMs: 60_000 } });
    await shopify.api('PUT', `${base}/orders/${orderId(1)}.json`, { order: { tags: 'late' } });
    await shopify.api('DELETE', `${base}/orders/${orderId(2)}.json`);
    const look = async (): Promise<readonly unknown[]> => {
      const query = `{ found: orders(first: 9, query: "tag:late") { nodes { name } } any: orders(first: 9, query: "test:false") { nodes { name } }
        all: orders(first: 9) { nodes { name } } order(id: "gid://shopify/Order/${orderId(1)}") { tags } }`;
      const reply = await shopify.graphql(query);
      const listed = listOf(await shopify.api('GET', `${base}/orders.json`), 'orders').length;
      return [
        ...['found', 'any', 'all'].map((field) => numbersOf(nodesOf(reply, field))),
        dig(reply.json, 'data', 'order', 'tags'),
        listed,
      ];
    };
    expect(await look()).toEqual(['', '1234', '134', ['late'], 3]);
    await shopify.advance(60_000);
    expect(await look()).toEqual(['1', '134', '134', ['late'], 3]);
  });

  test('find everything when filters are ignored, and pages have the size the faults say', async () => {
    const shopify = await openShopify({ records: { orders }, faults: { ignoreFilters: true, pageSize: 3 } });
    const reply = await shopify.graphql(ordersQuery, { q: 'name:nobody', n: 100 });
    expect(nodesOf(reply, 'orders')).toHaveLength(3);
    expect(dig(reply.json, 'data', 'orders', 'pageInfo', 'hasNextPage')).toBe(true);
  });

  test('deletes are found in the event log', async () => {
    const shopify = await openShopify();
    await shopify.api('DELETE', `${base}/products/${productId(2)}.json`);
    await shopify.api('DELETE', `${base}/orders/${orderId(2)}.json`);
    const reply = await shopify.graphql(
      `{ events(first: 10, query: "action:destroy AND subject_type:PRODUCT") { nodes { id action createdAt ... on BasicEvent { subjectId subjectType arguments } } }
         eventsCount(query: "action:destroy") { count } }`,
    );
    expect(nodesOf(reply, 'events')).toEqual([
      {
        id: expect.stringMatching(/^gid:\/\/shopify\/BasicEvent\/\d+$/),
        action: 'destroy',
        createdAt: '2026-11-20T16:04:51Z',
        subjectId: `gid://shopify/Product/${productId(2)}`,
        subjectType: 'PRODUCT',
        arguments: ['Blue shirt'],
      },
    ]);
    expect(dig(reply.json, 'data', 'eventsCount')).toEqual({ count: 1 });
    const event = await shopify.graphql(`query($id: ID!) { event(id: $id) { action } node(id: $id) { id } }`, {
      id: String(nodesOf(reply, 'events')[0]?.id),
    });
    expect(dig(event.json, 'data', 'event')).toEqual({ action: 'destroy' });
  });
});

describe('records that move while a walk goes on', () => {
  async function walk(
    shopify: ShopifyClient,
    sortKey: string,
    between: (page: number) => Promise<unknown>,
  ): Promise<readonly string[]> {
    const query = `query($c: String) { customers(first: 5, after: $c, sortKey: ${sortKey}, query: "updated_at:<'2026-11-20T16:04:51Z'") {
      nodes { legacyResourceId } pageInfo { hasNextPage endCursor } } }`;
    const ids: string[] = [];
    let cursor: string | null = null;
    for (let page = 0; ; page += 1) {
      const reply = await shopify.graphql(query, { c: cursor });
      ids.push(...nodesOf(reply, 'customers').map((node) => String(node.legacyResourceId)));
      if (dig(reply.json, 'data', 'customers', 'pageInfo', 'hasNextPage') !== true) return ids;
      cursor = String(dig(reply.json, 'data', 'customers', 'pageInfo', 'endCursor'));
      await between(page);
    }
  }

  test.each(['UPDATED_AT', 'ID'])(
    'a window by %s never shows a record twice and loses only those that leave it',
    async (sortKey) => {
      const shopify = await openShopify({ faults: { quotaPerBurst: 10_000 } });
      const changed: string[] = [];
      const ids = await walk(shopify, sortKey, async (page) => {
        const id = customerId(20 - page);
        changed.push(id);
        await shopify.api('PUT', `${base}/customers/${id}.json`, { customer: { note: `page ${page}` } });
        await shopify.api('POST', `${base}/customers.json`, { customer: { first_name: `New ${page}` } });
      });
      expect(new Set(ids).size).toBe(ids.length);
      const every = Array.from({ length: 25 }, (_, index) => customerId(index + 1));
      expect(every.filter((id) => !ids.includes(id)).every((id) => changed.includes(id))).toBe(true);
      expect(ids.every((id) => every.includes(id))).toBe(true);
    },
  );

  test('a walk by UPDATED_AT without an upper bound meets a record again after it changed', async () => {
    const shopify = await openShopify({ records: { orders } });
    const first = await shopify.graphql(ordersQuery, { n: 3, s: 'UPDATED_AT' });
    await shopify.advance(10_000);
    await shopify.api('PUT', `${base}/orders/${orderId(3)}.json`, { order: { note: 'again' } });
    const c = String(dig(first.json, 'data', 'orders', 'pageInfo', 'endCursor'));
    const second = await shopify.graphql(ordersQuery, { n: 3, s: 'UPDATED_AT', c });
    expect([numbersOf(nodesOf(first, 'orders')), numbersOf(nodesOf(second, 'orders'))]).toEqual(['314', '23']);
  });
});

describe('costs', () => {
  const cost = (reply: Reply): unknown => dig(reply.json, 'extensions', 'cost');

  test('are asked for by the page, charged by what came, and restored at 100 a second', async () => {
    const shopify = await openShopify();
    const reply = await shopify.graphql('{ customers(first: 100) { nodes { id } pageInfo { endCursor } } }');
    expect(cost(reply)).toEqual({
      requestedQueryCost: 102,
      actualQueryCost: 27,
      throttleStatus: { maximumAvailable: 2000, currentlyAvailable: 1973, restoreRate: 100 },
    });
    await shopify.advance(100);
    const later = await shopify.graphql('{ shop { name } }');
    expect(cost(later)).toMatchObject({
      requestedQueryCost: 1,
      actualQueryCost: 1,
      throttleStatus: { currentlyAvailable: 1982 },
    });
  });

  test('over a thousand are refused', async () => {
    const shopify = await openShopify();
    const nested = '{ orders(first: 250) { edges { node { lineItems(first: 10) { edges { node { id } } } } } } }';
    expect(await shopify.graphql(nested)).toMatchObject({
      status: 200,
      json: {
        errors: [
          {
            message: expect.stringMatching(/^Query cost is 3252, which exceeds/),
            extensions: { code: 'MAX_COST_EXCEEDED', cost: 3252, maxCost: 1000 },
          },
        ],
      },
    });
  });

  test('beyond what is left are throttled with 200, and REST calls are counted apart', async () => {
    const shopify = await openShopify({ faults: { quotaPerBurst: 2 } });
    const query = '{ customers(first: 50) { nodes { id } } }';
    const ask = (): Promise<Reply> => shopify.graphql(query);
    for (let call = 0; call < 2; call += 1) expect((await ask()).json).toHaveProperty('data');
    expect(await ask()).toMatchObject({
      status: 200,
      json: {
        errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }],
        extensions: {
          cost: {
            requestedQueryCost: 52,
            actualQueryCost: null,
            throttleStatus: { maximumAvailable: 100, currentlyAvailable: 46, restoreRate: 5 },
          },
        },
      },
    });
    expect((await shopify.api('GET', `${base}/shop.json`)).headers.get('x-shopify-shop-api-call-limit')).toBe('1/2');
    await shopify.advance(1200);
    expect((await ask()).json).toHaveProperty('data');
  });

  test('a struck call is throttled in GraphQL’s words', async () => {
    const shopify = await openShopify({ faults: { throttleRate: 1 } });
    const reply = await shopify.graphql('{ shop { name } }');
    expect(reply).toMatchObject({ status: 200, json: { errors: [{ extensions: { code: 'THROTTLED' } }] } });
    expect(reply.json).not.toHaveProperty('data');
  });
});

describe('what is wrong with a query is answered with 200', () => {
  const cases: readonly (readonly [query: string, variables: JsonObject, error: JsonObject])[] = [
    [
      'query Mine { orders(first: 1) { nodes { foo } } }',
      {},
      {
        message: "Field 'foo' doesn't exist on type 'Order'",
        path: ['query Mine', 'orders', 'nodes', 'foo'],
        extensions: { code: 'undefinedField', typeName: 'Order', fieldName: 'foo' },
      },
    ],
    [
      '{ orderz { id } }',
      {},
      { message: "Field 'orderz' doesn't exist on type 'QueryRoot'", path: ['query', 'orderz'] },
    ],
    [
      '{ orders(first: 1, filter: "x") { nodes { id } } }',
      {},
      {
        message: "Field 'orders' doesn't accept argument 'filter'",
        extensions: { code: 'argumentNotAccepted', argumentName: 'filter' },
      },
    ],
    ['{ orders(first: "1") { nodes { id } } }', {}, { extensions: { code: 'argumentLiteralsIncompatible' } }],
    [
      '{ orders(first: 1, sortKey: NONE) { nodes { id } } }',
      {},
      { extensions: { code: 'argumentLiteralsIncompatible' } },
    ],
    ['{ order { id } }', {}, { extensions: { code: 'missingRequiredArguments' } }],
    ['{ orders(first: 1) }', {}, { extensions: { code: 'selectionMismatch' } }],
    ['{ orders(first: $n) { nodes { id } } }', {}, { extensions: { code: 'variableNotDefined' } }],
    ['query($n: Int) { shop { name } }', {}, { extensions: { code: 'variableNotUsed' } }],
    ['query($n: String) { orders(first: $n) { nodes { id } } }', {}, { extensions: { code: 'variableMismatch' } }],
    ['query($n: Int) { orders(first: $n) { nodes { id } } }', { n: 'x' }, { extensions: { code: 'INVALID_VARIABLE' } }],
    ['{ orders(first: 1) { nodes { id }', {}, { message: expect.stringMatching(/^Syntax Error/) }],
    ['mutation { orderRemove(orderId: "x") { deletedId } }', {}, { extensions: { code: 'undefinedField' } }],
    ['mutation { orderDelete(orderId: "x") { deletedId } }', {}, { message: 'Invalid id: x' }],
    [
      'mutation { productDelete(input: { id: "gid://shopify/Order/1" }) { deletedProductId } }',
      {},
      { message: 'Invalid id: gid://shopify/Order/1' },
    ],
    ['mutation { orderCreate { order { id } } }', {}, { extensions: { code: 'missingRequiredArguments' } }],
    [
      'mutation { productCreate(product: { titel: "x" }) { product { id } } }',
      {},
      { extensions: { code: 'argumentLiteralsIncompatible' } },
    ],
    [
      'mutation($p: ProductCreateInput!) { productCreate(product: $p) { product { id } } }',
      { p: { status: 'draft' } },
      { extensions: { code: 'INVALID_VARIABLE' } },
    ],
    [
      '{ orders { nodes { id } } }',
      {},
      { message: 'you must provide one of first or last', path: ['orders'], extensions: { code: 'BAD_REQUEST' } },
    ],
    [
      '{ orders(first: 1, last: 1) { nodes { id } } }',
      {},
      { message: 'providing both first and last is not supported' },
    ],
    ['{ orders(first: 251) { nodes { id } } }', {}, { message: 'first cannot exceed 250' }],
    ['{ orders(first: -1) { nodes { id } } }', {}, { message: 'first cannot be negative' }],
    [
      '{ orders(first: 1, after: "abc") { nodes { id } } }',
      {},
      { message: 'Invalid cursor for current pagination sort.' },
    ],
    ['{ order(id: "5") { id } }', {}, { message: 'Invalid id: 5' }],
    ['{ order(id: "gid://shopify/Product/1") { id } }', {}, { message: 'Invalid id: gid://shopify/Product/1' }],
  ];
  test.each(cases)('%s', async (query, variables, error) => {
    const shopify = await openShopify();
    const reply = await shopify.graphql(query, variables);
    expect(reply.status).toBe(200);
    expect(dig(errorsOf(reply), 0)).toMatchObject(error);
  });

  test('a cursor is of one order', async () => {
    const shopify = await openShopify({ records: { orders } });
    const first = await shopify.graphql(ordersQuery, { n: 1, s: 'UPDATED_AT' });
    const c = String(dig(first.json, 'data', 'orders', 'pageInfo', 'endCursor'));
    expect(dig(errorsOf(await shopify.graphql(ordersQuery, { n: 1, s: 'ID', c })), 0)).toMatchObject({
      message: 'Invalid cursor for current pagination sort.',
    });
    expect(dig(errorsOf(await shopify.graphql(ordersQuery, { n: 1, s: 'UPDATED_AT', r: true, c })), 0)).toMatchObject({
      path: ['orders'],
    });
  });

  test('but a body that is no request is refused', async () => {
    const shopify = await openShopify();
    const path = `${base}/graphql.json`;
    expect(await shopify.api('POST', path, {})).toMatchObject({
      status: 400,
      json: { errors: { query: 'Required parameter missing or invalid' } },
    });
    expect((await shopify.api('POST', path, '{"query":')).status).toBe(400);
    const bare = await shopify.api('POST', path, '{ shop { name } }', { 'content-type': 'application/graphql' });
    expect(bare.json).toMatchObject({ data: { shop: { name: 'Sandbox Store' } } });
  });

  test('hostile documents end quickly', async () => {
    const shopify = await openShopify();
    const started = performance.now();
    const fragments = Array.from(
      { length: 40 },
      (_, index) =>
        `fragment F${index} on Customer { orders(first: 1) { nodes { customer { ...F${index + 1} } } } x: orders(first: 1) { nodes { customer { ...F${index + 1} } } } }`,
    );
    const hostile = [
      `{ customers(first: 1) { nodes { ...F0 } } } ${fragments.join(' ')} fragment F40 on Customer { id }`,
      '{a'.repeat(100_000),
      '['.repeat(100_000),
      `{ ${'shop { name } '.repeat(10_000)} }`,
      `{ orders(first: 1, query: "${'('.repeat(10_000)}") { nodes { id } } }`,
      '{ customers(first: 1) { nodes { ...A } } } fragment A on Customer { ...B } fragment B on Customer { ...A }',
    ];
    for (const query of hostile) {
      const reply = await shopify.graphql(query);
      expect({ query: query.slice(0, 40), status: reply.status, errors: errorsOf(reply) }).toMatchObject({
        status: 200,
        errors: expect.any(Array),
      });
    }
    const long = await shopify.graphql(ordersQuery, {
      n: 1,
      q: `name:'${'a\\'.repeat(500_000)}' OR ${'x '.repeat(100_000)}`,
    });
    expect(long.status).toBe(200);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test('the schema tells itself', async () => {
    const shopify = await openShopify();
    const reply = await shopify.graphql(
      '{ __type(name: "Order") { fields { name } } __schema { queryType { name } } }',
    );
    expect(dig(reply.json, 'data', '__schema')).toEqual({ queryType: { name: 'QueryRoot' } });
    expect(JSON.stringify(dig(reply.json, 'data', '__type'))).toContain('"updatedAt"');
  });
});
