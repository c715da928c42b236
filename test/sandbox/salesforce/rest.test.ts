import { generateKeyPairSync, type KeyLike, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/sandbox/json.ts';
import { privateKey } from '../../../src/sandbox/salesforce/key.ts';
import { dig, openSandbox, rowsOf, startMs } from '../sandbox-client.ts';
import { accountId, base, clientGrant, contactId, openSalesforce } from './salesforce-client.ts';

const tokenPath = '/services/oauth2/token';

function assertion(claims: JsonObject, header: JsonObject = { alg: 'RS256' }, key: KeyLike = privateKey): string {
  const part = (value: JsonObject): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
}

const goodClaims = {
  iss: 'sandbox-client',
  sub: 'admin@sandbox.example',
  aud: 'https://login.salesforce.com',
  exp: startMs / 1000 + 180,
};
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const jwt = (claims: JsonObject, header?: JsonObject, key?: KeyLike): Record<string, string> => ({
  grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
  assertion: assertion(claims, header, key),
});

describe('the token endpoint', () => {
  test.each([
    ['client credentials', clientGrant],
    [
      'refresh token',
      { grant_type: 'refresh_token', refresh_token: 'sandbox-refresh-token', client_id: 'sandbox-client' },
    ],
    [
      'password',
      { ...clientGrant, grant_type: 'password', username: 'admin@sandbox.example', password: 'sandbox-passwordTOKEN' },
    ],
    ['JWT bearer', jwt(goodClaims)],
  ])('%s: answers a session and where to use it, never how long it lives', async (_name, form) => {
    const sandbox = await openSandbox('salesforce');
    const { status, json } = await sandbox.call('POST', tokenPath, new URLSearchParams(form));
    expect(status).toBe(200);
    expect(json).toMatchObject({ instance_url: sandbox.origin, token_type: 'Bearer', issued_at: String(startMs) });
    expect(dig(json, 'access_token')).toMatch(/^00D5g000004XyZq!AQ[0-9A-Za-z]{94}$/);
    expect(json).not.toHaveProperty('expires_in');
    expect(json).not.toHaveProperty('refresh_token');
    const authorization = `Bearer ${dig(json, 'access_token')}`;
    expect((await sandbox.call('GET', `${base}/limits`, undefined, { authorization })).status).toBe(200);
  });

  test.each([
    [{}, 'unsupported_grant_type'],
    [{ ...clientGrant, grant_type: 'device' }, 'unsupported_grant_type'],
    [{ ...clientGrant, client_id: 'other' }, 'invalid_client_id'],
    [{ ...clientGrant, client_secret: 'other' }, 'invalid_client'],
    [{ ...clientGrant, grant_type: 'refresh_token', refresh_token: 'other' }, 'invalid_grant'],
    [{ ...clientGrant, grant_type: 'password', username: 'admin@sandbox.example', password: 'other' }, 'invalid_grant'],
    [{ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: 'a.b' }, 'invalid_grant'],
    [jwt(goodClaims, { alg: 'none' }), 'invalid_grant'],
    [jwt(goodClaims, undefined, stranger), 'invalid_grant'],
    [jwt({ ...goodClaims, iss: 'other' }), 'invalid_client_id'],
    [jwt({ ...goodClaims, exp: startMs / 1000 - 1 }), 'invalid_grant'],
    [jwt({ ...goodClaims, exp: startMs / 1000 + 3600 }), 'invalid_grant'],
    [jwt({ iss: 'sandbox-client', exp: startMs / 1000 + 60 }), 'invalid_grant'],
    [jwt({ ...goodClaims, sub: 'nobody@sandbox.example' }), 'invalid_grant'],
  ])('%j is refused with %s as an object', async (form, error) => {
    const sandbox = await openSandbox('salesforce');
    const { status, json } = await sandbox.call('POST', tokenPath, new URLSearchParams(form));
    expect({ status, json }).toEqual({ status: 400, json: { error, error_description: expect.any(String) } });
  });

  test('a JSON body is refused: the grant is a form', async () => {
    const sandbox = await openSandbox('salesforce');
    expect((await sandbox.call('POST', tokenPath, clientGrant)).status).toBe(400);
  });
});

describe('sessions', () => {
  const invalid = { status: 401, json: [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }] };

  test.each([[undefined], ['Bearer nonsense'], ['Basic abc']])('%s is no session', async (authorization) => {
    const sandbox = await openSandbox('salesforce');
    const headers = authorization === undefined ? {} : { authorization };
    expect(await sandbox.call('GET', `${base}/limits`, undefined, headers)).toMatchObject(invalid);
  });

  test('a session ends after its life, or when all are ended', async () => {
    const salesforce = await openSalesforce({ faults: { tokenLifeSeconds: 60 } });
    await salesforce.call('POST', '/_sandbox/clock', { advanceMs: 59_000 });
    expect((await salesforce.api('GET', `${base}/limits`)).status).toBe(200);
    await salesforce.call('POST', '/_sandbox/clock', { advanceMs: 1_000 });
    expect(await salesforce.api('GET', `${base}/limits`)).toMatchObject(invalid);
    const other = await openSalesforce();
    await other.call('PATCH', '/_sandbox/faults', { expireTokens: true });
    expect(await other.api('GET', `${base}/limits`)).toMatchObject(invalid);
  });
});

