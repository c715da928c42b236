/** A cursor that leaves a declared trap open is refused: one case a trap, each beside the nearest one that is right. */
import { describe, expect, test } from 'vitest';
import { linkConnector } from '../../src/connector/link.ts';
import { createLinkContext, loadDialects } from '../../src/connector/load.ts';
import type { Diagnostic } from '../../src/diagnostic/diagnostic.ts';
import { acme, broken } from './acme.ts';

const context = createLinkContext((await loadDialects()).dialects);
const at = ['objects', 'contact', 'changes', 0] as const;
const pointer = '/objects/contact/changes/0';
const send = { in: 'query', name: 'page' };
const counted = { kind: 'page-number', size: 100, send };
const cursor = {
  field: 'Updated',
  granularity: 's',
  inclusive: true,
  zone: 'UTC',
  settleSeconds: 2,
  overlapSeconds: 300,
  cap: null,
  sorted: true,
  pageCursorSeconds: 0,
};
const request = { method: 'GET', path: '/query', query: { q: '{where}' } };
const listing = {
  request: { method: 'GET', path: '/query' },
  records: 'records',
  page: { kind: 'next-url', read: 'next' },
};
const common = { request, records: 'records', page: { kind: 'next-url', read: 'next' } };
const watermark = { strategy: 'watermark', ...common, where: 'Updated >= :since AND Updated < :until', cursor };
const walk = {
  request,
  where: 'Updated >= :since AND Updated < :until AND Score > :after',
  field: 'Score',
  size: 100,
};
const byNumber = { ...watermark, page: counted, walk };
const keyset = {
  strategy: 'keyset',
  ...common,
  page: { kind: 'none' },
  where: 'Updated > :since AND Updated < :until',
  ties: 'Updated = :since AND Score > :after',
  tie: 'Score',
  size: 200,
  cursor,
};
const serverWatermark = {
  strategy: 'server-watermark',
  ...common,
  covered: 'until',
  where: 'Updated >= :since',
  cursor,
};
const newestFirst = { strategy: 'newest-first', ...listing, cursor: { ...cursor, sorted: false } };
const delta = { strategy: 'delta', ...listing, token: { read: 'token', lifetimeSeconds: 604_800 } };
const sinceId = { strategy: 'since-id', ...listing, id: { field: 'Score', settleSeconds: 5 } };
const snapshot = { strategy: 'snapshot', ...listing, breaker: { share: 0.1, atLeast: 20 } };

/** What validate says of the object when it finds changes so. */
function errorsOf(changes: object, definition: unknown = acme): readonly Diagnostic[] {
  const { diagnostics } = linkConnector(broken([...at], changes, definition), context);
  return diagnostics.filter(({ severity }) => severity === 'error');
}

/** The detection with parts of its cursor changed. */
const cursed = <D extends object>(detection: D, parts: Partial<Record<keyof typeof cursor, unknown>>): D => ({
  ...detection,
  cursor: { ...cursor, ...parts },
});

test('what is right is taken', () => {
  for (const detection of [watermark, keyset, serverWatermark, newestFirst, delta, sinceId, snapshot]) {
    expect(errorsOf(detection), detection.strategy).toEqual([]);
  }
});

type Case = readonly [trap: string, open: object, place: string, help: RegExp, shut: object];

