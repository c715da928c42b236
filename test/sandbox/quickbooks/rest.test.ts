import { describe, expect, test } from 'vitest';
import { dig, openSandbox, startMs } from '../sandbox-client.ts';
import { basic, openQuickbooks, type QuickbooksClient, realm, refreshWith, tokenPath } from './quickbooks-client.ts';

const authorize = `/connect/oauth2?${new URLSearchParams({
  client_id: 'sandbox-client',
  response_type: 'code',
  scope: 'com.intuit.quickbooks.accounting',
  redirect_uri: 'http://127.0.0.1:1/callback?keep=1',
  state: 'a b&c',
})}`;

/** Where the consent page sends the browser. */
async function decide(origin: string, decision: string): Promise<URL> {
  const answer = await fetch(origin + authorize, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ decision }),
  });
  expect(answer.status).toBe(302);
  return new URL(answer.headers.get('location') ?? '');
}

const redeem = (code: string, redirectUri = 'http://127.0.0.1:1/callback?keep=1'): URLSearchParams =>
  new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: redirectUri });

describe('consent and tokens', () => {
  test('the page leads back with a code, the state and the company; the code is good once and for its address only', async () => {
    const sandbox = await openSandbox('quickbooks');
    expect((await sandbox.call('GET', authorize)).text).toContain('Approve');
    const back = await decide(sandbox.origin, 'approve');
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ keep: '1', state: 'a b&c', realmId: realm });
    const code = back.searchParams.get('code') ?? '';
    const headers = { authorization: basic };
    const issued = await sandbox.call('POST', tokenPath, redeem(code), headers);
    expect(issued.json).toMatchObject({ token_type: 'bearer', expires_in: 3600, x_refresh_token_expires_in: 8726400 });
    const refused = { status: 400, json: { error: 'invalid_grant' } };
    expect(await sandbox.call('POST', tokenPath, redeem(code), headers)).toMatchObject(refused);
    const other = (await decide(sandbox.origin, 'approve')).searchParams.get('code') ?? '';
    expect(await sandbox.call('POST', tokenPath, redeem(other, 'http://127.0.0.1:1/'), headers)).toMatchObject(refused);
    const denied = await decide(sandbox.origin, 'deny');
    expect(Object.fromEntries(denied.searchParams)).toEqual({ keep: '1', state: 'a b&c', error: 'access_denied' });
  });

  test.each(['client_id', 'response_type', 'scope', 'redirect_uri'])('without %s there is no page', async (name) => {
    const sandbox = await openSandbox('quickbooks');
    const url = new URL(authorize, sandbox.origin);
    url.searchParams.set(name, 'javascript:alert(1)');
    expect((await sandbox.call('GET', url.pathname + url.search)).status).toBe(400);
  });

  test('a wrong client is refused with 401, wherever its secret stands', async () => {
    const sandbox = await openSandbox('quickbooks');
    const form = refreshWith('sandbox-refresh-token');
    form.set('client_id', 'sandbox-client');
    form.set('client_secret', 'sandbox-secret');
    const refused = { status: 401, json: { error: 'invalid_client' } };
    expect(await sandbox.call('POST', tokenPath, form)).toMatchObject(refused);
  });

  test('a refresh token changes after a day and the old one is good for a day more', async () => {
    const sandbox = await openSandbox('quickbooks');
    const refresh = (token: string) => sandbox.call('POST', tokenPath, refreshWith(token), { authorization: basic });
    const first = 'sandbox-refresh-token';
    expect(dig((await refresh(first)).json, 'refresh_token')).toBe(first);
    await sandbox.call('POST', '/_sandbox/clock', { advanceMs: 86_400_000 });
    const second = String(dig((await refresh(first)).json, 'refresh_token'));
    expect(second).not.toBe(first);
    await sandbox.call('POST', '/_sandbox/clock', { advanceMs: 86_399_000 });
    expect((await refresh(first)).status).toBe(200);
    await sandbox.call('POST', '/_sandbox/clock', { advanceMs: 86_400_000 });
    expect(await refresh(first)).toMatchObject({
      status: 400,
      json: { error: 'invalid_grant', error_description: 'Incorrect or invalid refresh token' },
    });
    expect((await refresh(second)).status).toBe(200);
  });

  test('with the switch every refresh ends the old token at once; a revoked consent ends all of its tokens', async () => {
    const quickbooks = await openQuickbooks({ faults: { rotateRefreshTokens: true } });
    const headers = { authorization: basic };
    expect((await quickbooks.call('POST', tokenPath, refreshWith('sandbox-refresh-token'), headers)).status).toBe(400);
    const other = await openQuickbooks();
    expect((await other.query('SELECT * FROM Item')).status).toBe(200);
    const token = 'sandbox-refresh-token';
    expect((await other.call('POST', '/v2/oauth2/tokens/revoke', { token }, headers)).status).toBe(200);
    expect((await other.query('SELECT * FROM Item')).status).toBe(401);
    expect((await other.call('POST', tokenPath, refreshWith(token), headers)).status).toBe(400);
  });
});

