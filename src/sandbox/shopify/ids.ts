import type { Json } from '../json.ts';

/** Before the first id of each object, so that ids of different objects do not look alike. */
const firstIds: Readonly<Record<string, number>> = {
  orders: 5_512_340_000_000,
  customers: 7_012_345_000_000,
  products: 8_123_456_000_000,
};

/** Ids of one object are this far apart. */
const step = 32_768;

/** The id of the n-th record of an object, as text. */
export function makeId(object: string, serial: number): string {
  return String((firstIds[object] ?? 1_000_000_000_000) + serial * step);
}

/** Whether a text is a 64-bit id: those of the vendor are below 2^53 today, but some of its samples are not. */
export const isId = (text: string): boolean => /^[1-9]\d{0,18}$/.test(text);

/** How a record keeps an id: as a number where JSON's numbers are exact, else as text, which answers show as a number all the same. */
export function keptId(id: string): Json {
  const number = Number(id);
  return Number.isSafeInteger(number) ? number : id;
}

/** The n-th order's number in the shop, worked out from its id. */
export function numberOf(id: string): number {
  const serial = (Number(id) - (firstIds.orders ?? 0)) / step;
  return Number.isInteger(serial) && serial > 0 && serial < 1e9 ? serial : Number(BigInt(id) % 1_000_000n);
}

/** A number that neighbours of one object do not share, far smaller than the id. */
export const serialOf = (id: string): bigint => BigInt(id) / BigInt(step);

/** The id of the n-th part of a record: a line item, a variant, an address. */
export function makePartId(kind: 'line' | 'variant' | 'address', id: string, index: number): number {
  const base = { line: 14_001_000_000_000n, variant: 45_123_000_000_000n, address: 8_234_000_000_000n };
  // 1,000 parts of each of 10^9 records stay apart and stay below 2^53.
  return Number(base[kind] + (serialOf(id) % 1_000_000_000n) * 1000n + BigInt(index));
}

/** The GraphQL id of a record. */
export const gidOf = (type: string, id: Json): string => `gid://shopify/${type}/${String(id)}`;

/** Type and id in a GraphQL id; undefined when the text is none. */
export function readGid(gid: string): { readonly type: string; readonly id: string } | undefined {
  const [, type, id] = /^gid:\/\/shopify\/([A-Za-z]+)\/([1-9]\d{0,18})$/.exec(gid) ?? [];
  return type === undefined || id === undefined ? undefined : { type, id };
}

/** JSON text in which every id that is kept as text stands as the number it is. */
export function renderIds(json: string): string {
  // A quote inside a text is escaped, so this pattern can only meet names and whole values.
  return json.replace(/"((?:\w+_)?id)":"([1-9]\d{15,18})"/g, '"$1":$2');
}
