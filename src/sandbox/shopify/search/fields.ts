import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import { customerStates, orderStatuses, productStatuses } from '../schema.ts';

export type FieldKind = 'id' | 'number' | 'time' | 'choice' | 'flag' | 'text' | 'tag';

/** A field that searches of an object know. */
export interface SearchField {
  readonly kind: FieldKind;
  /** Of a choice: what may be asked for. */
  readonly options?: readonly string[];
  /** What the record has: one value, several, or none. */
  read(record: JsonObject): readonly Json[];
}

export interface Searchable {
  readonly fields: Readonly<Record<string, SearchField>>;
  /** What a term without a field searches. */
  readonly defaults: readonly string[];
}

const values = (value: Json | undefined): readonly Json[] =>
  value === undefined || value === null || value === '' ? [] : [value];

/** The value at a dotted path; a list on the way gives the values of each of its items. */
function at(record: JsonObject, path: string): readonly Json[] {
  return path.split('.').reduce<readonly Json[]>(
    (found, name) =>
      found.flatMap((value) => {
        const items: readonly Json[] = Array.isArray(value) ? value : [value];
        return items.flatMap((item) => (isJsonObject(item) ? values(item[name]) : []));
      }),
    [record],
  );
}

const field = (kind: FieldKind, path: string): SearchField => ({ kind, read: (record) => at(record, path) });
const choice = (options: readonly string[], read: SearchField['read']): SearchField => ({
  kind: 'choice',
  options,
  read,
});
const tags: SearchField = {
  kind: 'tag',
  read: (record) =>
    String(record.tags ?? '')
      .split(',')
      .flatMap((tag) => values(tag.trim())),
};

function orderStatus(record: JsonObject): readonly Json[] {
  if (values(record.cancelled_at).length > 0) return ['cancelled', 'closed'];
  return values(record.closed_at).length > 0 ? ['closed', 'not_cancelled'] : ['open', 'not_closed', 'not_cancelled'];
}

const searchables: Readonly<Record<string, Searchable>> = {
  orders: {
    fields: {
      id: field('id', 'id'),
      name: field('text', 'name'),
      email: field('text', 'email'),
      created_at: field('time', 'created_at'),
      updated_at: field('time', 'updated_at'),
      processed_at: field('time', 'processed_at'),
      customer_id: field('id', 'customer.id'),
      status: choice(['open', 'closed', 'cancelled', 'not_closed', 'not_cancelled'], orderStatus),
      financial_status: choice(orderStatuses, (record) => values(record.financial_status)),
      fulfillment_status: choice(['shipped', 'partial', 'unshipped', 'unfulfilled', 'fulfilled'], (record) => {
        if (record.fulfillment_status === 'fulfilled') return ['shipped', 'fulfilled'];
        return record.fulfillment_status === 'partial' ? ['partial', 'unfulfilled'] : ['unshipped', 'unfulfilled'];
      }),
      tag: tags,
      test: field('flag', 'test'),
    },
    defaults: ['name', 'email', 'customer.first_name', 'customer.last_name', 'line_items.title'],
  },
  customers: {
    fields: {
      id: field('id', 'id'),
      // The customers' created_at has a name of its own; `created_at` is not known here.
      customer_date: field('time', 'created_at'),
      updated_at: field('time', 'updated_at'),
      email: field('text', 'email'),
      first_name: field('text', 'first_name'),
      last_name: field('text', 'last_name'),
      phone: field('text', 'phone'),
      state: choice(customerStates, (record) => values(record.state)),
      tag: tags,
      country: field('text', 'default_address.country'),
      orders_count: field('number', 'orders_count'),
      total_spent: field('number', 'total_spent'),
    },
    defaults: ['first_name', 'last_name', 'email', 'phone', 'default_address.company'],
  },
  products: {
    fields: {
      id: field('id', 'id'),
      created_at: field('time', 'created_at'),
      updated_at: field('time', 'updated_at'),
      published_at: field('time', 'published_at'),
      status: choice(productStatuses, (record) => values(record.status)),
      title: field('text', 'title'),
      vendor: field('text', 'vendor'),
      product_type: field('text', 'product_type'),
      handle: field('text', 'handle'),
      sku: field('text', 'variants.sku'),
      tag: tags,
    },
    defaults: ['title', 'vendor', 'product_type', 'variants.sku', 'tags'],
  },
  events: {
    fields: {
      id: field('id', 'id'),
      action: field('text', 'verb'),
      subject_type: field('text', 'subject_type'),
      created_at: field('time', 'created_at'),
    },
    defaults: ['message'],
  },
};

/** What can be searched for in an object. */
export function searchableOf(object: string): Searchable {
  return searchables[object] ?? { fields: {}, defaults: [] };
}

/** The texts that a term without a field searches. */
export const defaultTexts = (searchable: Searchable, record: JsonObject): readonly string[] =>
  searchable.defaults.flatMap((path) => at(record, path)).map(String);