describe('the gateway', () => {
  test('answers in small letters: no token, an expired one, another company, too many calls', async () => {
    const quickbooks = await openQuickbooks({ faults: { tokenLifeSeconds: 60, quotaPerBurst: 2 } });
    const fails = (code: string, name: string) => ({
      fault: { error: [{ code, message: expect.stringContaining(name) }] },
    });
    const path = `/v3/company/${realm}/companyinfo/${realm}`;
    const accept = { accept: 'application/json' };
    expect(await quickbooks.call('GET', path, undefined, accept)).toMatchObject({
      status: 401,
      json: { ...fails('3200', 'message=AuthenticationFailed; errorCode=003200; statusCode=401'), time: startMs },
    });
    expect(await quickbooks.api('GET', `/../1/companyinfo/1`)).toMatchObject({
      status: 403,
      json: fails('3100', 'ApplicationAuthorizationFailed'),
    });
    const good = await quickbooks.api('GET', `/companyinfo/${realm}`);
    expect(good).toMatchObject({ status: 200, json: { CompanyInfo: { CompanyName: 'Sandbox Company' } } });
    expect(good.headers.get('intuit_tid')).toMatch(/^1-/);
    await quickbooks.api('GET', `/companyinfo/${realm}`);
    const third = await quickbooks.api('GET', `/companyinfo/${realm}`);
    expect(third).toMatchObject({ status: 429, json: fails('3001', 'ThrottleExceeded') });
    expect(third.headers.get('retry-after')).toBeNull();
    await quickbooks.call('POST', '/_sandbox/clock', { advanceMs: 60_000 });
    expect(await quickbooks.api('GET', `/companyinfo/${realm}`)).toMatchObject({
      status: 401,
      json: { fault: { error: [{ detail: expect.stringMatching(/^Token expired: /) }], type: 'AUTHENTICATION' } },
    });
  });

  test('who does not ask for JSON is told so in XML', async () => {
    const quickbooks = await openQuickbooks();
    const { status, headers, text } = await quickbooks.api('GET', '/cdc', undefined, { accept: '*/*' });
    expect({ status, text }).toMatchObject({ status: 406, text: expect.stringContaining('<Fault') });
    expect(headers.get('content-type')).toContain('application/xml');
  });

  test('more than ten calls at once are too many', async () => {
    const quickbooks = await openQuickbooks({ faults: { slowBodyMs: 400 } });
    const calls = Array.from({ length: 14 }, () => quickbooks.query('SELECT * FROM Item'));
    const statuses = (await Promise.all(calls)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 429)).toHaveLength(4);
    expect((await quickbooks.query('SELECT * FROM Item')).status).toBe(200);
  });
});

const error = (code: string) => ({ status: 400, json: { Fault: { Error: [{ code }], type: 'ValidationFault' } } });