describe('pages of a query', () => {
  test('a small batch leads on by nextRecordsUrl until done', async () => {
    const salesforce = await openSalesforce({ faults: { pageSize: 10 } });
    const first = await salesforce.query('SELECT Id FROM Contact ORDER BY Id');
    expect(first.json).toMatchObject({
      totalSize: 25,
      done: false,
      nextRecordsUrl: expect.stringMatching(/^\/services\/data\/v62\.0\/query\/01g[0-9A-Za-z]{15}-10$/),
    });
    const second = await salesforce.api('GET', String(dig(first.json, 'nextRecordsUrl')));
    const third = await salesforce.api('GET', String(dig(second.json, 'nextRecordsUrl')));
    expect(third.json).toMatchObject({ totalSize: 25, done: true });
    expect(third.json).not.toHaveProperty('nextRecordsUrl');
    const ids = [first, second, third].flatMap(rowsOf).map((record) => record.Id);
    expect(new Set(ids).size).toBe(25);
  });

  test('batchSize is taken between 200 and 2000', async () => {
    const salesforce = await openSalesforce();
    await salesforce.call('POST', '/_sandbox/edit', { object: 'Lead', action: 'create', count: 400 });
    const sizes = ['1', '300', '9999'].map(async (size) => {
      const reply = await salesforce.query('SELECT Id FROM Lead', { 'sforce-query-options': `batchSize=${size}` });
      return rowsOf(reply).length;
    });
    expect(await Promise.all(sizes)).toEqual([200, 300, 425]);
  });

  test('a page shows each record as it is when the page is read', async () => {
    const salesforce = await openSalesforce({ faults: { pageSize: 20 } });
    const first = await salesforce.query('SELECT Id, Title FROM Contact ORDER BY Id');
    await salesforce.call('POST', '/_sandbox/records', {
      object: 'Contact',
      id: contactId(22),
      record: { Title: 'Changed' },
    });
    await salesforce.call('DELETE', `/_sandbox/records/Contact/${contactId(23)}`);
    const second = await salesforce.api('GET', String(dig(first.json, 'nextRecordsUrl')));
    expect(rowsOf(second).map((record) => record.Id)).toEqual([21, 22, 24, 25].map(contactId));
    expect(rowsOf(second)[1]).toMatchObject({ Title: 'Changed' });
  });

  test('a locator that is unknown or older than two days is refused', async () => {
    const salesforce = await openSalesforce({ faults: { pageSize: 20, tokenLifeSeconds: 1_000_000 } });
    const refused = { status: 400, json: [{ errorCode: 'INVALID_QUERY_LOCATOR' }] };
    const first = await salesforce.query('SELECT Id FROM Contact');
    const next = String(dig(first.json, 'nextRecordsUrl'));
    expect(await salesforce.api('GET', `${base}/query/01g000000000000AAA-20`)).toMatchObject(refused);
    expect(await salesforce.api('GET', `${next}99`)).toMatchObject(refused);
    expect((await salesforce.api('GET', next)).status).toBe(200);
    await salesforce.call('POST', '/_sandbox/clock', { advanceMs: 2 * 86_400_000 });
    expect(await salesforce.api('GET', next)).toMatchObject(refused);
  });
});

