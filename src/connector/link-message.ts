/** What a vendor signs, taken apart: fixed text and parts of the request. */
import { nearestName } from '../diagnostic/nearest-name.ts';
import { parseText, type Segment } from '../template/placeholder.ts';
import type { Findings } from './findings.ts';
import type { MessagePart } from './inbound.ts';

const parts: ReadonlyMap<string, MessagePart> = new Map<string, MessagePart>([
  ['method', { part: 'method' }],
  ['url', { part: 'url', form: 'asCalled' }],
  ['url.decoded', { part: 'url', form: 'decoded' }],
  ['url.withPort', { part: 'url', form: 'withPort' }],
  ['url.withoutPort', { part: 'url', form: 'withoutPort' }],
  ['body', { part: 'body' }],
  ['form.sorted', { part: 'sortedForm' }],
  ['timestamp', { part: 'timestamp' }],
  ['secret', { part: 'secret' }],
]);

/** Reads a message such as `v0:{timestamp}:{body}`; reports names that stand for nothing. */
export function linkMessage(text: string, pointer: string, findings: Findings): readonly MessagePart[] {
  const { segments, diagnostics } = parseText(text, '');
  findings.addAll(diagnostics, pointer);
  return segments.flatMap((segment) => {
    if (typeof segment === 'string') return [{ part: 'literal', text: segment } as const];
    const known = parts.get(segment.name) ?? headerPart(segment);
    if (known !== undefined) return [known];
    const close = nearestName(segment.name, parts.keys());
    const start = text.indexOf(`{${segment.name}}`);
    findings.add({
      code: 'inbound-message',
      message: `A signed message has no part {${segment.name}}.`,
      help:
        close === null
          ? `Parts are ${[...parts.keys()].map((name) => `{${name}}`).join(', ')} and {header.name}.`
          : `Did you mean {${close}}?`,
      pointer,
      span: { start, end: start + segment.name.length + 2 },
    });
    return [];
  });
}

function headerPart({ name, steps }: Exclude<Segment, string>): MessagePart | undefined {
  return steps.length === 2 && steps[0] === 'header'
    ? { part: 'header', name: name.slice('header.'.length).toLowerCase() }
    : undefined;
}
