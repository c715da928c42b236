import { createHmac } from 'node:crypto';
import { isJsonObject, type Json, type JsonObject } from '../json.ts';

/** An order of records: by a key, then by id. The id makes it total, so that a place in it can be named. */
export interface Order {
  readonly name: string;
  readonly descending: boolean;
  key(record: JsonObject): number | string;
}

/** A place in an order: that of the record it was taken from, wherever that record is now. */
export interface Place {
  readonly key: number | string;
  readonly id: string;
}

export const placeOf = (order: Order, record: JsonObject): Place => ({ key: order.key(record), id: String(record.id) });

/** Negative, zero or positive as one place is before the other in the order. */
export function comparePlaces(order: Order, one: Place, other: Place): number {
  const byKey = one.key === other.key ? 0 : one.key < other.key ? -1 : 1;
  const way = order.descending ? -1 : 1;
  if (byKey !== 0) return byKey * way;
  const difference = BigInt(one.id) - BigInt(other.id);
  return (difference === 0n ? 0 : difference < 0n ? -1 : 1) * way;
}

export interface PageRequest {
  readonly order: Order;
  readonly limit: number;
  readonly after?: Place | undefined;
  readonly before?: Place | undefined;
  /** Takes the last records of what is asked for, not the first. */
  readonly fromEnd: boolean;
}

export interface KeysetPage {
  readonly rows: readonly JsonObject[];
  readonly hasPrevious: boolean;
  readonly hasNext: boolean;
}

/** The records of one page, in order. Nothing is remembered between pages: a record that moves in the order moves between them. */
export function takePage(records: readonly JsonObject[], request: PageRequest): KeysetPage {
  const { order, limit, after, before, fromEnd } = request;
  const sorted = records
    .map((record) => ({ record, place: placeOf(order, record) }))
    .toSorted((one, other) => comparePlaces(order, one.place, other.place));
  const isAfter = (place: Place): boolean => after === undefined || comparePlaces(order, place, after) > 0;
  const isBefore = (place: Place): boolean => before === undefined || comparePlaces(order, place, before) < 0;
  const wanted = sorted.filter(({ place }) => isAfter(place) && isBefore(place));
  const rows = fromEnd ? wanted.slice(Math.max(0, wanted.length - limit)) : wanted.slice(0, limit);
  const first = rows[0];
  const last = rows.at(-1);
  // Of an empty page, what the cursor points from still tells what lies on either side.
  return {
    rows: rows.map(({ record }) => record),
    hasPrevious: sorted.some(({ place }) =>
      first === undefined ? !isAfter(place) : comparePlaces(order, place, first.place) < 0,
    ),
    hasNext: sorted.some(({ place }) =>
      last === undefined ? !isBefore(place) : comparePlaces(order, place, last.place) > 0,
    ),
  };
}

const signingKey = 'a sandbox signs its cursors so that nobody writes one';
const signatureOf = (text: string): string =>
  createHmac('sha256', signingKey).update(text).digest('base64url').slice(0, 16);

/** Makes an opaque text of a cursor. */
export function sealCursor(cursor: JsonObject): string {
  const text = JSON.stringify(cursor);
  return Buffer.from(`${text}${signatureOf(text)}`).toString('base64url');
}

/** What a sealed cursor holds; undefined for any other text. */
export function openCursor(sealed: string): JsonObject | undefined {
  const text = Buffer.from(sealed, 'base64url').toString('utf8');
  const [content, signature] = [text.slice(0, -16), text.slice(-16)];
  if (signatureOf(content) !== signature) return undefined;
  const cursor: unknown = JSON.parse(content);
  return isJsonObject(cursor) ? cursor : undefined;
}

/** The place a cursor holds. */
export function placeIn(cursor: JsonObject): Place | undefined {
  const { key, id } = cursor;
  const isKey = (value: Json | undefined): value is number | string =>
    typeof value === 'number' || typeof value === 'string';
  return isKey(key) && typeof id === 'string' ? { key, id } : undefined;
}
