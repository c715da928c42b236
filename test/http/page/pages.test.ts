import { describe, expect, it } from 'vitest';
import type { VendorAnswer, VendorRequest } from '../../../src/http/client.ts';
import { compilePager } from '../../../src/http/page/compile-pager.ts';
import { readLink } from '../../../src/http/page/link-header.ts';
import { pages } from '../../../src/http/page/pages.ts';
import { readRecords } from '../../../src/http/page/read-records.ts';
import { type Asked, type PageAnswer, pageSuite } from '../../suite/page.ts';

type Records = readonly { readonly id: number }[];
const size = 3;

/** The page from an offset, with what the vendor says when there is more. */
function slice(records: Records, from: number, more: (next: number) => object): PageAnswer {
  const data = records.slice(from, from + size);
  return { body: { data, ...(from + size < records.length ? more(from + size) : {}) } };
}

function linked(records: Records, asked: Asked): PageAnswer {
  const from = Number(asked.url.searchParams.get('from') ?? 0);
  const { body } = slice(records, from, () => ({}));
  if (from + size >= records.length) return { body };
  const next = `<${asked.url.origin}/v1/search?from=${from + size}>; rel="next"`;
  return { body, headers: { link: `<${asked.url.origin}/v1/search?from=0>; rel="previous", ${next}` } };
}

pageSuite({
  name: 'nothing: all in one',
  page: { kind: 'none' },
  size,
  answer: (_, records) => slice(records, 0, () => ({})),
  loop: null,
  leave: null,
});

pageSuite({
  name: 'next URL, relative to the host',
  page: { kind: 'next-url', read: 'links.next' },
  size,
  answer: ({ url }, records) => {
    const from = Number(url.searchParams.get('from') ?? 0);
    return slice(records, from, (next) => ({ links: { next: `/v1/other/place?from=${next}` } }));
  },
  loop: () => ({ body: { data: [], links: { next: '/v1/other/place?from=3' } } }),
  leave: () => ({ body: { data: [], links: { next: 'http://127.0.0.2/v1?from=3' } } }),
});

pageSuite({
  name: 'next URL, absolute and with dots in its name',
  page: { kind: 'next-url', read: "['@odata.nextLink']" },
  size,
  answer: ({ url }, records) => {
    const from = Number(url.searchParams.get('$skip') ?? 0);
    return slice(records, from, (next) => ({ '@odata.nextLink': `${url.origin}/v1/search?$skip=${next}` }));
  },
  loop: ({ url }) => ({ body: { data: [{ id: 1 }], '@odata.nextLink': `${url.origin}/v1/search?t=${Math.random()}` } }),
  leave: () => ({ body: { data: [], '@odata.nextLink': '//evil.example/v1' } }),
});

pageSuite({
  name: 'header Link',
  page: { kind: 'link-header' },
  size,
  answer: (asked, records) => linked(records, asked),
  loop: (asked) => ({ body: { data: [] }, headers: { link: `<${asked.url.origin}/v1/search>; rel=next` } }),
  leave: () => ({ body: { data: [] }, headers: { link: '<https://evil.example/v1>; rel=next' } }),
});

pageSuite({
  name: 'cursor in the body',
  page: { kind: 'cursor', read: 'paging.next.after', send: { in: 'body', name: 'page.after' } },
  size,
  answer: ({ body }, records) => {
    expect(body).toMatchObject({ filter: { x: 1 } });
    const from = Number((body['page'] as { after?: string } | undefined)?.after ?? 0);
    return slice(records, from, (next) => ({ paging: { next: { after: String(next) } } }));
  },
  loop: () => ({ body: { data: [], paging: { next: { after: 'x' } } } }),
  leave: null,
});