describe('deletes', () => {
  test('a deleted record leaves queries, and stays in queryAll for 15 days with IsDeleted and a new stamp', async () => {
    const salesforce = await openSalesforce({ faults: { tokenLifeSeconds: 10_000_000 } });
    expect((await salesforce.api('DELETE', `${base}/sobjects/Contact/${contactId(1)}`)).status).toBe(204);
    const soql = `SELECT Id, IsDeleted, SystemModstamp FROM Contact WHERE IsDeleted = TRUE`;
    expect((await salesforce.query(soql)).json).toMatchObject({ totalSize: 0 });
    expect(rowsOf(await salesforce.queryAll(soql))).toMatchObject([
      { Id: contactId(1), IsDeleted: true, SystemModstamp: '2026-11-20T16:04:51.000+0000' },
    ]);
    const gone = await salesforce.api('GET', `${base}/sobjects/Contact/${contactId(1)}`);
    expect(gone).toMatchObject({ status: 404, json: [{ errorCode: 'ENTITY_IS_DELETED' }] });
    await salesforce.call('POST', '/_sandbox/clock', { advanceMs: 15 * 86_400_000 });
    expect((await salesforce.queryAll(soql)).json).toMatchObject({ totalSize: 0 });
  });

  test('the replication resources list what changed in whole minutes', async () => {
    const salesforce = await openSalesforce();
    await salesforce.call('DELETE', `/_sandbox/records/Contact/${contactId(1)}`);
    await salesforce.call('POST', '/_sandbox/records', { object: 'Contact', id: contactId(2), record: { Title: 'x' } });
    await salesforce.call('POST', '/_sandbox/clock', { advanceMs: 60_000 });
    const ask = (resource: string, start: string, end: string) =>
      salesforce.api(
        'GET',
        `${base}/sobjects/Contact/${resource}/?start=${encodeURIComponent(start)}&end=${encodeURIComponent(end)}`,
      );
    // The seconds are ignored: 16:04:59 reaches only up to 16:04.
    expect((await ask('deleted', '2026-11-20T16:00:00+00:00', '2026-11-20T16:04:59Z')).json).toMatchObject({
      deletedRecords: [],
    });
    expect((await ask('deleted', '2026-11-20T16:04:59+00:00', '2026-11-20T16:05:00Z')).json).toEqual({
      deletedRecords: [{ id: contactId(1), deletedDate: '2026-11-20T16:04:51.000+0000' }],
      earliestDateAvailable: '2026-11-05T16:05:00.000+0000',
      latestDateCovered: '2026-11-20T16:05:00.000+0000',
    });
    expect((await ask('updated', '2026-11-20T16:04:00Z', '2026-11-20T17:00:00Z')).json).toEqual({
      ids: [contactId(2)],
      latestDateCovered: '2026-11-20T16:05:00.000+0000',
    });
    const refused = { status: 400, json: [{ errorCode: 'INVALID_REPLICATION_DATE' }] };
    expect(await ask('deleted', '2026-11-20T16:04:00Z', '2026-11-20T16:04:30Z')).toMatchObject(refused);
    expect(await ask('deleted', '2026-11-01T00:00:00Z', '2026-11-20T16:04:30Z')).toMatchObject(refused);
    expect(await ask('updated', '2026-10-01T00:00:00Z', '2026-11-20T16:04:30Z')).toMatchObject(refused);
    expect(
      await salesforce.api('GET', `${base}/sobjects/Contact/deleted/?start=2026-11-20T16:00:00+00:00`),
    ).toMatchObject(refused);
  });

  test('what left the recycle bin, for good or to be back, stays in the log of deletes', async () => {
    const salesforce = await openSalesforce();
    await salesforce.api('DELETE', `${base}/sobjects/Contact/${contactId(1)}`);
    for (const number of [1, 2])
      await salesforce.call('POST', '/_sandbox/purge', { object: 'Contact', id: contactId(number) });
    await salesforce.api('DELETE', `${base}/sobjects/Contact/${contactId(3)}`);
    await salesforce.call('POST', '/_sandbox/restore', { object: 'Contact', id: contactId(3) });
    await salesforce.call('POST', '/_sandbox/clock', { advanceMs: 60_000 });
    const log = await salesforce.api(
      'GET',
      `${base}/sobjects/Contact/deleted/?start=2026-11-20T16:00:00Z&end=2026-11-20T16:05:00Z`,
    );
    expect(log.json).toMatchObject({ deletedRecords: [1, 2, 3].map((number) => ({ id: contactId(number) })) });
    const all = await salesforce.api(
      'GET',
      `${base}/queryAll?q=${encodeURIComponent('SELECT Id FROM Contact WHERE IsDeleted = TRUE')}`,
    );
    expect(all.json).toMatchObject({ totalSize: 0 });
    expect((await salesforce.api('GET', `${base}/sobjects/Contact/${contactId(1)}`)).status).toBe(404);
    const again = { object: 'Contact', id: contactId(1) };
    for (const way of ['purge', 'restore'])
      expect((await salesforce.call('POST', `/_sandbox/${way}`, again)).status).toBe(404);
  });

  test('a log of deletes that was cut short refuses what it no longer reaches, and says how far it does', async () => {
    const salesforce = await openSalesforce({ faults: { deletesKeptSeconds: 7_200 } });
    const from = (start: string) =>
      salesforce.api('GET', `${base}/sobjects/Contact/deleted/?start=${start}&end=2026-11-20T16:04:00Z`);
    expect(await from('2026-11-20T14:03:00Z')).toMatchObject({
      status: 400,
      json: [{ errorCode: 'INVALID_REPLICATION_DATE' }],
    });
    expect((await from('2026-11-20T14:04:00Z')).json).toMatchObject({
      earliestDateAvailable: '2026-11-20T14:04:00.000+0000',
    });
  });

  test('an object that is not replicated says so, and has no logs', async () => {
    const salesforce = await openSalesforce();
    const { json } = await salesforce.api('GET', `${base}/sobjects/AccountPartner/describe`);
    expect(json).toMatchObject({ replicateable: false, createable: false });
    for (const log of ['updated', 'deleted']) {
      const path = `${base}/sobjects/AccountPartner/${log}/?start=2026-11-20T16:00:00Z&end=2026-11-20T16:05:00Z`;
      expect(await salesforce.api('GET', path)).toMatchObject({
        status: 400,
        json: [{ errorCode: 'INVALID_TYPE_FOR_OPERATION' }],
      });
    }
  });

  test('a write that is not committed holds latestDateCovered back and shows with its own stamp later', async () => {
    const salesforce = await openSalesforce({ faults: { commitLagMs: 300_000 } });
    await salesforce.call('POST', '/_sandbox/records', {
      object: 'Contact',
      id: contactId(2),
      record: { Title: 'late' },
    });
    await salesforce.call('POST', '/_sandbox/clock', { advanceMs: 240_000 });
    const ask = () =>
      salesforce.api('GET', `${base}/sobjects/Contact/updated/?start=2026-11-20T16:00:00Z&end=2026-11-20T17:00:00Z`);
    const soql = "SELECT SystemModstamp FROM Contact WHERE Title = 'late'";
    expect((await ask()).json).toEqual({ ids: [], latestDateCovered: '2026-11-20T16:04:00.000+0000' });
    expect((await salesforce.query(soql)).json).toMatchObject({ totalSize: 0 });
    await salesforce.call('POST', '/_sandbox/clock', { advanceMs: 60_000 });
    expect((await ask()).json).toEqual({ ids: [contactId(2)], latestDateCovered: '2026-11-20T16:09:00.000+0000' });
    expect(rowsOf(await salesforce.query(soql))).toMatchObject([{ SystemModstamp: '2026-11-20T16:04:51.000+0000' }]);
  });
});

