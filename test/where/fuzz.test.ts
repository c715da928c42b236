/** No text makes the parser throw, hang or fall silent. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isUsable } from '../../src/diagnostic/diagnostic.ts';
import { checkWhere } from '../../src/where/check.ts';
import { parseWhere } from '../../src/where/parser.ts';
import { compilePattern } from '../../src/where/pattern.ts';
import { printWhere } from '../../src/where/print.ts';
import { lexer } from '../../src/where/tokens.ts';
import { expressions, fields } from './arbitrary.ts';
import { spentMs } from './spent-ms.ts';

const pieces = fc.constantFrom(
  ...['name', 'amount', '`a b`', 'order', 'x.y', "'text'", '"text"', '`', "'", '"', '5', '-2.5e3', 'true', 'NULL'],
  ...[
    '2026-01-31',
    '2026-01-31T08:00:00Z',
    ':since',
    'now()',
    'now() - 7d',
    '=',
    '==',
    '!=',
    '<>',
    '<',
    '<=',
    '>',
    '>=',
  ],
  ...['(', ')', ',', 'AND', 'OR', 'NOT', 'IN', 'LIKE', 'ILIKE', 'BETWEEN', 'CONTAINS', 'STARTS', 'ENDS', 'WITH', 'IS'],
  ...['&&', '!', ';', '[', '\u0000', '\u201C', '\uD83D', `\${date:a'b}`, '\\', '-', '+', '\n', ' '],
);
const wordSalad = fc.array(pieces, { maxLength: 25 }).map((parts) => parts.join(' '));
const gluedSalad = fc.array(pieces, { maxLength: 25 }).map((parts) => parts.join(''));
const mutated = fc
  .tuple(expressions.map(printWhere), fc.nat(), fc.nat({ max: 5 }), fc.oneof(pieces, fc.string({ maxLength: 3 })))
  .map(([text, at, drop, insert]) => {
    const start = at % (text.length + 1);
    return text.slice(0, start) + insert + text.slice(start + drop);
  });
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ maxLength: 60 }),
  wordSalad,
  gluedSalad,
  mutated,
);

const runs = Number(process.env['LAW_RUNS'] ?? 4000);

function expectSound(text: string): void {
  const { expr, diagnostics } = parseWhere(text);
  expect(expr === null, text).toBe(!isUsable(diagnostics));
  expect(diagnostics.length).toBeLessThanOrEqual(expr === null ? 10 : Number.POSITIVE_INFINITY);
  for (const { span } of diagnostics) {
    expect(span?.start, text).toBeGreaterThanOrEqual(0);
    expect(span?.end, text).toBeGreaterThanOrEqual(span?.start ?? 0);
    expect(span?.end, text).toBeLessThanOrEqual(text.length);
  }
}

describe('any text', () => {
  it('is read or told what is wrong, at a place inside it', () => {
    fc.assert(fc.property(texts, expectSound), { numRuns: runs });
  });

  it('is checked without accident', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const { where, diagnostics } = checkWhere(text, fields, { windowParameters: true });
        expect(where === null).toBe(!isUsable(diagnostics));
      }),
      { numRuns: runs },
    );
  });

  it('is split into tokens without a rest', () => {
    fc.assert(
      fc.property(fc.oneof(texts, fc.string({ unit: 'binary' })), (text) => {
        const { tokens, errors } = lexer.tokenize(text);
        expect(errors).toEqual([]);
        const length = tokens.reduce((sum, { image }) => sum + image.length, 0);
        const blanks = text.length - length;
        expect(blanks).toBeLessThanOrEqual(text.match(/\s/g)?.length ?? 0);
      }),
      { numRuns: runs },
    );
  });
});

describe('hostile texts', () => {
  const hostile: Readonly<Record<string, string>> = {
    'parentheses that never end': '('.repeat(19_999),
    'parentheses around a condition': `${'('.repeat(3000)}a = 1${')'.repeat(3000)}`,
    'a run of NOTs': `${'NOT '.repeat(4900)}a = 1`,
    'NOTs and parentheses': `${'NOT ('.repeat(2000)}a = 1${')'.repeat(2000)}`,
    'closing parentheses': ')'.repeat(20_000),
    quotes: "'".repeat(19_999),
    ands: 'AND '.repeat(5000),
    'broken conditions': 'a = AND '.repeat(2500),
    'conditions side by side': 'a = 1 '.repeat(3300),
    'left-over parts between ands': 'a = 1 b AND '.repeat(1600),
    'stray characters': ';'.repeat(20_000),
    operators: '<'.repeat(20_000),
    'a placeholder that never ends': `a = '\${date:${"'".repeat(19_000)}`,
    'many openings of a placeholder': `'\${date:`.repeat(2400),
    'many openings of now': 'now( '.repeat(4000),
    'a long name': 'a.'.repeat(9_999),
    'one character too many': ' '.repeat(20_001),
  };

  it.each(Object.entries(hostile))('%s', (_name, text) => {
    const tookMs = spentMs(() => {
      expectSound(text);
      expect(parseWhere(text).expr).toBeNull();
    });
    expect(tookMs).toBeLessThan(2000);
  });

  it('reads long chains, flat', () => {
    const chain = Array.from({ length: 1400 }, () => 'a = 1').join(' OR ');
    const { expr } = parseWhere(chain);
    expect(expr?.kind === 'or' && expr.args.length).toBe(1400);
  });

  it('names the limit that was passed', () => {
    const codes = (text: string): string[] => parseWhere(text).diagnostics.map(({ code }) => code);
    expect(codes(' '.repeat(20_001))).toEqual(['where-too-long']);
    expect(codes(`${'('.repeat(201)}a = 1${')'.repeat(201)}`)).toEqual(['where-too-deep']);
    expect(codes(`${'NOT '.repeat(201)}a = 1`)).toEqual(['where-too-deep']);
    expect(codes(`${'NOT ('.repeat(101)}a = 1${')'.repeat(101)}`)).toEqual(['where-too-deep']);
    expect(parseWhere('a = 1', { maxLength: 4 }).diagnostics.map(({ code }) => code)).toEqual(['where-too-long']);
    expect(parseWhere('NOT NOT a = 1', { maxDepth: 1 }).diagnostics.map(({ code }) => code)).toEqual([
      'where-too-deep',
    ]);
  });

  it('counts the depth of each branch alone', () => {
    const branch = `${'NOT '.repeat(150)}a = 1`;
    expect(parseWhere(`${branch} AND ${branch} OR (${branch})`).diagnostics).toEqual([]);
  });
});

describe('patterns', () => {
  it('take no longer than text times pattern', () => {
    const test = compilePattern(`${'%a'.repeat(500)}%b`, false);
    expect(spentMs(() => expect(test('a'.repeat(20_000))).toBe(false))).toBeLessThan(2000);
  });
});
