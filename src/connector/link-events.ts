/** How a body becomes changes: expressions compiled, words held against the connector's objects. */
import type { ConnectorDefinition, EventReader } from '../definition/connector.ts';
import { nearestName } from '../diagnostic/nearest-name.ts';
import type { Expression } from '../mapping/expression.ts';
import type { AnyObject } from './connector.ts';
import { type Finding, type Findings, pointerTo } from './findings.ts';
import type { EventRule } from './inbound.ts';
import { linkExpression } from './link-expression.ts';

const changeWords = ['created', 'updated', 'deleted'] as const;

function asThemselves<Word extends string>(words: readonly Word[]): [Word, Word][] {
  return words.map((word) => [word, word]);
}

/** What events may be about. */
export interface EventObjects {
  readonly objects: ConnectorDefinition['objects'];
  readonly anyObject: AnyObject | null;
  /** Whether a record of an object by name can be read by its id. */
  readonly isAnyRead: boolean;
}

/** null when an expression that it needs is wrong; then the findings say which. */
export function linkEvents(
  reader: EventReader,
  told: EventObjects,
  pointer: string,
  findings: Findings,
): EventRule | null {
  const { objects, anyObject } = told;
  const link = (name: keyof EventReader, text: string) => linkExpression(text, `${pointer}/${name}`, findings);
  const optional = (name: 'when' | 'each' | 'occurredAt' | 'account' | 'dedupe' | 'record'): Expression | null => {
    const text = reader[name];
    return text === undefined ? null : link(name, text);
  };
  checkObjects(reader, objects, pointer, findings);
  if (anyObject !== null && !told.isAnyRead && reader.record === undefined)
    findings.add(unread('an object by name', 'anyObject.object', `${pointer}/object`));
  const object = link('object', reader.object);
  const objectId = link('objectId', reader.objectId);
  const change = link('change', reader.change);
  if (object === null || objectId === null || change === null) return null;
  return {
    when: optional('when'),
    each: optional('each'),
    object,
    objects: new Map(
      reader.objects === undefined ? asThemselves(Object.keys(objects)) : Object.entries(reader.objects),
    ),
    anyObject,
    objectId,
    change,
    changes: new Map(reader.changes === undefined ? asThemselves(changeWords) : Object.entries(reader.changes)),
    occurredAt: optional('occurredAt'),
    account: optional('account'),
    dedupe: optional('dedupe'),
    record: optional('record'),
  };
}

function checkObjects(
  reader: EventReader,
  objects: ConnectorDefinition['objects'],
  pointer: string,
  findings: Findings,
): void {
  for (const { name, at } of namedObjects(reader)) {
    if (!Object.hasOwn(objects, name)) {
      const close = nearestName(name, Object.keys(objects));
      findings.add({
        code: 'object-unknown',
        message: `The connector has no object "${name}".`,
        help: close === null ? `Its objects are ${Object.keys(objects).join(', ')}.` : `Did you mean "${close}"?`,
        pointer: pointerTo(pointer, ...at),
      });
    } else if (reader.record === undefined && objects[name]?.read === undefined) {
      findings.add(unread(`a ${name}`, `the object ${name}`, pointerTo(pointer, ...at)));
    }
  }
}

function unread(what: string, where: string, pointer: string): Finding {
  return {
    code: 'inbound-unread',
    severity: 'warning',
    message: `An event only names ${what}, and nothing says how one is read.`,
    help: `Add read to ${where}: until then an event only makes its next poll come at once.`,
    pointer,
  };
}

/** The connector's objects that a reader names: in its list, or as the one constant of its expression. */
function namedObjects({ object, objects }: EventReader): { readonly name: string; readonly at: readonly string[] }[] {
  if (objects !== undefined) return Object.entries(objects).map(([word, name]) => ({ name, at: ['objects', word] }));
  const constant = /^\s*(?:'([^'\\]*)'|"([^"\\]*)")\s*$/.exec(object);
  const name = constant?.[1] ?? constant?.[2];
  return name === undefined ? [] : [{ name, at: ['object'] }];
}