describe('records and descriptions', () => {
  test('create, read, update: stamps move in whole seconds', async () => {
    const salesforce = await openSalesforce();
    const made = await salesforce.api('POST', `${base}/sobjects/contact`, {
      LastName: 'Żuk',
      FirstName: 'Ewa',
      AccountId: accountId(1),
    });
    expect(made).toMatchObject({ status: 201, json: { success: true, errors: [] } });
    const path = `${base}/sobjects/Contact/${dig(made.json, 'id')}`;
    await salesforce.call('POST', '/_sandbox/clock', { advanceMs: 200 });
    expect((await salesforce.api('PATCH', path, { Title: 'Editor', Phone: '' })).status).toBe(204);
    expect((await salesforce.api('GET', path)).json).toMatchObject({
      attributes: { type: 'Contact' },
      Name: 'Ewa Żuk',
      Title: 'Editor',
      Phone: null,
      CreatedDate: '2026-11-20T16:04:51.000+0000',
      LastModifiedDate: '2026-11-20T16:04:52.000+0000',
      SystemModstamp: '2026-11-20T16:04:52.000+0000',
    });
    const some = await salesforce.api('GET', `${path}?fields=name,Title`);
    expect(Object.keys(some.json as JsonObject)).toEqual(['attributes', 'Name', 'Title', 'Id']);
  });

  test.each([
    [{ LastName: '' }, 'REQUIRED_FIELD_MISSING'],
    [{ LastName: 'a', Foo: 1 }, 'INVALID_FIELD'],
    [{ LastName: 'a', SystemModstamp: '2026-01-01T00:00:00Z' }, 'INVALID_FIELD_FOR_INSERT_UPDATE'],
    [{ LastName: 5 }, 'JSON_PARSER_ERROR'],
    [{ LastName: 'a'.repeat(81) }, 'STRING_TOO_LONG'],
    ['{"LastName"', 'JSON_PARSER_ERROR'],
  ])('a contact of %j is refused with %s', async (body, errorCode) => {
    const salesforce = await openSalesforce();
    expect(await salesforce.api('POST', `${base}/sobjects/Contact`, body)).toMatchObject({
      status: 400,
      json: [{ errorCode }],
    });
  });

  test('describe tells what may be filtered; an unknown type, version or path is not found', async () => {
    const salesforce = await openSalesforce();
    const { json } = await salesforce.api('GET', `${base}/sobjects/Contact/describe`);
    expect(json).toMatchObject({ name: 'Contact', keyPrefix: '003', queryable: true });
    expect(dig(json, 'fields')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'SystemModstamp', type: 'datetime', filterable: true, createable: false }),
        expect.objectContaining({ name: 'Description', filterable: false, sortable: false }),
        expect.objectContaining({ name: 'AccountId', relationshipName: 'Account', referenceTo: ['Account'] }),
      ]),
    );
    for (const path of [
      `${base}/sobjects/Foo/describe`,
      `${base}/nowhere`,
      '/services/data/v62/limits',
      '/services/data/v99.0/limits',
    ]) {
      expect(await salesforce.api('GET', path)).toMatchObject({ status: 404, json: [{ errorCode: 'NOT_FOUND' }] });
    }
    expect((await salesforce.api('GET', `${base}/sobjects/Invoice__c/describe`)).json).toMatchObject({
      custom: true,
      keyPrefix: 'a01',
      fields: expect.arrayContaining([expect.objectContaining({ name: 'Contact__c', relationshipName: 'Contact__r' })]),
    });
    await salesforce.call('PATCH', '/_sandbox/faults', { hidden: 'Contact.Score__c, Lead' });
    const shown = await salesforce.api('GET', `${base}/sobjects/Contact/describe`);
    expect(JSON.stringify(shown.json)).not.toContain('Score__c');
    expect((await salesforce.query('SELECT Score__c FROM Contact')).json).toMatchObject([
      { errorCode: 'INVALID_FIELD' },
    ]);
    expect((await salesforce.query('SELECT Id FROM Lead')).json).toMatchObject([{ errorCode: 'INVALID_TYPE' }]);
    expect((await salesforce.api('GET', `${base}/sobjects/Lead/describe`)).status).toBe(404);
    const versions = await salesforce.call('GET', '/services/data');
    expect(versions.json).toMatchObject({ length: 37 });
    for (const [label, version] of [
      ["Summer '14", '31.0'],
      ["Winter '25", '62.0'],
      ["Spring '26", '66.0'],
      ["Summer '26", '67.0'],
    ])
      expect(versions.json).toContainEqual({ label, url: `/services/data/v${version}`, version });
  });
});

