/** What spoils a request spoils it for every vendor of the table, as far as its scheme can see. */
import { describe, expect, test } from 'vitest';
import type { InboundWay } from '../../src/connector/inbound.ts';
import { type Arrival, spoil, type VariantKind } from '../../src/contract/variant.ts';
import { receiveInbound } from '../../src/inbound/receive.ts';
import { secretsOf } from '../../src/inbound/secrets.ts';
import { linkWay, nowMs, signedRequest, type Vendor, vendors } from '../inbound/vendors.ts';

async function become(way: InboundWay, { request, settings, credentials, nowMs: atMs }: Arrival): Promise<string> {
  const context = { secrets: secretsOf(way, credentials), settings, nowMs: atMs };
  const received = await receiveInbound(way, request, context);
  return received.kind === 'refused' ? received.code : received.kind;
}

const arrivalOf = (vendor: Vendor): Arrival => ({
  request: signedRequest(vendor),
  settings: { host: 'https://acme.example', ...vendor.settings },
  credentials: { secret: vendor.secret ?? '' },
  nowMs,
});

describe.each(vendors.map((vendor) => [vendor.vendor, vendor] as const))('%s', (_name, vendor) => {
  const { way } = linkWay(vendor.way);
  const arrival = arrivalOf(vendor);
  const isSigned = 'signature' in way.auth;
  const signsUrl = JSON.stringify(vendor.way.auth).includes('{url');
  const becomes = (kind: VariantKind) => {
    const spoilt = spoil(kind, way, arrival);
    if (spoilt === null) throw new Error(`nothing could be ${kind}`);
    return become(way, spoilt);
  };

  test('is taken as it is', async () => {
    expect(await become(way, arrival)).toBe('events');
  });

  test('is refused when forged or of another key', async () => {
    const wrong = /^inbound-(?:signature-wrong|token-wrong|condition-failed|secret-missing)$/;
    expect(await becomes('forged')).toMatch(/^inbound-(?:signature-wrong|token-wrong|condition-failed)$/);
    expect(await becomes('wrong-key')).toMatch(wrong);
  });

  test('is refused when cut or written anew, where the body is signed', async () => {
    // Every beginning of a form is a form.
    if (isSigned || way.format !== 'form') expect(await becomes('truncated')).not.toBe('events');
    const rewritten = await becomes('re-serialised');
    if (isSigned) expect(rewritten).toBe('inbound-signature-wrong');
    // Without a signature nothing tells it, and it must say the same.
    else expect(rewritten).toBe('events');
  });

  test('is refused at another time or URL, where that is signed', async () => {
    const isTimed = way.timestamp !== null;
    expect(await becomes('replayed')).toBe(isTimed ? 'inbound-too-old' : 'events');
    expect(await becomes('future-dated')).toBe(isTimed ? 'inbound-too-new' : 'events');
    expect(await becomes('wrong-url')).toBe(signsUrl ? 'inbound-signature-wrong' : 'events');
  });

  test('is refused when it says of a change that it was a delete, or not believed', async () => {
    const spoilt = spoil('re-labelled', way, arrival);
    const became = spoilt && (await become(way, spoilt));
    const isBelieved = way.events.every(({ provesDeletes }) => provesDeletes);
    expect([null, 'inbound-signature-wrong', ...(isBelieved ? [] : ['events'])]).toContain(became);
  });
});

test('some of them are not believed, and some are refused', async () => {
  const became = vendors.map(async (vendor) => {
    const { way } = linkWay(vendor.way);
    const spoilt = spoil('re-labelled', way, arrivalOf(vendor));
    return spoilt && become(way, spoilt);
  });
  expect(new Set(await Promise.all(became))).toEqual(new Set([null, 'events', 'inbound-signature-wrong']));
});

test.each(['z', '9Z', '---', 'größe'])('the key %s becomes another', (clientSecret) => {
  const [vendor] = vendors;
  if (vendor === undefined) throw new Error('the table is empty');
  const arrival = { ...arrivalOf(vendor), credentials: { clientSecret } };
  expect(spoil('wrong-key', linkWay(vendor.way).way, arrival)?.credentials['clientSecret']).not.toBe(clientSecret);
});
