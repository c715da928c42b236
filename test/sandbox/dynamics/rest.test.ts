import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { makeRecordId } from '../../../src/sandbox/dynamics/ids.ts';
import { credentials } from '../../../src/sandbox/dynamics/oauth.ts';
import { dig, openSandbox, startMs } from '../sandbox-client.ts';
import { base, clientGrant, openDynamics, tokenPath, valuesOf } from './dynamics-client.ts';

const accountId = makeRecordId('account', 1);

test.each([
  [{ grant_type: 'device' }, 400, 'unsupported_grant_type', 70003],
  [{ client_id: 'other' }, 400, 'unauthorized_client', 700016],
  [{ client_secret: 'other' }, 401, 'invalid_client', 7000215],
  [{ scope: 'user_impersonation' }, 400, 'invalid_scope', 1002012],
  [{ scope: 'https://example.com/.default' }, 400, 'invalid_resource', 500011],
  [{ grant_type: 'refresh_token', refresh_token: 'other' }, 400, 'invalid_grant', 70000],
])('a grant with %j is refused', async (change, status, error, code) => {
  const { origin, call } = await openSandbox('dynamics');
  const reply = await call('POST', tokenPath, new URLSearchParams({ ...clientGrant(origin), ...change }));
  expect(reply).toMatchObject({ status, json: { error, error_codes: [code] } });
  expect(dig(reply.json, 'error_description')).toMatch(
    new RegExp(`^AADSTS${code}: .* Timestamp: 2026-11-20 16:04:51Z$`),
  );
});

test('a code is given on a page and taken once, with its verifier', async () => {
  const { origin, call } = await openSandbox('dynamics');
  const verifier = 'v'.repeat(43);
  const query = new URLSearchParams({
    client_id: credentials.clientId,
    response_type: 'code',
    redirect_uri: 'http://127.0.0.1:9/back',
    scope: `${origin}/user_impersonation offline_access`,
    state: 'a&b',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const path = `${tokenPath.replace('token', 'authorize')}?${query}`;
  expect((await call('GET', path)).text).toContain('<form method="post">');
  const agree = async () => {
    const answer = await fetch(origin + path, {
      method: 'POST',
      body: new URLSearchParams({ decision: 'accept' }),
      redirect: 'manual',
    });
    const back = new URL(answer.headers.get('location') ?? '');
    expect(back.searchParams.get('state')).toBe('a&b');
    return back.searchParams.get('code') ?? '';
  };
  const redeem = (code: string, code_verifier: string) =>
    call(
      'POST',
      tokenPath,
      new URLSearchParams({
        ...clientGrant(origin),
        grant_type: 'authorization_code',
        code,
        code_verifier,
        redirect_uri: 'http://127.0.0.1:9/back',
      }),
    );
  expect(await redeem(await agree(), 'wrong')).toMatchObject({ status: 400, json: { error_codes: [501481] } });
  const code = await agree();
  const issued = await redeem(code, verifier);
  expect(issued).toMatchObject({ status: 200, json: { refresh_token: expect.any(String) } });
  expect((await redeem(code, verifier)).status).toBe(400);
});

test('without a token: 401 with where to get one, and no body', async () => {
  const { call } = await openSandbox('dynamics');
  const reply = await call('GET', `${base}/WhoAmI`);
  expect(reply).toMatchObject({ status: 401, text: '' });
  expect(reply.headers.get('www-authenticate')).toMatch(/^Bearer authorization_uri=.*, resource_id=/);
});

test('rows are created, read, changed and deleted; what is missing is refused', async () => {
  const client = await openDynamics();
  const made = await client.api('POST', 'contacts', {
    lastname: 'Żuk',
    'parentcustomerid_account@odata.bind': `/accounts(${accountId})`,
  });
  expect(made).toMatchObject({ status: 204, text: '' });
  const link = made.headers.get('odata-entityid') ?? '';
  const read = await client.read(`${link}?$select=fullname,_parentcustomerid_value`, 'odata.include-annotations="*"');
  expect(read.json).toMatchObject({
    fullname: 'Żuk',
    _parentcustomerid_value: accountId,
    '_parentcustomerid_value@OData.Community.Display.V1.FormattedValue': 'Lind Cycles',
    '_parentcustomerid_value@Microsoft.Dynamics.CRM.lookuplogicalname': 'account',
  });
  const etag = String(dig(read.json, '@odata.etag'));
  expect((await client.api('PATCH', link, { jobtitle: 'x' }, { 'if-match': etag })).status).toBe(204);
  expect((await client.api('PATCH', link, { jobtitle: 'y' }, { 'if-match': etag })).status).toBe(412);
  expect((await client.api('PATCH', link, { createdon: '2026-01-01' })).status).toBe(400);
  expect((await client.api('DELETE', link)).status).toBe(204);
  const missing = { status: 404, json: { error: { code: '0x80040217' } } };
  expect(await client.read(link)).toMatchObject(missing);
  expect(await client.api('DELETE', link)).toMatchObject(missing);
  expect(await client.read('foos')).toMatchObject({
    status: 404,
    json: { error: { code: '0x8006088a', message: "Resource not found for the segment 'foos'." } },
  });
});

test('pages, counts and a link that is followed unchanged', async () => {
  const client = await openDynamics();
  const prefer = 'odata.maxpagesize=10';
  let reply = await client.read('new_bicycles?$select=new_name&$count=true&$orderby=new_gears desc', prefer);
  expect(reply.headers.get('preference-applied')).toBe(prefer);
  expect(reply.headers.get('odata-version')).toBe('4.0');
  expect(dig(reply.json, '@odata.count')).toBe(25);
  const ids = new Set<unknown>();
  const sizes: number[] = [];
  for (;;) {
    const rows = valuesOf(reply);
    sizes.push(rows.length);
    for (const row of rows) ids.add(dig(row, 'new_bicycleid'));
    const next = dig(reply.json, '@odata.nextLink');
    if (next === undefined) break;
    reply = await client.read(String(next), prefer);
  }
  expect([sizes, ids.size]).toEqual([[10, 10, 5], 25]);
  for (const option of ['$skip=1', '$search=a', '$orderby=foo', '$select=foo', '$skiptoken=x', '$top=-1']) {
    expect((await client.read(`contacts?${option}`)).status, option).toBe(400);
  }
});

test('metadata lists tables and columns', async () => {
  const client = await openDynamics();
  const tracked = await client.read('EntityDefinitions?$select=LogicalName&$filter=ChangeTrackingEnabled eq true');
  expect(valuesOf(tracked).map((row) => dig(row, 'LogicalName'))).not.toContain('systemuser');
  const columns = await client.read(
    "EntityDefinitions(LogicalName='contact')/Attributes?$select=LogicalName,AttributeType",
  );
  expect(valuesOf(columns)).toContainEqual(
    expect.objectContaining({ LogicalName: 'parentcustomerid', AttributeType: 'Customer' }),
  );
});

test('metadata tells a table with its columns, by its own words, as far as the user is shown them', async () => {
  const client = await openDynamics();
  const table = "EntityDefinitions(LogicalName='new_bicycle')";
  const { json } = await client.read(`${table}?$select=EntitySetName,PrimaryIdAttribute&$expand=Attributes`);
  expect(json).toMatchObject({ EntitySetName: 'new_bicycles', PrimaryIdAttribute: 'new_bicycleid' });
  expect(json).not.toHaveProperty('LogicalName');
  expect(dig(json, 'Attributes')).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        LogicalName: 'new_soldon',
        DateTimeBehavior: { Value: 'DateOnly' },
        IsCustomAttribute: true,
      }),
      expect.objectContaining({ LogicalName: 'modifiedon', AttributeTypeName: { Value: 'DateTimeType' } }),
      expect.objectContaining({
        LogicalName: 'new_ownercontact',
        AttributeTypeName: { Value: 'LookupType' },
        AttributeOf: null,
      }),
    ]),
  );
  const part = await client.read(
    `${table}?$select=EntitySetName&$expand=Attributes($select=LogicalName;$filter=LogicalName eq 'new_gears')`,
  );
  expect(dig(part.json, 'Attributes')).toMatchObject([{ LogicalName: 'new_gears' }]);
  for (const expand of ['Foo', 'Attributes($top=1)', 'Attributes($select=Foo)', 'Attributes(']) {
    expect((await client.read(`${table}?$expand=${expand}`)).status, expand).toBe(400);
  }
  expect((await client.read("EntityDefinitions(LogicalName='new_boat')")).status).toBe(404);
  await client.call('PATCH', '/_sandbox/faults', { hidden: 'new_bicycle.new_gears, contact' });
  expect((await client.read('new_bicycles?$select=new_gears')).status).toBe(400);
  expect((await client.read("EntityDefinitions(LogicalName='contact')")).status).toBe(404);
  expect((await client.read('contacts')).status).toBe(404);
});