describe('limits', () => {
  test('every call is counted in a header, and past the daily number refused with 403', async () => {
    const salesforce = await openSalesforce({ faults: { quotaPerDay: 2 } });
    const first = await salesforce.api('GET', `${base}/limits`);
    expect(first.headers.get('sforce-limit-info')).toBe('api-usage=1/2');
    expect(first.json).toMatchObject({
      DailyApiRequests: { Max: 2, Remaining: 1 },
      DailyBulkApiBatches: { Max: 15_000, Remaining: 15_000 },
      DataStorageMB: { Max: 1_024 },
      HourlyTimeBasedWorkflow: { Max: 1_000 },
      SingleEmail: { Max: 5_000 },
    });
    await salesforce.query('SELECT Id FROM Contact');
    const third = await salesforce.query('SELECT Id FROM Contact');
    expect(third).toMatchObject({
      status: 403,
      json: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }],
    });
    expect(third.headers.get('retry-after')).toBeNull();
    await salesforce.call('PATCH', '/_sandbox/faults', { quotaPerDay: 3 });
    expect((await salesforce.query('SELECT Id FROM Contact')).status).toBe(200);
  });

  test('a URL that is too long is refused with 414; the same statement passes in a composite', async () => {
    const salesforce = await openSalesforce();
    const names = Array.from({ length: 2000 }, (_, index) => `'name ${index}'`).join(',');
    const soql = `SELECT Id FROM Contact WHERE LastName IN (${names},'lind')`;
    expect((await salesforce.query(soql)).status).toBe(414);
    const composite = await salesforce.api('POST', `${base}/composite`, {
      compositeRequest: [
        { method: 'GET', referenceId: 'long', url: `${base}/query?q=${encodeURIComponent(soql)}` },
        { method: 'GET', referenceId: 'wrong', url: `${base}/query?q=SELECT` },
      ],
    });
    expect(composite.json).toMatchObject({
      compositeResponse: [
        { referenceId: 'long', httpStatusCode: 200, body: { totalSize: 1 } },
        { referenceId: 'wrong', httpStatusCode: 400, body: [{ errorCode: 'MALFORMED_QUERY' }] },
      ],
    });
  });
});
