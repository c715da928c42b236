/** Several ways to see deletes of one object: how they are linked, and how they may get into each other's way. */
import { describe, expect, test } from 'vitest';
import { linkConnector } from '../../src/connector/link.ts';
import { createLinkContext, loadDialects } from '../../src/connector/load.ts';
import { narrowDetection } from '../../src/connector/narrow.ts';
import { acme, broken } from './acme.ts';

const context = createLinkContext((await loadDialects()).dialects);
const first = acme.objects['contact']?.deletes?.[0];
if (first === undefined) throw new Error('no deletes');

const log = {
  name: 'log',
  strategy: 'server-watermark',
  request: { method: 'GET', path: '/log', query: { from: '{since}', to: '{until}' } },
  records: 'entries',
  page: { kind: 'none' },
  covered: 'covered',
  deletedId: 'subject',
  cursor: { ...(first.strategy === 'watermark' && first.cursor) },
};

const link = (...deletes: readonly unknown[]) =>
  linkConnector(broken(['objects', 'contact', 'deletes'], deletes), context);

test('each of several is kept with its name, and where the first ends the others go on', () => {
  const { connector, diagnostics } = link(first, log, { ...log, name: 'older', records: 'old' });
  expect(diagnostics).toEqual([]);
  const deletes = connector?.objects.get('contact')?.deletes;
  expect(deletes).toMatchObject({ strategy: 'watermark', name: '' });
  expect(deletes?.further.map(({ name, further }) => [name, further])).toEqual([
    ['log', []],
    ['older', []],
  ]);
});

test('the where of an instance is held against what each of them tells', () => {
  const { connector } = link(first, log);
  if (connector === null) throw new Error('not linked');
  const { detection } = narrowDetection(connector, 'contact', 'deletes', 'Score > 1');
  expect([detection?.own?.text, ...(detection?.further ?? []).map(({ own }) => own?.text)]).toEqual([
    'Score > 1',
    'Score > 1',
  ]);
});

describe('refused', () => {
  test.each([
    ['a further one without a name', [first, { ...log, name: undefined }], '/1', /no name/],
    ['a name that comes twice', [{ ...first, name: 'log' }, log], '/1/name', /"log"/],
    ['the same thing twice under two names', [first, { ...first, name: 'again', everySeconds: 5 }], '/1', /number 1/],
    ['a first one that may be left out', [{ ...first, when: { value: 'a', equals: 'a' } }, log], '/0/when', /always/],
    [
      'a comparison that comes later',
      [
        first,
        {
          name: 'all',
          strategy: 'snapshot',
          request: { method: 'GET', path: '/all' },
          records: 'records',
          page: { kind: 'none' },
          breaker: { share: 0.1, atLeast: 10 },
        },
      ],
      '/1',
      /comparison/,
    ],
    [
      'a further one that fans out',
      [
        first,
        {
          ...log,
          parents: { request: { method: 'GET', path: '/lists' }, records: 'lists', page: { kind: 'none' }, id: 'id' },
        },
      ],
      '/1',
      /fans out/,
    ],
  ])('%s', (_, deletes, at, says) => {
    const { connector, diagnostics } = link(...JSON.parse(JSON.stringify(deletes)));
    expect(connector).toBeNull();
    expect(diagnostics).toMatchObject([
      { code: 'connector-detection-misfit', severity: 'error', pointer: `/objects/contact/deletes${at}` },
    ]);
    expect(diagnostics[0]?.message).toMatch(says);
  });

  test('one that waits for what only objects by name have', () => {
    const { diagnostics } = link(first, { ...log, when: { value: '{object.logged}', equals: 'yes' } });
    expect(diagnostics).toMatchObject([
      { code: 'connector-template', pointer: '/objects/contact/deletes/1/when/value', severity: 'error' },
    ]);
  });

  test('a window that is never wide enough', () => {
    const { diagnostics } = link(first, { ...log, minWindowSeconds: 120, maxWindowSeconds: 60 });
    expect(diagnostics).toMatchObject([
      { code: 'connector-cursor-contradiction', pointer: '/objects/contact/deletes/1/minWindowSeconds' },
    ]);
  });

  test('what cannot be looked up', () => {
    const { diagnostics } = link(first, { ...log, confirm: true });
    expect(diagnostics).toMatchObject([
      { code: 'connector-read-missing', pointer: '/objects/contact/deletes/1/confirm' },
    ]);
  });
});
