import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/sandbox/json.ts';
import { dig, type Reply } from '../sandbox-client.ts';
import { at, base, customerId, limitedToken, openShopify, orderId, productId } from './shopify-client.ts';

const stamp = at('2026-11-01T10:00:00-05:00');
const records = {
  orders: { [orderId(1)]: { ...stamp, note: 'old' } },
  customers: { [customerId(1)]: { ...stamp, email: 'taken@lind.example', last_name: 'Lind' } },
  products: { [productId(1)]: { ...stamp, title: 'Old' } },
};

const gid = (type: string, id: string): string => `gid://shopify/${type}/${id}`;
const price = { shopMoney: { amount: '12.50', currencyCode: 'EUR' } };

/** One of each vendor name, with what it is asked to answer. */
const documents: Readonly<Record<string, string>> = {
  orderCreate:
    'mutation($v: OrderCreateOrderInput!) { done: orderCreate(order: $v) { order { legacyResourceId note test tags totalPriceSet { shopMoney { amount } } } userErrors { field message } } }',
  orderUpdate:
    'mutation($v: OrderInput!) { done: orderUpdate(input: $v) { order { note } userErrors { field message } } }',
  orderDelete: 'mutation($v: ID!) { done: orderDelete(orderId: $v) { deletedId userErrors { code field message } } }',
  customerCreate:
    'mutation($v: CustomerInput!) { done: customerCreate(input: $v) { customer { legacyResourceId firstName lastName email } userErrors { field message } } }',
  customerUpdate:
    'mutation($v: CustomerInput!) { done: customerUpdate(input: $v) { customer { lastName } userErrors { field message } } }',
  customerDelete:
    'mutation($v: CustomerDeleteInput!) { done: customerDelete(input: $v) { deletedCustomerId userErrors { field message } } }',
  productCreate:
    'mutation($v: ProductCreateInput!) { done: productCreate(product: $v) { product { legacyResourceId title status descriptionHtml } userErrors { field message } } }',
  productUpdate:
    'mutation($v: ProductUpdateInput!) { done: productUpdate(product: $v) { product { title } userErrors { field message } } }',
  productDelete:
    'mutation($v: ProductDeleteInput!) { done: productDelete(input: $v) { deletedProductId userErrors { field message } } }',
};

const doneOf = (reply: Reply): unknown => dig(reply.json, 'data', 'done');

async function open() {
  const shopify = await openShopify({ records });
  return {
    ...shopify,
    mutate: (name: string, v: JsonObject | string): Promise<Reply> => shopify.graphql(documents[name] ?? '', { v }),
  };
}

const writes = [
  {
    type: 'Order',
    create: {
      note: 'new',
      test: true,
      tags: ['a', 'b'],
      lineItems: [{ title: 'Frame', quantity: 2, priceSet: price }],
    },
    made: { note: 'new', test: true, tags: ['a', 'b'], totalPriceSet: { shopMoney: { amount: '25.00' } } },
    change: { note: 'newer' },
    remove: (id: string) => id,
    deleted: 'deletedId',
  },
  {
    type: 'Customer',
    create: { firstName: 'Mara', lastName: 'Lind', email: 'mara@lind.example' },
    made: { firstName: 'Mara', lastName: 'Lind', email: 'mara@lind.example' },
    change: { lastName: 'Berg' },
    remove: (id: string) => ({ id }),
    deleted: 'deletedCustomerId',
  },
  {
    type: 'Product',
    create: { title: 'Frame', status: 'DRAFT', descriptionHtml: '<p>Steel</p>' },
    made: { title: 'Frame', status: 'DRAFT', descriptionHtml: '<p>Steel</p>' },
    change: { title: 'Steel frame' },
    remove: (id: string) => ({ id }),
    deleted: 'deletedProductId',
  },
] as const;

describe.each(writes)('$type', ({ type, create, made, change, remove, deleted }) => {
  const name = type.toLowerCase();

  test('is created, changed and deleted, as REST sees it too', async () => {
    const shopify = await open();
    const created = await shopify.mutate(`${name}Create`, create);
    expect(doneOf(created)).toMatchObject({ [name]: made, userErrors: [] });
    const id = String(dig(doneOf(created), name, 'legacyResourceId'));
    expect(dig(created.json, 'extensions', 'cost', 'actualQueryCost')).toBe(10);
    const path = `${base}/${name}s/${id}.json`;
    expect((await shopify.api('GET', path)).status).toBe(200);
    const changed = await shopify.mutate(`${name}Update`, { id: gid(type, id), ...change });
    expect(doneOf(changed)).toEqual({ [name]: change, userErrors: [] });
    const removed = await shopify.mutate(`${name}Delete`, remove(gid(type, id)));
    expect(doneOf(removed)).toEqual({ [deleted]: gid(type, id), userErrors: [] });
    expect((await shopify.api('GET', path)).status).toBe(404);
    const again = await shopify.mutate(`${name}Delete`, remove(gid(type, id)));
    expect(doneOf(again)).toMatchObject({
      [deleted]: null,
      userErrors: [{ message: expect.stringMatching(/exist|found/) }],
    });
    const late = await shopify.mutate(`${name}Update`, { id: gid(type, id), ...change });
    expect(doneOf(late)).toEqual({ [name]: null, userErrors: [{ field: ['id'], message: `${type} does not exist` }] });
  });

  test('needs the scope to write it', async () => {
    const shopify = await open();
    const token = await limitedToken(shopify.origin, `read_${name}s`);
    const body = { query: documents[`${name}Create`], variables: { v: create } };
    const refused = await shopify.api('POST', `${base}/graphql.json`, body, { 'x-shopify-access-token': token });
    expect(dig(refused.json, 'errors', 0, 'extensions')).toMatchObject({
      code: 'ACCESS_DENIED',
      requiredAccess: `\`write_${name}s\` access scope.`,
    });
  });
});

test.each<[string, JsonObject | string, JsonObject]>([
  [
    'orderCreate',
    { note: 'x' },
    { field: ['order', 'lineItems'], message: 'Line items must have at least one line item' },
  ],
  [
    'orderCreate',
    { lineItems: [{ quantity: 1, priceSet: price }] },
    { field: ['order', 'lineItems', '0', 'title'], message: "Title can't be blank" },
  ],
  ['orderDelete', gid('Order', '77'), { code: 'NOT_FOUND', field: ['orderId'], message: 'Order does not exist' }],
  ['customerCreate', {}, { field: null, message: 'Customer must have a name, phone number or email address' }],
  ['customerCreate', { email: 'TAKEN@lind.example' }, { field: ['email'], message: 'Email has already been taken' }],
  ['customerUpdate', { lastName: 'x' }, { field: ['id'], message: 'Customer does not exist' }],
  ['productCreate', { status: 'DRAFT' }, { field: ['title'], message: "Title can't be blank" }],
  [
    'productUpdate',
    { id: gid('Product', productId(1)), title: '' },
    { field: ['title'], message: "Title can't be blank" },
  ],
])('%s of %j tells what is wrong, and writes nothing', async (name, v, problem) => {
  const shopify = await open();
  const before = (await shopify.call('GET', '/_sandbox/records')).json;
  const reply = await shopify.mutate(name, v);
  expect(reply.status).toBe(200);
  expect(dig(doneOf(reply), 'userErrors')).toEqual([problem]);
  expect((await shopify.call('GET', '/_sandbox/records')).json).toEqual(before);
});
