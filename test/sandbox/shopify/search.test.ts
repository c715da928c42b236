import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/sandbox/json.ts';
import type { Search } from '../../../src/sandbox/shopify/search/ast.ts';
import { compileSearch } from '../../../src/sandbox/shopify/search/evaluate.ts';
import { parseSearch, TooDeep } from '../../../src/sandbox/shopify/search/parser.ts';

/** A search written out: and as `&`, or as `|`, not as `!`, quoted values in quotes, prefixes with dots. */
function show(search: Search | undefined): string {
  if (search === undefined) return '';
  if (search.kind === 'not') return `!${show(search.part)}`;
  if (search.kind !== 'term') return `(${search.parts.map(show).join(search.kind === 'and' ? ' & ' : ' | ')})`;
  const { text, isQuoted, isPrefix } = search.value;
  return `${search.field === undefined ? '' : search.field + search.comparator}${isQuoted ? JSON.stringify(text) : text}${isPrefix ? '…' : ''}`;
}

describe('the grammar', () => {
  const good: readonly (readonly [source: string, read: string])[] = [
    ['', ''],
    ['  \t\n', ''],
    ['Bob', 'Bob'],
    ['John Smith', '(John & Smith)'],
    ['state:enabled OR state:disabled', '(state:enabled | state:disabled)'],
    ['-first_name:Bob AND orders_count:>3 orders_count:<=4', '(!first_name:Bob & orders_count:>3 & orders_count:<=4)'],
    ['NOT first_name:Bob', '!first_name:Bob'],
    ['NOT -first_name:Bob', 'first_name:Bob'],
    ['a OR b AND c', '(a | (b & c))'],
    ['a b OR c', '((a & b) | c)'],
    ['(a OR b) c', '((a | b) & c)'],
    ['-(a b)', '!(a & b)'],
    ['not:a and or', '(not:a & and & or)'],
    ["first_name:'Bob Smith'", 'first_name:"Bob Smith"'],
    ['first_name:"Bob Smith"', 'first_name:"Bob Smith"'],
    ["updated_at:>='2026-11-20T00:00:00Z'", 'updated_at:>="2026-11-20T00:00:00Z"'],
    ['title:norm*', 'title:norm…'],
    ["title:'norm*'", 'title:"norm*"'],
    ['title:norm\\*', 'title:norm*'],
    ['email:*', 'email:…'],
    ['title:a\\:b\\(c\\)\\\\d', 'title:a:b(c)\\d'],
    ["title:'it\\'s'", 'title:"it\'s"'],
    ["last_name:O'Brien", "last_name:O'Brien"],
    ['title:blue-shirt', 'title:blue-shirt'],
    ['total_spent:>-5', 'total_spent:>-5'],
    ['a - b', '(a & - & b)'],
    ["'OR' OR 'AND'", '("OR" | "AND")'],
  ];
  test.each(good)('%j reads as %s', (source, read) => {
    expect(show(parseSearch(source))).toBe(read);
  });

  /** What cannot stand where it stands is skipped, never refused. */
  const bad: readonly (readonly [source: string, read: string])[] = [
    ['created_at:>=2026-11-20T10:45:00Z', '(created_at:>=2026-11-20T10 & 45:00Z)'],
    ['(a OR b', '(a | b)'],
    ['a) b', '(a & b)'],
    ['()', ''],
    ['a OR', 'a'],
    ['OR a', 'a'],
    ['AND AND a', 'a'],
    ['NOT ', ''],
    ['-', '-'],
    [':<=', ''],
    [':> a', 'a'],
    ['title:', 'title:'],
    ["title:'never closed", 'title:"never closed"'],
    ["title:'", 'title:""'],
    ['a\\', 'a'],
    ["'a\\", '"a"'],
  ];
  test.each(bad)('%j is made the best of: %s', (source, read) => {
    expect(show(parseSearch(source))).toBe(read);
  });

  test('nesting without end is refused, and so is nothing else', () => {
    expect(() => parseSearch('('.repeat(100_000))).toThrow(TooDeep);
    expect(show(parseSearch(`${'('.repeat(100)}a${')'.repeat(100)}`))).toBe('a');
    expect(show(parseSearch('NOT '.repeat(100_001)))).toBe('');
    expect(show(parseSearch(`${'-'.repeat(100_001)}a`))).toBe('!a');
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => parseSearch(text) !== null));
    const pieces = fc.constantFrom(
      '(',
      ')',
      '-',
      'NOT ',
      ' OR ',
      ' AND ',
      ' ',
      ':',
      ':<=',
      "'",
      '"',
      '\\',
      '*',
      'a',
      'title',
    );
    fc.assert(fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => parseSearch(parts.join('')) !== null));
  });

  test('any text comes back from quotes in which quote and backslash are escaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom("'", '"'), (text, quote) => {
        const escaped = text.replace(/[\\'"]/g, '\\$&');
        expect(parseSearch(`title:${quote}${escaped}${quote}`)).toEqual({
          kind: 'term',
          field: 'title',
          comparator: ':',
          value: { text, isQuoted: true, isPrefix: false },
        });
      }),
    );
  });

  test('any text without white space comes back as a bare word with its special characters escaped', () => {
    const bare = fc.string({ minLength: 1 }).filter((text) => !/\s/.test(text));
    fc.assert(
      fc.property(bare, (text) => {
        const escaped = text.replace(/[:<=>\\()'"*]/g, '\\$&');
        expect(parseSearch(`title:${escaped}`)).toMatchObject({ field: 'title', value: { text, isPrefix: false } });
      }),
    );
  });
});

