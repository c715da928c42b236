import type { GraphQLResolveInfo } from 'graphql';
import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import { gidOf } from '../ids.ts';
import { recordsOf } from '../shop.ts';
import { instantAt, renderUtc } from '../times.ts';
import { type ConnectionArguments, connect, isSearch, searchRows } from './connection.ts';
import { type GraphContext, needFieldScope } from './context.ts';

/** A field of a node: its value, or a function of the arguments that the query gives it. */
type Shown = Json | ((asked: ConnectionArguments, context: GraphContext, info: GraphQLResolveInfo) => unknown);
export type GraphNode = Readonly<Record<string, Shown>>;

const utc = (value: Json | undefined): Json => {
  const atMs = instantAt(value);
  return atMs === undefined ? null : renderUtc(atMs);
};
const upper = (value: Json | undefined): Json => (typeof value === 'string' ? value.toUpperCase() : null);
const listOfTags = (tags: Json | undefined): Json =>
  String(tags ?? '')
    .split(',')
    .flatMap((tag) => tag.trim() || []);
const money = (amount: Json | undefined, currency: Json | undefined): JsonObject => ({
  amount: String(amount ?? '0.0'),
  currencyCode: String(currency ?? 'USD'),
});
const bag = (amount: Json | undefined, currency: Json | undefined): Json => {
  const shopMoney = money(amount, currency);
  return { shopMoney, presentmentMoney: shopMoney };
};
const partsOf = (list: Json | undefined): readonly JsonObject[] =>
  Array.isArray(list) ? list.filter(isJsonObject) : [];

const named = (type: string, record: JsonObject): GraphNode => ({
  __typename: type,
  id: gidOf(type, record.id ?? 0),
  legacyResourceId: String(record.id),
});

const stamps = (record: JsonObject): GraphNode => ({
  createdAt: utc(record.created_at),
  updatedAt: utc(record.updated_at),
});

const fulfillment: Readonly<Record<string, string>> = { fulfilled: 'FULFILLED', partial: 'PARTIALLY_FULFILLED' };

function showOrder(record: JsonObject): GraphNode {
  const { currency, customer } = record;
  return {
    ...named('Order', record),
    ...stamps(record),
    name: record.name ?? '',
    email: record.email ?? null,
    processedAt: utc(record.processed_at),
    closedAt: utc(record.closed_at),
    closed: utc(record.closed_at) !== null,
    cancelledAt: utc(record.cancelled_at),
    cancelReason: upper(record.cancel_reason),
    confirmed: record.confirmed === true,
    currencyCode: currency ?? 'USD',
    displayFinancialStatus: upper(record.financial_status),
    displayFulfillmentStatus: fulfillment[String(record.fulfillment_status)] ?? 'UNFULFILLED',
    note: record.note ?? null,
    sourceName: record.source_name ?? null,
    tags: listOfTags(record.tags),
    test: record.test === true,
    subtotalPriceSet: bag(record.subtotal_price, currency),
    totalPriceSet: bag(record.total_price, currency),
    totalTaxSet: bag(record.total_tax, currency),
    customer: (_asked, context) =>
      isJsonObject(customer) ? findNode(context, 'customers', String(customer.id)) : null,
    lineItems: (asked, context) =>
      connect(
        partsOf(record.line_items),
        asked,
        context,
        (item): GraphNode => ({
          ...named('LineItem', item),
          title: item.title ?? '',
          quantity: item.quantity ?? 1,
          sku: item.sku ?? null,
          product: (_asked, context) =>
            typeof item.product_id === 'number' || typeof item.product_id === 'string'
              ? findNode(context, 'products', String(item.product_id))
              : null,
          originalUnitPriceSet: bag(item.price, currency),
        }),
      ),
  };
}

