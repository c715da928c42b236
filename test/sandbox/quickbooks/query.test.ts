import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/sandbox/json.ts';
import { parseStatement } from '../../../src/sandbox/quickbooks/query/parser.ts';
import { dig } from '../sandbox-client.ts';
import { openQuickbooks } from './quickbooks-client.ts';

const at = (time: string): JsonObject => ({ CreateTime: '2026-10-01T08:00:00-07:00', LastUpdatedTime: time });

/** Named by their ids: 1 to 6. */
const Customer = {
  '1': { DisplayName: 'Lind Cycles', GivenName: 'Mara', Balance: 10.5, MetaData: at('2026-11-20T08:00:00-08:00') },
  '2': { DisplayName: "Cutlery 'R Us", GivenName: 'mara', Balance: 0, MetaData: at('2026-11-20T08:00:01-08:00') },
  '3': { DisplayName: 'Back\\Slash', Balance: 200, MetaData: at('2026-11-19T08:00:00-08:00') },
  '4': { DisplayName: '100% Wool_Works', Balance: 30, MetaData: at('2026-10-30T08:00:00-07:00') },
  '5': { DisplayName: 'Gone (deleted)', Active: false, MetaData: at('2026-11-20T08:00:02-08:00') },
  '10': { DisplayName: 'Café Zoë', Balance: -3, MetaData: at('2026-11-20T08:00:01-08:00') },
};
const Invoice = {
  '101': {
    CustomerRef: { value: '1', name: 'Lind Cycles' },
    TxnDate: '2026-11-18',
    DocNumber: '1036',
    Line: [{ Amount: 5, DetailType: 'SalesItemLineDetail' }],
  },
  '104': { CustomerRef: { value: '10' }, TxnDate: '2026-11-19', Line: [{ Amount: 7.1 }, { Amount: 0.2 }] },
};
const open = () => openQuickbooks({ records: { Customer, Invoice } });

describe('what a statement finds', () => {
  const cases: readonly (readonly [statement: string, ids: readonly string[]])[] = [
    ['SELECT * FROM Customer', ['1', '2', '3', '4', '10']],
    ['select * from Customer where Active in (true, false)', ['1', '2', '3', '4', '5', '10']],
    ['SELECT * FROM Customer WHERE Active = false', ['5']],
    ["SELECT * FROM Customer WHERE GivenName = 'Mara'", ['1', '2']],
    ["SELECT * FROM Customer WHERE DisplayName = 'Cutlery \\'R Us'", ['2']],
    ["SELECT * FROM Customer WHERE DisplayName = 'Back\\\\Slash'", ['3']],
    ["SELECT * FROM Customer WHERE DisplayName LIKE '%l%s%'", ['1', '2', '3', '4']],
    ["SELECT * FROM Customer WHERE DisplayName LIKE 'c%'", ['2', '10']],
    ["SELECT * FROM Customer WHERE DisplayName LIKE '%_works'", ['4']],
    ["SELECT * FROM Customer WHERE DisplayName LIKE 'Lind_Cycles'", []],
    ["SELECT * FROM Customer WHERE DisplayName = 'Café Zoë'", ['10']],
    ["SELECT * FROM Customer WHERE Id > '4'", ['10']],
    ["SELECT * FROM Customer WHERE Id IN ('10', '2', '99')", ['2', '10']],
    ["SELECT * FROM Customer WHERE Balance > '0' AND Balance <= 30", ['1', '4']],
    ["SELECT * FROM Customer WHERE MetaData.LastUpdatedTime >= '2026-11-20T16:00:01Z'", ['2', '10']],
    ["SELECT * FROM Customer WHERE Metadata.LastUpdatedTime < '2026-10-30T15:00:01+00:00'", ['4']],
    ['SELECT * FROM Customer ORDERBY MetaData.LastUpdatedTime DESC, Id DESC', ['10', '2', '1', '3', '4']],
    ['SELECT * FROM Customer ORDER BY GivenName, Balance', ['10', '4', '3', '2', '1']],
    ['SELECT Id, DisplayName FROM Customer STARTPOSITION 2 MAXRESULTS 2', ['2', '3']],
    ['SELECT * FROM Customer STARTPOSITION 9', []],
    ["SELECT * FROM Invoice WHERE CustomerRef = '1'", ['101']],
    ["SELECT * FROM Invoice WHERE TxnDate >= '2026-11-19'", ['104']],
    ["SELECT * FROM Invoice WHERE TotalAmt = '7.3'", ['104']],
  ];
  test.each(cases)('%s', async (statement, ids) => {
    expect((await (await open()).find(statement)).map(({ Id }) => Id)).toEqual(ids);
  });
});

