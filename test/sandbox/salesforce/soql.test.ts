import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/sandbox/json.ts';
import { unescapeText } from '../../../src/sandbox/salesforce/soql/lexer.ts';
import { parseSoql } from '../../../src/sandbox/salesforce/soql/parser.ts';
import { dig, type Reply, rowsOf } from '../sandbox-client.ts';
import { accountId, contactId, openSalesforce, type SalesforceClient } from './salesforce-client.ts';

const person = (last: string, more: JsonObject = {}): JsonObject => ({
  LastName: last,
  CreatedDate: '2026-11-01T08:00:00.000+0000',
  SystemModstamp: '2026-11-01T08:00:00.000+0000',
  ...more,
});

/** Named by their last names: a to h. */
const contacts = {
  [contactId(1)]: person('a', {
    FirstName: 'Mara',
    AccountId: accountId(1),
    Department: 'Sales',
    Birthdate: '1980-02-29',
  }),
  [contactId(2)]: person('b', {
    FirstName: 'mara',
    AccountId: accountId(2),
    Department: null,
    SystemModstamp: '2026-11-20T16:04:50.000+0000',
  }),
  [contactId(3)]: person('c', {
    FirstName: "O'Neil",
    Department: 'sales',
    SystemModstamp: '2026-11-20T16:04:51.000+0000',
  }),
  [contactId(4)]: person('d', { FirstName: '100%', Department: 'IT', Interests__c: 'Print;Events' }),
  [contactId(5)]: person('e', { FirstName: '100x', Interests__c: 'Product', DoNotCall: true }),
  [contactId(6)]: person('f', { FirstName: 'a\\b', Interests__c: 'Print', Birthdate: '2001-07-01' }),
  [contactId(7)]: person('g', { FirstName: 'Zoë_1', Department: 'Zoo', CreatedDate: '2026-11-20T00:00:00.000+0000' }),
  [contactId(8)]: person('h', { FirstName: null, Department: '', CreatedDate: '2026-11-19T23:59:59.000+0000' }),
};
const accounts = {
  [accountId(1)]: { Name: 'Lind Cycles', NumberOfEmployees: 48, AnnualRevenue: 6400000.5, Industry: 'Retail' },
  [accountId(2)]: { Name: 'Żabka', NumberOfEmployees: 420, AnnualRevenue: null, Industry: null },
  [accountId(3)]: { Name: 'Solo', NumberOfEmployees: 1, AnnualRevenue: -3, Industry: 'retail' },
};

const namesOf = (reply: Reply): string =>
  rowsOf(reply)
    .map((record) => record.LastName)
    .join('');

const open = (): Promise<SalesforceClient> => openSalesforce({ records: { Contact: contacts, Account: accounts } });

