/** A value from where a rule says it stands. */
import type { ValueSource } from '../connector/inbound.ts';
import { readPath } from '../template/path.ts';
import { type InboundRequest, Refused, readHeader, readQuery } from './request.ts';

/** The text, or a number as text. @param body The parsed body, asked for only when the source is in it. */
export function readValue(source: ValueSource, request: InboundRequest, body: () => unknown): string | Refused {
  if (source.from === 'header') return readHeader(request, source.name);
  if (source.from === 'query') return readQuery(request, source.name);
  const parsed = body();
  return parsed instanceof Refused ? parsed : textAt(readPath(parsed, source.path));
}

/** Texts and numbers only: what else there is was never meant to be compared. */
export function textAt(value: unknown): string | Refused {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : new Refused('inbound-value-missing');
}
