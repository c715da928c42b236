/** Walks the pages of one query to the end, and never twice the same way. */
import { createHash } from 'node:crypto';
import type { PageDefinition } from '../../definition/connector.ts';
import { Failure } from '../../diagnostic/failure.ts';
import type { Path } from '../../template/path.ts';
import type { Page, VendorClient, VendorRequest } from '../client.ts';
import { compilePager } from './compile-pager.ts';
import { readRecords } from './read-records.ts';

/** How a query's answers are read. */
export interface Paging {
  readonly page: PageDefinition;
  /** Where an answer holds its records. */
  readonly recordsPath: Path;
}

const MAX_PAGES = 100_000;

/**
 * Yields the pages from the first request on; the next one is asked for when the consumer comes back for it.
 * @throws Failure `vendor-page-repeated` when a request or a page comes a second time, or when there are more pages
 * than the definition allows; `request-refused` when a next URL leaves the origin; `vendor-answer-unreadable`; and
 * what `VendorClient.send` throws.
 */
export async function* pages(
  client: Pick<VendorClient, 'send'>,
  first: VendorRequest,
  { page, recordsPath }: Paging,
  signal?: AbortSignal,
): AsyncGenerator<Page, void, undefined> {
  const pager = compilePager(page);
  const maxPages = page.kind === 'none' ? 1 : (page.maxPages ?? MAX_PAGES);
  const seen = new Set([fingerprint(first)]);
  let request: VendorRequest | null = first;
  for (let index = 0; request !== null; index += 1) {
    if (index === maxPages) throw tooMany(maxPages);
    const answer = await client.send(request, signal);
    const records = readRecords(answer, recordsPath);
    if (records.length > 0) requireNew(seen, unordered(records));
    const next: VendorRequest | null = pager.next({ answer, records, request, index });
    if (next !== null) requireNew(seen, next);
    yield { answer, records, index, last: next === null, next };
    request = next;
  }
}

/** Its records in an order of their own: a vendor that ignores the page may list the same ones in another order. */
function unordered(records: readonly unknown[]): readonly string[] {
  return records.map((record) => JSON.stringify(record)).sort();
}

function requireNew(seen: Set<string>, value: unknown): void {
  const print = fingerprint(value);
  if (seen.has(print)) {
    throw new Failure('vendor-page-repeated', 'The vendor sent the same page or page cursor twice.', {
      retryable: true,
      help: 'The vendor may ignore the page parameter: check its name in the connector.',
    });
  }
  seen.add(print);
}

function fingerprint(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64');
}

function tooMany(maxPages: number): Failure {
  return new Failure('vendor-page-repeated', `The query has more than ${maxPages} pages.`, {
    retryable: false,
    help: 'If so many are right, raise maxPages of the connector.',
  });
}
