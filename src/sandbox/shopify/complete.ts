import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import { gidOf, makePartId, numberOf } from './ids.ts';
import { findResource } from './schema.ts';

/** What every record has of itself before an object's own fields are filled in. */
interface Given extends JsonObject {
  readonly id: Json;
  readonly created_at: string;
  readonly updated_at: string;
}

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
const cents = (value: Json | undefined): number => Math.round(Number(value ?? 0) * 100) || 0;
const money = (amount: number): string => (amount / 100).toFixed(2);

/** Every field of the object in the vendor's order, with its default; what a person added beside them stays. */
export function complete(object: string, record: Given): JsonObject {
  const own = object === 'orders' ? order(record) : object === 'customers' ? customer(record) : product(record);
  const gid = gidOf(findResource(object)?.type ?? '', record.id);
  const base: JsonObject = { id: record.id, admin_graphql_api_id: gid, ...own };
  const extras = Object.entries(record).filter(([name]) => !Object.hasOwn(base, name));
  return { ...base, ...Object.fromEntries(extras) };
}

function order(record: Given): JsonObject {
  const items = parts(record, 'line_items', 'line', (item) => ({
    product_id: item.product_id ?? null,
    variant_id: item.variant_id ?? null,
    title: item.title ?? '',
    quantity: item.quantity ?? 1,
    price: money(cents(item.price)),
    sku: item.sku ?? null,
  }));
  const number = numberOf(String(record.id));
  const subtotal = items.reduce((sum, item) => sum + cents(item.price) * Number(item.quantity), 0);
  const tax = cents(record.total_tax);
  return {
    name: record.name ?? `#${1000 + number}`,
    order_number: record.order_number ?? 1000 + number,
    number: record.number ?? number,
    email: record.email ?? '',
    created_at: record.created_at,
    updated_at: record.updated_at,
    processed_at: record.processed_at ?? record.created_at,
    closed_at: record.closed_at ?? null,
    cancelled_at: record.cancelled_at ?? null,
    cancel_reason: record.cancel_reason ?? null,
    currency: record.currency ?? 'USD',
    total_price: record.total_price ?? money(subtotal + tax),
    subtotal_price: record.subtotal_price ?? money(subtotal),
    total_tax: money(tax),
    financial_status: record.financial_status ?? 'pending',
    fulfillment_status: record.fulfillment_status ?? null,
    tags: textOf(record.tags),
    note: record.note ?? null,
    test: record.test ?? false,
    confirmed: record.confirmed ?? true,
    source_name: record.source_name ?? 'web',
    customer: record.customer ?? null,
    line_items: items,
    refunds: record.refunds ?? [],
    fulfillments: record.fulfillments ?? [],
  };
}

function customer(record: Given): JsonObject {
  const address = record.default_address;
  return {
    email: record.email ?? null,
    first_name: record.first_name ?? null,
    last_name: record.last_name ?? null,
    state: record.state ?? 'disabled',
    verified_email: record.verified_email ?? true,
    orders_count: record.orders_count ?? 0,
    total_spent: money(cents(record.total_spent)),
    note: record.note ?? null,
    tags: textOf(record.tags),
    phone: record.phone ?? null,
    tax_exempt: record.tax_exempt ?? false,
    currency: record.currency ?? 'USD',
    created_at: record.created_at,
    updated_at: record.updated_at,
    default_address: isJsonObject(address)
      ? { ...address, id: address.id ?? makePartId('address', String(record.id), 0) }
      : null,
  };
}

function product(record: Given): JsonObject {
  const variants = parts(record, 'variants', 'variant', (variant) => ({
    product_id: record.id,
    title: variant.title ?? 'Default Title',
    price: money(cents(variant.price)),
    sku: variant.sku ?? null,
    inventory_quantity: variant.inventory_quantity ?? 0,
    created_at: variant.created_at ?? record.created_at,
    updated_at: variant.updated_at ?? record.updated_at,
  }));
  return {
    title: record.title ?? '',
    body_html: record.body_html ?? null,
    vendor: record.vendor ?? '',
    product_type: record.product_type ?? '',
    handle: record.handle ?? handleOf(textOf(record.title)),
    status: record.status ?? 'active',
    tags: textOf(record.tags),
    created_at: record.created_at,
    updated_at: record.updated_at,
    published_at: record.published_at ?? (record.status === 'draft' ? null : record.created_at),
    variants,
    options: record.options ?? [],
    images: record.images ?? [],
  };
}

/** The parts of a record, each with an id of its own; a part that has one keeps it. */
function parts(
  record: Given,
  name: string,
  kind: 'line' | 'variant',
  fill: (part: JsonObject) => JsonObject,
): readonly JsonObject[] {
  const given = record[name];
  const list = Array.isArray(given) ? given.filter(isJsonObject) : [];
  const taken = new Set(list.map((part) => part.id));
  let next = 0;
  const freshId = (): number => {
    let id: number;
    do {
      id = makePartId(kind, String(record.id), next);
      next += 1;
    } while (taken.has(id));
    return id;
  };
  return list.map((part) => {
    const filled = { id: part.id ?? freshId(), ...fill(part) };
    return { ...filled, ...Object.fromEntries(Object.entries(part).filter(([key]) => !Object.hasOwn(filled, key))) };
  });
}

/** The vendor's form of a title in a URL. */
export function handleOf(title: string): string {
  return title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
}
