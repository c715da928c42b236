/** What the proof of an inbound request covers, and with it what of an event may be believed. */
import type { EventReader, InboundWay as InboundWayDefinition } from '../definition/connector.ts';
import { type Findings, pointerTo } from './findings.ts';
import type { InboundProof, MessagePart, SignedProof, TimestampRule } from './inbound.ts';

/** `body`, `method`, `url` and `header.name`, names in lower case. */
export type Covers = ReadonlySet<string>;

/**
 * What the connector says, or else what the proof itself shows. Reports what is said to be covered and is not: believing
 * it, a stranger could change a captured post and send it again.
 */
export function linkCovers(
  { covers, auth }: InboundWayDefinition,
  proof: InboundProof | null,
  timestamp: TimestampRule | null,
  pointer: string,
  findings: Findings,
): Covers {
  const shown = proof === null ? new Set<string>() : coveredBy(proof, timestamp);
  if (covers === undefined || proof === null) return shown;
  const isSigned = 'signature' in proof;
  for (const [index, part] of covers.entries()) {
    if (shown.has(part.toLowerCase())) continue;
    findings.add({
      code: 'inbound-unsigned',
      severity: isSigned ? 'error' : 'warning',
      message: `Nothing that is proved here covers ${part}.`,
      help: isSigned
        ? 'Take it out, or put it into the message if the vendor signs it.'
        : `True only where something in front of the runtime proves it: kind "${auth.kind}" does not.`,
      pointer: pointerTo(pointer, 'covers', index),
    });
  }
  return new Set(covers.map((part) => part.toLowerCase()));
}

function coveredBy(proof: InboundProof, timestamp: TimestampRule | null): Set<string> {
  if (proof.kind === 'jwt') return new Set(proof.bodyClaim === null ? [] : ['body']);
  if (!('signature' in proof)) return new Set();
  // Any of the messages may be what was signed: a part counts that stands in all.
  const [first = [], ...others] = proof.messages.map((message) => partsOf(message, proof, timestamp));
  return new Set(first.filter((part) => others.every((parts) => parts.includes(part))));
}

function partsOf(
  message: readonly MessagePart[],
  { bodyDigest }: SignedProof,
  timestamp: TimestampRule | null,
): readonly string[] {
  const parts = message.flatMap((part) => nameOf(part, timestamp) ?? []);
  const digest = bodyDigest?.source;
  const isDigestSigned =
    (digest?.from === 'query' && parts.includes('url')) ||
    (digest?.from === 'header' && parts.includes(`header.${digest.name}`));
  return isDigestSigned ? [...parts, 'body'] : parts;
}

function nameOf(part: MessagePart, timestamp: TimestampRule | null): string | null {
  switch (part.part) {
    case 'body':
    case 'sortedForm':
      return 'body';
    case 'method':
    case 'url':
      return part.part;
    case 'header':
      return `header.${part.name}`;
    case 'timestamp':
      return timestamp?.source.from === 'header' ? `header.${timestamp.source.name}` : null;
    default:
      return null;
  }
}

/** Whether nobody can change what an expression of a reader yields: it reads covered parts only, or nothing at all. */
function isCovered(expression: string, covers: Covers): boolean {
  if (constantOf(expression) !== null) return true;
  if (expression.includes('$eval') || !covers.has('body')) return false;
  if (/\$query\b/.test(expression) && !covers.has('url')) return false;
  return [...expression.matchAll(headerNames)].every(([, ...names]) => {
    const name = names.find((one) => one !== undefined);
    return name !== undefined && covers.has(`header.${name.toLowerCase()}`);
  });
}

/** One header by its name; `$headers` as a whole yields no name. */
const headerNames = /\$headers\b(?:\s*\.\s*(?:'([^']*)'|"([^"]*)"|`([^`]*)`|([A-Za-z_]\w*)))?/g;

/** The text that an expression is, where it is nothing else. */
export function constantOf(expression: string): string | null {
  const constant = /^\s*(?:'([^'\\]*)'|"([^"\\]*)")\s*$/.exec(expression);
  return constant?.[1] ?? constant?.[2] ?? null;
}

/** Whether a delete that a reader tells is one that the vendor told, of that record and at that time; true where it tells none. */
export function provesDeletes(reader: EventReader, covers: Covers): boolean {
  const { change, occurredAt } = reader;
  return !tellsDeletes(reader) || areCovered([...whichRecord(reader), change, occurredAt], covers);
}

/** Whether the record that comes with an event is the vendor's, and of the kind and id that it is said to be. */
export function provesRecord(reader: EventReader, covers: Covers): boolean {
  return reader.record !== undefined && areCovered([...whichRecord(reader), reader.record], covers);
}

function whichRecord({ when, each, object, objectId }: EventReader): readonly (string | undefined)[] {
  return [when, each, object, objectId];
}

function areCovered(expressions: readonly (string | undefined)[], covers: Covers): boolean {
  return expressions.every((one) => one === undefined || isCovered(one, covers));
}

export function tellsDeletes({ change, changes }: EventReader): boolean {
  const constant = constantOf(change);
  if (constant !== null) return (changes === undefined ? constant : changes[constant]) === 'deleted';
  return changes === undefined || Object.values(changes).includes('deleted');
}
