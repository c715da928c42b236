/**
 * A walk that broke off goes on at its page: the request of the next page is kept in the cursor for as long as the
 * vendor's page cursor stays good.
 */
import { createHash } from 'node:crypto';
import { Failure } from '../diagnostic/failure.ts';
import type { Page, VendorRequest } from '../http/client.ts';
import { type Paging, pages } from '../http/page/pages.ts';
import type { FeedCursor, StoredJson } from '../store/port.ts';
import type { PollPorts } from './feed.ts';
import type { Window } from './window.ts';

export interface PageMark {
  /** The window under way, and which of its queries. */
  readonly window: Window;
  readonly query: number;
  /** How far the cursor may move when the window is done, by the vendor's clock as its first page told it. */
  readonly endMs: number;
  readonly request: VendorRequest;
  /** A digest of what the query asked for: where the connector or the instance asks otherwise by now, its pages are of no use. */
  readonly asked: string;
  /** When the page cursor was given out, epoch milliseconds of our clock. */
  readonly atMs: number;
}

export function requestDigest(request: VendorRequest): string {
  return createHash('sha256').update(JSON.stringify(request)).digest('base64url').slice(0, 22);
}

/** The cursor with a mark in it. */
export function withMark(cursor: FeedCursor | null, mark: PageMark): FeedCursor {
  // A request is JSON: its body was made from JSON, all else is text.
  return { ...cursor, mark: mark as unknown as StoredJson };
}

/** The mark of a cursor, as long as it is good; null without one. @param seconds null is for ever, 0 never. */
export function markOf(cursor: FeedCursor | null, seconds: number | null, nowMs: number): PageMark | null {
  const mark = cursor?.['mark'];
  if (mark === undefined || mark === null || seconds === 0) return null;
  const read = mark as unknown as PageMark;
  return seconds === null || nowMs - read.atMs < seconds * 1_000 ? read : null;
}

/** The pages of a query, from a mark on where there is one; from the beginning when the vendor no longer knows it. */
export async function* pagesFrom(
  ports: PollPorts,
  asked: VendorRequest,
  mark: PageMark | null,
  paging: Paging,
): AsyncGenerator<Page> {
  const resumed = pages(ports.client, mark?.request ?? asked, paging, ports.signal);
  const first = await resumed.next().catch((error: unknown) => {
    if (mark !== null && isForgotten(error)) return null;
    throw error;
  });
  if (first === null) yield* pages(ports.client, asked, paging, ports.signal);
  else if (first.done !== true) {
    // Its first page is none of the query, whose beginning is read already.
    yield mark === null ? first.value : { ...first.value, index: 1 };
    yield* resumed;
  }
}

/** Whether what the vendor handed out is no longer good: not every vendor has a word of its own for it. */
export function isForgotten(error: unknown): boolean {
  return error instanceof Failure && ['cursor-expired', 'request-refused', 'not-found'].includes(error.code);
}
