/** A signed request spoilt in the ways that attackers and careless proxies spoil one. Pure. */
import type { InboundWay } from '../connector/inbound.ts';
import type { Settings } from '../connector/instance.ts';
import type { Variants } from '../definition/webhook-case.ts';
import { type InboundRequest, Refused } from '../inbound/request.ts';
import { signatureEntries, signatures } from '../inbound/signature.ts';

export type VariantKind = keyof Variants;

/** A request, and what it is held against when it arrives. */
export interface Arrival {
  readonly request: InboundRequest;
  readonly settings: Settings;
  readonly credentials: Readonly<Record<string, string>>;
  readonly nowMs: number;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** The variant; null where the request has nothing that could be spoilt in this way. */
export function spoil(kind: VariantKind, way: InboundWay, arrival: Arrival): Arrival | null {
  const { request, settings, credentials, nowMs } = arrival;
  const { url, body } = request;
  switch (kind) {
    case 'forged':
      return forge(way, arrival);
    case 'wrong-key':
      return { ...arrival, credentials: othersOf(credentials), settings: othersOf(settings) };
    case 'replayed':
      return { ...arrival, nowMs: nowMs + dayMs };
    case 'future-dated':
      return { ...arrival, nowMs: nowMs - hourMs };
    case 'truncated':
      return body.length === 0 ? null : withBody(arrival, body.subarray(0, -1));
    case 're-serialised':
      return body.length === 0 ? null : withBody(arrival, rewritten(way, body));
    case 're-labelled':
      return relabelled(way, arrival);
    case 'wrong-url':
      return withRequest(arrival, { ...request, url: url.replace(/^(https?:\/\/)[^/]+/, '$1elsewhere.example') });
  }
}

function withRequest(arrival: Arrival, request: InboundRequest): Arrival {
  return { ...arrival, request };
}

function withBody(arrival: Arrival, body: Buffer): Arrival {
  return withRequest(arrival, { ...arrival.request, body });
}

/** It says that what changed was deleted: in the parts that the proof does not cover, or in all where it covers them. */
function relabelled(way: InboundWay, arrival: Arrival): Arrival | null {
  const open = withWords(way, arrival, (part) => !way.covers.has(part));
  return open ?? withWords(way, arrival, () => true);
}

/** The vendor's words for a change exchanged for its word for a delete; null where none stands in the parts. */
function withWords(way: InboundWay, arrival: Arrival, isMeant: (part: string) => boolean): Arrival | null {
  const { request } = arrival;
  let count = 0;
  const exchange = (part: string, text: string): string => {
    if (!isMeant(part)) return text;
    return way.events.reduce((spoilt, { changes }) => {
      const entries = [...changes];
      const [deleted] = entries.find(([, change]) => change === 'deleted') ?? [];
      const others = entries.flatMap(([word, change]) => (change === 'deleted' ? [] : [word]));
      if (deleted === undefined || others.length === 0) return spoilt;
      return spoilt.replace(new RegExp(`\\b(?:${others.map(escaped).join('|')})\\b`, 'g'), () => {
        count += 1;
        return deleted;
      });
    }, text);
  };
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, values]) => [
      name,
      values?.map((value) => exchange(`header.${name}`, value)),
    ]),
  );
  const body = Buffer.from(exchange('body', request.body.toString('utf8')));
  const spoilt = { ...request, headers, url: exchange('url', request.url), body };
  return count === 0 ? null : withRequest(arrival, spoilt);
}

const escaped = (word: string): string => word.replace(/[^\w]/g, '\\$&');

/** The same names with other values; what is no text stays. */
function othersOf<T>(values: Readonly<Record<string, T>>): Readonly<Record<string, T | string>> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? otherText(value) : value]),
  );
}

/** Of the same length and the same kinds of characters, and never the same: every letter and digit is the next one. */
function otherText(text: string): string {
  return /[0-9A-Za-z]/.test(text) ? text.replace(/[0-9A-Za-z]/g, next) : `other ${text}`;
}

const last: Readonly<Record<string, string>> = { '9': '0', Z: 'A', z: 'a' };
const next = (character: string): string => last[character] ?? String.fromCharCode(character.charCodeAt(0) + 1);

/** The proof that the request carries, exchanged for another of its form wherever it stands. */
function forge(way: InboundWay, arrival: Arrival): Arrival | null {
  const { request } = arrival;
  const proofs = proofsOf(way, arrival);
  if (proofs.length === 0) return null;
  const exchange = (text: string) =>
    proofs.reduce((spoilt, [proof, other]) => spoilt.replaceAll(proof, () => other), text);
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, values]) => [name, values?.map(exchange)]),
  );
  const forged = { ...request, headers, url: exchange(request.url) };
  // A signature is over the body: only a token may stand in it.
  const isInBody = !('signature' in way.auth);
  const body = isInBody ? Buffer.from(exchange(request.body.toString('utf8'))) : request.body;
  return withRequest(arrival, { ...forged, body });
}

type Exchange = readonly [proof: string, other: string];

function proofsOf({ auth }: InboundWay, { request, settings, credentials }: Arrival): readonly Exchange[] {
  if ('signature' in auth) {
    const { encoding } = auth.signature;
    const entries = signatureEntries(auth.signature, request);
    const given = entries instanceof Refused ? entries : signatures(entries, auth.signature);
    if (given instanceof Refused) return [];
    return given.map((text) => {
      const bytes = Buffer.from(text, encoding).map((byte) => byte ^ 0x5a);
      return [text, Buffer.from(bytes).toString(encoding)];
    });
  }
  const own =
    auth.kind === 'none' ? auth.equals.map(({ value }) => value.renderText({ settings })) : Object.values(credentials);
  return own.filter((text) => text !== '').map((text) => [text, otherText(text)]);
}

/** The same said in other bytes: JSON with a space where none matters, so that no number loses a digit. */
function rewritten({ format }: InboundWay, body: Buffer): Buffer {
  const bracket = format === 'json' ? body.findIndex((byte) => byte === 0x5b || byte === 0x7b) : -1;
  if (bracket < 0) return Buffer.concat([body, Buffer.from('\n')]);
  return Buffer.concat([body.subarray(0, bracket + 1), Buffer.from(' '), body.subarray(bracket + 1)]);
}
