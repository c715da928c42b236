/** An object with a field of every type, and wheres over it. */
import type { Bindings, Field, Fields, FieldType, Where } from '../../src/where/ast.ts';
import { checkWhere } from '../../src/where/check.ts';

export function makeField(name: string, type: FieldType, change: Partial<Field> = {}): Field {
  return {
    name,
    type,
    path: [name],
    format: 'iso',
    zone: 'UTC',
    granularity: 'ms',
    filterable: true,
    operators: {},
    ...change,
  };
}

export function makeFields(...fields: readonly Field[]): Fields {
  return new Map(fields.map((field) => [field.name, field]));
}

/** Field names that every dialect can write. */
export const contact: Fields = makeFields(
  makeField('updated_at', 'timestamp', { granularity: 's' }),
  makeField('seen_at', 'timestamp'),
  makeField('name', 'text'),
  makeField('title', 'text'),
  makeField('status', 'enum'),
  makeField('id', 'id'),
  makeField('score', 'number'),
  makeField('active', 'boolean'),
  makeField('born', 'date'),
);

const parameters = new Map<string, FieldType>([
  ['name', 'text'],
  ['status', 'enum'],
  ['score', 'number'],
  ['active', 'boolean'],
  ['seen', 'timestamp'],
]);

/** Reads a where, and fails with its diagnostics when it has an error. */
export function readWhere(text: string, fields: Fields = contact): Where {
  const { where, diagnostics } = checkWhere(text, fields, { windowParameters: true, parameters });
  if (where === null) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return where;
}

export const sinceMs = Date.parse('2026-01-01T00:00:00Z');

export function bindings(values: Bindings['parameters'] = {}): Bindings {
  return { parameters: { since: sinceMs, until: sinceMs + 3_600_000, ...values }, nowMs: sinceMs };
}
