/**
 * What people are told. `data/messages.golden.txt` holds every message in full, to be read as they will be: when one
 * changes, UPDATE_GOLDEN=1 writes it and the diff shows whether it got better.
 */
import { describe, expect, it } from 'vitest';
import { renderDiagnostics } from '../../src/diagnostic/render.ts';
import type { Field } from '../../src/where/ast.ts';
import { checkWhere } from '../../src/where/check.ts';
import { field } from './arbitrary.ts';
import { expectGolden } from './golden.ts';

const fields: ReadonlyMap<string, Field> = new Map(
  [
    field('name', 'text'),
    field('company.name', 'text'),
    field('Modified Time', 'timestamp'),
    field('stage', 'enum'),
    field('id', 'id'),
    field('amount', 'number'),
    field('active', 'boolean'),
    field('updatedAt', 'timestamp'),
    field('created', 'timestamp', { format: 'epoch-s' }),
    field('due', 'date'),
  ].map((one) => [one.name, one]),
);

const texts = [
  // Something is missing.
  '',
  'name',
  'name =',
  'name = AND amount > 5',
  'amount > 5 AND',
  'amount > 5 AND AND active = true',
  'OR amount > 5',
  'NOT',
  '= 5',
  'IN (1, 2)',
  'amount 5',
  'active null',
  'amount > 5 active = true',
  'amount IN',
  'amount IN 5, 6',
  'amount IN ()',
  'amount IN (5 6)',
  'amount IN (5,',
  'amount BETWEEN 5',
  'amount BETWEEN 5, 6',
  "name STARTS 'A'",
  'name IS',
  'name IS NOT',
  'updatedAt > now() - 7',
  'updatedAt > now() - 7 days',
  // Quotes.
  "name = 'Ann",
  'name = "Ann',
  "'won' = stage",
  "name = a'b",
  "name = 'a'\u200b",
  "name ＝ 'a'",
  'amount NOT BETWEEN 1 OR 2',
  "name NOT LIKE 'a%' AND 'b%'",
  "name NOT CONTAINS 'a', 'b'",
  'Ann = name AND 2026 < `Modified Time`',
  "name = 'O'Neil'",
  "name = 'Ann''",
  'name = “Ann”',
  '`Modified Time > 5',
  'name = Robot Test',
  'updatedAt > 2026-01-31 08:00:00',
  // Parentheses.
  '(amount > 5',
  'amount > 5)',
  '()',
  'amount > (5)',
  'amount = (5, 6)',
  // Habits from elsewhere.
  'amount => 5',
  'name === 5',
  "name = 'a' && amount > 5 || active = true",
  '!active = true',
  'active NOT = true',
  'amount = NOT 5',
  'amount NOT NULL',
  'name IS empty',
  'name IS NOT 5',
  'amount eq 5',
  "name startswith 'A'",
  "name matches '^A.*'",
  "name ~ 'A'",
  '1 < amount',
  '1 < amount < 5',
  'amount > 1 < 5',
  "lower(name) = 'ann'",
  "record['name'] = 'Ann'",
  'Modified Time > :since',
  'com.x:y = 5',
  "name = 'Ann', amount > 5",
  "name = 'Ann';",
  "where name = 'Ann'",
  "select name from contact where name = 'Ann'",
  "name = 'Ann' ORDER BY name LIMIT 5",
  "name LIKE '50!%' ESCAPE '!'",
  'name = ‘Ann',
  'amount > 5\u0000',
  // Names, types and operators.
  "nmae = 'Ann'",
  "companyname = 'Ann'",
  "telephone = '1'",
  "amount = 'many'",
  'active = 1',
  "updatedAt > '3/15/2014 6:51:29 PM'",
  'updatedAt > 1480633070',
  "created > 'yesterday'",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the older language’s placeholder is meant
  "updatedAt > '${date:yyyy-MM-dd'T'HH:mm:ss}'",
  'due = 31',
  'name = now()',
  "stage LIKE 'w%'",
  'id > 5',
  "amount CONTAINS '5'",
  'active > false',
  "updatedAt STARTS WITH '2026'",
  // Parameters.
  'updatedAt >= :sicne',
  'name = :since',
  'updatedAt >= :since OR active = true',
  'NOT updatedAt < :until',
  // Read, but worth a word.
  'stage = won',
  'name = "Ann"',
  "'name' = `Ann`",
  "active = 'true'",
  "amount = '5'",
  'stage = now',
  'name = NULL',
  'name NOT IN (NULL)',
  'amount > 5 AND amount < 3',
  'amount BETWEEN 9 AND 1',
  "stage = 'won' AND stage = 'lost'",
  "stage != 'won' OR stage != 'lost'",
  "name LIKE '%'",
  // Values that other tools write so.
  'amount > 1,000',
  'amount > 1.000,50',
  'amount > $5',
  "stage = 'a', 'b'",
  "stage in ('a' or 'b')",
  "stage = ('a' or 'b')",
  "name = 'a' or 'b'",
  'amount = 1 OR 2',
  "name = 'Ann' AND 'Bob'",
  'amount in (1;2)',
  'amount in (1,,2)',
  'amount > > 5',
  'updatedAt > 2026-1-3',
  "updatedAt > '2026-02-30'",
  'updatedAt > now',
  'updatedAt > yesterday',
  'updatedAt > now - 7d',
  'updatedAt > now(-7d)',
  'updatedAt > today()',
  'updatedAt >= since',
  'updatedAt >= {since}',
  'updatedAt >= ?',
  'amount > due',
  'name = company.name',
  // Operators nearly right.
  'amount betwen 1 and 2',
  "name LKE 'x'",
  'amount ≥ 5',
  'name is nul',
  'name IS NOTNULL',
  'name exists',
  'isnull(name)',
  "CONTAINS(name, 'x')",
  "startswith(name, 'x')",
  "name.contains('x')",
  "name: 'a'",
  "name = 'a' -- the first",
  'active AND amount > 5',
  // Habits of SQL, JavaScript and of calendars.
  'amount not 5',
  'amount =! 5',
  'amount !> 5',
  "stage not equals 'won'",
  "stage does not contain 'w'",
  "name contains 'a', 'b'",
  'amount > 5 and < 10',
  'amount between 1 to 5',
  'amount between (1, 5)',
  'amount in (select amount from deals)',
  'amount % 2 = 0',
  'amount > 5 * 2',
  'if amount > 5',
  '1 = 1 and amount > 5',
  '*',
  "[name] = 'Ann'",
  'name =~ /a/i',
  'name === null',
  'name = undefined',
  "name.toLowerCase() = 'ann'",
  "name = 'O\\'Neil'",
  "name = 'Ann’",
  'name = «Ann»',
  'name = ´Ann´',
  "updatedAt after '2026-01-31'",
  "updatedAt > DATE '2026-01-31'",
  "updatedAt > date('2026-01-31')",
  'updatedAt > new Date()',
  'updatedAt > CURRENT_TIMESTAMP',
  'updatedAt > LAST_N_DAYS:7',
  'updatedAt > 31.01.2026',
  'updatedAt > 2026/1/31',
  'updatedAt > 31.02.2026',
  'updatedAt > 2026-01',
  'updatedAt > 2026',
  "updatedAt > ':since'",
  'due = today',
  'due = 01/31/2026',
  // Several at once.
  "nmae = AND amount LIKE AND (active = true OR stage IN ()) AND updatedAt > 'x'",
  "nmae = 'Ann' AND amount = 'many' AND stage > 'a'",
  "nmae = 'Ann' AND amount = ",
];

describe('messages', () => {
  const told = texts.map((text) => ({
    text,
    diagnostics: checkWhere(text, fields, { windowParameters: true }).diagnostics,
  }));

  it('stand for every text here', () => {
    for (const { text, diagnostics } of told) expect(diagnostics, text).not.toEqual([]);
  });

  it('say what is wrong and what to write', () => {
    for (const { text, diagnostics } of told) {
      for (const { message, help, span } of diagnostics) {
        expect(message, text).toMatch(/^\S.*\.$/s);
        expect(help, text).toMatch(/^\S.*[.?]$/s);
        expect(span?.start, text).toBeGreaterThanOrEqual(0);
        expect(span?.end, text).toBeLessThanOrEqual(text.length);
      }
    }
  });

  it('read as they were read over', () => {
    const pages = told.map(({ text, diagnostics }) =>
      renderDiagnostics(diagnostics, { colour: false, text: { name: 'where', source: text } }),
    );
    expectGolden(new URL('data/messages.golden.txt', import.meta.url), `${pages.join('\n\n\n')}\n`);
  });
});
