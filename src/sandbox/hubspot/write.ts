import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import type { RecordBook } from '../records.ts';
import { refuse, refuseInvalid } from './answers.ts';
import { findProperty, type ObjectType, type Property } from './schema.ts';
import { propertyValue } from './shape.ts';

/** Checks the properties of a create or update; values may be any scalar and are kept as text, an empty text clears a value. */
export function checkProperties(type: ObjectType, body: JsonObject): Readonly<Record<string, string>> {
  if (!isJsonObject(body.properties)) return refuseInvalid('Invalid input JSON: properties must be an object');
  const checked = Object.entries(body.properties).map(
    ([name, value]) => [name, checkValue(type, name, value)] as const,
  );
  return Object.fromEntries(checked);
}

function checkValue(type: ObjectType, name: string, value: Json): string {
  const property = findProperty(type, name);
  if (property === undefined) return refuseValue(name, 'PROPERTY_DOESNT_EXIST', `Property "${name}" does not exist`);
  if (property.readOnly)
    return refuseValue(name, 'READ_ONLY_VALUE', `"${name}" is a read only property; its value cannot be set.`);
  const text = value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  const problem = text === '' ? undefined : problemOf(property, text);
  if (problem !== undefined) return refuseValue(name, problem, `${text} was not a valid ${property.type}.`);
  return text;
}

function problemOf(property: Property, text: string): string | undefined {
  if (property.type === 'number') return Number.isNaN(Number(text)) ? 'INVALID_DOUBLE' : undefined;
  if (property.type === 'bool') return text === 'true' || text === 'false' ? undefined : 'INVALID_OPTION';
  if (property.type === 'datetime')
    return Number.isNaN(Date.parse(text)) && !/^\d+$/.test(text) ? 'INVALID_LONG' : undefined;
  if (property.type === 'date')
    return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) ? undefined : 'INVALID_DATE';
  if (property.type === 'enumeration')
    return text.split(';').every((one) => property.options.includes(one)) ? undefined : 'INVALID_OPTION';
  return undefined;
}

function refuseValue(name: string, error: string, message: string): never {
  const details = [{ isValid: false, message, error, name }];
  return refuseInvalid(`Property values were not valid: ${JSON.stringify(details)}`, {
    errors: [{ message, code: error, context: { propertyName: [name] } }],
  });
}

/** Refuses a value of the unique property that another record has. */
export function checkUnique(
  type: ObjectType,
  book: RecordBook,
  properties: Readonly<Record<string, string>>,
  ownId: string,
): void {
  const { unique } = type;
  const value = unique === undefined ? undefined : properties[unique]?.toLowerCase();
  if (unique === undefined || value === undefined || value === '') return;
  const other = book
    .list(type.name, 'latest')
    .find(
      (stored) =>
        !stored.deleted && stored.id !== ownId && propertyValue(stored.record, unique)?.toLowerCase() === value,
    );
  if (other !== undefined) refuse(409, 'CONFLICT', `${type.label} already exists. Existing ID: ${other.id}`);
}