describe('what a WHERE keeps of the contacts a to h', () => {
  const cases: readonly (readonly [where: string, kept: string])[] = [
    // text compares without case
    ["FirstName = 'MARA'", 'ab'],
    ["FirstName != 'mara'", 'cdefgh'],
    ["FirstName <> 'mara'", 'cdefgh'],
    ["Department = 'Sales'", 'ac'],
    ["FirstName IN ('mara', '100%')", 'abd'],
    ["FirstName NOT IN ('mara', '100%')", 'cefgh'],
    ["Department > 'it'", 'acg'],
    ["Department <= 'IT'", 'd'],
    // escapes
    ["FirstName = 'O\\'Neil'", 'c'],
    ["FirstName = 'a\\\\b'", 'f'],
    ["FirstName = 'a\"b'", ''],
    // LIKE
    ["FirstName LIKE 'MA%'", 'ab'],
    ["FirstName LIKE '100_'", 'de'],
    ["FirstName LIKE '100\\%'", 'd'],
    ["FirstName LIKE '%\\_1'", 'g'],
    ["FirstName LIKE 'a\\\\%'", 'f'],
    ["FirstName LIKE '%ë%'", 'g'],
    ["FirstName LIKE ''", ''],
    ["(NOT FirstName LIKE 'MA%')", 'cdefgh'],
    ["NOT FirstName LIKE 'MA%'", 'cdefgh'],
    // null
    ['Department = null', 'befh'],
    ["Department = ''", 'befh'],
    ['Department != NULL', 'acdg'],
    ["Department != 'sales'", 'bdefgh'],
    ["Department < 'zzz'", 'acdg'],
    ["FirstName IN (null, 'mara')", 'abh'],
    // booleans are never null
    ['DoNotCall = TRUE', 'e'],
    ['DoNotCall = false', 'abcdfgh'],
    ['DoNotCall = null', 'abcdfgh'],
    ['DoNotCall != null', 'e'],
    // times
    ['SystemModstamp >= 2026-11-20T16:04:51Z', 'c'],
    ['SystemModstamp > 2026-11-20T16:04:50Z', 'c'],
    ['SystemModstamp >= 2026-11-20T17:04:50+01:00 AND SystemModstamp < 2026-11-20T08:04:51-08:00', 'b'],
    ['SystemModstamp = 2026-11-20T16:04:51.000Z', 'c'],
    ['Birthdate = 1980-02-29', 'a'],
    ['Birthdate > 1980-02-29', 'f'],
    ['CreatedDate = TODAY', 'g'],
    ['CreatedDate = yesterday', 'h'],
    ['CreatedDate < TODAY', 'abcdefh'],
    ['CreatedDate > YESTERDAY', 'g'],
    ['CreatedDate <= YESTERDAY', 'abcdefh'],
    ['CreatedDate = LAST_N_DAYS:1', 'gh'],
    ['CreatedDate = THIS_MONTH', 'abcdefgh'],
    ['CreatedDate = LAST_MONTH', ''],
    ['CreatedDate > N_DAYS_AGO:1', 'g'],
    // several chosen options
    ["Interests__c INCLUDES ('Print;Events')", 'd'],
    ["Interests__c INCLUDES ('Print;Events', 'product')", 'de'],
    ["Interests__c EXCLUDES ('Print')", 'abcegh'],
    ["Interests__c = 'Print'", 'f'],
    // parents
    ["Account.Name = 'lind cycles'", 'a'],
    ['Account.Name = null', 'cdefgh'],
    ['Account.NumberOfEmployees > 100', 'b'],
    [`AccountId = '${accountId(1).slice(0, 15)}'`, 'a'],
    [`Id IN ('${contactId(2)}', '${contactId(3)}')`, 'bc'],
    ["AccountId IN (SELECT Id FROM Account WHERE Industry = 'Retail')", 'a'],
    ["AccountId NOT IN (SELECT Id FROM Account WHERE Industry = 'Retail')", 'bcdefgh'],
    // Boolean shape
    ["FirstName = 'mara' AND Department = null AND DoNotCall = false", 'b'],
    ["(FirstName = 'mara' AND Department = null) OR DoNotCall = true", 'be'],
    ["FirstName = 'mara' AND (Department = null OR (NOT Department = 'IT'))", 'ab'],
    ["((FirstName = 'mara'))", 'ab'],
    ["contact.FirstName = 'mara'", 'ab'],
  ];

  test('each as the vendor documents it', async () => {
    const salesforce = await open();
    const found: [string, string][] = [];
    for (const [where] of cases) {
      const reply = await salesforce.query(`SELECT LastName FROM Contact WHERE ${where} ORDER BY LastName`);
      const names = reply.status === 200 ? namesOf(reply) : reply.text;
      found.push([where, names]);
    }
    expect(found).toEqual(cases);
  });
});

