import { describe, expect, onTestFinished, test } from 'vitest';
import { startSandbox } from '../../../src/sandbox/sandbox.ts';
import { dig, openSandbox, rowsOf, startMs } from '../sandbox-client.ts';
import { base, openHubspot, record } from './hubspot-client.ts';

const grant = {
  grant_type: 'refresh_token',
  client_id: 'sandbox-client',
  client_secret: 'sandbox-secret',
  refresh_token: 'sandbox-refresh-token',
};

describe('tokens', () => {
  test.each(['/oauth/v1/token', '/oauth/v3/token', '/oauth/2026-03/token'])(
    '%s gives a token for 30 minutes',
    async (path) => {
      const hubspot = await openSandbox('hubspot');
      const { status, json } = await hubspot.call('POST', path, new URLSearchParams(grant));
      expect(status).toBe(200);
      expect(json).toMatchObject({ token_type: 'bearer', refresh_token: grant.refresh_token, expires_in: 1800 });
      const authorization = `Bearer ${dig(json, 'access_token')}`;
      const ask = () => hubspot.call('GET', `${base}/contacts`, undefined, { authorization });
      const first = await ask();
      expect(first.status).toBe(200);
      expect(first.headers.get('x-hubspot-ratelimit-daily')).toBeNull();
      await hubspot.call('POST', '/_sandbox/clock', { advanceMs: 1_800_000 + 5 * 60_000 });
      expect(await ask()).toMatchObject({
        status: 401,
        json: {
          status: 'error',
          category: 'EXPIRED_AUTHENTICATION',
          message: 'The OAuth token used to make this call expired 5 minute(s) ago.',
        },
      });
    },
  );

  test.each([
    [{ ...grant, refresh_token: 'other' }, 'BAD_REFRESH_TOKEN'],
    [{ ...grant, client_id: 'other' }, 'BAD_CLIENT_ID'],
    [{ ...grant, client_secret: 'other' }, 'BAD_CLIENT_SECRET'],
    [{ ...grant, grant_type: 'authorization_code', code: 'x' }, 'BAD_AUTH_CODE'],
    [{ ...grant, grant_type: 'client_credentials' }, 'BAD_GRANT_TYPE'],
  ])('%j is refused with %s', async (form, status) => {
    const hubspot = await openSandbox('hubspot');
    const reply = await hubspot.call('POST', '/oauth/v1/token', new URLSearchParams(form));
    expect(reply).toMatchObject({ status: 400, json: { status, correlationId: expect.any(String) } });
  });

  test.each([[undefined], ['Bearer pat-na1-other'], ['Basic pat-na1-sandbox']])(
    '%s is no authentication',
    async (authorization) => {
      const hubspot = await openSandbox('hubspot');
      const headers = authorization === undefined ? {} : { authorization };
      for (const path of [`${base}/contacts`, '/account-info/v3/details']) {
        expect(await hubspot.call('GET', path, undefined, headers)).toMatchObject({
          status: 401,
          json: { category: 'INVALID_AUTHENTICATION' },
        });
      }
    },
  );

  test('the account tells its portal', async () => {
    const hubspot = await openHubspot();
    expect((await hubspot.api('GET', '/account-info/v3/details')).json).toMatchObject({
      portalId: 62515,
      dataHostingLocation: 'na1',
    });
  });
});

