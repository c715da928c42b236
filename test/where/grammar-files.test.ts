/** What is generated from the parser says all that the parser knows. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readLexemes, readRules } from '../../scripts/grammar/model.ts';
import { keywordTypes, tokenTypes } from '../../src/where/tokens.ts';

function read(name: string): string {
  return readFileSync(new URL(`../../grammar/${name}`, import.meta.url), 'utf8');
}

const names = [...readRules(), ...readLexemes()].map(({ name }) => name);

describe('where.ebnf', () => {
  const ebnf = read('where.ebnf');

  it('defines every name it uses', () => {
    const rules = ebnf
      .replace(/\/\*[\s\S]*?\*\//g, '')
      .split('\n')
      .filter((line) => !line.includes('::= /'))
      .join('\n')
      .replace(/'[^']*'/g, '');
    const used = new Set(rules.match(/[A-Za-z]+/g));
    expect([...used].filter((name) => !names.includes(name))).toEqual([]);
    for (const name of names) expect(ebnf).toMatch(new RegExp(`^${name} +::= `, 'm'));
  });

  it('has every keyword', () => {
    for (const keyword of keywordTypes.keys()) expect(ebnf).toContain(`'${keyword}'`);
  });
});

describe('diagram.html', () => {
  const html = read('diagram.html');

  it('draws every rule and needs no other file', () => {
    for (const name of names) expect(html).toContain(`id="${name}"`);
    expect(html).not.toMatch(/https?:|<script|<link|src=/);
  });

  it('links only to what it has', () => {
    for (const [, target] of html.matchAll(/href="#([^"]+)"/g)) expect(html).toContain(`id="${target}"`);
  });
});

describe('where.tmLanguage.json', () => {
  const grammar = JSON.parse(read('where.tmLanguage.json')) as {
    patterns: { name: string; match?: string; begin?: string; end?: string }[];
  };
  const scopeOf = (text: string): string | undefined =>
    grammar.patterns.find(({ match, begin }) => new RegExp(`^(?:${match ?? begin})`).test(text))?.name;

  it('colours every keyword, in any case', () => {
    for (const keyword of keywordTypes.keys()) {
      expect(scopeOf(keyword), keyword).toMatch(/^(keyword|constant)\./);
      expect(scopeOf(keyword.toLowerCase()), keyword).toMatch(/^(keyword|constant)\./);
    }
  });

  it.each([
    ["'text'", 'string.quoted.single.where'],
    ['`a b`', 'variable.other.field.where'],
    [':since', 'variable.parameter.where'],
    ['2026-01-31T08:00:00Z', 'constant.other.timestamp.where'],
    ['now() - 7d', 'support.function.where'],
    ['-2.5e3', 'constant.numeric.where'],
    ['>=', 'keyword.operator.where'],
    ['order.in', 'variable.other.field.where'],
    ['android', 'variable.other.field.where'],
  ])('colours %s as %s', (text, scope) => {
    expect(scopeOf(text)).toBe(scope);
  });

  it('has a pattern for every symbol', () => {
    const symbols = tokenTypes.map(({ PATTERN }) => PATTERN).filter((pattern) => pattern instanceof RegExp);
    for (const symbol of ['=', '==', '!=', '<>', '<', '<=', '>', '>=', '(', ')', ',']) {
      expect(symbols.some((pattern) => new RegExp(`^(?:${pattern.source})$`).test(symbol))).toBe(true);
      expect(scopeOf(symbol), symbol).toBeDefined();
    }
  });
});
