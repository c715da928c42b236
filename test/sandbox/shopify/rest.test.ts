import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/sandbox/json.ts';
import { dig, openSandbox, type Reply } from '../sandbox-client.ts';
import {
  at,
  base,
  customerId,
  linkTo,
  listOf,
  openShopify,
  orderId,
  productId,
  type ShopifyClient,
} from './shopify-client.ts';

const idsOf = (reply: Reply, name: string): readonly number[] => listOf(reply, name).map((row) => Number(row.id));

describe('a call is admitted', () => {
  test.each([[undefined], ['shpat_other'], ['']])('not with the token %j', async (token) => {
    const shopify = await openSandbox('shopify');
    const headers = token === undefined ? {} : { 'x-shopify-access-token': token };
    for (const [method, path] of [
      ['GET', `${base}/orders.json`],
      ['POST', `${base}/graphql.json`],
    ] as const) {
      expect(
        await shopify.call(method, path, method === 'POST' ? { query: '{shop{name}}' } : undefined, headers),
      ).toMatchObject({
        status: 401,
        json: { errors: '[API] Invalid API key or access token (unrecognized login or wrong password)' },
      });
    }
  });

  test.each([
    ['shpat_sandbox_frozen', 402],
    ['shpat_sandbox_locked', 423],
    ['shpat_sandbox_rejected', 430],
  ])('not by a shop in trouble: %s', async (token, status) => {
    const shopify = await openShopify();
    const reply = await shopify.api('GET', `${base}/shop.json`, undefined, { 'x-shopify-access-token': token });
    expect(reply).toMatchObject({ status, json: { errors: expect.any(String) } });
  });

  test('not for another form than JSON, on a path that does not exist, or in a version that never was', async () => {
    const shopify = await openShopify();
    expect(await shopify.api('GET', `${base}/shop.json`, undefined, { accept: 'text/html' })).toMatchObject({
      status: 406,
    });
    for (const path of [
      '/admin/api/2026-02/orders.json',
      '/admin/api/2031-01/orders.json',
      `${base}/foos.json`,
      `${base}/orders/abc.json`,
    ]) {
      expect(await shopify.api('GET', path)).toMatchObject({ status: 404, json: { errors: 'Not Found' } });
    }
  });

  test('every answer says its version, which falls forward, a request id, and the calls in the bucket', async () => {
    const shopify = await openShopify();
    const reply = await shopify.api('GET', '/admin/api/2023-04/shop.json');
    expect(reply.status).toBe(200);
    expect(reply.headers.get('x-shopify-api-version')).toBe('2026-01');
    expect(reply.headers.get('x-shopify-shop-api-call-limit')).toBe('1/40');
    expect(reply.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(dig(reply.json, 'shop')).toMatchObject({
      myshopify_domain: 'sandbox-store.myshopify.com',
      iana_timezone: 'America/New_York',
    });
  });
});

describe('the bucket of calls', () => {
  test('holds 40, leaks two a second, and says when it overflows', async () => {
    const shopify = await openShopify();
    for (let call = 1; call <= 40; call += 1) {
      const reply = await shopify.api('GET', `${base}/shop.json`);
      expect(reply.headers.get('x-shopify-shop-api-call-limit')).toBe(`${call}/40`);
    }
    const over = await shopify.api('GET', `${base}/shop.json`);
    expect(over).toMatchObject({
      status: 429,
      json: {
        errors: 'Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service.',
      },
    });
    expect(over.headers.get('retry-after')).toBe('2.0');
    await shopify.advance(499);
    expect((await shopify.api('GET', `${base}/shop.json`)).status).toBe(429);
    await shopify.advance(1);
    expect((await shopify.api('GET', `${base}/shop.json`)).status).toBe(200);
    await shopify.advance(10_000);
    expect((await shopify.api('GET', `${base}/shop.json`)).headers.get('x-shopify-shop-api-call-limit')).toBe('21/40');
  });

  test('is as large as the faults say, and a throttled call looks the same', async () => {
    const shopify = await openShopify({ faults: { quotaPerBurst: 1, retryAfterSeconds: 7 } });
    expect((await shopify.api('GET', `${base}/shop.json`)).headers.get('x-shopify-shop-api-call-limit')).toBe('1/1');
    expect((await shopify.api('GET', `${base}/shop.json`)).headers.get('retry-after')).toBe('7.0');
    await shopify.call('PATCH', '/_sandbox/faults', { quotaPerBurst: 40, retryAfterSeconds: null, throttleRate: 1 });
    const struck = await shopify.api('GET', `${base}/shop.json`);
    expect(struck).toMatchObject({ status: 429, json: { errors: expect.stringMatching(/^Exceeded 2 calls/) } });
    expect(struck.headers.get('retry-after')).toBe('2.0');
  });
});

const orders: Readonly<Record<string, JsonObject>> = {
  [orderId(1)]: { ...at('2026-11-01T10:00:00-05:00'), financial_status: 'paid', fulfillment_status: 'fulfilled' },
  [orderId(2)]: {
    ...at('2026-11-02T10:00:00-05:00', '2026-11-20T11:04:50-05:00'),
    financial_status: 'pending',
    closed_at: '2026-11-20T11:04:50-05:00',
  },
  [orderId(3)]: {
    ...at('2026-11-03T10:00:00-05:00', '2026-11-20T11:04:51-05:00'),
    cancelled_at: '2026-11-20T11:04:51-05:00',
    financial_status: 'voided',
  },
  [orderId(4)]: {
    ...at('2026-11-04T10:00:00-05:00', '2026-11-20T11:04:52-05:00'),
    financial_status: 'authorized',
    fulfillment_status: 'partial',
  },
};

describe('what a list of the orders 1 to 4 keeps', () => {
  const cases: readonly (readonly [query: string, kept: string])[] = [
    ['', '41'],
    ['status=open', '41'],
    ['status=any', '4321'],
    ['status=closed', '2'],
    ['status=cancelled', '3'],
    ['status=nonsense', '4321'],
    ['status=any&financial_status=paid', '1'],
    ['status=any&financial_status=unpaid', '42'],
    ['status=any&financial_status=any', '4321'],
    ['status=any&fulfillment_status=shipped', '1'],
    ['status=any&fulfillment_status=unshipped', '32'],
    ['status=any&fulfillment_status=unfulfilled', '432'],
    // both ends belong to the range
    ['status=any&updated_at_min=2026-11-20T16:04:51Z', '43'],
    ['status=any&updated_at_min=2026-11-20T11:04:51-05:00&updated_at_max=2026-11-20T11:04:51-05:00', '3'],
    ['status=any&updated_at_max=2026-11-20T16:04:50Z', '21'],
    ['status=any&updated_at_min=2026-11-20T17:04:51%2B01:00', '43'],
    ['status=any&created_at_min=2026-11-03', '43'],
    // an unencoded + is a blank, and what is no time is ignored, not refused
    ['status=any&updated_at_min=2026-11-20T17:04:51+01:00', '4321'],
    ["status=any&updated_at_min='2026-11-20T16:04:51Z'", '4321'],
    [`status=any&since_id=${orderId(2)}`, '34'],
    [`status=any&ids=${orderId(3)},${orderId(1)}`, '31'],
    ['status=any&name=%231002', '2'],
    ['status=any&name=1002', '2'],
    ['status=any&foo=bar', '4321'],
    ['status=any&attribution_app_id=1', ''],
  ];
  const numbers = new Map([1, 2, 3, 4].map((serial) => [Number(orderId(serial)), serial]));

  test('each by inclusive ranges, newest first, closed ones only when asked for', async () => {
    const shopify = await openShopify({ records: { orders } });
    const found: [string, string][] = [];
    for (const [query] of cases) {
      await shopify.advance(1000);
      const reply = await shopify.api('GET', `${base}/orders.json?${query}`);
      found.push([
        query,
        idsOf(reply, 'orders')
          .map((id) => numbers.get(id))
          .join(''),
      ]);
      const counted = await shopify.api('GET', `${base}/orders/count.json?${query}`);
      expect(counted.json).toEqual({ count: listOf(reply, 'orders').length });
      await shopify.advance(1000);
    }
    expect(found).toEqual(cases);
  });

  test('nothing is left out when filters are ignored', async () => {
    const shopify = await openShopify({ records: { orders }, faults: { ignoreFilters: true } });
    expect(
      listOf(await shopify.api('GET', `${base}/orders.json?status=closed&updated_at_min=2030-01-01`), 'orders'),
    ).toHaveLength(4);
  });

  test('an empty list is a list', async () => {
    const shopify = await openShopify({ records: {} });
    expect((await shopify.api('GET', `${base}/orders.json?status=any`)).json).toEqual({ orders: [] });
  });
});

describe('records', () => {
  test('an order is whole: 64-bit ids as numbers, money as decimals, the shop’s time', async () => {
    const shopify = await openShopify();
    const made = await shopify.api('POST', `${base}/orders.json`, {
      order: {
        id: 1,
        created_at: '2001-01-01T00:00:00Z',
        email: 'mara@lindcycles.example',
        line_items: [{ title: 'Frame repair', quantity: 2, price: '340.5' }],
        total_tax: 22.07,
      },
    });
    expect(made.status).toBe(201);
    const order = dig(made.json, 'order');
    expect(order).toMatchObject({
      created_at: '2026-11-20T11:04:51-05:00',
      updated_at: '2026-11-20T11:04:51-05:00',
      processed_at: '2026-11-20T11:04:51-05:00',
      name: '#1026',
      order_number: 1026,
      subtotal_price: '681.00',
      total_tax: '22.07',
      total_price: '703.07',
      closed_at: null,
      line_items: [{ id: expect.any(Number), title: 'Frame repair', quantity: 2, price: '340.50' }],
    });
    expect(dig(order, 'admin_graphql_api_id')).toBe(`gid://shopify/Order/${orderId(26)}`);
    expect(made.text).toContain(`"order":{"id":${orderId(26)},`);
  });

  test('an id beyond 2^53 keeps every digit', async () => {
    const id = '788032119674292922';
    const shopify = await openShopify({
      records: { customers: { [id]: { first_name: '"id":"788032119674292922"', ...at('2026-11-01T10:00:00-05:00') } } },
    });
    const list = await shopify.api('GET', `${base}/customers.json?fields=id,first_name`);
    expect(list.text).toBe(`{"customers":[{"id":${id},"first_name":"\\"id\\":\\"${id}\\""}]}`);
    expect((await shopify.api('GET', `${base}/customers/${id}.json`)).text).toContain(`"gid://shopify/Customer/${id}"`);
    const node = await shopify.graphql(`{ customer(id: "gid://shopify/Customer/${id}") { legacyResourceId } }`);
    expect(node.json).toMatchObject({ data: { customer: { legacyResourceId: id } } });
  });

  test('a change moves the stamp in whole seconds, and a variant’s own stamp with its own change alone', async () => {
    const shopify = await openShopify({
      records: {
        products: {
          [productId(1)]: {
            ...at('2026-08-01T10:00:00-04:00'),
            title: 'Frame',
            variants: [
              { id: 1, price: '1' },
              { id: 2, price: '2' },
            ],
          },
        },
      },
    });
    const put = await shopify.api('PUT', `${base}/products/${productId(1)}.json`, {
      product: {
        variants: [
          { id: 1, price: '1.00' },
          { id: 2, price: '3' },
        ],
      },
    });
    expect(put).toMatchObject({
      status: 200,
      json: {
        product: {
          created_at: '2026-08-01T10:00:00-04:00',
          updated_at: '2026-11-20T11:04:51-05:00',
          variants: [
            { id: 1, price: '1.00', updated_at: '2026-08-01T10:00:00-04:00' },
            { id: 2, price: '3.00', updated_at: '2026-11-20T11:04:51-05:00' },
          ],
        },
      },
    });
  });

  test('an order ends softly by its own paths', async () => {
    const shopify = await openShopify({ records: { orders } });
    expect((await shopify.api('POST', `${base}/orders/${orderId(1)}/close.json`)).json).toMatchObject({
      order: { closed_at: '2026-11-20T11:04:51-05:00' },
    });
    expect((await shopify.api('POST', `${base}/orders/${orderId(1)}/open.json`)).json).toMatchObject({
      order: { closed_at: null },
    });
    expect((await shopify.api('POST', `${base}/orders/${orderId(4)}/cancel.json`)).json).toMatchObject({
      order: { cancel_reason: 'other' },
    });
    expect(listOf(await shopify.api('GET', `${base}/orders.json`), 'orders')).toHaveLength(1);
    expect((await shopify.api('POST', `${base}/orders/1/cancel.json`)).status).toBe(404);
  });

  const refused: readonly (readonly [
    what: string,
    method: string,
    path: string,
    body: unknown,
    status: number,
    errors: unknown,
  ])[] = [
    [
      'no wrapper',
      'POST',
      'customers',
      { email: 'a@b.example' },
      400,
      { customer: 'Required parameter missing or invalid' },
    ],
    [
      'nobody',
      'POST',
      'customers',
      { customer: { note: 'x' } },
      422,
      { base: ['Customer must have a name, phone number or email address'] },
    ],
    ['a bad address', 'POST', 'customers', { customer: { email: 'nope' } }, 422, { email: ['is invalid'] }],
    [
      'an address twice',
      'POST',
      'customers',
      { customer: { email: 'MARA.lind@lindcycles.example' } },
      422,
      { email: ['has already been taken'] },
    ],
    [
      'an address of another',
      'PUT',
      `customers/${customerId(2)}`,
      { customer: { email: 'mara.lind@lindcycles.example' } },
      422,
      { email: ['has already been taken'] },
    ],
    ['no title', 'POST', 'products', { product: {} }, 422, { title: ["can't be blank"] }],
    [
      'a cleared title',
      'PUT',
      `products/${productId(1)}`,
      { product: { title: '' } },
      422,
      { title: ["can't be blank"] },
    ],
    [
      'a status that is none',
      'PUT',
      `products/${productId(1)}`,
      { product: { status: 'gone' } },
      422,
      { status: ['is not included in the list'] },
    ],
    ['no line items', 'POST', 'orders', { order: {} }, 422, { line_items: ['must have at least one line item'] }],
    [
      'text for a list',
      'PUT',
      `orders/${orderId(1)}`,
      { order: { line_items: 'x' } },
      422,
      { line_items: ['expected Array to be a Hash'] },
    ],
    ['a number for a text', 'PUT', `orders/${orderId(1)}`, { order: { note: 5 } }, 422, { note: ['must be a string'] }],
    ['broken JSON', 'POST', 'orders', '{"order":', 400, { json: expect.stringMatching(/^Invalid JSON/) }],
    ['a record that is not there', 'PUT', 'orders/1', { order: {} }, 404, 'Not Found'],
    ['a delete of nothing', 'DELETE', 'orders/1', undefined, 404, 'Not Found'],
  ];
  test('are refused with a text or an object of lists', async () => {
    const shopify = await openShopify();
    for (const [what, method, path, body, status, errors] of refused) {
      const reply = await shopify.api(method, `${base}/${path}.json`, body);
      expect({ what, status: reply.status, json: reply.json }).toEqual({ what, status, json: { errors } });
    }
    expect((await shopify.call('GET', '/_sandbox/journal')).json).toEqual([]);
  });

  test('an update may keep its own address', async () => {
    const shopify = await openShopify();
    const body = { customer: { email: 'mara.lind@lindcycles.example', state: 'enabled' } };
    expect((await shopify.api('PUT', `${base}/customers/${customerId(1)}.json`, body)).status).toBe(200);
  });
});

describe('pages', () => {
  async function walk(
    shopify: ShopifyClient,
    path: string,
    between: () => Promise<unknown> = async () => undefined,
  ): Promise<readonly number[]> {
    const ids: number[] = [];
    for (let next: string | undefined = path; next !== undefined; ) {
      const reply = await shopify.api('GET', next);
      expect(reply.status).toBe(200);
      ids.push(...idsOf(reply, 'customers'));
      next = linkTo(reply, 'next');
      await between();
    }
    return ids;
  }

  test('links lead on and back through opaque cursors that carry the filters', async () => {
    const shopify = await openShopify();
    const first = await shopify.api('GET', `${base}/orders.json?status=any&limit=10&fields=id`);
    expect(linkTo(first, 'previous')).toBeUndefined();
    const next = linkTo(first, 'next') ?? '';
    expect([...new URL(next, shopify.origin).searchParams.keys()]).toEqual(['limit', 'fields', 'page_info']);
    const second = await shopify.api('GET', next);
    expect(Object.keys(listOf(second, 'orders')[0] ?? {})).toEqual(['id']);
    const third = await shopify.api('GET', linkTo(second, 'next') ?? '');
    expect(listOf(third, 'orders')).toHaveLength(5);
    expect(linkTo(third, 'next')).toBeUndefined();
    const back = await shopify.api('GET', linkTo(third, 'previous') ?? '');
    expect(back.json).toEqual(second.json);
    expect((await shopify.api('GET', linkTo(back, 'previous') ?? '')).json).toEqual(first.json);
    const all = [first, second, third].flatMap((reply) => idsOf(reply, 'orders'));
    expect(new Set(all).size).toBe(25);
    expect((await shopify.api('GET', `${base}/orders.json?status=any`)).headers.get('link')).toBeNull();
  });

  test('a cursor takes only limit and fields beside it, lives an hour, and is of its own list', async () => {
    const shopify = await openShopify();
    const first = await shopify.api('GET', `${base}/orders.json?status=any&limit=10`);
    const next = linkTo(first, 'next') ?? '';
    const help = 'See https://shopify.dev/api/usage/pagination-rest for more information.';
    expect(await shopify.api('GET', `${next}&status=any`)).toMatchObject({
      status: 400,
      json: { errors: { status: `status cannot be passed when page_info is present. ${help}` } },
    });
    expect(await shopify.api('GET', `${base}/orders.json?page=2`)).toMatchObject({
      status: 400,
      json: { errors: { page: `page cannot be passed. ${help}` } },
    });
    const pageInfo = new URL(next, shopify.origin).searchParams.get('page_info') ?? '';
    const forged = Buffer.from(Buffer.from(pageInfo, 'base64url').toString().replace('any', 'not')).toString(
      'base64url',
    );
    await shopify.advance(3_599_999);
    expect((await shopify.api('GET', next)).status).toBe(200);
    for (const path of [
      `customers.json?page_info=${pageInfo}`,
      'orders.json?page_info=abc',
      `orders.json?page_info=${forged}`,
      'orders.json?page_info=',
    ]) {
      expect(await shopify.api('GET', `${base}/${path}`)).toMatchObject({
        status: 400,
        json: { errors: { page_info: 'Invalid value.' } },
      });
    }
    await shopify.advance(1);
    expect(await shopify.api('GET', next)).toMatchObject({
      status: 400,
      json: { errors: { page_info: 'Invalid value.' } },
    });
  });

  test('at most 250, and a limit that is none is refused', async () => {
    const shopify = await openShopify();
    await shopify.call('POST', '/_sandbox/edit', { object: 'customers', action: 'create', count: 300 });
    expect(listOf(await shopify.api('GET', `${base}/customers.json?limit=5000`), 'customers')).toHaveLength(250);
    expect(listOf(await shopify.api('GET', `${base}/customers.json`), 'customers')).toHaveLength(50);
    for (const limit of ['0', '-1', 'x', '1.5']) {
      expect(await shopify.api('GET', `${base}/customers.json?limit=${limit}`)).toMatchObject({ status: 400 });
    }
  });

  test('a walk by pages of a window sees each record that does not move once, whatever else changes', async () => {
    const shopify = await openShopify({ faults: { pageSize: 3, quotaPerBurst: 10_000 } });
    const still = await walk(shopify, `${base}/customers.json?limit=250`);
    expect(still).toHaveLength(25);
    const seen = await walk(shopify, `${base}/customers.json`, async () => {
      await shopify.advance(1000);
      await shopify.call('POST', '/_sandbox/edit', { object: 'customers', count: 5 });
    });
    expect(new Set(seen).size).toBe(seen.length);
    const left = await shopify.call('GET', '/_sandbox/records?object=customers');
    const survivors = still.filter((id) => dig(left.json, 'customers', id) !== undefined);
    expect(survivors.length).toBeGreaterThan(5);
    expect(seen).toEqual(expect.arrayContaining(survivors));
  });

  test('the undocumented order by updated_at lets the rows of a minute come out of order', async () => {
    const records = Object.fromEntries(
      [30, 10, 20, 50].map((second, index) => [
        customerId(index + 1),
        { first_name: 'x', ...at('2026-11-01T10:00:00-05:00', `2026-11-20T11:0${index % 2}:${second}-05:00`) },
      ]),
    );
    const shopify = await openShopify({ records: { customers: records } });
    const order = async (way: string): Promise<readonly unknown[]> =>
      listOf(await shopify.api('GET', `${base}/customers.json?order=updated_at+${way}`), 'customers').map((row) =>
        String(row.updated_at).slice(14, 19),
      );
    expect(await order('asc')).toEqual(['00:30', '00:20', '01:10', '01:50']);
    expect(await order('desc')).toEqual(['01:50', '01:10', '00:20', '00:30']);
  });
});

describe('deletes', () => {
  test('lists hold no tombstone; the event log tells the deletes of products alone, unless the faults say otherwise', async () => {
    const shopify = await openShopify();
    const destroyed = async (filter = ''): Promise<readonly JsonObject[]> =>
      listOf(await shopify.api('GET', `${base}/events.json?verb=destroy${filter}`), 'events');
    for (const path of [`products/${productId(3)}`, `orders/${orderId(3)}`, `customers/${customerId(3)}`]) {
      expect(await shopify.api('DELETE', `${base}/${path}.json`)).toMatchObject({ status: 200, json: {} });
      expect((await shopify.api('GET', `${base}/${path}.json`)).status).toBe(404);
    }
    expect(listOf(await shopify.api('GET', `${base}/products.json?limit=250`), 'products')).toHaveLength(24);
    expect(await destroyed()).toMatchObject([
      {
        subject_id: Number(productId(3)),
        subject_type: 'Product',
        verb: 'destroy',
        created_at: '2026-11-20T11:04:51-05:00',
        arguments: ['Shirt, "Peak" edition'],
        body: null,
      },
    ]);
    await shopify.call('PATCH', '/_sandbox/faults', { deletesLogged: 'orders, customers' });
    expect((await destroyed()).map((event) => event.subject_type).toSorted()).toEqual(['Customer', 'Order']);
    await shopify.call('PATCH', '/_sandbox/faults', { deletesLogged: 'none' });
    expect(await destroyed()).toEqual([]);
  });

  test('events are filtered by subject, verb, time and id, and their ids grow with time', async () => {
    const shopify = await openShopify();
    // The older product is deleted later: its event must come after the other.
    await shopify.api('DELETE', `${base}/products/${productId(20)}.json`);
    await shopify.advance(60_000);
    await shopify.api('DELETE', `${base}/products/${productId(2)}.json`);
    const subjects = async (query: string): Promise<readonly unknown[]> =>
      listOf(await shopify.api('GET', `${base}/events.json?${query}`), 'events').map((event) => event.subject_id);
    expect(await subjects('filter=Product&verb=destroy')).toEqual([Number(productId(2)), Number(productId(20))]);
    expect(await subjects('filter=Order&verb=destroy')).toEqual([]);
    expect(await subjects('filter=Product,Order&verb=destroy&created_at_min=2026-11-20T11:05:51-05:00')).toEqual([
      Number(productId(2)),
    ]);
    expect(await subjects('verb=destroy&created_at_max=2026-11-20T11:04:51-05:00')).toEqual([Number(productId(20))]);
    const events = listOf(await shopify.api('GET', `${base}/events.json?verb=destroy`), 'events');
    expect(await subjects(`since_id=${events[1]?.id}`)).toEqual([Number(productId(2))]);
    expect(await subjects(`since_id=${events[0]?.id}`)).toEqual([]);
    expect((await shopify.api('GET', `${base}/events/${events[0]?.id}.json`)).json).toEqual({ event: events[0] });
    const own = listOf(await shopify.api('GET', `${base}/products/${productId(2)}/events.json`), 'events');
    expect(own.map((event) => event.verb)).toEqual(['destroy', 'published', 'create']);
    const all = listOf(await shopify.api('GET', `${base}/events.json?limit=250`), 'events').map((event) => event.id);
    expect(new Set(all).size).toBe(all.length);
    expect(all.every(Number.isSafeInteger)).toBe(true);
  });

  test('a write shows in lists only when it is committed, and in customers/search only when it is indexed', async () => {
    const shopify = await openShopify({ faults: { commitLagMs: 5000, indexLagMs: 20_000 } });
    await shopify.api('POST', `${base}/customers.json`, { customer: { first_name: 'Zelda' } });
    const found = async (): Promise<readonly number[]> => {
      const listed = await shopify.api('GET', `${base}/customers.json?created_at_min=2026-11-20T11:04:51-05:00`);
      const searched = await shopify.api('GET', `${base}/customers/search.json?query=first_name:zelda`);
      return [listOf(listed, 'customers').length, listOf(searched, 'customers').length];
    };
    expect(await found()).toEqual([0, 0]);
    await shopify.advance(5000);
    expect(await found()).toEqual([1, 0]);
    await shopify.advance(20_000);
    expect(await found()).toEqual([1, 1]);
  });

  test('customers/search keeps its query from page to page', async () => {
    const shopify = await openShopify();
    const first = await shopify.api('GET', `${base}/customers/search.json?query=state:enabled&limit=3`);
    expect(listOf(first, 'customers')).toHaveLength(3);
    const next = await shopify.api('GET', linkTo(first, 'next') ?? '');
    expect(listOf(next, 'customers').map((row) => row.state)).toEqual(['enabled', 'enabled', 'enabled']);
    expect(await shopify.api('GET', `${base}/customers/search.json?query=${'('.repeat(200)}`)).toMatchObject({
      status: 400,
    });
  });
});
