import type { Json, JsonObject } from '../json.ts';
import { instantAt, readTime } from './times.ts';

type Keep = (record: JsonObject) => boolean;
/** Builds the test of one parameter's value; undefined for a value that the vendor takes no notice of. */
type Filter = (value: string) => Keep | undefined;

/**
 * At or after, at or before: both ends belong to the range, as the vendor's reference says. A time that cannot be read is ignored and
 * not refused: seen with a time in quotes.
 */
const range = (name: string): Readonly<Record<string, Filter>> => {
  const bound =
    (holds: (atMs: number, boundMs: number) => boolean): Filter =>
    (value) => {
      const span = readTime(value);
      if (span === undefined) return undefined;
      return (record) => {
        const atMs = instantAt(record[`${name}_at`]);
        return atMs !== undefined && holds(atMs, span.fromMs);
      };
    };
  return {
    [`${name}_at_min`]: bound((atMs, boundMs) => atMs >= boundMs),
    [`${name}_at_max`]: bound((atMs, boundMs) => atMs <= boundMs),
  };
};

const equals =
  (field: string): Filter =>
  (value) =>
  (record) =>
    String(record[field] ?? '').toLowerCase() === value.toLowerCase();

/** One of these words; `any` and words that the vendor does not know keep every record. */
const choice =
  (words: Readonly<Record<string, Keep>>): Filter =>
  (value) =>
    Object.hasOwn(words, value) ? words[value] : undefined;

const isSet = (value: Json | undefined): boolean => value !== undefined && value !== null && value !== '';
const oneOf =
  (field: string, ...wanted: readonly Json[]): Keep =>
  (record) =>
    wanted.includes(record[field] ?? null);

const every: Readonly<Record<string, Filter>> = {
  ids: (value) => {
    const wanted = new Set(value.split(',').map((id) => id.trim()));
    return (record) => wanted.has(String(record.id));
  },
  since_id: (value) => {
    if (!/^\d{1,19}$/.test(value)) return undefined;
    const sinceId = BigInt(value);
    return (record) => BigInt(String(record.id)) > sinceId;
  },
  ...range('created'),
};

const orders: Readonly<Record<string, Filter>> = {
  ...every,
  ...range('updated'),
  ...range('processed'),
  attribution_app_id: () => () => false,
  name: (value) => (record) => String(record.name).replace(/^#/, '') === value.replace(/^#/, ''),
  status: choice({
    open: (record) => !isSet(record.closed_at) && !isSet(record.cancelled_at),
    closed: (record) => isSet(record.closed_at),
    cancelled: (record) => isSet(record.cancelled_at),
  }),
  financial_status: choice({
    ...Object.fromEntries(
      ['authorized', 'pending', 'paid', 'partially_paid', 'refunded', 'voided', 'partially_refunded'].map((status) => [
        status,
        oneOf('financial_status', status),
      ]),
    ),
    unpaid: oneOf('financial_status', 'authorized', 'pending', 'partially_paid'),
  }),
  fulfillment_status: choice({
    shipped: oneOf('fulfillment_status', 'fulfilled'),
    partial: oneOf('fulfillment_status', 'partial'),
    unshipped: oneOf('fulfillment_status', null),
    unfulfilled: oneOf('fulfillment_status', null, 'partial'),
  }),
};

const products: Readonly<Record<string, Filter>> = {
  ...every,
  ...range('updated'),
  ...range('published'),
  title: equals('title'),
  vendor: equals('vendor'),
  handle: (value) => {
    const wanted = value.split(',');
    return (record) => wanted.includes(String(record.handle));
  },
  product_type: equals('product_type'),
  status: (value) => {
    const wanted = value.split(',');
    return (record) => wanted.includes(String(record.status));
  },
  // The sandbox's shop has no collections.
  collection_id: () => () => false,
  published_status: choice({
    published: (record) => isSet(record.published_at),
    unpublished: (record) => !isSet(record.published_at),
  }),
};

const filters: Readonly<Record<string, Readonly<Record<string, Filter>>>> = {
  orders,
  customers: { ...every, ...range('updated') },
  products,
  events: {
    ...every,
    filter: (value) => {
      const wanted = value.split(',');
      return (record) => wanted.includes(String(record.subject_type));
    },
    verb: (value) => (record) => record.verb === value,
  },
};

/** The parameters that choose among an object's records; the vendor ignores any other. */
export const filterNames = (object: string): readonly string[] => Object.keys(filters[object] ?? {});

/** The test of all filters together. Orders are the open ones unless `status` says otherwise. */
export function compileFilters(object: string, query: Readonly<Record<string, string>>): Keep {
  const asked = object === 'orders' ? { status: 'open', ...query } : query;
  const tests = Object.entries(filters[object] ?? {}).flatMap(([name, filter]) => {
    const value = asked[name];
    return value === undefined || value === '' ? [] : (filter(value) ?? []);
  });
  return (record) => tests.every((test) => test(record));
}