describe('records', () => {
  test('every property is text or null, stamps have milliseconds, unknown properties are ignored', async () => {
    const hubspot = await openHubspot({
      records: {
        contacts: {
          '512': record({ lastname: 'Lind', num_notes: 3, hs_email_optout: false }, '2026-10-02T09:15:27.114Z'),
        },
      },
    });
    const { json } = await hubspot.api(
      'GET',
      `${base}/contacts/512?properties=num_notes,hs_email_optout&properties=phone,foo`,
    );
    expect(json).toEqual({
      id: '512',
      properties: {
        createdate: '2026-10-02T09:15:27.114Z',
        hs_email_optout: 'false',
        hs_object_id: '512',
        lastmodifieddate: '2026-10-02T09:15:27.114Z',
        num_notes: '3',
        phone: null,
      },
      createdAt: '2026-10-02T09:15:27.114Z',
      updatedAt: '2026-10-02T09:15:27.114Z',
      archived: false,
    });
  });

  test.each([
    ['contacts', 'lastmodifieddate'],
    ['companies', 'hs_lastmodifieddate'],
    ['deals', 'hs_lastmodifieddate'],
    ['tickets', 'hs_lastmodifieddate'],
  ])('%s move %s with a change, and the date-based path answers alike', async (object, modified) => {
    const hubspot = await openHubspot();
    const [row] = rowsOf(await hubspot.api('GET', `/crm/objects/2026-03/${object}?limit=1`));
    const text =
      object === 'tickets' ? 'subject' : object === 'deals' ? 'dealname' : object === 'companies' ? 'name' : 'jobtitle';
    const patched = await hubspot.api('PATCH', `${base}/${object}/${row?.id}`, { properties: { [text]: 'changed' } });
    expect(patched).toMatchObject({
      status: 200,
      json: {
        updatedAt: '2026-11-20T16:04:51.870Z',
        createdAt: row?.createdAt,
        properties: { [text]: 'changed', [modified]: '2026-11-20T16:04:51.870Z' },
      },
    });
  });

  test('created with 201; an empty text clears a value; an e-mail address is taken once', async () => {
    const hubspot = await openHubspot();
    const made = await hubspot.api('POST', `${base}/contacts`, {
      properties: { email: 'New@Acme.example', phone: '1' },
    });
    expect(made).toMatchObject({ status: 201, json: { properties: { email: 'New@Acme.example' }, archived: false } });
    const id = String(dig(made.json, 'id'));
    const again = await hubspot.api('POST', `${base}/contacts`, { properties: { email: 'new@acme.example' } });
    expect(again).toMatchObject({
      status: 409,
      json: { category: 'CONFLICT', message: `Contact already exists. Existing ID: ${id}` },
    });
    const cleared = await hubspot.api('PATCH', `${base}/contacts/${id}`, { properties: { phone: '' } });
    expect(dig(cleared.json, 'properties', 'phone')).toBeNull();
    const byEmail = await hubspot.api('GET', `${base}/contacts/new@acme.example?idProperty=email`);
    expect(dig(byEmail.json, 'id')).toBe(id);
  });

  test.each([
    [{ properties: { foo: 'x' } }, 'PROPERTY_DOESNT_EXIST'],
    [{ properties: { lifecyclestage: 'Lead' } }, 'INVALID_OPTION'],
    [{ properties: { hs_object_id: '9' } }, 'READ_ONLY_VALUE'],
    [{ properties: { num_notes: 'many' } }, 'INVALID_DOUBLE'],
    [{ properties: { date_of_birth: '29.2.1980' } }, 'INVALID_DATE'],
    [{}, 'properties must be an object'],
  ])('%j is refused: %s', async (body, message) => {
    const hubspot = await openHubspot();
    const reply = await hubspot.api('POST', `${base}/contacts`, body);
    expect(reply).toMatchObject({
      status: 400,
      json: { category: 'VALIDATION_ERROR', message: expect.stringContaining(message) },
    });
  });

  test('an unknown id is not found, an unknown object is refused, batch read answers what it has', async () => {
    const hubspot = await openHubspot();
    expect(await hubspot.api('GET', `${base}/contacts/999999`)).toMatchObject({
      status: 404,
      json: { category: 'OBJECT_NOT_FOUND' },
    });
    expect((await hubspot.api('GET', `${base}/wombats`)).status).toBe(400);
    const batch = await hubspot.api('POST', `${base}/contacts/batch/read`, {
      properties: ['email'],
      inputs: [{ id: '501' }, { id: '9' }],
    });
    expect(batch.status).toBe(207);
    expect(batch.json).toMatchObject({
      status: 'COMPLETE',
      results: [{ id: '501' }],
      numErrors: 1,
      errors: [{ context: { ids: ['9'] } }],
    });
    const many = Array.from({ length: 101 }, (_, index) => ({ id: String(index) }));
    expect((await hubspot.api('POST', `${base}/contacts/batch/read`, { inputs: many })).status).toBe(400);
    expect((await hubspot.api('POST', `${base}/contacts/batch/read`, { inputs: [{}] })).status).toBe(400);
  });

  test('batch read answers archived records to who asks for them, and to nobody else', async () => {
    const hubspot = await openHubspot();
    await hubspot.api('DELETE', `${base}/contacts/501`);
    const read = (query: string, ...ids: readonly string[]) =>
      hubspot.api('POST', `${base}/contacts/batch/read${query}`, { inputs: ids.map((id) => ({ id })) });
    expect(await read('', '501')).toMatchObject({ status: 207, json: { results: [] } });
    expect(await read('?archived=true', '501')).toMatchObject({
      status: 200,
      json: { results: [{ id: '501', archived: true }] },
    });
    expect(await read('', '502')).toMatchObject({ status: 200, json: { results: [{ id: '502' }] } });
  });
});