describe('what a company starts with', () => {
  test.each(['Customer', 'Vendor', 'Item'])('has a %s that is no longer in use, which queries hide', async (entity) => {
    const quickbooks = await openQuickbooks();
    const [gone, ...others] = await quickbooks.find(`SELECT * FROM ${entity} WHERE Active = false`);
    expect(others).toEqual([]);
    expect(gone?.[entity === 'Item' ? 'Name' : 'DisplayName']).toMatch(/ \(deleted\)$/);
    const shown = await quickbooks.find(`SELECT * FROM ${entity}`);
    expect(shown.length).toBeGreaterThan(3);
    expect(shown.map(({ Id }) => Id)).not.toContain(gone?.Id);
    expect(await quickbooks.find(`SELECT * FROM ${entity} WHERE Active IN (true, false)`)).toHaveLength(
      shown.length + 1,
    );
  });
});

describe('records', () => {
  test('create, then update in part and in whole, each held against the SyncToken', async () => {
    const quickbooks = await openQuickbooks();
    const made = await quickbooks.api('POST', '/customer', { DisplayName: 'Ewa Żuk', GivenName: 'Ewa', Notes: 'n' });
    expect(made).toMatchObject({
      status: 200,
      json: {
        Customer: {
          SyncToken: '0',
          Active: true,
          MetaData: { CreateTime: '2026-11-20T08:04:51-08:00', LastUpdatedTime: '2026-11-20T08:04:51-08:00' },
        },
      },
    });
    const Id = dig(made.json, 'Customer', 'Id');
    await quickbooks.call('POST', '/_sandbox/clock', { advanceMs: 2000 });
    const change = { Id, SyncToken: '0', sparse: true, FamilyName: 'Żuk' };
    expect((await quickbooks.api('POST', '/customer', change)).json).toMatchObject({
      Customer: {
        SyncToken: '1',
        Notes: 'n',
        FamilyName: 'Żuk',
        MetaData: { LastUpdatedTime: '2026-11-20T08:04:53-08:00' },
      },
    });
    expect(await quickbooks.api('POST', '/customer', change)).toMatchObject(error('5010'));
    const whole = await quickbooks.api('POST', '/customer', { Id, SyncToken: '1', DisplayName: 'Ewa' });
    expect(whole.json).toMatchObject({ Customer: { SyncToken: '2', DisplayName: 'Ewa', FullyQualifiedName: 'Ewa' } });
    expect(dig(whole.json, 'Customer')).not.toHaveProperty('Notes');
    expect((await quickbooks.api('GET', `/customer/${Id}`)).json).toEqual(whole.json);
  });

  test.each([
    ['/customer', {}, '2020'],
    ['/customer', { DisplayName: 'a', Foo: 1 }, '2010'],
    ['/customer', { DisplayName: 5 }, '2010'],
    ['/customer', '{"DisplayName":"a","__proto__":{}}', '2010'],
    ['/invoice', { CustomerRef: { value: '1' }, Line: null }, '2020'],
    ['/customer', '{"DisplayName"', '2010'],
    ['/customer', { DisplayName: 'lind cycles' }, '6240'],
    ['/vendor', { DisplayName: 'Lind Cycles' }, '6240'],
    ['/customer', { Id: '99999', SyncToken: '0' }, '610'],
    ['/customer', { Id: '1', SyncToken: '7' }, '5010'],
    ['/customer', { Id: '1' }, '2020'],
    ['/customer?operation=delete', { Id: '1', SyncToken: '0' }, '500'],
    ['/invoice', { CustomerRef: { value: '1' }, Line: [] }, '2020'],
    ['/invoice', { CustomerRef: { value: '99999' }, Line: [{ Amount: 1 }] }, '2500'],
    ['/bill?operation=void', { Id: '102', SyncToken: '0' }, '500'],
    ['/foo', {}, '500'],
  ])('POST %s of %j is refused with %s', async (path, body, code) => {
    const refused = await (await openQuickbooks()).api('POST', path, body);
    expect(refused).toMatchObject(error(code));
    expect(refused.json).toMatchObject({ time: expect.stringMatching(/-0[78]:00$/) });
  });

  test('an inactive customer stays, under a name that makes room, and can come back', async () => {
    const quickbooks = await openQuickbooks();
    const gone = { Id: '1', SyncToken: '0', sparse: true, Active: false };
    expect((await quickbooks.api('POST', '/customer', gone)).json).toMatchObject({
      Customer: { Active: false, DisplayName: 'Lind Cycles (deleted)', SyncToken: '1' },
    });
    expect(await quickbooks.find("SELECT * FROM Customer WHERE Id = '1'")).toEqual([]);
    // Removed by a person in the sandbox, it looks the same from outside.
    await quickbooks.call('DELETE', '/_sandbox/records/Customer/3');
    const inactive = await quickbooks.find('SELECT * FROM Customer WHERE Active = false');
    expect(inactive.map(({ Id }) => Id)).toEqual(expect.arrayContaining(['1', '3']));
    const back = { Id: '3', SyncToken: '1', sparse: true, Active: true };
    expect((await quickbooks.api('POST', '/customer', back)).json).toMatchObject({
      Customer: { Active: true, SyncToken: '2' },
    });
    expect(await quickbooks.find("SELECT * FROM Customer WHERE Id = '3'")).toHaveLength(1);
  });

  test('a voided invoice stays with nothing to pay', async () => {
    const quickbooks = await openQuickbooks();
    const voided = await quickbooks.api('POST', '/invoice?operation=void', { Id: '101', SyncToken: '0' });
    expect(voided.json).toMatchObject({ Invoice: { TotalAmt: 0, Balance: 0, PrivateNote: 'Voided', SyncToken: '1' } });
    expect(await quickbooks.find("SELECT * FROM Invoice WHERE Id = '101'")).toHaveLength(1);
    const payment = await quickbooks.api('POST', '/payment?operation=update&include=void', {
      Id: '103',
      SyncToken: '0',
    });
    expect(payment.json).toMatchObject({ Payment: { TotalAmt: 0, UnappliedAmt: 0 } });
  });

  test('seeds refer to what is there', async () => {
    const quickbooks = await openQuickbooks();
    const idsOf = async (entity: string) =>
      new Set((await quickbooks.find(`SELECT * FROM ${entity}`)).map(({ Id }) => Id));
    const [customers, invoices] = [await idsOf('Customer WHERE Active IN (true, false)'), await idsOf('Invoice')];
    for (const record of await quickbooks.find('SELECT * FROM Payment')) {
      expect(customers).toContain(dig(record, 'CustomerRef', 'value'));
      expect(invoices).toContain(dig(record, 'Line', 0, 'LinkedTxn', 0, 'TxnId'));
    }
  });
});

