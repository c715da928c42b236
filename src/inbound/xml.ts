/**
 * XML as plain JSON: `{ root: … }` by local names, without prefixes. An element with nothing but text is that text, one
 * with `xsi:nil` is null; attributes are `@name`, text beside them `#text`; what repeats is an array. The only
 * importer of saxes, which expands no entities but the five of XML itself.
 */
import { SaxesParser } from 'saxes';
import { appendTo } from './append-to.ts';
import { Refused } from './request.ts';

/** More than any notification has; a parser of strangers' text stops early. */
export const xmlLimits = { depth: 64, elements: 50_000, attributes: 100_000 } as const;

const schemaInstance = 'http://www.w3.org/2001/XMLSchema-instance';
const namespaces = 'http://www.w3.org/2000/xmlns/';

interface Element {
  readonly name: string;
  readonly attributes: readonly (readonly [name: string, value: string])[];
  readonly isNil: boolean;
  readonly children: Map<string, unknown[]>;
  text: string;
}

/** Refuses what is not well formed, document types (and with them every entity of its own) and too much of anything. */
export function readXml(text: string): unknown {
  const parser = new SaxesParser({ xmlns: true });
  const open: Element[] = [];
  let root: Element | undefined;
  let elements = 0;
  let attributes = 0;
  const refuse = (what: string): never => {
    throw new XmlError(what);
  };
  parser.on('error', (error) => refuse(error.message));
  parser.on('doctype', () => refuse('a document type'));
  parser.on('processinginstruction', () => refuse('a processing instruction'));
  parser.on('opentag', (tag) => {
    elements += 1;
    const all = Object.values(tag.attributes);
    attributes += all.length;
    const isTooMuch =
      open.length >= xmlLimits.depth || elements > xmlLimits.elements || attributes > xmlLimits.attributes;
    if (isTooMuch) refuse('too much of it');
    const own = all.filter(({ uri }) => uri !== namespaces);
    const isNil = own.some(({ uri, local, value }) => uri === schemaInstance && local === 'nil' && isTrue(value));
    const named = own
      .filter(({ uri, local }) => uri !== schemaInstance || local !== 'nil')
      .map(({ local, value }) => [`@${local}`, value] as const);
    open.push({ name: tag.local, attributes: named, isNil, children: new Map(), text: '' });
  });
  const addText = (part: string) => {
    const current = open.at(-1);
    if (current !== undefined) current.text += part;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const closed = open.pop();
    const parent = open.at(-1);
    if (closed === undefined) return;
    if (parent === undefined) root = closed;
    else appendTo(parent.children, closed.name, elementValue(closed));
  });
  try {
    parser.write(text).close();
  } catch (error) {
    if (error instanceof XmlError) return new Refused('inbound-body-unreadable');
    throw error;
  }
  return root === undefined
    ? new Refused('inbound-body-unreadable')
    : Object.fromEntries([[root.name, elementValue(root)]]);
}

class XmlError extends Error {}

const isTrue = (value: string): boolean => value === 'true' || value === '1';

function elementValue({ attributes, isNil, children, text }: Element): unknown {
  if (isNil) return null;
  if (attributes.length === 0 && children.size === 0) return text;
  const parts = [...children].map(([name, list]) => [name, list.length === 1 ? list[0] : list] as const);
  // Space between elements is layout.
  const isText = children.size === 0 ? text !== '' : text.trim() !== '';
  return Object.fromEntries([...attributes, ...(isText ? [['#text', text] as const] : []), ...parts]);
}