describe('answers', () => {
  test('tell position, number on the page and the time, and have no key for an entity that is not there', async () => {
    const quickbooks = await open();
    const time = '2026-11-20T08:04:51.870-08:00';
    expect((await quickbooks.query('SELECT * FROM Customer STARTPOSITION 2 MAXRESULTS 3')).json).toMatchObject({
      QueryResponse: { startPosition: 2, maxResults: 3, Customer: [{ Id: '2' }, { Id: '3' }, { Id: '4' }] },
      time,
    });
    const none = await quickbooks.query("SELECT * FROM Customer WHERE Id = '77'");
    expect(none.json).toEqual({ QueryResponse: {}, time });
    const count = await quickbooks.query('SELECT COUNT(*) FROM Customer');
    expect(count.json).toEqual({ QueryResponse: { totalCount: 5 }, time });
    const posted = await quickbooks.api('POST', '/query', "SELECT * FROM Customer WHERE Id = '1'", {
      'content-type': 'application/text',
    });
    expect(posted.json).toMatchObject({ QueryResponse: { Customer: [{ Id: '1', SyncToken: '0', sparse: false }] } });
  });

  test('a page is 100 long unless asked, and offsets slip when rows move under the walk', async () => {
    const quickbooks = await open();
    await quickbooks.call('POST', '/_sandbox/edit', { object: 'Vendor', action: 'create', count: 130 });
    const walk = 'SELECT * FROM Vendor ORDERBY MetaData.LastUpdatedTime';
    const first = await quickbooks.find(walk);
    expect(first).toHaveLength(100);
    await quickbooks.call('POST', '/_sandbox/clock', { advanceMs: 60_000 });
    await quickbooks.call('POST', '/_sandbox/records', {
      object: 'Vendor',
      id: String(first[0]?.Id),
      record: { GivenName: 'Moved' },
    });
    const second = await quickbooks.find(`${walk} STARTPOSITION 101`);
    const seen = new Set([...first, ...second].map(({ Id }) => Id));
    expect(second).toHaveLength(30);
    expect(seen.size).toBe(129);
    await quickbooks.call('PATCH', '/_sandbox/faults', { pageSize: 7, ignoreFilters: true });
    expect(await quickbooks.find("SELECT * FROM Vendor WHERE Id = '0' MAXRESULTS 1000")).toHaveLength(7);
  });
});

