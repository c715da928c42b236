import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import { emailOf, firms, people, phoneOf, seededAtMs, subjects } from '../people.ts';
import { pick, type Random, wholeNumber } from '../random.ts';
import type { RecordSeeds } from '../vendor.ts';
import { keptId, makeId } from './ids.ts';
import { customerStates, productStatuses } from './schema.ts';
import { renderTime } from './times.ts';

const hourMs = 3_600_000;

const at = <T>(list: readonly T[], index: number): T => {
  const value = list[index % list.length];
  if (value === undefined) throw new RangeError('an empty list');
  return value;
};

const goods: readonly (readonly [title: string, type: string, price: string])[] = [
  ['Frame repair', 'Service', '340.00'],
  ['Blue shirt', 'Apparel', '24.90'],
  ['Shirt, "Peak" edition', 'Apparel', '31.50'],
  ["Brewer's yeast 50%", 'Food', '6.20'],
  ['Wool_blanket <grey>', 'Home', '89.00'],
  ['Crème brûlée set', 'Kitchen', '45.75'],
  ['織物 scarf', 'Apparel', '120.00'],
  ['Back\\slash sticker', 'Stationery', '2.00'],
];

const tags = ['', 'wholesale', 'wholesale, vip', 'newsletter', 'vip, "gold"'];
const paid = ['paid', 'paid', 'pending', 'partially_refunded', 'authorized', 'refunded'];
const shipped = [null, 'fulfilled', 'partial', null, 'fulfilled'];

const countryCodes: Readonly<Record<string, string>> = {
  Denmark: 'DK', Ireland: 'IE', 'United States': 'US', Germany: 'DE', Portugal: 'PT', 'United Kingdom': 'GB', Poland: 'PL', Japan: 'JP',
  Canada: 'CA', India: 'IN', Australia: 'AU', Czechia: 'CZ', France: 'FR', Netherlands: 'NL', Kenya: 'KE', Norway: 'NO', Colombia: 'CO',
  Slovenia: 'SI', Malta: 'MT',
}; // biome-ignore format: a list to read, not to scan

function customer(index: number): JsonObject {
  const person = at(people, index);
  const firm = at(firms, index);
  // Past the first round the same names come again, and an address is taken once.
  const email = emailOf(person, firm).replace('@', index < people.length ? '@' : `+${index}@`);
  return {
    email: index % 11 === 10 ? null : email,
    first_name: person.first,
    last_name: person.last,
    phone: phoneOf(index),
    state: at(customerStates, index),
    tags: at(tags, index),
    orders_count: index % 4,
    total_spent: ((index % 4) * 181.55).toFixed(2),
    default_address: {
      company: firm.name,
      address1: firm.street,
      city: firm.city,
      zip: firm.postalCode,
      country: firm.country,
      country_code: countryCodes[firm.country] ?? 'US',
    },
  };
}

function product(index: number): JsonObject {
  const [title, type, price] = at(goods, index);
  const sku = `${type.slice(0, 3).toUpperCase()}-${index + 1}`;
  return {
    title: index < goods.length ? title : `${title} ${index + 1}`,
    body_html: `<p>${type} by ${at(firms, index).domain}</p>`,
    vendor: at(firms, index).name,
    product_type: type,
    status: at(productStatuses, index % 7),
    tags: at(tags, index + 1),
    variants: ['Small', 'Large'].slice(0, 1 + (index % 2)).map((size, number) => ({
      title: index % 2 === 0 ? 'Default Title' : size,
      price: (Number(price) + number * 5).toFixed(2),
      sku: `${sku}-${number + 1}`,
      inventory_quantity: (index * 7) % 40,
    })),
  };
}

function order(index: number, atMs: number | undefined): JsonObject {
  const buyer = index % people.length;
  const { email = null, first_name = null, last_name = null } = customer(buyer);
  const [title, , price] = at(goods, index);
  // Some orders ended: softer ends than a delete. Their end is their last change.
  const ended = atMs === undefined ? null : renderTime(atMs);
  return {
    email: email ?? '',
    financial_status: at(paid, index),
    fulfillment_status: at(shipped, index),
    closed_at: index % 5 === 4 ? ended : null,
    ...(index % 9 === 7 ? { cancelled_at: ended, cancel_reason: ended === null ? null : 'customer' } : {}),
    ...(atMs === undefined ? {} : { processed_at: renderTime(atMs - hourMs / 3600) }),
    total_tax: (Number(price) * 0.0625).toFixed(2),
    tags: at(tags, index),
    note: index % 3 === 0 ? at(subjects, index) : null,
    customer: { id: keptId(makeId('customers', 1 + buyer)), email, first_name, last_name },
    line_items: [
      {
        product_id: keptId(makeId('products', 1 + (index % firms.length))),
        title,
        quantity: 1 + (index % 3),
        price,
        sku: null,
      },
    ],
  };
}

function make(object: string, index: number, atMs?: number): JsonObject {
  if (object === 'orders') return order(index, atMs);
  return object === 'customers' ? customer(index) : product(index);
}

type Revision = (random: Random, record: JsonObject) => readonly [field: string, value: Json];

/** One plausible new value for one field of an object. */
const revisions: Readonly<Record<string, readonly Revision[]>> = {
  orders: [
    (random) => ['note', pick(random, subjects)],
    (random) => ['tags', pick(random, tags)],
    (random) => ['financial_status', pick(random, paid)],
    (random) => ['fulfillment_status', pick(random, shipped)],
    (random) => ['email', emailOf(pick(random, people), pick(random, firms))],
  ],
  customers: [
    (random) => ['phone', phoneOf(wholeNumber(random, 0, 99))],
    (random) => ['last_name', pick(random, people).last],
    (random) => ['tags', pick(random, tags)],
    (random) => ['state', pick(random, customerStates)],
  ],
  products: [
    (random) => ['title', `${pick(random, goods)[0]} ${wholeNumber(random, 2, 99)}`],
    (random) => ['vendor', pick(random, firms).name],
    (random) => ['status', pick(random, productStatuses)],
    (random, record) => ['variants', reprice(record.variants, wholeNumber(random, 200, 40_000))],
  ],
};

function reprice(variants: Json | undefined, cents: number): Json {
  const list: readonly Json[] = Array.isArray(variants) ? variants : [];
  return list.map((variant) => (isJsonObject(variant) ? { ...variant, price: (cents / 100).toFixed(2) } : variant));
}

export const seeds: RecordSeeds = {
  start: (object, nowMs) =>
    firms.map((_, index) => {
      const atMs = seededAtMs(index, nowMs);
      return { given: make(object, index, atMs), atMs };
    }),
  draft: (object, random) => make(object, people.length + wholeNumber(random, 0, 9_999_999)),
  revise: (object, record, random) => Object.fromEntries([pick(random, revisions[object] ?? [])(random, record)]),
};
