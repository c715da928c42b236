import { describe, expect, test } from 'vitest';
import { linkConnector } from '../../src/connector/link.ts';
import { createLinkContext, loadDialects } from '../../src/connector/load.ts';
import { narrowDetection, queryOf } from '../../src/connector/narrow.ts';
import { renderRequest } from '../../src/connector/render-request.ts';
import { acme } from './acme.ts';

const { connector } = linkConnector(acme, createLinkContext((await loadDialects()).dialects));
if (connector === null) throw new Error('the connector does not link');
const acmeConnector = connector;
const contact = connector.objects.get('contact');
const settings = { host: 'https://acme.example', version: 'v1', pageSize: 100 };
const window = { sinceMs: Date.parse('2026-11-20T16:00:00Z'), untilMs: Date.parse('2026-11-20T16:05:00Z') };

describe('renderRequest', () => {
  test('fills a GET', () => {
    if (contact === undefined) throw new Error('no contact');
    const native = { kind: 'text', text: 'Updated >= X' } as const;
    expect(renderRequest(contact.changes.request, { settings, native, ...window })).toEqual({
      method: 'GET',
      path: '/query/v1',
      query: [
        ['q', 'SELECT Id,Email,Score,Updated,Created FROM Contact WHERE Updated >= X'],
        ['limit', '100'],
      ],
      headers: { 'X-Since': '2026-11-20T16:00:00.000Z', 'X-Until': '2026-11-20T16:05:00.000Z' },
    });
  });

  test('appends named parameters, and keeps values from breaking out of the path', () => {
    if (contact === undefined) throw new Error('no contact');
    const native = {
      kind: 'pairs',
      pairs: [
        ['a', '1'],
        ['a', '2'],
      ],
    } as const;
    const { path, query } = renderRequest(contact.changes.request, {
      settings: { ...settings, version: 'a b?c#d/é\ud800' },
      native,
    });
    expect(path).toBe('/query/a%20b%3Fc%23d/%C3%A9%EF%BF%BD');
    expect(query.slice(-2)).toEqual([
      ['a', '1'],
      ['a', '2'],
    ]);
  });

  test('fills a body: lists and numbers stay what they are', () => {
    if (contact?.deletes == null) throw new Error('no deletes');
    const fields = ['Id', 'Email', 'Score', 'Updated', 'Created'];
    expect(renderRequest(contact.deletes.request, { settings, ...window })).toEqual({
      method: 'POST',
      path: '/deleted',
      query: [],
      headers: {},
      body: { from: '2026-11-20T16:00:00.000Z', fields, list: [fields, `all of ${fields.join(',')}`], limit: 100 },
    });
  });
});

describe('narrowDetection', () => {
  test('joins the where of the instance by AND', () => {
    const { detection, diagnostics } = narrowDetection(acmeConnector, 'contact', 'changes', "Score > 1 OR Email = 'x'");
    expect(diagnostics).toEqual([]);
    const query = detection && queryOf(detection);
    expect(query?.where.text).toBe("(Updated >= :since AND Updated < :until) AND (Score > 1 OR Email = 'x')");
    const [native] = query?.bind({ parameters: { since: window.sinceMs, until: window.untilMs }, nowMs: 0 }) ?? [];
    expect(native).toMatchObject({ kind: 'text', text: expect.stringContaining('2026-11-20T16:00:00') });
  });
  test('without a where it is the connector’s own', () => {
    for (const text of [null, '', '  ']) {
      expect(narrowDetection(acmeConnector, 'contact', 'changes', text).detection).toBe(contact?.changes);
    }
  });
  test('a where that would break out of its parentheses is refused', () => {
    const { detection, diagnostics } = narrowDetection(acmeConnector, 'contact', 'changes', 'Score = 1) OR (Score = 2');
    expect(detection).toBeNull();
    expect(diagnostics[0]).toMatchObject({ code: 'where-syntax', severity: 'error' });
  });
  test('objects and feeds that are not there', () => {
    expect(narrowDetection(acmeConnector, 'deal', 'changes', null)).toEqual({ detection: null, diagnostics: [] });
  });

  test('tells of a where that is too long once it is joined, and does not throw', () => {
    const { detection, diagnostics } = narrowDetection(
      acmeConnector,
      'contact',
      'changes',
      `Email = '${'x'.repeat(19_980)}'`,
    );
    expect(detection).toBeNull();
    expect(diagnostics).toMatchObject([{ code: 'where-too-long' }]);
  });
});
