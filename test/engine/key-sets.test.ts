/** Webhooks proved by signed tokens: the vendor's keys are fetched from where the connector says, and turn. */
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterEach, expect, it } from 'vitest';
import type { Connector } from '../../src/connector/connector.ts';
import { createIntake } from '../../src/engine/inbound-intake.ts';
import { createLog } from '../../src/engine/log.ts';
import { compileAddressRules } from '../../src/http/address-rules.ts';
import { createKeySets } from '../../src/http/key-sets.ts';
import { startVendor } from '../http/vendor-server.ts';
import { linkWay } from '../inbound/vendors.ts';
import { freshSqlite } from '../suite/fresh-store.ts';
import { instanceOf } from '../suite/store-builders.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

let keys = 0;

async function newKey() {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  keys += 1;
  return { kid: `k${keys}`, privateKey, jwk: { ...(await exportJWK(publicKey)), kid: `k${keys}`, alg: 'ES256' } };
}

type Key = Awaited<ReturnType<typeof newKey>>;

/** A vendor whose key set is what `shown` says, and one instance that takes its webhooks. */
async function open() {
  let nowMs = Date.parse('2026-11-20T16:00:00Z');
  const shown = { status: 200, keys: [] as readonly Key[] };
  const vendor = await startVendor((_request, response) => {
    response.writeHead(shown.status).end(JSON.stringify({ keys: shown.keys.map(({ jwk }) => jwk) }));
  });
  const { way } = linkWay({
    name: 'events',
    auth: {
      kind: 'jwt',
      jwks: `${vendor.origin}/keys`,
      algorithms: ['ES256'],
      token: { header: 'Authorization', prefix: 'Bearer ' },
    },
    events: [{ object: "'contact'", objectId: 'id', change: "'deleted'" }],
  });
  const connector = {
    key: 'acme',
    inbound: new Map([['events', way]]),
    objects: new Map(),
    definition: { auth: [] },
  } as unknown as Connector;
  const opened = await freshSqlite();
  await opened.store.createInstance(instanceOf('a'), []);
  const { rules } = compileAddressRules(['127.0.0.0/8']);
  const keySets = createKeySets({ addressRules: rules, userAgent: 'anyhook/test', now: () => nowMs });
  closing.push(
    () => vendor.close(),
    () => keySets.close(),
    () => opened.close(),
  );
  const intake = createIntake({
    store: opened.store,
    connectors: new Map([['acme', connector]]),
    apps: {},
    log: createLog('silent'),
    keySets,
    now: () => nowMs,
    publicUrl: null,
    onChanges: () => {},
  });
  return {
    shown,
    asked: () => vendor.received.length,
    pass: (seconds: number) => {
      nowMs += seconds * 1000;
    },
    /** The status that the vendor's post gets. */
    async post({ kid, privateKey }: Key): Promise<number | undefined> {
      const seconds = nowMs / 1000;
      const token = await new SignJWT({ iat: seconds, exp: seconds + 60 })
        .setProtectedHeader({ alg: 'ES256', kid })
        .sign(privateKey);
      const headers = { authorization: [`Bearer ${token}`], 'content-type': ['application/json'] };
      const call = { connector: 'acme', way: 'events', instanceId: 'a', method: 'POST', target: '/', headers };
      return (await intake.receive({ ...call, body: Buffer.from('{"id":"1"}') }))?.status;
    },
  };
}

it('the keys are asked for once, and again when a token is signed by another', async () => {
  const site = await open();
  const [first, second, stranger] = [await newKey(), await newKey(), await newKey()];
  site.shown.keys = [first];
  expect([await site.post(first), await site.post(first)]).toEqual([200, 200]);
  expect(site.asked()).toBe(1);
  site.shown.keys = [first, second];
  site.pass(61);
  expect([await site.post(second), await site.post(first)]).toEqual([200, 200]);
  expect(site.asked()).toBe(2);
  // Strangers do not make us ask more than once a minute.
  expect(await Promise.all(Array.from({ length: 20 }, () => site.post(stranger)))).toEqual(Array(20).fill(401));
  expect(site.asked()).toBe(2);
  // A key that is withdrawn is good for an hour at most.
  site.shown.keys = [second];
  site.pass(3_601);
  expect([await site.post(first), await site.post(second)]).toEqual([401, 200]);
});

it('a vendor that does not give its keys is not believed; the last that it gave stay good', async () => {
  const site = await open();
  const key = await newKey();
  site.shown.status = 503;
  expect(await site.post(key)).toBe(401);
  Object.assign(site.shown, { status: 200, keys: [key] });
  expect(await site.post(key)).toBe(200);
  site.shown.status = 503;
  site.pass(7_200);
  expect(await site.post(key)).toBe(200);
});
