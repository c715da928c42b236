import { performance } from 'node:perf_hooks';
import { describe, expect, test } from 'vitest';
import { checkFaults, FaultBox, type Faults, noFaults } from '../../src/sandbox/faults.ts';
import { openHubspot } from './hubspot/hubspot-client.ts';
import { base, openSalesforce } from './salesforce/salesforce-client.ts';
import { dig, openSandbox, type Reply, rowsOf, type SandboxClient } from './sandbox-client.ts';

const list = '/crm/v3/objects/contacts';

interface Walk {
  readonly token: (at: SandboxClient) => Promise<Reply>;
  readonly header: string;
  readonly first: string;
  readonly second: string;
}

describe('a call is disturbed by', () => {
  test('throttling in each vendor’s words, with Retry-After only when asked for', async () => {
    const hubspot = await openHubspot({ faults: { throttleRate: 1 } });
    const plain = await hubspot.api('GET', list);
    expect(plain).toMatchObject({ status: 429, json: { policyName: 'TEN_SECONDLY_ROLLING' } });
    expect(plain.headers.get('retry-after')).toBeNull();
    await hubspot.call('PATCH', '/_sandbox/faults', { retryAfterSeconds: 3 });
    expect((await hubspot.api('GET', list)).headers.get('retry-after')).toBe('3');
    const salesforce = await openSalesforce({ faults: { throttleRate: 1 } });
    expect(await salesforce.api('GET', `${base}/limits`)).toMatchObject({
      status: 403,
      json: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED' }],
    });
  });

  test.each([
    [500, 'UNKNOWN_EXCEPTION', 'INTERNAL_ERROR'],
    [503, 'SERVER_UNAVAILABLE', 'SERVICE_UNAVAILABLE'],
  ])('%i in each vendor’s words', async (errorStatus, errorCode, category) => {
    const faults = { errorRate: 1, errorStatus };
    const hubspot = await openHubspot({ faults });
    expect(await hubspot.api('GET', list)).toMatchObject({ status: errorStatus, json: { status: 'error', category } });
    const salesforce = await openSalesforce({ faults });
    expect(await salesforce.api('GET', `${base}/limits`)).toMatchObject({ status: errorStatus, json: [{ errorCode }] });
  });

  test.each([
    [423, 'LOCKED', null],
    [477, 'MIGRATION_IN_PROGRESS', '3600'],
  ])('%i, which one vendor has of its own', async (errorStatus, category, retryAfter) => {
    const hubspot = await openHubspot({ faults: { errorRate: 1, errorStatus } });
    const answer = await hubspot.api('GET', list);
    expect(answer).toMatchObject({ status: errorStatus, json: { status: 'error', category } });
    expect(answer.headers.get('retry-after')).toBe(retryAfter);
  });

  test('an HTML page, nothing, or JSON that ends early', async () => {
    const hubspot = await openHubspot({ faults: { htmlRate: 1 } });
    const html = await hubspot.api('GET', list);
    expect(html.status).toBe(200);
    expect(html.headers.get('content-type')).toContain('text/html');
    expect(html.text).toMatch(/^<!DOCTYPE html>/);
    await hubspot.call('PATCH', '/_sandbox/faults', { htmlRate: 0, emptyRate: 1 });
    expect(await hubspot.api('GET', list)).toMatchObject({ status: 200, text: '' });
    await hubspot.call('PATCH', '/_sandbox/faults', { emptyRate: 0, truncateRate: 1 });
    const cut = await hubspot.api('GET', list);
    expect(cut.status).toBe(200);
    expect(cut.text).toMatch(/^\{"results":\[/);
    expect(cut.json).toBeUndefined();
  });

  test('a connection that closes before the answer or breaks within it', async () => {
    const hubspot = await openHubspot({ faults: { dropRate: 1 } });
    await expect(hubspot.api('GET', list)).rejects.toThrow();
    await hubspot.call('PATCH', '/_sandbox/faults', { dropRate: 0, resetRate: 1 });
    const answer = await fetch(hubspot.origin + list, { headers: { authorization: 'Bearer pat-na1-sandbox' } });
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow();
  });

  test('a body that pauses in its middle', async () => {
    const hubspot = await openHubspot({ faults: { slowBodyMs: 150 } });
    const startedMs = performance.now();
    const answer = await fetch(hubspot.origin + list, { headers: { authorization: 'Bearer pat-na1-sandbox' } });
    const headMs = performance.now() - startedMs;
    const text = await answer.text();
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(145);
    expect(headMs).toBeLessThan(145);
    expect(JSON.parse(text)).toHaveProperty('results');
  });

  test('an edit between the pages of a walk, which the journal tells', async () => {
    const hubspot = await openHubspot({ faults: { editRate: 1, path: 'after=', times: 2 } });
    const edits: number[] = [];
    for (let query: string | null = 'limit=8'; query !== null; ) {
      const page = await hubspot.api('GET', `${list}?${query}`);
      const journal = (await hubspot.call('GET', '/_sandbox/journal')).json;
      edits.push(Array.isArray(journal) ? journal.length : -1);
      const after = dig(page.json, 'paging', 'next', 'after');
      query = after === undefined ? null : `limit=8&after=${after}`;
    }
    expect(edits.slice(0, 4)).toEqual([0, 1, 2, 2]);
  });

  test('filters that are ignored and pages of another size', async () => {
    const hubspot = await openHubspot({ faults: { ignoreFilters: true, pageSize: 3 } });
    const body = { filters: [{ propertyName: 'lastname', operator: 'EQ', value: 'nobody' }], limit: 100 };
    const found = await hubspot.search('contacts', body);
    expect(found.json).toMatchObject({ total: 25, paging: { next: { after: '3' } } });
    expect(rowsOf(found)).toHaveLength(3);
    const salesforce = await openSalesforce({ faults: { ignoreFilters: true } });
    expect((await salesforce.query("SELECT Id FROM Contact WHERE LastName = 'nobody'")).json).toMatchObject({
      totalSize: 25,
    });
  });
});

describe('a token ends in the middle of a walk', () => {
  const form = (fields: Readonly<Record<string, string>>) => new URLSearchParams(fields);
  const app = { client_id: 'sandbox-client', client_secret: 'sandbox-secret' };
  const refresh = { grant_type: 'refresh_token', refresh_token: 'sandbox-refresh-token' };
  const basic = `Basic ${Buffer.from('sandbox-client:sandbox-secret').toString('base64')}`;
  const company = '/v3/company/9130357992222222';

  /** How a token is had, how it is shown, and two pages. */
  const walks: readonly (readonly [string, Walk])[] = [
    [
      'dynamics',
      {
        token: dynamicsToken,
        header: 'authorization',
        first: '/api/data/v9.2/contacts?$select=lastname',
        second: '/api/data/v9.2/accounts?$select=name',
      },
    ],
    [
      'hubspot',
      {
        token: (at) => at.call('POST', '/oauth/v1/token', form({ ...app, ...refresh })),
        header: 'authorization',
        first: `${list}?limit=10`,
        second: `${list}?limit=10&after=510`,
      },
    ],
    [
      'quickbooks',
      {
        token: (at) => at.call('POST', '/oauth2/v1/tokens/bearer', form(refresh), { authorization: basic }),
        header: 'authorization',
        first: `${company}/query?query=select+*+from+Customer`,
        second: `${company}/query?query=select+*+from+Customer+startposition+2`,
      },
    ],
    [
      'salesforce',
      {
        token: (at) => at.call('POST', '/services/oauth2/token', form({ ...app, ...refresh })),
        header: 'authorization',
        first: `${base}/query?q=SELECT+Id+FROM+Contact`,
        second: `${base}/query?q=SELECT+Id+FROM+Account`,
      },
    ],
    [
      'shopify',
      {
        token: (at) => at.call('POST', '/admin/oauth/access_token', { ...app, grant_type: 'client_credentials' }),
        header: 'x-shopify-access-token',
        first: '/admin/api/2026-07/orders.json?limit=1',
        second: '/admin/api/2026-07/customers.json?limit=1',
      },
    ],
  ];

  async function dynamicsToken(at: SandboxClient): Promise<Reply> {
    const { tenantId, clientId = '', clientSecret = '' } = at.credentials;
    const scope = `${at.origin}/.default`;
    const fields = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope };
    return at.call('POST', `/${tenantId}/oauth2/v2.0/token`, form(fields));
  }

  test.each(walks)('%s', async (vendor, { token, header, first, second }) => {
    const sandbox = await openSandbox(vendor, { faults: { expireRate: 1, path: second, times: 1 } });
    const session = async () => {
      const text = String(dig((await token(sandbox)).json, 'access_token'));
      return { accept: 'application/json', [header]: header === 'authorization' ? `Bearer ${text}` : text };
    };
    const before = await session();
    expect((await sandbox.call('GET', first, undefined, before)).status).toBe(200);
    expect((await sandbox.call('GET', second, undefined, before)).status).toBe(401);
    expect((await sandbox.call('GET', second, undefined, before)).status).toBe(401);
    expect((await sandbox.call('GET', second, undefined, await session())).status).toBe(200);
  });
});

describe('a small cap', () => {
  test('stands in for the vendor’s own: a search beyond it is refused', async () => {
    const hubspot = await openHubspot({ faults: { resultCap: 10 } });
    expect((await hubspot.search('contacts', { limit: 10 })).status).toBe(200);
    const beyond = await hubspot.search('contacts', { limit: 10, after: '10' });
    expect(beyond.status).toBe(400);
    expect(beyond.text).toContain('limited to 10');
  });
});

describe('the choice of calls', () => {
  test('is by path and by number, and never touches control paths or token endpoints', async () => {
    const salesforce = await openSalesforce({ faults: { errorRate: 1, path: '/query', times: 2 } });
    const statuses: number[] = [];
    for (const path of ['/limits', '/query?q=x', '/query?q=y', '/query?q=SELECT+Id+FROM+Contact']) {
      statuses.push((await salesforce.api('GET', base + path)).status);
    }
    expect(statuses).toEqual([200, 503, 503, 200]);
    await salesforce.call('PATCH', '/_sandbox/faults', { path: '', times: null });
    expect((await salesforce.call('GET', '/_sandbox/health')).status).toBe(200);
    expect((await salesforce.call('POST', '/services/oauth2/token', new URLSearchParams())).status).toBe(400);
    expect((await salesforce.api('GET', `${base}/limits`)).status).toBe(503);
  });

  test('repeats with the seed and keeps to the rate', () => {
    const run = (seed: number): readonly (string | undefined)[] => {
      const box = new FaultBox({ seed, errorRate: 0.2, htmlRate: 0.1 });
      return Array.from({ length: 2000 }, () => box.strike('/x'));
    };
    expect(run(5)).toEqual(run(5));
    expect(run(5)).not.toEqual(run(6));
    const share = (strike: string): number => run(5).filter((one) => one === strike).length / 2000;
    expect(share('error')).toBeCloseTo(0.2, 1);
    expect(share('html')).toBeCloseTo(0.08, 1);
  });
});

describe('checkFaults', () => {
  test('takes everything that holds by default', () => {
    expect(checkFaults({ ...noFaults })).toEqual([]);
  });

  const wrong: readonly (readonly [name: keyof Faults | 'foo', value: unknown])[] = [
    ['foo', 1],
    ['indexLagMs', -1],
    ['indexLagMs', 3_600_001],
    ['indexLagMs', 1.5],
    ['commitLagMs', null],
    ['throttleRate', 2],
    ['errorStatus', 404],
    ['pageSize', 0],
    ['pageSize', '10'],
    ['ignoreFilters', 1],
    ['path', null],
  ];
  test.each(wrong)('%s: %j gets a sentence that names it', (name, value) => {
    expect(checkFaults({ [name]: value })).toEqual([expect.stringMatching(new RegExp(`^${name}: `))]);
  });
});