describe('what a statement is refused for', () => {
  const cases: readonly (readonly [soql: string, errorCode: string, message: RegExp])[] = [
    [
      'SELECT Id FORM Contact',
      'MALFORMED_QUERY',
      /^\nSELECT Id FORM Contact\n {10}\^\nERROR at Row:1:Column:11\nunexpected token: 'FORM'$/,
    ],
    [
      'SELECT Foo FROM Contact',
      'INVALID_FIELD',
      /^\nSELECT Foo FROM Contact\n {7}\^\nERROR at Row:1:Column:8\nNo such column 'Foo' on entity 'Contact'\. If/,
    ],
    ['SELECT Id FROM Foo', 'INVALID_TYPE', /sObject type 'Foo' is not supported/],
    ['SELECT Boss.Name FROM Contact', 'INVALID_FIELD', /Didn't understand relationship 'Boss' in field path/],
    ['SELECT Id, Id FROM Contact', 'MALFORMED_QUERY', /duplicate field selected: Id/],
    ['SELECT Id FROM Contact WHERE', 'MALFORMED_QUERY', /unexpected token: '<EOF>'/],
    [`SELECT Id FROM Contact WHERE LastName = '${'x'.repeat(4001)}'`, 'MALFORMED_QUERY', /may have 4000 characters/],
    [
      "SELECT Id FROM Contact WHERE LastName = 'a' AND Title = 'b' OR Phone = 'c'",
      'MALFORMED_QUERY',
      /unexpected token: 'OR'/,
    ],
    [
      "SELECT Id FROM Contact WHERE LastName = 'a' OR Title = 'b' AND Phone = 'c'",
      'MALFORMED_QUERY',
      /unexpected token: 'AND'/,
    ],
    ["SELECT Id FROM Contact WHERE LastName = 'a' AND NOT (Title = 'b')", 'MALFORMED_QUERY', /unexpected token: 'NOT'/],
    ["SELECT Id FROM Contact WHERE LastName NOT LIKE 'a'", 'MALFORMED_QUERY', /unexpected token: 'NOT'/],
    ["SELECT Id FROM Contact WHERE LastName == 'a'", 'MALFORMED_QUERY', /unexpected token: '='/],
    ["SELECT Id FROM Contact WHERE LastName = 'O'Brien'", 'MALFORMED_QUERY', /unexpected token|unterminated/],
    [
      "SELECT Id FROM Contact WHERE LastName = 'a\\q'",
      'MALFORMED_QUERY',
      /Illegal character sequence '\\q' in string literal/,
    ],
    ['SELECT Id FROM Contact WHERE LastName = "a"', 'MALFORMED_QUERY', /unexpected token: '"'/],
    ['SELECT Id FROM Contact WHERE LastName = :name', 'MALFORMED_QUERY', /unexpected token: ':'/],
    [
      "SELECT Id FROM Contact WHERE CreatedDate > '2026-11-20T16:04:51Z'",
      'INVALID_FIELD',
      /value of filter criterion for field 'CreatedDate' must be of type dateTime and should not be enclosed in quotes/,
    ],
    [
      'SELECT Id FROM Contact WHERE CreatedDate > 2026-11-20',
      'INVALID_FIELD',
      /'CreatedDate' must be of type dateTime/,
    ],
    [
      'SELECT Id FROM Contact WHERE Birthdate > 2026-11-20T16:04:51Z',
      'INVALID_FIELD',
      /'Birthdate' must be of type date /,
    ],
    [
      'SELECT Id FROM Contact WHERE CreatedDate > 2026-02-30T00:00:00Z AND Birthdate = 2026-02-31',
      'MALFORMED_QUERY',
      /invalid date/,
    ],
    [
      'SELECT Id FROM Contact WHERE LastName = 5',
      'INVALID_FIELD',
      /'LastName' must be of type string and should be enclosed in quotes/,
    ],
    [
      "SELECT Id FROM Account WHERE AnnualRevenue > '5'",
      'INVALID_FIELD',
      /'AnnualRevenue' must be of type double and should not be enclosed in quotes/,
    ],
    ["SELECT Id FROM Contact WHERE DoNotCall = 'true'", 'INVALID_FIELD', /must be of type boolean/],
    ["SELECT Id FROM Contact WHERE AccountId = 'nope'", 'INVALID_QUERY_FILTER_OPERATOR', /invalid ID field: nope/],
    [
      "SELECT Id FROM Contact WHERE CreatedDate LIKE 'a%'",
      'INVALID_QUERY_FILTER_OPERATOR',
      /invalid operator on datetime field/,
    ],
    ["SELECT Id FROM Contact WHERE LastName INCLUDES ('a')", 'INVALID_QUERY_FILTER_OPERATOR', /invalid operator/],
    [
      "SELECT Id FROM Contact WHERE Description = 'a'",
      'INVALID_FIELD',
      /field 'Description' can not be filtered in a query call/,
    ],
    ['SELECT Id FROM Contact ORDER BY Description', 'MALFORMED_QUERY', /can not be sorted/],
    ['SELECT Id FROM Contact LIMIT -1', 'MALFORMED_QUERY', /unexpected token/],
    ['SELECT Id FROM Contact OFFSET 2001', 'NUMBER_OUTSIDE_VALID_RANGE', /2000/],
    ['SELECT FIELDS(ALL) FROM Contact', 'MALFORMED_QUERY', /LIMIT of at most 200/],
    ['SELECT FIELDS(ALL) FROM Contact LIMIT 201', 'MALFORMED_QUERY', /LIMIT of at most 200/],
    ['SELECT LeadSource FROM Contact GROUP BY LeadSource', 'MALFORMED_QUERY', /does not simulate GROUP/],
    ['SELECT Id FROM Contact ALL ROWS', 'MALFORMED_QUERY', /unexpected token: 'ALL'/],
    [`SELECT Id FROM Contact WHERE ${'('.repeat(101)}Id = null${')'.repeat(101)}`, 'MALFORMED_QUERY', /too deep/],
    ['', 'MALFORMED_QUERY', /has to be specified/],
  ];

  test('with the vendor’s code and text, as an array, at 400', async () => {
    const salesforce = await open();
    for (const [soql, errorCode, message] of cases) {
      const { status, json } = await salesforce.query(soql);
      expect({ soql, status, body: json }).toEqual({
        soql,
        status: 400,
        body: [{ errorCode, message: expect.stringMatching(message) }],
      });
    }
  });

  test('the row counts lines of the statement', async () => {
    const salesforce = await open();
    const { json } = await salesforce.query('SELECT Id\nFROM Contact\nWHERE Foo = 1');
    expect(dig(json, 0, 'message')).toContain('ERROR at Row:3:Column:7');
  });
});

describe('what an answer holds', () => {
  test('the selected columns by their proper names, parents nested, instants in the vendor’s form', async () => {
    const salesforce = await open();
    const { json } = await salesforce.query(
      "select id, c.LASTNAME, Account.name, Account.Owner.Name, SystemModstamp from contact c WHERE LastName IN ('a', 'c')",
    );
    const url = (type: string, id: string): JsonObject => ({
      type,
      url: `/services/data/v62.0/sobjects/${type}/${id}`,
    });
    expect(json).toEqual({
      totalSize: 2,
      done: true,
      records: [
        {
          attributes: url('Contact', contactId(1)),
          Id: contactId(1),
          LastName: 'a',
          Account: { attributes: url('Account', accountId(1)), Name: 'Lind Cycles', Owner: null },
          SystemModstamp: '2026-11-01T08:00:00.000+0000',
        },
        {
          attributes: url('Contact', contactId(3)),
          Id: contactId(3),
          LastName: 'c',
          Account: null,
          SystemModstamp: '2026-11-20T16:04:51.000+0000',
        },
      ],
    });
  });

  test.each([
    ['SELECT COUNT() FROM Contact WHERE DoNotCall = true', { totalSize: 1, done: true, records: [] }],
    ['SELECT COUNT() FROM Contact', { totalSize: 8, done: true, records: [] }],
  ])('%s', async (soql, expected) => {
    const salesforce = await open();
    expect((await salesforce.query(soql)).json).toEqual(expected);
  });

  test('FIELDS(ALL) with a LIMIT gives every field, FIELDS(CUSTOM) the custom ones', async () => {
    const salesforce = await open();
    const all = await salesforce.query('SELECT FIELDS(ALL) FROM Contact LIMIT 1');
    expect(Object.keys(rowsOf(all)[0] ?? {})).toEqual(
      expect.arrayContaining(['Id', 'Interests__c', 'MailingAddress', 'IsDeleted']),
    );
    const custom = await salesforce.query('SELECT FIELDS(CUSTOM) FROM Contact LIMIT 1');
    expect(Object.keys(rowsOf(custom)[0] ?? {})).toEqual(['attributes', 'Loyalty_Tier__c', 'Score__c', 'Interests__c']);
  });

  test.each([
    ['ORDER BY Department, LastName', 'befhdacg'],
    ['ORDER BY Department ASC NULLS LAST, LastName DESC', 'dcaghfeb'],
    ['ORDER BY Department DESC NULLS LAST, LastName', 'gacdbefh'],
    ['ORDER BY SystemModstamp DESC, Id ASC', 'cbadefgh'],
    ['ORDER BY LastName LIMIT 3', 'abc'],
    ['ORDER BY LastName LIMIT 3 OFFSET 2', 'cde'],
    ['ORDER BY LastName LIMIT 0', ''],
  ])('%s gives %s', async (rest, expected) => {
    const salesforce = await open();
    expect(namesOf(await salesforce.query(`SELECT LastName FROM Contact ${rest}`))).toBe(expected);
  });
});

describe('laws', () => {
  const escaped = (text: string): string => text.replace(/[\\']/g, '\\$&');

  test('a string with quote and backslash escaped is read back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(unescapeText(escaped(text))).toBe(text);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(parseSoql(`SELECT Id FROM Contact WHERE LastName = '${escaped(text)}'`).where).toMatchObject({
          values: [{ text }],
        });
      }),
    );
  });

  test('any text is either parsed or refused in the vendor’s words', () => {
    const words = fc.constantFrom(
      'SELECT',
      'Id',
      'FROM',
      'Contact',
      'WHERE',
      'AND',
      'OR',
      'NOT',
      '(',
      ')',
      ',',
      '=',
      "'x'",
      '5',
      'LIKE',
      'IN',
      '2026-11-20',
      'TODAY',
      '%',
      "'",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(words, { maxLength: 20 }).map((list) => list.join(' ')),
          fc.string(),
        ),
        (text) => {
          try {
            parseSoql(text);
          } catch (error) {
            expect(error).toMatchObject({
              name: 'Refusal',
              answer: { status: 400, body: [{ errorCode: 'MALFORMED_QUERY' }] },
            });
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
