import { describe, expect, test } from 'vitest';
import { makeRecordId } from '../../../src/sandbox/dynamics/ids.ts';
import { parseFilter } from '../../../src/sandbox/dynamics/odata/parser.ts';
import type { JsonObject } from '../../../src/sandbox/json.ts';
import { dig } from '../sandbox-client.ts';
import { type DynamicsClient, openDynamics, valuesOf } from './dynamics-client.ts';

const contactId = (serial: number): string => makeRecordId('contact', serial);
const accountId = (serial: number): string => makeRecordId('account', serial);
const person = (last: string, more: JsonObject = {}): JsonObject => ({
  lastname: last,
  createdon: '2026-11-01T08:00:00Z',
  modifiedon: '2026-11-01T08:00:00Z',
  ...more,
});

/** Named by their last names: a to f. */
const contact = {
  [contactId(1)]: person('a', { firstname: 'Mara', department: 'Sales', _parentcustomerid_value: accountId(1) }),
  [contactId(2)]: person('b', { firstname: 'mara', modifiedon: '2026-11-20T16:04:50Z', donotemail: true }),
  [contactId(3)]: person('c', { firstname: "O'Neil", department: 'sales', modifiedon: '2026-11-20T16:04:51Z' }),
  [contactId(4)]: person('d', { firstname: '100%', department: 'IT', preferredcontactmethodcode: 2 }),
  [contactId(5)]: person('e', { firstname: '100x', new_interests: '1,3', birthdate: '1980-02-29' }),
  [contactId(6)]: person('f', { firstname: 'Zoë_1', department: 'Zoo', statecode: 1 }),
};
const account = { [accountId(1)]: { name: 'Lind Cycles', numberofemployees: 48 } };

const open = (): Promise<DynamicsClient> => openDynamics({ records: { contact, account } });
const ask = (client: DynamicsClient, filter: string, set = 'contacts') =>
  client.read(`${set}?$filter=${encodeURIComponent(filter)}&$orderby=createdon`);

const crm = 'Microsoft.Dynamics.CRM.';

test('what a $filter keeps of the contacts a to f', async () => {
  const client = await open();
  const cases: readonly (readonly [filter: string, kept: string])[] = [
    ["firstname eq 'MARA'", 'ab'],
    ["firstname ne 'mara'", 'cdef'],
    ["department ne 'sales'", 'bdef'],
    ["not (department eq 'sales')", 'bdef'],
    ['department eq null', 'be'],
    ['department ne null', 'acdf'],
    ["department gt 'it'", 'acf'],
    ["not (department gt 'it')", 'd'],
    ["firstname eq 'O''Neil'", 'c'],
    ["firstname eq '100%'", 'd'],
    ["startswith(firstname,'MA')", 'ab'],
    ["startswith(firstname,'100%')", 'de'],
    ["startswith(firstname,'100[%]')", 'd'],
    ["contains(firstname,'0_x')", 'e'],
    ["contains(firstname,'0_')", 'de'],
    ["endswith(firstname,'[_]1')", 'f'],
    ["contains(firstname,'[^a-z%]x')", 'e'],
    ["not contains(department,'sal')", 'bdef'],
    ['modifiedon ge 2026-11-20T16:04:51Z', 'c'],
    ['modifiedon ge 2026-11-20T17:04:50+01:00 and modifiedon lt 2026-11-20T16:04:51Z', 'b'],
    ['modifiedon ge 2026-11-20', 'bc'],
    ['birthdate eq 1980-02-29', 'e'],
    ['donotemail eq true', 'b'],
    ['preferredcontactmethodcode eq 2', 'd'],
    ['statecode ne 0', 'f'],
    ['createdon lt modifiedon', 'bc'],
    [`contactid eq ${contactId(2)}`, 'b'],
    [`_parentcustomerid_value eq '${accountId(1)}'`, 'a'],
    ["parentcustomerid_account/name eq 'lind cycles'", 'a'],
    ["firstname eq 'mara' or department eq 'IT' and statecode eq 1", 'ab'],
    ["(firstname eq 'mara' or department eq 'IT') and statecode eq 0", 'abd'],
    [`${crm}In(PropertyName='firstname',PropertyValues=["MARA","O'Neil"])`, 'abc'],
    [`${crm}NotIn(PropertyName='department',PropertyValues=["sales"])`, 'df'],
    [`${crm}In(PropertyName='contactid',PropertyValues=["${contactId(2).toUpperCase()}","${accountId(9)}"])`, 'b'],
    [`${crm}Between(PropertyName='preferredcontactmethodcode',PropertyValues=["2","5"])`, 'd'],
    [`${crm}ContainValues(PropertyName='new_interests',PropertyValues=["3"])`, 'e'],
    [`${crm}OnOrAfter(PropertyName='modifiedon',PropertyValue='2026-11-20')`, 'bc'],
    [`${crm}On(PropertyName='modifiedon',PropertyValue=2026-11-01)`, 'adef'],
    [`${crm}LastXHours(PropertyName='modifiedon',PropertyValue=2)`, 'bc'],
    [`${crm}Today(PropertyName='modifiedon')`, 'bc'],
    [`not ${crm}ThisMonth(PropertyName='modifiedon')`, ''],
    [`${crm}OlderThanXDays(PropertyName='modifiedon',PropertyValue=3)`, 'adef'],
  ];
  for (const [filter, kept] of cases) {
    const rows = valuesOf(await ask(client, filter)).map((row) => dig(row, 'lastname'));
    expect([filter, rows.toSorted().join('')]).toEqual([filter, kept]);
  }
  expect(
    valuesOf(await ask(client, "contact_customer_accounts/any(o:o/firstname eq 'mara')", 'accounts')),
  ).toHaveLength(1);
  expect(valuesOf(await ask(client, "contact_customer_accounts/all(o:o/firstname eq 'x')", 'accounts'))).toHaveLength(
    0,
  );
});