pageSuite({
  name: 'cursor in the query, alone, with a word for more',
  page: { kind: 'cursor', read: 'cursor', more: 'more', send: { in: 'query', name: 'c' }, only: true },
  size,
  answer: ({ url, body }, records) => {
    const cursor = url.searchParams.get('c');
    if (cursor !== null) expect({ keys: [...url.searchParams.keys()], body }).toEqual({ keys: ['c'], body: {} });
    const from = Number(cursor ?? 0);
    const page = slice(records, from, () => ({ more: true }));
    return { body: { more: false, cursor: String(from + size), ...(page.body as object) } };
  },
  loop: () => ({ body: { data: [{ id: 1 }], more: true, cursor: String(Math.random()) } }),
  leave: null,
});

for (const [name, page] of Object.entries({
  'page number and full pages': { kind: 'page-number', size, send: { in: 'query', name: 'page' } },
  'page number and a word for more': { kind: 'page-number', more: 'info.more', send: { in: 'query', name: 'page' } },
  'page number until an empty page': { kind: 'page-number', send: { in: 'query', name: 'page' } },
  'page number from nought': { kind: 'page-number', first: 0, size, send: { in: 'query', name: 'page' } },
} as const)) {
  pageSuite({
    name,
    page,
    size,
    answer: ({ url }, records) => {
      const zero = 'first' in page ? page.first : 1;
      expect(url.searchParams.getAll('page').length).toBeLessThanOrEqual(1);
      const from = (Number(url.searchParams.get('page') ?? zero) - zero) * size;
      return slice(records, from, () => ({ info: { more: true } }));
    },
    loop: () => ({ body: { data: [{ id: 1 }, { id: 2 }, { id: 3 }], info: { more: true } } }),
    leave: null,
  });
}

pageSuite({
  name: 'offset from one, in the body',
  page: { kind: 'offset', first: 1, size, send: { in: 'body', name: 'start' } },
  size,
  answer: ({ body }, records) => slice(records, Number(body['start'] ?? 1) - 1, () => ({})),
  loop: () => ({ body: { data: [{ id: 1 }, { id: 2 }, { id: 3 }] } }),
  leave: null,
});

pageSuite({
  name: 'keyset',
  page: { kind: 'keyset', field: 'id', size, send: { in: 'query', name: 'since_id' } },
  size,
  answer: ({ url }, records) => slice(records, Number(url.searchParams.get('since_id') ?? 0), () => ({})),
  loop: () => ({ body: { data: [{ id: 1 }, { id: 2 }, { id: 3 }] } }),
  leave: null,
});

const request: VendorRequest = { method: 'GET', path: '/x', query: [], headers: {} };
const answerOf = (body: unknown, status = 200): VendorAnswer => ({
  url: 'https://a.example/x',
  status,
  headers: {},
  body,
  dateMs: null,
});

describe('a pager', () => {
  it('replaces the parameter that the request had', () => {
    const pager = compilePager({ kind: 'offset', size: 1, send: { in: 'query', name: 'o' } });
    const asked = {
      ...request,
      query: [
        ['o', '0'],
        ['k', 'v'],
      ] as const,
    };
    expect(pager.next({ answer: answerOf([1]), records: [1], request: asked, index: 0 })?.query).toEqual([
      ['k', 'v'],
      ['o', '1'],
    ]);
  });

  it.each([
    ['a cursor that is none', { kind: 'cursor', read: 'c', send: { in: 'query', name: 'c' } }, { c: {} }],
    ['more without a cursor', { kind: 'cursor', read: 'c', more: 'm', send: { in: 'query', name: 'c' } }, { m: true }],
    ['a URL that is none', { kind: 'next-url', read: 'c' }, { c: 5 }],
    ['a URL that cannot be read', { kind: 'next-url', read: 'c' }, { c: 'http://[' }],
    ['a last record without the key', { kind: 'keyset', field: 'id', size: 1, send: { in: 'query', name: 'c' } }, {}],
  ] as const)('does not take %s for the end', (_, page, body) => {
    const turn = { answer: answerOf(body), records: [{}], request, index: 0 };
    expect(() => compilePager(page).next(turn)).toThrow(expect.objectContaining({ code: 'vendor-answer-unreadable' }));
  });

  it.each([undefined, null, ''])('takes the cursor %j for the end', (c) => {
    const pager = compilePager({ kind: 'cursor', read: 'c', send: { in: 'query', name: 'c' } });
    expect(pager.next({ answer: answerOf({ c }), records: [{}], request, index: 0 })).toBeNull();
  });
});