describe('lists', () => {
  test('go by ascending id; after names the next one, and a record that comes meanwhile shifts nothing', async () => {
    const hubspot = await openHubspot();
    const ids: unknown[] = [];
    let path: string | undefined = `${base}/contacts?limit=10`;
    while (path !== undefined) {
      const page = await hubspot.api('GET', path);
      ids.push(...rowsOf(page).map((row) => row.id));
      await hubspot.api('DELETE', `${base}/contacts/${ids[0]}`);
      const link = dig(page.json, 'paging', 'next', 'link');
      path = typeof link === 'string' ? link.slice(hubspot.origin.length) : undefined;
    }
    expect(ids).toEqual(Array.from({ length: 25 }, (_, index) => String(501 + index)));
  });

  test.each(['limit=101', 'limit=0', 'limit=x', 'after=x'])('%s is refused', async (query) => {
    const hubspot = await openHubspot();
    expect((await hubspot.api('GET', `${base}/contacts?${query}`)).status).toBe(400);
  });

  test('archived records have a list of their own for 90 days, with archivedAt and their old stamp', async () => {
    const hubspot = await openHubspot();
    expect((await hubspot.api('DELETE', `${base}/contacts/501`)).status).toBe(204);
    expect((await hubspot.api('DELETE', `${base}/contacts/501`)).status).toBe(204);
    expect((await hubspot.api('GET', `${base}/contacts/501`)).status).toBe(404);
    expect((await hubspot.api('GET', `${base}/contacts/501?archived=true`)).json).toMatchObject({
      id: '501',
      archived: true,
    });
    const archived = async () => rowsOf(await hubspot.api('GET', `${base}/contacts?archived=true`));
    expect(await archived()).toMatchObject([{ id: '501', archived: true, archivedAt: '2026-11-20T16:04:51.870Z' }]);
    expect(rowsOf(await hubspot.api('GET', `${base}/contacts?limit=100`))).toHaveLength(24);
    await hubspot.call('POST', '/_sandbox/clock', { advanceMs: 90 * 86_400_000 });
    expect(await archived()).toEqual([]);
  });
});

describe('limits', () => {
  test('are told in headers, except for searches, and past them calls are refused by policy', async () => {
    const hubspot = await openHubspot({ faults: { quotaPerBurst: 2, searchesPerSecond: 1 } });
    const first = await hubspot.api('GET', `${base}/contacts`);
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'x-hubspot-ratelimit-max': '2',
      'x-hubspot-ratelimit-remaining': '1',
      'x-hubspot-ratelimit-interval-milliseconds': '10000',
      'x-hubspot-ratelimit-daily': '250000',
      'x-hubspot-ratelimit-daily-remaining': '249999',
    });
    await hubspot.api('GET', `${base}/contacts`);
    const third = await hubspot.api('GET', `${base}/contacts`);
    expect(third).toMatchObject({
      status: 429,
      json: {
        status: 'error',
        errorType: 'RATE_LIMIT',
        policyName: 'TEN_SECONDLY_ROLLING',
        message: 'You have reached your ten_secondly_rolling limit.',
      },
    });
    expect(third.headers.get('retry-after')).toBeNull();
    const search = await hubspot.search('contacts', {});
    expect([...search.headers.keys()].filter((name) => name.startsWith('x-hubspot'))).toEqual([]);
    expect(await hubspot.search('contacts', {})).toMatchObject({ status: 429, json: { policyName: 'SECONDLY' } });
    await hubspot.call('POST', '/_sandbox/clock', { advanceMs: 1000 });
    expect((await hubspot.search('contacts', {})).status).toBe(200);
    await hubspot.call('POST', '/_sandbox/clock', { advanceMs: 10_000 });
    expect((await hubspot.api('GET', `${base}/contacts`)).status).toBe(200);
  });

  test('are the vendor’s own where that is asked for, and its headers say so', async () => {
    const clock = { now: () => startMs };
    const sandbox = await startSandbox({ vendor: 'hubspot', port: 0, clock, ownRates: true });
    onTestFinished(() => sandbox.close());
    const headers = { authorization: 'Bearer pat-na1-sandbox', 'content-type': 'application/json' };
    const listed = await fetch(`${sandbox.origin}${base}/contacts`, { headers });
    expect(listed.headers.get('x-hubspot-ratelimit-max')).toBe('190');
    const search = () => fetch(`${sandbox.origin}${base}/contacts/search`, { method: 'POST', headers, body: '{}' });
    const statuses: number[] = [];
    for (let count = 0; count < 6; count += 1) statuses.push((await search()).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
  });

  test('the daily limit counts all calls, and Retry-After can be switched on', async () => {
    const hubspot = await openHubspot({ faults: { quotaPerDay: 1, retryAfterSeconds: 7 } });
    await hubspot.search('contacts', {});
    const second = await hubspot.search('contacts', {});
    expect(second).toMatchObject({ status: 429, json: { policyName: 'DAILY' } });
    expect(second.headers.get('retry-after')).toBe('7');
  });
});