describe('what a $filter is refused for', () => {
  test.each([
    ["lastname eq 'O'Bryan'", "There is an unterminated literal at position 21 in 'lastname eq 'O'Bryan''."],
    [
      "modifiedon ge '2026-11-20T16:00:00Z'",
      "A binary operator with incompatible types was detected. Found operand types 'Edm.DateTimeOffset' and 'Edm.String' for operator kind 'GreaterThanOrEqual'.",
    ],
    ['foo eq 1', "Could not find a property named 'foo' on type 'Microsoft.Dynamics.CRM.contact'."],
    ['FirstName eq null', "Could not find a property named 'FirstName' on type 'Microsoft.Dynamics.CRM.contact'."],
    ['firstname eq 5', /incompatible types/],
    ['statecode eq true', /incompatible types/],
    ["contains(statecode,'1')", /No function signature/],
    ["tolower(firstname) eq 'a'", /unknown function with name 'tolower'/],
    ["firstname in ('a')", /Syntax error/],
    ["firstname EQ 'a'", /Syntax error/],
    ["firstname eq 'a' and", /Syntax error/],
    ["(firstname eq 'a'", /Syntax error/],
    [`contactid eq guid'${contactId(1)}'`, /Syntax error/],
    ['modifiedon ge 2026-02-30', /Unrecognized/],
    [`${crm}In(PropertyName='firstname',PropertyValues=['a'])`, /Syntax error/],
    [`${crm}In(PropertyName='contactid',PropertyValues=["${contactId(2)}","b"])`, /'b' is not valid/],
    [`${crm}Nothing(PropertyName='firstname')`, /unknown function/],
    ['createdon add 1 eq 2', /Syntax error/],
  ])('%s', async (filter, message) => {
    const reply = await ask(await open(), filter);
    expect(reply).toMatchObject({ status: 400, json: { error: { code: '0x80060888' } } });
    expect(dig(reply.json, 'error', 'message')).toEqual(
      typeof message === 'string' ? message : expect.stringMatching(message),
    );
  });

  test('nesting too deep to read, which would exhaust the stack', () => {
    expect(() => parseFilter(`${'('.repeat(50_000)}a eq 1`)).toThrow('refused with 400');
    expect(() => parseFilter(`${'not '.repeat(50_000)}a eq 1`)).toThrow('refused with 400');
  });
});
