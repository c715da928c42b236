/** The entries of a request that may be its signature. */
import type { SignatureRule } from '../connector/inbound.ts';
import { type InboundRequest, Refused, readHeader, readQuery } from './request.ts';

/** More than any vendor sends while it changes keys. */
const mostEntries = 16;

/** Every entry, of every kind; several where the vendor may sign by several keys. */
export function signatureEntries(
  { source, split }: SignatureRule,
  request: InboundRequest,
): readonly string[] | Refused {
  if (source.from === 'headers') return numbered(source.prefix, request);
  const text = source.from === 'header' ? readHeader(request, source.name) : readQuery(request, source.name);
  if (text instanceof Refused) return text;
  const entries = split === null ? [text] : text.split(split).map((entry) => entry.trim());
  return entries.length > mostEntries ? new Refused('inbound-too-large') : entries;
}

/** Entries of the rule's kind, without its prefix. */
export function signatures(entries: readonly string[], { prefix }: SignatureRule): readonly string[] | Refused {
  const own = entries.filter((entry) => entry.startsWith(prefix)).map((entry) => entry.slice(prefix.length));
  const given = own.filter((entry) => entry !== '');
  return given.length === 0 ? new Refused('inbound-value-missing') : given;
}

function numbered(prefix: string, request: InboundRequest): readonly string[] | Refused {
  const values: string[] = [];
  for (let number = 1; number <= mostEntries; number += 1) {
    const value = readHeader(request, `${prefix}${number}`);
    if (value instanceof Refused && value.code === 'inbound-value-missing') break;
    if (value instanceof Refused) return value;
    values.push(value);
  }
  return values.length === 0 ? new Refused('inbound-value-missing') : values;
}
