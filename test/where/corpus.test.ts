/** What users of the older language really wrote is read: the promise to those who come from there. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isUsable } from '../../src/diagnostic/diagnostic.ts';
import { parseWhere } from '../../src/where/parser.ts';
import { printWhere } from '../../src/where/print.ts';
import { expectGolden } from './golden.ts';
import { withoutSpans } from './without-spans.ts';

const texts = readFileSync(new URL('data/ceql-corpus.tsv', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => line.split('\t')[0] ?? '');

const read = texts.map((text) => ({ text, ...parseWhere(text) }));

describe('the CEQL corpus', () => {
  it('is read but for a few texts that are not whole', () => {
    const accepted = read.filter(({ expr }) => expr !== null);
    expect(`${accepted.length} of ${texts.length}`).toBe('389 of 402');
  });

  it('rejects for reasons that were looked at', () => {
    const rejected = read
      .filter(({ expr }) => expr === null)
      .map(({ text, diagnostics }) => ({
        text,
        reasons: diagnostics.map(({ message, help }) => `${message} ${help}`),
      }));
    expectGolden(new URL('data/ceql-rejected.json', import.meta.url), `${JSON.stringify(rejected, null, 2)}\n`);
  });

  it('says of nothing that is read more than hints', () => {
    const spoken = read.filter(({ expr }) => expr !== null).flatMap(({ diagnostics }) => diagnostics);
    expect(isUsable(spoken)).toBe(true);
    expect(new Set(spoken.map(({ code }) => code))).toEqual(new Set(['where-legacy-form']));
  });

  it('is printed in today’s spelling, which needs no hint', () => {
    for (const { text, expr } of read) {
      if (expr === null) continue;
      const printed = parseWhere(printWhere(expr));
      expect(withoutSpans(printed.expr), text).toEqual(withoutSpans(expr));
      expect(
        printed.diagnostics.filter(({ message }) => !message.includes('plain text')),
        text,
      ).toEqual([]);
    }
  });
});
