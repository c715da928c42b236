import type { Json, JsonObject } from '../../json.ts';
import type { Field } from '../schema.ts';
import { findSchema, type ObjectSchema } from '../schema.ts';
import type { Lookup, ResolvedPath } from './path.ts';

const addressParts: readonly (readonly [name: string, suffix: string])[] = [
  ['city', 'City'],
  ['country', 'Country'],
  ['postalCode', 'PostalCode'],
  ['state', 'State'],
  ['street', 'Street'],
];

/** The value of a field as the API shows it; a compound address is put together from its parts. */
export function fieldValue(record: JsonObject, field: Field): Json {
  if (field.parts === undefined) return record[field.name] ?? null;
  const parts = addressParts.map(([name, suffix]): [string, Json] => [name, record[`${field.parts}${suffix}`] ?? null]);
  if (parts.every(([, value]) => value === null)) return null;
  return { ...Object.fromEntries(parts), geocodeAccuracy: null, latitude: null, longitude: null };
}

/** What stands at the head of every record. */
export function attributesOf(schema: ObjectSchema, record: JsonObject, version: string): JsonObject {
  return { type: schema.name, url: `/services/data/v${version}/sobjects/${schema.name}/${String(record.Id)}` };
}

/** The selected columns of a record; parents nest, and a parent that is not there is null. */
export function projectRecord(
  schema: ObjectSchema,
  record: JsonObject,
  columns: readonly ResolvedPath[],
  version: string,
  lookup: Lookup,
): JsonObject {
  const shown: Record<string, Json> = { attributes: attributesOf(schema, record, version) };
  for (const [name, group] of groupByParent(columns)) {
    const [step] = group[0]?.steps ?? [];
    if (step === undefined) for (const { field } of group) shown[field.name] = fieldValue(record, field);
    else shown[name] = projectParent(record, step, group, version, lookup);
  }
  return shown;
}

function projectParent(
  record: JsonObject,
  step: Field,
  group: readonly ResolvedPath[],
  version: string,
  lookup: Lookup,
): JsonObject | null {
  const id = record[step.name];
  const schema = step.target === undefined ? undefined : findSchema(step.target);
  const parent = typeof id === 'string' && schema !== undefined ? lookup(schema.name, id) : undefined;
  if (parent === undefined || schema === undefined) return null;
  const rest = group.map(({ steps, field }) => ({ steps: steps.slice(1), field }));
  return projectRecord(schema, parent, rest, version, lookup);
}

/** Columns by the parent they go through, in order of first mention; a column of the record itself is a group of its own. */
function groupByParent(columns: readonly ResolvedPath[]): ReadonlyMap<string, readonly ResolvedPath[]> {
  const groups = new Map<string, ResolvedPath[]>();
  for (const column of columns) {
    const name = column.steps[0]?.relationship ?? column.field.name;
    groups.set(name, [...(groups.get(name) ?? []), column]);
  }
  return groups;
}
