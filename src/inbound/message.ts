/** The bytes that a vendor signs. */
import type { MessagePart } from '../connector/inbound.ts';
import { readForm, sortedForm } from './form.ts';
import { urlDecoded, urlWithoutPort, urlWithPort } from './public-url.ts';
import { type InboundRequest, Refused, readHeader } from './request.ts';

export interface MessageValues {
  readonly request: InboundRequest;
  /** As the vendor wrote it; null when the way has no time. */
  readonly sentAt: string | null;
  readonly urlDecode: string;
  /** The bytes of the key that {secret} stands for. */
  readonly key: Buffer;
}

/** Joins the parts; the first that the request lacks refuses it. */
export function messageBytes(parts: readonly MessagePart[], values: MessageValues): Buffer | Refused {
  const pieces: Buffer[] = [];
  for (const part of parts) {
    const piece = pieceOf(part, values);
    if (piece instanceof Refused) return piece;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function pieceOf(part: MessagePart, { request, sentAt, urlDecode, key }: MessageValues): Buffer | Refused {
  switch (part.part) {
    case 'literal':
      return Buffer.from(part.text);
    case 'method':
      return Buffer.from(request.method);
    case 'body':
      return request.body;
    case 'secret':
      return key;
    case 'timestamp':
      return sentAt === null ? new Refused('inbound-value-missing') : Buffer.from(sentAt, 'latin1');
    case 'sortedForm': {
      const pairs = readForm(request.body);
      return pairs instanceof Refused ? pairs : Buffer.from(sortedForm(pairs));
    }
    case 'header': {
      // node:http gives the bytes of a header as the characters of Latin-1.
      const value = readHeader(request, part.name);
      return value instanceof Refused ? value : Buffer.from(value, 'latin1');
    }
    case 'url':
      return request.url === ''
        ? new Refused('inbound-url-unknown')
        : Buffer.from(urlIn(part.form, request.url, urlDecode));
  }
}

function urlIn(form: Extract<MessagePart, { part: 'url' }>['form'], url: string, urlDecode: string): string {
  switch (form) {
    case 'asCalled':
      return url;
    case 'decoded':
      return urlDecoded(url, urlDecode);
    case 'withPort':
      return urlWithPort(url);
    case 'withoutPort':
      return urlWithoutPort(url);
  }
}