test.each(['', '?minorversion=4', '?minorversion=75'])('a retired minor version, or none, is 75: %j', async (query) => {
  const quickbooks = await openQuickbooks();
  const { status, json } = await quickbooks.api('GET', `/customer/1${query}`);
  expect({ status, customer: dig(json, 'Customer') }).toEqual({
    status: 200,
    customer: dig((await quickbooks.api('GET', '/customer/1?minorversion=75')).json, 'Customer'),
  });
});

describe('batch', () => {
  test('is taken 120 times a minute', async () => {
    const quickbooks = await openQuickbooks();
    const send = () =>
      quickbooks.api('POST', '/batch', { BatchItemRequest: [{ bId: '1', Query: 'SELECT * FROM Item' }] });
    for (let turn = 0; turn < 120; turn += 1) expect((await send()).status).toBe(200);
    expect((await send()).status).toBe(429);
    expect((await quickbooks.query('SELECT * FROM Item')).status).toBe(200);
    await quickbooks.call('POST', '/_sandbox/clock', { advanceMs: 60_000 });
    expect((await send()).status).toBe(200);
  });

  test('each item answers for itself; more than 30 are refused', async () => {
    const quickbooks = await openQuickbooks();
    const { json } = await quickbooks.api('POST', '/batch', {
      BatchItemRequest: [
        { bId: '1', Query: "SELECT * FROM Item WHERE Id = '1'" },
        { bId: '2', Query: 'SELECT' },
        { bId: '3', operation: 'delete', Invoice: { Id: '101', SyncToken: '0' } },
        { bId: '4' },
      ],
    });
    expect(json).toMatchObject({
      BatchItemResponse: [
        { bId: '1', QueryResponse: { Item: [{ Id: '1' }] } },
        { bId: '2', Fault: { Error: [{ code: '4000' }] } },
        { bId: '3', Invoice: { status: 'Deleted' } },
        { bId: '4', Fault: {} },
      ],
    });
    const BatchItemRequest = Array.from({ length: 31 }, (_, index) => ({ bId: String(index), Query: 'SELECT' }));
    expect((await quickbooks.api('POST', '/batch', { BatchItemRequest })).status).toBe(400);
  });
});