describe('a statement is refused', () => {
  const encountered = (what: string, column: number): string =>
    `QueryParserError: Encountered ${what} at line 1, column ${column}.\n`;
  const lexical = (column: number): string =>
    `QueryParserError: Invalid content. Lexical error at line 1, column ${column}.  `;
  const select = 'SELECT * FROM Customer WHERE';
  test.each([
    [`${select} Id = '1' OR Id = '2'`, '4000', encountered('" <OR> "OR ""', 39)],
    [`${select} NOT Id = '1'`, '4000', encountered('" <IDENTIFIER> "Id ""', 34)],
    [`${select} Id != '1'`, '4000', lexical(33)],
    [`${select} Id <> '1'`, '4000', encountered('" ">" "> ""', 34)],
    [`${select} (Id = '1')`, '4000', encountered('" "(" "( ""', 30)],
    [`${select} Id IS NULL`, '4000', encountered('" <IDENTIFIER> "IS ""', 33)],
    [`${select} Id IN ()`, '4000', encountered('" ")" ") ""', 37)],
    [`${select} Id = null`, '4000', encountered('" <IDENTIFIER> "null ""', 35)],
    [`${select} DisplayName LIKE 5`, '4000', encountered('" <NUMBER> "5 ""', 47)],
    [`${select} DisplayName = 'O''Brien'`, '4000', encountered(`" <STRING> "'Brien' ""`, 47)],
    [`${select} DisplayName = 'O'R`, '4000', encountered('" <IDENTIFIER> "R ""', 47)],
    [`${select} DisplayName = 'a\\b'`, '4000', lexical(47)],
    [`${select} DisplayName = 'a\\'`, '4000', lexical(48)],
    [`${select} DisplayName = 'Sam’s'`, '4000', `${lexical(48)}Encountered: "’" (8217), after : "'Sam"`],
    [`${select} DisplayName LIKE '%ż%'`, '4000', `${lexical(49)}Encountered: "ż" (380), after : "'%"`],
    [`${select} DisplayName = %`, '4000', `${lexical(44)}Encountered: "%" (37), after : ""`],
    [`${select} TxnDate > 2026-01-01`, '4000', encountered('" <NUMBER> "-01 ""', 44)],
    [select, '4000', encountered('"<EOF>"', 29)],
    ['SELECT * FROM Customer JOIN Invoice', '4000', encountered('" <IDENTIFIER> "JOIN ""', 24)],
    ['SELECT * FROM Customer GROUP BY Id', '4000', encountered('" <IDENTIFIER> "GROUP ""', 24)],
    ['SELECT * FROM Customer, Invoice', '4000', encountered('" "," ", ""', 23)],
    [
      'SELECT * FROM Customer MAXRESULTS 5 STARTPOSITION 1',
      '4000',
      encountered('" "startposition" "STARTPOSITION ""', 37),
    ],
    ['SELECT * FROM Customer; DROP', '4000', lexical(23)],
    ['', '4000', 'QueryParserError: '],
    ['SELECT * FROM Foo', '4001', 'QueryValidationError: Metadata not found for Entity: Foo'],
    ['SELECT * FROM customer', '4001', 'QueryValidationError: '],
    ['SELECT Foo FROM Customer', '4001', 'QueryValidationError: Property Foo not found for Entity Customer'],
    [`${select} Foo = '1'`, '4001', 'QueryValidationError: Property Foo not found for Entity Customer'],
    [`${select} Notes = '1'`, '4001', 'QueryValidationError: Property Notes is not filterable'],
    ['SELECT * FROM Invoice ORDERBY PrivateNote', '4001', 'QueryValidationError: Property PrivateNote is not sortable'],
    ['SELECT * FROM Invoice WHERE Active = true', '4001', 'QueryValidationError: Property Active not found'],
    [`${select} Active = 'true'`, '4001', 'QueryValidationError: Value true is not valid'],
    [`${select} Balance = 'much'`, '4001', 'QueryValidationError: Value much is not valid'],
    [`${select} MetaData.LastUpdatedTime > '2026-11-20T16:00:00 00:00'`, '4001', 'QueryValidationError: Value '],
    [`${select} Balance LIKE '1%'`, '4001', 'QueryValidationError: Operator LIKE'],
    ['SELECT * FROM Customer MAXRESULTS 1001', '4001', 'QueryValidationError: maxResults'],
    ['SELECT * FROM Customer STARTPOSITION 0', '4001', 'QueryValidationError: startPosition'],
  ])('%j with %s', async (statement, code, detail) => {
    const { status, json } = await (await open()).query(statement);
    expect({ status, json }).toMatchObject({
      status: 400,
      json: { Fault: { Error: [{ code }], type: 'ValidationFault' } },
    });
    expect(dig(json, 'Fault', 'Error', 0, 'Message')).toBe(code === '4000' ? 'Error parsing query' : 'Invalid query');
    expect(String(dig(json, 'Fault', 'Error', 0, 'Detail')).startsWith(detail)).toBe(true);
  });

  test('and told what could have stood there', async () => {
    const { json } = await (await open()).query(`${select} DisplayName = 'O'R`);
    expect(dig(json, 'Fault', 'Error', 0, 'Detail')).toBe(
      `${encountered('" <IDENTIFIER> "R ""', 47)}Was expecting one of:\n    <EOF> \n    <AND> ...\n    "iterator" ...\n    "order" ...\n    "orderby" ...\n    "startposition" ...\n    "maxresults" ...\n    `,
    );
  });
});

describe('the language', () => {
  const latin1 = fc.string({ unit: 'binary' }).map((text) => text.replace(/[\u0100-\uffff]/g, ''));

  test('a text that is escaped comes back as it was', () => {
    fc.assert(
      fc.property(latin1, (text) => {
        const escaped = text.replace(/['\\]/g, '\\$&');
        const { criteria } = parseStatement(`SELECT * FROM Customer WHERE DisplayName = '${escaped}'`);
        expect(criteria).toEqual([{ property: 'DisplayName', comparator: '=', values: [{ kind: 'text', text }] }]);
      }),
    );
  });

  test('whatever comes is parsed or refused, and long patterns take no longer than they are long', async () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          parseStatement(`SELECT * FROM Customer WHERE ${text}`);
        } catch (error) {
          expect(error).toMatchObject({ answer: { status: 400, body: { Fault: { Error: [{ code: '4000' }] } } } });
        }
      }),
    );
    const quickbooks = await open();
    expect(await quickbooks.find(`SELECT * FROM Customer WHERE DisplayName LIKE '${'%a'.repeat(5000)}%b'`)).toEqual([]);
  });
});
