import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InstanceView } from '../../src/engine/api.ts';
import { type AServer, startAServer } from './a-server.ts';

let server: AServer;
beforeAll(async () => {
  server = await startAServer();
});
afterAll(() => server.close());

interface Page {
  readonly items: readonly InstanceView[];
  readonly next: string | null;
}

const input = {
  connector: 'hubspot',
  name: 'Acme of Jane Doe',
  tags: ['eu', 'trial'],
  credentials: { accessToken: 'pat-secret-1' },
  callback: { url: 'http://127.0.0.1:9/hooks' },
  objects: { contact: { where: "city = 'Berlin'" }, account: { enabled: false } },
};

const create = async (changes: object = {}): Promise<InstanceView> =>
  (await server.call<InstanceView>('POST', '/v1/instances', { ...input, ...changes })).body;

describe('making an instance', () => {
  it('answers 201, where it is, and the callback secret that was made', async () => {
    const { status, headers, body } = await server.call<InstanceView>('POST', '/v1/instances', input);
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/v1/instances/${body.id}`);
    expect(body).toMatchObject({
      connector: 'hubspot',
      name: 'Acme of Jane Doe',
      tags: ['eu', 'trial'],
      settings: { baseUrl: 'https://api.hubapi.com' },
      credentials: ['accessToken'],
      callback: { url: 'http://127.0.0.1:9/hooks', format: 'structured', disabledAt: null },
      objects: { contact: { enabled: true, where: "city = 'Berlin'" }, account: { enabled: false, polls: [] } },
    });
    expect(body.callback?.secret).toMatch(/^whsec_/);
    const read = await server.call<InstanceView>('GET', headers.get('location') ?? '');
    expect(read.body.callback).toEqual({ url: 'http://127.0.0.1:9/hooks', format: 'structured', disabledAt: null });
  });

  it('does not show a secret that was given', async () => {
    const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const made = await create({ callback: { url: 'http://127.0.0.1:9/hooks', secret } });
    expect(made.callback).not.toHaveProperty('secret');
  });

  it('needs nothing but a connector and what that requires', async () => {
    const made = await create({ name: undefined, tags: undefined, callback: undefined, objects: undefined });
    expect(made).toMatchObject({ name: 'HubSpot CRM', tags: [], callback: null, objects: {} });
  });

  it('tells all that is wrong at once, as a 422', async () => {
    const { status, body } = await server.call('POST', '/v1/instances', {
      connector: 'quickbooks',
      callback: { url: 'no URL' },
      settings: { host: 'x' },
      objects: { contcat: {} },
    });
    expect(status).toBe(422);
    const codes = body.diagnostics?.map(({ code }) => code);
    expect(codes).toEqual(
      expect.arrayContaining(['callback-invalid', 'credentials-missing', 'setting-unknown', 'object-unknown']),
    );
    expect(body.detail).toContain('more error');
  });
});

describe('listing instances', () => {
  it('pages through all of them, in order, and ends with null', async () => {
    const made = await Promise.all(Array.from({ length: 5 }, () => create({ tags: ['paged'] })));
    const found: string[] = [];
    let next: string | null = '';
    for (let page = 0; next !== null; page += 1) {
      const after: string = next === '' ? '' : `&after=${next}`;
      const { body } = await server.call<Page>('GET', `/v1/instances?tag=paged&limit=2${after}`);
      expect(body.items.length).toBe(page < 2 ? 2 : 1);
      found.push(...body.items.map(({ id }) => id));
      next = body.next;
    }
    expect(found).toEqual(made.map(({ id }) => id).sort());
  });

  it('has no next page when the last one is just full', async () => {
    await create({ tags: ['full'] });
    await create({ tags: ['full'] });
    const { body } = await server.call<Page>('GET', '/v1/instances?tag=full&limit=2');
    expect([body.items.length, body.next]).toEqual([2, null]);
  });

  it('filters by connector', async () => {
    await create();
    const { body } = await server.call<Page>('GET', '/v1/instances?connector=salesforce');
    expect(body).toEqual({ items: [], next: null });
  });

  it.each([
    ['limit=0', '/limit'],
    ['limit=1001', '/limit'],
    ['limit=ten', '/limit'],
    ['limit=1.5', '/limit'],
    ['limit=1&limit=2', '/limit'],
    ['limit=', '/limit'],
    ['limt=5', '/limt'],
    ['tag=', '/tag'],
    ['__proto__=1', '/__proto__'],
  ])('refuses ?%s', async (query, pointer) => {
    const { status, body } = await server.call('GET', `/v1/instances?${query}`);
    expect(status).toBe(400);
    expect(body.code).toBe('request-invalid');
    expect(body.detail).toContain('query parameters');
    expect(body.diagnostics).toMatchObject([{ code: 'usage', severity: 'error', pointer }]);
  });
});

describe('changing an instance', () => {
  it('keeps what is absent, merges maps, and takes out what is null', async () => {
    const { id } = await create({ credentials: { accessToken: 'a', clientId: 'b' } });
    const { status, body } = await server.call<InstanceView>('PATCH', `/v1/instances/${id}`, {
      name: 'New name',
      credentials: { clientId: null },
      settings: { baseUrl: 'http://127.0.0.1:9' },
      objects: { contact: { intervalSeconds: 300 }, account: null, opportunity: {} },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      name: 'New name',
      tags: ['eu', 'trial'],
      credentials: ['accessToken'],
      settings: { baseUrl: 'http://127.0.0.1:9' },
      objects: {
        contact: { enabled: true, where: "city = 'Berlin'", intervalSeconds: 300 },
        opportunity: { where: null },
      },
    });
    expect(Object.keys(body.objects).sort()).toEqual(['contact', 'opportunity']);
    expect(body.callback).not.toHaveProperty('secret');
    expect((await server.call('GET', `/v1/instances/${id}`)).body).toEqual(body);
  });

  it('switches the vendor’s own webhooks off and on, and leaves them where nothing is said of them', async () => {
    const { id, nativeWebhooks, webhooks } = await create();
    expect([nativeWebhooks, webhooks]).toEqual([true, []]);
    const patch = async (changes: object) =>
      (await server.call<InstanceView>('PATCH', `/v1/instances/${id}`, changes)).body.nativeWebhooks;
    expect(await patch({ nativeWebhooks: false })).toBe(false);
    expect(await patch({ name: 'Other' })).toBe(false);
    expect(await patch({ nativeWebhooks: true })).toBe(true);
    expect((await create({ nativeWebhooks: false })).nativeWebhooks).toBe(false);
    expect((await server.call('PATCH', `/v1/instances/${id}`, { nativeWebhooks: 'no' })).status).toBe(400);
  });

  it('takes the callback away with null, and makes a secret for a new one', async () => {
    const { id } = await create();
    const without = await server.call<InstanceView>('PATCH', `/v1/instances/${id}`, { callback: null });
    expect(without.body.callback).toBeNull();
    const callback = { url: 'http://127.0.0.1:9/other', format: 'binary' };
    const again = await server.call<InstanceView>('PATCH', `/v1/instances/${id}`, { callback });
    expect(again.body.callback).toMatchObject(callback);
    expect(again.body.callback?.secret).toMatch(/^whsec_/);
  });

  it('changes nothing when a part is wrong', async () => {
    const before = await create();
    const { status, body } = await server.call('PATCH', `/v1/instances/${before.id}`, {
      name: 'Other',
      objects: { contact: { where: 'nonsense =' } },
    });
    expect(status).toBe(422);
    const pointer = '/objects/contact/where';
    expect(body.diagnostics).toMatchObject([{ code: 'where-syntax', pointer }]);
    const { body: after } = await server.call<InstanceView>('GET', `/v1/instances/${before.id}`);
    expect(after.name).toBe(before.name);
  });
});

describe('deleting an instance', () => {
  it('answers 204 without content, and 404 from then on', async () => {
    const { id } = await create();
    const { status, text } = await server.call('DELETE', `/v1/instances/${id}`);
    expect([status, text]).toEqual([204, '']);
    for (const method of ['GET', 'DELETE']) {
      expect((await server.call(method, `/v1/instances/${id}`)).status).toBe(404);
    }
    expect((await server.call('PATCH', `/v1/instances/${id}`, {})).status).toBe(404);
    expect((await server.call('GET', `/v1/instances/${id}/events`)).status).toBe(404);
    expect((await server.call('POST', `/v1/instances/${id}/objects/contact/poll`)).status).toBe(404);
  });
});

describe('ids that name nothing', () => {
  it.each([
    'none',
    '..',
    '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '%00',
    "'%20OR%201=1--",
    '%F0%9F%92%A9',
    '%E2%80%AE',
    '*',
    '__proto__',
    'constructor',
    'a'.repeat(300),
    'ins_%0d%0aset-cookie:x=1',
  ])('%s is answered 404', async (id) => {
    const path = id === '..' ? '/v1/instances/%2e%2e' : `/v1/instances/${id}`;
    for (const [method, target] of [
      ['GET', path],
      ['DELETE', path],
      ['GET', `${path}/events`],
      ['POST', `${path}/objects/${id}/poll`],
    ] as const) {
      const { status, body, headers } = await server.call(method, target);
      expect({ method, target, status, code: body.code }).toMatchObject({ status: 404, code: 'not-found' });
      expect(headers.get('set-cookie')).toBeNull();
    }
  });
});