describe('refused', () => {
  test.each<Case>([
    ['granularity', cursed(watermark, { granularity: 'ms' }), 'cursor/granularity', /fields\.Updated/, watermark],
    [
      'inclusive: a window that leaves out its own bound',
      { ...watermark, where: 'Updated > :since AND Updated < :until' },
      'where',
      /Updated >= :since/,
      cursed(watermark, { inclusive: false }),
    ],
    [
      'inclusive: the vendor’s own window too',
      { ...serverWatermark, where: 'Updated > :since' },
      'where',
      /Updated >= :since/,
      serverWatermark,
    ],
    [
      'inclusive: a walk that begins with the moment it has read',
      { ...keyset, where: 'Updated >= :since' },
      'where',
      /Updated > :since/,
      keyset,
    ],
    ['zone: none', cursed(watermark, { zone: 'Mars/Base' }), 'cursor/zone', /IANA/, watermark],
    [
      'zone: another than bounds are written in',
      cursed(watermark, { zone: 'America/New_York' }),
      'cursor/zone',
      /literals\.timestamp/,
      watermark,
    ],
    [
      'lag: an id that grows, and no time for a smaller one to be seen',
      { ...sinceId, id: { field: 'Score', settleSeconds: 0 } },
      'id/settleSeconds',
      /at least 1/,
      { ...sinceId, id: { field: 'Score', settleSeconds: 1 } },
    ],
    [
      'overlap: less than a step',
      cursed(watermark, { overlapSeconds: 0.5 }),
      'cursor/overlapSeconds',
      /one step/,
      cursed(watermark, { overlapSeconds: 1 }),
    ],
    [
      'overlap: further back than the vendor remembers',
      { ...watermark, retentionSeconds: 361 },
      'retentionSeconds',
      /everySeconds/,
      { ...watermark, retentionSeconds: 362 },
    ],
    [
      'cap: a window that cannot be cut',
      { ...cursed(watermark, { cap: 1_000, sorted: false }), where: 'Updated >= :since' },
      'cursor/cap',
      /:until/,
      cursed(watermark, { cap: 1_000, sorted: false }),
    ],
    [
      'cap: a page that is never full',
      cursed(keyset, { cap: 100 }),
      'cursor/cap',
      /no more than the cap/,
      cursed(keyset, { cap: 200 }),
    ],
    [
      'cursor lifetime: a page that is counted',
      cursed(byNumber, { pageCursorSeconds: 60 }),
      'cursor/pageCursorSeconds',
      /to 0/,
      byNumber,
    ],
    [
      'cursor lifetime: for ever',
      { ...cursed(byNumber, { pageCursorSeconds: null }), page: { kind: 'offset', size: 100, send } },
      'cursor/pageCursorSeconds',
      /to 0/,
      cursed(watermark, { pageCursorSeconds: null }),
    ],
    [
      'cursor lifetime: a token that is dead at the next poll',
      { ...delta, token: { read: 'token', lifetimeSeconds: 60 } },
      'token/lifetimeSeconds',
      /everySeconds/,
      { ...delta, token: { read: 'token', lifetimeSeconds: 61 } },
    ],
    [
      'sortable: a walk by time without order',
      cursed(keyset, { sorted: false }),
      'cursor/sorted',
      /ascending order/,
      keyset,
    ],
    [
      'sortable: newest first, and ascending',
      cursed(newestFirst, { sorted: true }),
      'cursor/sorted',
      /to false/,
      newestFirst,
    ],
    [
      'sortable: counted pages in no order',
      cursed(byNumber, { sorted: false }),
      'cursor/sorted',
      /page by a cursor/,
      byNumber,
    ],
    [
      'sortable: counted pages, and no way through records of one time',
      { ...watermark, page: counted },
      'page/kind',
      /walk/,
      byNumber,
    ],
    [
      'sortable: counted pages of a window that is not cut',
      { ...serverWatermark, page: counted },
      'page/kind',
      /Page by a cursor/,
      serverWatermark,
    ],
    [
      'an ETag of a window',
      { ...watermark, gate: { kind: 'etag' } },
      'gate/kind',
      /probe/,
      { ...watermark, gate: { kind: 'probe', request: listing.request, read: 'revision' } },
    ],
  ])('%s', (_trap, open, place, help, shut) => {
    expect(errorsOf(open)).toMatchObject([{ pointer: `${pointer}/${place}`, help: expect.stringMatching(help) }]);
    expect(errorsOf(shut)).toEqual([]);
  });

  test.each([delta, sinceId, keyset, serverWatermark])('an ETag with $strategy', (detection) => {
    expect(errorsOf({ ...detection, gate: { kind: 'etag' } })).toMatchObject([
      { code: 'connector-cursor-contradiction', pointer: `${pointer}/gate/kind` },
    ]);
  });

  test.each([snapshot, newestFirst])('but not with $strategy', (detection) => {
    expect(errorsOf({ ...detection, gate: { kind: 'etag' } })).toEqual([]);
  });

  test('granularity: versions that two edits of one step share', () => {
    const version = ['objects', 'contact', 'version'];
    expect(errorsOf(watermark, broken(version, { fields: ['Updated'], hash: false }))).toMatchObject([
      { pointer: '/objects/contact/version/hash', help: expect.stringContaining('hash to true') },
    ]);
    expect(errorsOf(watermark, broken(version, { fields: ['Updated', 'Score'], hash: false }))).toEqual([]);
  });

  test('granularity: windows narrower than a step', () => {
    const byMinutes = broken(['objects', 'contact', 'fields', 'Updated', 'granularity'], 'min');
    const minutes = cursed(watermark, { granularity: 'min' });
    expect(errorsOf({ ...minutes, maxWindowSeconds: 59 }, byMinutes)).toMatchObject([
      { pointer: `${pointer}/maxWindowSeconds` },
      // The deletes still go by the second.
      { pointer: '/objects/contact/deletes/0/cursor/granularity' },
    ]);
    expect(errorsOf({ ...minutes, maxWindowSeconds: 60 }, byMinutes)).toHaveLength(1);
  });

  test.each(Object.keys(cursor))('silence on %s', (name) => {
    const { [name]: _silent, ...rest } = cursor as Record<string, unknown>;
    expect(errorsOf({ ...watermark, cursor: rest })).toMatchObject([{ code: 'connector-schema' }]);
  });
});

test('a connector without verify is used, with a hint', () => {
  const { connector, diagnostics } = linkConnector(broken(['http', 'verify'], undefined), context);
  expect(connector).not.toBeNull();
  expect(diagnostics).toMatchObject([{ code: 'connector-unverified', severity: 'hint', pointer: '/http' }]);
});