function showCustomer(record: JsonObject): GraphNode {
  const address = record.default_address;
  return {
    ...named('Customer', record),
    ...stamps(record),
    email: record.email ?? null,
    firstName: record.first_name ?? null,
    lastName: record.last_name ?? null,
    displayName:
      [record.first_name, record.last_name].flatMap((name) => name ?? []).join(' ') || String(record.email ?? ''),
    phone: record.phone ?? null,
    state: upper(record.state),
    note: record.note ?? null,
    tags: listOfTags(record.tags),
    taxExempt: record.tax_exempt === true,
    verifiedEmail: record.verified_email === true,
    numberOfOrders: String(record.orders_count ?? 0),
    amountSpent: money(record.total_spent, record.currency),
    defaultAddress: isJsonObject(address)
      ? { ...address, id: gidOf('MailingAddress', address.id ?? 0), countryCodeV2: address.country_code ?? null }
      : null,
    orders: (asked, context, info) =>
      connectRecords(
        'orders',
        asked,
        context,
        info,
        (order) => isJsonObject(order.customer) && order.customer.id === record.id,
      ),
  };
}

function showProduct(record: JsonObject): GraphNode {
  const variants = partsOf(record.variants);
  return {
    ...named('Product', record),
    ...stamps(record),
    title: record.title ?? '',
    handle: record.handle ?? '',
    descriptionHtml: record.body_html ?? '',
    vendor: record.vendor ?? '',
    productType: record.product_type ?? '',
    status: upper(record.status),
    tags: listOfTags(record.tags),
    totalInventory: variants.reduce((sum, variant) => sum + Number(variant.inventory_quantity), 0),
    publishedAt: utc(record.published_at),
    variants: (asked, context) =>
      connect(
        variants,
        asked,
        context,
        (variant): GraphNode => ({
          ...named('ProductVariant', variant),
          ...stamps(variant),
          title: variant.title ?? '',
          price: variant.price ?? '0.00',
          sku: variant.sku ?? null,
          barcode: variant.barcode ?? null,
          inventoryQuantity: variant.inventory_quantity ?? 0,
        }),
      ),
  };
}

const shows: Readonly<Record<string, (record: JsonObject) => GraphNode>> = {
  orders: showOrder,
  customers: showCustomer,
  products: showProduct,
};

/** A record of an object as a node. */
export function showNode(object: string, record: JsonObject): GraphNode {
  return shows[object]?.(record) ?? {};
}

/** One record of an object by its id, read from the records and not from the index; null when there is none. */
export function findNode(context: GraphContext, object: string, id: string): GraphNode | null {
  needFieldScope(context, object.replace(/s$/, ''), `read_${object}`);
  const record = recordsOf(context.world, context.session, object, 'committed').find((row) => String(row.id) === id);
  context.spent += 1;
  return record === undefined ? null : showNode(object, record);
}

/** A page of an object's records that a search finds. */
export function connectRecords(
  object: string,
  asked: ConnectionArguments,
  context: GraphContext,
  info: GraphQLResolveInfo,
  isOwn: (record: JsonObject) => boolean = () => true,
): unknown {
  const rows = foundRecords(object, asked, context, info).filter(isOwn);
  return connect(rows, asked, context, (record) => showNode(object, record));
}

/** Every record of an object that a search finds. */
export function foundRecords(
  object: string,
  asked: ConnectionArguments,
  context: GraphContext,
  info: GraphQLResolveInfo,
): readonly JsonObject[] {
  needFieldScope(context, info.fieldName, `read_${object}`);
  const rows = recordsOf(context.world, context.session, object, isSearch(asked) ? 'indexed' : 'committed');
  return searchRows(object, rows, asked, context, info);
}

/** One entry of the event log. */
export function showEvent(event: JsonObject): GraphNode {
  return {
    __typename: 'BasicEvent',
    id: gidOf('BasicEvent', event.id ?? 0),
    action: event.verb ?? '',
    arguments: event.arguments ?? [],
    author: event.author ?? '',
    createdAt: utc(event.created_at),
    message: event.message ?? '',
    subjectId: gidOf(String(event.subject_type), event.subject_id ?? 0),
    subjectType: upper(event.subject_type),
  };
}
