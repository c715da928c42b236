/** How a body becomes changes: expressions compiled, words held against the connector's objects. */
import type { ConnectorDefinition, EventReader } from '../definition/connector.ts';
import { nearestName } from '../diagnostic/nearest-name.ts';
import type { Expression } from '../mapping/expression.ts';
import type { AnyObject } from './any-object-names.ts';
import { type Finding, type Findings, pointerTo } from './findings.ts';
import type { EventRule } from './inbound.ts';
import { type Covers, constantOf, provesDeletes, provesRecord, tellsDeletes } from './link-covers.ts';
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
  covers: Covers,
  pointer: string,
  findings: Findings,
): EventRule | null {
  const { objects, anyObject } = told;
  const link = (name: keyof EventReader, text: string) => linkExpression(text, `${pointer}/${name}`, findings);
  const optional = (name: 'when' | 'each' | 'occurredAt' | 'account' | 'dedupe' | 'record'): Expression | null => {
    const text = reader[name];
    return text === undefined ? null : link(name, text);
  };
  const bringsRecord = provesRecord(reader, covers);
  const isProved = provesDeletes(reader, covers);
  const unsure = { reader, bringsRecord, isProved };
  checkObjects(unsure, objects, pointer, findings);
  if (anyObject !== null && !told.isAnyRead)
    checkUnread(unsure, 'an object by name', 'anyObject.object', `${pointer}/object`, findings);
  const object = link('object', reader.object);
  const objectId = link('objectId', reader.objectId);
  const change = link('change', reader.change);
  const record = optional('record');
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
    record: bringsRecord ? record : null,
    provesDeletes: isProved,
  };
}

interface Unsure {
  readonly reader: EventReader;
  readonly bringsRecord: boolean;
  readonly isProved: boolean;
}

function checkObjects(
  unsure: Unsure,
  objects: ConnectorDefinition['objects'],
  pointer: string,
  findings: Findings,
): void {
  for (const { name, at } of namedObjects(unsure.reader)) {
    if (!Object.hasOwn(objects, name)) {
      const close = nearestName(name, Object.keys(objects));
      findings.add({
        code: 'object-unknown',
        message: `The connector has no object "${name}".`,
        help: close === null ? `Its objects are ${Object.keys(objects).join(', ')}.` : `Did you mean "${close}"?`,
        pointer: pointerTo(pointer, ...at),
      });
    } else if (objects[name]?.read === undefined)
      checkUnread(unsure, `a ${name}`, `the object ${name}`, pointerTo(pointer, ...at), findings);
  }
}

/** Without a read, what an event does not bring, or does not prove, cannot be looked up. */
function checkUnread(
  { reader, bringsRecord, isProved }: Unsure,
  what: string,
  where: string,
  pointer: string,
  findings: Findings,
): void {
  if (!bringsRecord) findings.add(unread(what, where, reader, pointer));
  if (!isProved && tellsDeletes(reader)) findings.add(unconfirmed(what, where, pointer));
}

function unread(what: string, where: string, { record }: EventReader, pointer: string): Finding {
  return {
    code: 'inbound-unread',
    severity: 'warning',
    message:
      record === undefined
        ? `An event only names ${what}, and nothing says how one is read.`
        : `The record of ${what} that comes with an event is not covered by its proof, and nothing says how one is read.`,
    help: `Add read to ${where}: until then an event only makes its next poll come at once.`,
    pointer,
  };
}

function unconfirmed(what: string, where: string, pointer: string): Finding {
  return {
    code: 'inbound-unsigned',
    severity: 'warning',
    message: `That ${what} was deleted is not covered by the proof of the request, and nothing says how one is read to confirm it.`,
    help: `Add read to ${where}: until then only a poll tells of its deletes.`,
    pointer,
  };
}

/** The connector's objects that a reader names: in its list, or as the one constant of its expression. */
function namedObjects({ object, objects }: EventReader): { readonly name: string; readonly at: readonly string[] }[] {
  if (objects !== undefined) return Object.entries(objects).map(([word, name]) => ({ name, at: ['objects', word] }));
  const name = constantOf(object);
  return name === null ? [] : [{ name, at: ['object'] }];
}
