import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { PageDefinition } from '../../src/definition/connector.ts';
import type { Page, VendorRequest } from '../../src/http/client.ts';
import { pages } from '../../src/http/page/pages.ts';
import { clientOf } from '../http/vendor-server.ts';

export interface Asked {
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: Readonly<Record<string, unknown>>;
}

export interface PageAnswer {
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One kind of paging, with a vendor that speaks it. Records are `{ id }`, in `data` of an answer. */
export interface PageCase {
  readonly name: string;
  readonly page: PageDefinition;
  /** Records in a full page. */
  readonly size: number;
  /** Answers a request from all the records; must itself refuse requests that no client of this paging may send. */
  answer(asked: Asked, records: readonly { readonly id: number }[]): PageAnswer;
  /** Answers so that a client would go round for ever; null where the kind cannot. */
  readonly loop: ((asked: Asked) => PageAnswer) | null;
  /** Answers with a next page on another origin; null where the kind cannot. */
  readonly leave: (() => PageAnswer) | null;
}

const first: VendorRequest = {
  method: 'POST',
  path: '/search',
  query: [['keep', 'a b&c']],
  headers: { prefer: 'size' },
  body: { filter: { x: 1 } },
};

/** What every kind of paging must do. */
export function pageSuite(kind: PageCase): void {
  describe(`paging by ${kind.name}`, () => {
    const open: (() => void)[] = [];
    afterEach(() => {
      for (const close of open.splice(0)) close();
    });

    async function walk(
      answer: (asked: Asked) => PageAnswer,
      page: PageDefinition = kind.page,
    ): Promise<{ walked: Page[]; asked: Asked[]; error: unknown }> {
      const asked: Asked[] = [];
      const server = createServer(async (request, response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk);
        const text = Buffer.concat(chunks).toString();
        const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
        const entry = { url, headers: request.headers, body: text === '' ? {} : JSON.parse(text) };
        asked.push(entry);
        const { body, headers } = answer(entry);
        response.writeHead(200, { ...headers }).end(JSON.stringify(body));
      });
      await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
      const { client } = clientOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
      open.push(() => {
        void client.close();
        server.close();
        server.closeAllConnections();
      });
      const walked: Page[] = [];
      try {
        for await (const one of pages(client, first, { page, recordsPath: ['data'] })) walked.push(one);
        return { walked, asked, error: null };
      } catch (error) {
        return { walked, asked, error };
      }
    }

    const most = kind.page.kind === 'none' ? 1 : 4;
    const counts = [0, 1, kind.size - 1, kind.size, kind.size + 1, kind.size * most - 1, kind.size * most];
    it.each([...new Set(counts.filter((count) => most > 1 || count <= kind.size))])(
      'yields all of %i records once, in order',
      async (count) => {
        const records = Array.from({ length: count }, (_, index) => ({ id: index + 1 }));
        const { walked, asked, error } = await walk((entry) => kind.answer(entry, records));
        expect(error).toBeNull();
        expect(walked.flatMap((page) => page.records)).toEqual(records);
        expect(walked.map((page) => page.index)).toEqual(walked.map((_, index) => index));
        expect(walked.map((page) => page.last)).toEqual(walked.map((_, index) => index === walked.length - 1));
        expect(asked).toHaveLength(walked.length);
        for (const { headers } of asked)
          expect(headers).toMatchObject({ prefer: 'size', authorization: 'Bearer key-5f3c-secret' });
        expect(asked[0]?.url.searchParams.get('keep')).toBe('a b&c');
      },
    );

    const { loop, leave, page: definition } = kind;
    if (loop !== null) {
      it('does not go round for ever', async () => {
        const { error, asked } = await walk(loop);
        expect(error).toMatchObject({ code: 'vendor-page-repeated' });
        expect(asked.length).toBeLessThanOrEqual(3);
      });
    }
    if (leave !== null) {
      it('stays on the origin', async () => {
        expect((await walk(leave)).error).toMatchObject({ code: 'request-refused', retryable: false });
      });
    }
    if (definition.kind !== 'none') {
      it('fails over the most pages, and does not cut', async () => {
        const records = Array.from({ length: kind.size * 3 }, (_, index) => ({ id: index + 1 }));
        const { error, walked } = await walk((entry) => kind.answer(entry, records), { ...definition, maxPages: 2 });
        expect(walked).toHaveLength(2);
        expect(error).toMatchObject({ code: 'vendor-page-repeated', retryable: false });
      });
    }

    it.each([
      ['a text', 'busy'],
      ['null', null],
      ['a record in place of the list', { data: { id: 1 } }],
    ])('takes %s for no answer, and not for an empty one', async (_, body) => {
      expect((await walk(() => ({ body }))).error).toMatchObject({ code: 'vendor-answer-unreadable', retryable: true });
    });
  });
}