describe('pages', () => {
  it('end when a vendor that ignores the page lists the same records in another order', async () => {
    const records = [1, 2, 3, 4].map((id) => ({ id, name: `n${id}` }));
    let asked = 0;
    const client = {
      async send(): Promise<VendorAnswer> {
        const turned = [...records.slice(asked % 4), ...records.slice(0, asked % 4)];
        asked += 1;
        return answerOf({ data: turned });
      },
    };
    const page = { kind: 'page-number', size: 4, send: { in: 'query', name: 'page' } } as const;
    const met: number[] = [];
    const walk = async () => {
      for await (const { index } of pages(client, request, { page, recordsPath: ['data'] })) met.push(index);
    };
    await expect(walk()).rejects.toMatchObject({ code: 'vendor-page-repeated' });
    expect([met, asked]).toEqual([[0], 2]);
  });
});

describe('readLink', () => {
  it.each([
    ['<https://a/1>; rel="next"', 'https://a/1'],
    ['<https://a/1>;rel=next', 'https://a/1'],
    ['<https://a/0>; rel="previous", <https://a/1>; rel="next"', 'https://a/1'],
    ['<https://a/1?x=1,2;3>; title="a, rel=prev"; rel="last NEXT"', 'https://a/1?x=1,2;3'],
    ['<https://a/1>; REL=Next', 'https://a/1'],
    ['<https://a/1>; rel="nextish"', null],
    ['<https://a/1>', null],
    ['', null],
  ])('%s', (header, target) => {
    expect(readLink(header, 'next')).toBe(target);
  });

  it('spends no time on a hostile header', () => {
    const startedAtMs = performance.now();
    readLink(`<a>${'; a=b'.repeat(20_000)};;`, 'next');
    readLink('<'.repeat(50_000), 'next');
    expect(performance.now() - startedAtMs).toBeLessThan(1000);
  });
});

describe('readRecords', () => {
  it.each([
    [{ QueryResponse: {} }, ['QueryResponse', 'Customer'], []],
    [{ QueryResponse: { Customer: [1] } }, ['QueryResponse', 'Customer'], [1]],
    [{ results: null }, ['results'], []],
    [[1, 2], [], [1, 2]],
    [{ a: [{ b: {} }] }, ['a', 0, 'b', 'c'], []],
  ])('%j at %j', (body, path, records) => {
    expect(readRecords(answerOf(body), path)).toEqual(records);
  });

  it('are none where a vendor that leaves out empty lists has left it out', () => {
    const answer = { ...answerOf({ requestId: 'a', success: true }), leavesOutEmptyLists: true };
    expect(readRecords(answer, ['result'])).toEqual([]);
  });

  it('of an answer without content are none', () => expect(readRecords(answerOf(null, 204), ['data'])).toEqual([]));

  it.each([
    [{ fault: {} }, ['QueryResponse', 'Customer']],
    // An error that is told with status 200.
    [{ error: 'try again' }, ['results']],
    [{}, ['results']],
    [{}, []],
    ['busy', ['results']],
    [7, []],
    [null, ['results']],
    [{ results: 'none' }, ['results']],
    [{ results: {} }, ['results']],
  ])('%j at %j is no answer', (body, path) => {
    expect(() => readRecords(answerOf(body), path)).toThrow(
      expect.objectContaining({ code: 'vendor-answer-unreadable' }),
    );
  });
});
