import type { Json, JsonObject } from '../../json.ts';
import { type Field, findField, findRelationship, findSchema, type ObjectSchema } from '../schema.ts';
import type { Name, SoqlQuery } from './ast.ts';
import { refuseAt } from './refuse.ts';

/** A path whose every step is known: the references to follow, then the field. */
export interface ResolvedPath {
  readonly steps: readonly Field[];
  readonly field: Field;
}

/** The record that a reference points to, or undefined. */
export type Lookup = (object: string, id: string) => JsonObject | undefined;

const maxSteps = 5;

/** The object a statement reads; refuses names that are none. */
export function resolveObject(
  source: string,
  name: Name,
  show: (schema: ObjectSchema) => ObjectSchema | undefined,
): ObjectSchema {
  const known = findSchema(name.text);
  const schema = known && show(known);
  if (schema !== undefined) return schema;
  const advice =
    "If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.";
  return refuseAt(source, name.position, 'INVALID_TYPE', `sObject type '${name.text}' is not supported. ${advice}`);
}

/** Follows a path from the statement's object; refuses unknown columns and relationships. */
export function resolvePath(source: string, schema: ObjectSchema, query: SoqlQuery, path: Name): ResolvedPath {
  const names = path.text.split('.');
  const prefix = names[0]?.toLowerCase();
  if (names.length > 1 && (prefix === query.alias?.toLowerCase() || prefix === schema.name.toLowerCase()))
    names.shift();
  const last = names.pop() ?? '';
  const steps: Field[] = [];
  let here = schema;
  for (const name of names) {
    const step = findRelationship(here, name);
    const next = step?.target === undefined ? undefined : findSchema(step.target);
    if (step === undefined || next === undefined || steps.length === maxSteps)
      return refuseRelationship(source, path, name);
    steps.push(step);
    here = next;
  }
  const field = findField(here, last);
  return field === undefined ? refuseColumn(source, path, last, here.name) : { steps, field };
}

function refuseRelationship(source: string, path: Name, name: string): never {
  const advice =
    "If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.";
  return refuseAt(
    source,
    path.position,
    'INVALID_FIELD',
    `Didn't understand relationship '${name}' in field path. ${advice}`,
  );
}

function refuseColumn(source: string, path: Name, name: string, entity: string): never {
  const advice =
    "If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names.";
  return refuseAt(source, path.position, 'INVALID_FIELD', `No such column '${name}' on entity '${entity}'. ${advice}`);
}

/** The value at the end of a path; null as soon as a reference on the way is empty. */
export function valueAt(record: JsonObject, path: ResolvedPath, lookup: Lookup): Json {
  let here: JsonObject | undefined = record;
  for (const step of path.steps) {
    const id: Json = here?.[step.name] ?? null;
    here = typeof id === 'string' && step.target !== undefined ? lookup(step.target, id) : undefined;
  }
  return here?.[path.field.name] ?? null;
}
