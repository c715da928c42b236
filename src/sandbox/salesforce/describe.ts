import type { Hidden } from '../hidden.ts';
import type { Json, JsonObject } from '../json.ts';
import { type Field, isCustomField, type ObjectSchema, schemas } from './schema.ts';

const label = (name: string): string =>
  name
    .replace(/__c$/, '')
    .replace(/Id$/, ' ID')
    .replace(/([a-z])([A-Z])/g, '$1 $2');

function describeField(field: Field): JsonObject {
  return {
    name: field.name,
    label: label(field.name),
    type: field.type,
    length: field.length,
    custom: isCustomField(field),
    createable: field.writable,
    updateable: field.writable,
    filterable: field.filterable,
    sortable: field.sortable,
    nillable: !field.required && field.type !== 'boolean' && field.type !== 'id',
    compoundFieldName: field.parts === undefined ? null : field.name,
    relationshipName: field.relationship ?? null,
    referenceTo: field.target === undefined ? [] : [field.target],
    picklistValues: (field.values ?? []).map(
      (value): Json => ({ active: true, defaultValue: false, label: value, validFor: null, value }),
    ),
  };
}

/** What every listing says of an object. */
export function describeBriefly(schema: ObjectSchema, version: string): JsonObject {
  const isWritten = schema.fields.some(({ writable }) => writable);
  const base = `/services/data/v${version}/sobjects/${schema.name}`;
  return {
    name: schema.name,
    label: schema.label,
    labelPlural: schema.plural,
    keyPrefix: schema.keyPrefix,
    custom: schema.name.endsWith('__c'),
    createable: isWritten,
    deletable: isWritten,
    queryable: true,
    replicateable: schema.replicated,
    retrieveable: true,
    updateable: isWritten,
    urls: { sobject: base, describe: `${base}/describe`, rowTemplate: `${base}/{ID}` },
  };
}

/** `GET /sobjects/{Type}/describe` */
export function describeObject(schema: ObjectSchema, version: string): JsonObject {
  return { ...describeBriefly(schema, version), fields: schema.fields.map(describeField) };
}

/** `GET /sobjects` */
export function describeGlobal(version: string, hidden: Hidden): JsonObject {
  const shown = schemas.filter(({ name }) => !hidden.hasObject(name));
  return { encoding: 'UTF-8', maxBatchSize: 200, sobjects: shown.map((schema) => describeBriefly(schema, version)) };
}
