/** A vendor of whom a case says which records it is asked for, and what it answers. */
import type { ExpectedRead } from '../definition/webhook-case.ts';
import { Failure } from '../diagnostic/failure.ts';
import type { VendorClient, VendorRequest } from '../http/client.ts';

export interface GivenVendor {
  readonly client: VendorClient;
  /** The index of the given read that each request was, in the order in which they came; null for one not foreseen. */
  readonly asked: readonly { readonly read: number | null; readonly path: string }[];
}

export function createGivenVendor(reads: readonly ExpectedRead[]): GivenVendor {
  const asked: { read: number | null; path: string }[] = [];
  const client: VendorClient = {
    clockSkewMs: 0,
    isClockKnown: true,
    isClockDoubted: false,
    async send(request) {
      // Two objects may be made from one record, which is then asked for twice.
      const isFresh = (index: number) => asked.every(({ read }) => read !== index);
      const fresh = reads.findIndex((read, index) => isOf(read, request) && isFresh(index));
      const found = fresh < 0 ? reads.findIndex((read) => isOf(read, request)) : fresh;
      const { path } = request;
      asked.push({ read: found < 0 ? null : found, path });
      const body = reads[found]?.answer ?? null;
      if (body === null) throw notFound(path);
      return { url: path, status: 200, headers: {}, body, dateMs: null };
    },
    close: async () => {},
  };
  return { client, asked };
}

function isOf({ path, has }: ExpectedRead, request: VendorRequest): boolean {
  const { query, body } = request;
  const texts = [request.path, ...query.map(([, value]) => value), JSON.stringify(body ?? null)];
  return request.path === path && texts.some((text) => text.includes(has));
}

function notFound(path: string): Failure {
  return new Failure('not-found', `The case gives no record at ${path}.`, { retryable: false });
}