const changes = (quickbooks: QuickbooksClient, entities: string, changedSince: string) =>
  quickbooks.api('GET', `/cdc?entities=${entities}&changedSince=${encodeURIComponent(changedSince)}`);

describe('change data capture', () => {
  test('tells what changed from an instant on, deleted transactions as stubs, and an empty object for nothing', async () => {
    const quickbooks = await openQuickbooks();
    await quickbooks.api('POST', '/invoice?operation=delete', { Id: '101', SyncToken: '0' });
    await quickbooks.call('DELETE', '/_sandbox/records/Customer/3');
    const now = '2026-11-20T08:04:51-08:00';
    expect((await changes(quickbooks, 'Customer,Invoice,Bill', now)).json).toEqual({
      CDCResponse: [
        {
          QueryResponse: [
            { Customer: [expect.objectContaining({ Id: '3', Active: false })], startPosition: 1, maxResults: 1 },
            {
              Invoice: [{ domain: 'QBO', status: 'Deleted', Id: '101', MetaData: { LastUpdatedTime: now } }],
              startPosition: 1,
              maxResults: 1,
              totalCount: 1,
            },
            {},
          ],
        },
      ],
      time: '2026-11-20T08:04:51.870-08:00',
    });
    expect(await quickbooks.find("SELECT * FROM Invoice WHERE Id = '101'")).toEqual([]);
    expect(await quickbooks.api('GET', '/invoice/101')).toMatchObject(error('610'));
  });

  test('reaches 30 days back and holds 1000 objects', async () => {
    const quickbooks = await openQuickbooks();
    await quickbooks.call('POST', '/_sandbox/edit', { object: 'Vendor', action: 'create', count: 700 });
    await quickbooks.call('POST', '/_sandbox/edit', { object: 'Bill', action: 'create', count: 700 });
    const { json } = await changes(quickbooks, 'Vendor,Bill', '2026-11-20T08:04:51-08:00');
    const counts = [0, 1].map((index) => dig(json, 'CDCResponse', 0, 'QueryResponse', index, 'maxResults'));
    expect(counts).toEqual([700, 300]);
    expect((await changes(quickbooks, 'Bill', '2026-10-21T16:05:00Z')).status).toBe(200);
    expect(await changes(quickbooks, 'Bill', '2026-10-21T16:04:00Z')).toMatchObject(error('2010'));
    expect(await changes(quickbooks, 'Bill', 'soon')).toMatchObject(error('2010'));
    expect(await changes(quickbooks, 'TaxCode', '2026-11-20T16:04:00Z')).toMatchObject(error('2010'));
    expect(await changes(quickbooks, '', '2026-11-20T16:04:00Z')).toMatchObject(error('2020'));
  });

  test('a write that is not committed shows later, with its own stamp', async () => {
    const quickbooks = await openQuickbooks({ faults: { commitLagMs: 30_000 } });
    await quickbooks.call('DELETE', '/_sandbox/records/Invoice/101');
    expect(await quickbooks.find("SELECT * FROM Invoice WHERE Id = '101'")).toHaveLength(1);
    await quickbooks.call('POST', '/_sandbox/clock', { advanceMs: 30_000 });
    expect(await quickbooks.find("SELECT * FROM Invoice WHERE Id = '101'")).toEqual([]);
    expect((await changes(quickbooks, 'Invoice', '2026-11-20T16:04:51Z')).json).toMatchObject({
      CDCResponse: [{ QueryResponse: [{ Invoice: [{ Id: '101', status: 'Deleted' }] }] }],
    });
  });
});

test('the page lists the records', async () => {
  const sandbox = await openSandbox('quickbooks');
  expect((await sandbox.call('GET', '/')).text).toContain('Lind Cycles');
});