test('limits and privileges are refused in the vendor’s words', async () => {
  const client = await openDynamics({ faults: { quotaPerBurst: 1 } });
  expect((await client.read('WhoAmI')).status).toBe(200);
  const over = await client.read('WhoAmI');
  expect(over).toMatchObject({ status: 429, json: { error: { code: '0x80072322' } } });
  expect(over.headers.get('retry-after')).toBe('300');
  // Who sends on waits longer.
  expect((await client.read('WhoAmI')).headers.get('retry-after')).toBe('301');
  const reader = await openDynamics({}, { client_id: credentials.readerClientId });
  const refused = { status: 403, json: { error: { code: '0x80040220' } } };
  expect(await reader.read('opportunities')).toMatchObject(refused);
  expect(await reader.api('DELETE', `accounts(${accountId})`)).toMatchObject(refused);
});

test('the time that calls take together is limited too, and comes back', async () => {
  let nowMs = startMs;
  const client = await openDynamics({ clock: { now: () => nowMs }, faults: { executionMs: 600_000 } });
  const left = async () => (await client.read('WhoAmI')).headers.get('x-ms-ratelimit-time-remaining-xrm-requests');
  expect([await left(), await left()]).toEqual(['600.00', '0.00']);
  const over = await client.read('contacts');
  expect(over).toMatchObject({
    status: 429,
    json: { error: { code: '0x80072321', message: expect.stringMatching(/limit of 1,200,000 milliseconds/) } },
  });
  expect(over.headers.get('retry-after')).toBe('300');
  nowMs += 300_000;
  expect((await client.read('contacts')).status).toBe(200);
});

test('an error is explained further to who asks for all annotations', async () => {
  const client = await openDynamics();
  const ask = async (prefer: string) =>
    dig((await client.api('GET', 'foos', undefined, { prefer })).json, 'error') as Record<string, string>;
  const plain = await ask('odata.include-annotations="OData.Community.Display.V1.FormattedValue"');
  expect(Object.keys(plain)).toEqual(['code', 'message']);
  const explained = await ask('odata.include-annotations="*"');
  expect(explained).toMatchObject({
    ...plain,
    '@Microsoft.PowerApps.CDS.HelpLink': expect.stringContaining(plain['code'] ?? ''),
    '@Microsoft.PowerApps.CDS.InnerError.Message': plain['message'],
  });
});