const product = (letter: string, more: JsonObject): JsonObject => ({
  id: letter.charCodeAt(0),
  letter,
  title: 'Thing',
  vendor: '',
  tags: '',
  status: 'active',
  created_at: '2026-11-01T10:00:00-04:00',
  updated_at: '2026-11-01T09:00:00-05:00',
  variants: [],
  ...more,
});

const products = [
  product('a', { title: 'Blue shirt', vendor: 'Lind Cycles', tags: 'wholesale, vip' }),
  product('b', { title: 'Shirt, blue', vendor: 'lind', tags: 'VIP' }),
  product('c', { title: 'Bluebird', status: 'draft', variants: [{ sku: 'BB-1' }, { sku: 'BB-2' }] }),
  product('d', { title: "O'Brien \\ (100%)", status: 'archived', created_at: '2026-11-20T11:04:51-05:00' }),
  product('e', { updated_at: '2026-11-20T11:04:51-05:00' }),
  product('f', { vendor: 'Grünwald Optik', tags: 'vip, "gold"', updated_at: '2026-11-20T11:04:52-05:00' }),
];

describe('what a search of products keeps of a to f', () => {
  const cases: readonly (readonly [source: string, kept: string, dropped?: readonly string[]])[] = [
    ['', 'abcdef'],
    // words of a text, one after the other, without case
    ['title:blue', 'ab'],
    ["title:'blue shirt'", 'a'],
    ["title:'SHIRT BLUE'", 'b'],
    ['title:blu*', 'abc'],
    ["title:'blu*'", ''],
    ['title:*', 'abcdef'],
    ['vendor:*', 'abf'],
    ['-vendor:*', 'cde'],
    ['vendor:grünwald', 'f'],
    ['-title:thing', 'abcd'],
    ["title:'o\\'brien \\\\ (100%)'", 'd'],
    ['title:100', 'd'],
    ['title:', ''],
    ['sku:BB-2', 'c'],
    // a tag is one value
    ['tag:vip', 'abf'],
    ['tag:wholesale tag:VIP', 'a'],
    ['tag:\'"gold"\'', 'f'],
    ['tag:whole*', 'a'],
    ['-tag:vip', 'cde'],
    // choices
    ['status:draft', 'c'],
    ['status:ACTIVE', 'abef'],
    ['NOT status:active', 'cd'],
    // times by the second, a day as the shop's day
    ["updated_at:>='2026-11-20T16:04:51Z'", 'ef'],
    ["updated_at:>'2026-11-20T16:04:51Z'", 'f'],
    ["updated_at:<='2026-11-20T17:04:51+01:00'", 'abcde'],
    ["updated_at:<'2026-11-20T11:04:51'", 'abcd'],
    ["updated_at:'2026-11-20T16:04:51Z'", 'e'],
    ["updated_at:>='2026-11-20T16:04:51.999Z'", 'ef'],
    ["created_at:'2026-11-20'", 'd'],
    ['created_at:>2026-11-19', 'd'],
    ['created_at:>2026-11-20', ''],
    ['created_at:<=2026', 'abcdef'],
    ["updated_at:>='2026-11-20T00:00:00Z' AND updated_at:<'2026-11-20T16:04:52Z'", 'e'],
    // ids
    ['id:98', 'b'],
    ['id:>=101', 'ef'],
    ['-id:>98', 'ab'],
    ['id:97 OR id:102', 'af'],
    // no field: the default texts
    ['blue', 'ab'],
    ['blue lind', 'ab'],
    ['"lind cycles" OR BB', 'ac'],
    ['-blue', 'cdef'],
    // Boolean shape
    ['title:blue AND tag:wholesale OR status:draft', 'ac'],
    ['title:blue (tag:wholesale OR status:draft)', 'a'],
    ['-(title:blue OR status:draft)', 'def'],
    // dropped with a warning, as if it were not there
    ['foo:bar', 'abcdef', ['foo']],
    ['foo:bar status:draft', 'c', ['foo']],
    ['-foo:bar status:draft', 'c', ['foo']],
    ['foo:bar OR status:draft', 'c', ['foo']],
    ['(foo:bar bar:>1)', 'abcdef', ['foo', 'bar']],
    ['constructor:x', 'abcdef', ['constructor']],
    ['updated_at:>=2026-11-20T11:04:51Z', 'ef', ['04']],
    ["updated_at:>'yesterday'", 'abcdef', ['updated_at']],
    ["updated_at:>'2026-02-30'", 'abcdef', ['updated_at']],
    ['status:gone', 'abcdef', ['status']],
    ['status:>active', 'abcdef', ['status']],
    ['title:>a', 'abcdef', ['title']],
    ['id:abc', 'abcdef', ['id']],
  ];
  test.each(cases.map(([source, kept, dropped = []]) => ({ source, kept, dropped })))(
    '$source keeps $kept',
    ({ source, kept, dropped }) => {
      const { keep, warnings } = compileSearch('products', source);
      expect(
        products
          .filter(keep)
          .map((record) => record.letter)
          .join(''),
      ).toBe(kept);
      expect(warnings.map((warning) => warning.field)).toEqual(dropped);
    },
  );

  test('customers have no created_at but a customer_date', () => {
    expect(compileSearch('customers', "created_at:>'2026-01-01'").warnings).toEqual([
      { field: 'created_at', message: 'Invalid search field for this query.', code: 'invalid_field' },
    ]);
    expect(compileSearch('customers', "customer_date:>'2026-01-01'").warnings).toEqual([]);
  });

  test('a value with quotes, backslashes and colons finds its own record and no other with other words', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (title) => {
        const { keep, warnings } = compileSearch('products', `title:'${title.replace(/[\\']/g, '\\$&')}'`);
        expect(warnings).toEqual([]);
        expect(keep({ title })).toBe(/[\p{L}\p{N}]/u.test(title));
        expect(keep({ title: 'zebra' })).toBe(title.toLowerCase() === 'zebra');
      }),
    );
  });
});
