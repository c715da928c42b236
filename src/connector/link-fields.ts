/** Field definitions become the fields that a where knows. */
import type { FieldDefinition } from '../definition/connector.ts';
import { nearestName } from '../diagnostic/nearest-name.ts';
import type { Field, Fields } from '../where/ast.ts';
import { type Findings, pointerTo } from './findings.ts';
import { linkPath } from './link-template.ts';

/** Links the fields of an object, in the order written. */
export function linkFields(
  definitions: Readonly<Record<string, FieldDefinition>>,
  pointer: string,
  findings: Findings,
): Fields {
  const fields = new Map<string, Field>();
  for (const [name, definition] of Object.entries(definitions)) {
    fields.set(name, linkField(name, definition, pointerTo(pointer, name), findings));
  }
  return fields;
}

function linkField(name: string, definition: FieldDefinition, pointer: string, findings: Findings): Field {
  const { zone = 'UTC' } = definition;
  if (!isZone(zone)) {
    findings.add({
      code: 'connector-schema',
      message: `"${zone}" is no time zone.`,
      help: 'Zones have IANA names, for example America/Los_Angeles.',
      pointer: `${pointer}/zone`,
    });
  }
  return {
    name,
    type: definition.type,
    path: linkPath(definition.path ?? name, definition.path === undefined ? pointer : `${pointer}/path`, findings),
    format: definition.format ?? 'iso',
    zone: isZone(zone) ? zone : 'UTC',
    granularity: definition.granularity ?? (definition.type === 'date' ? 'day' : 'ms'),
    filterable: definition.filterable ?? true,
    operators: definition.operators ?? {},
  };
}

export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The vendor's names of the fields to ask for. */
export function selectedFields(definitions: Readonly<Record<string, FieldDefinition>>): readonly string[] {
  return Object.entries(definitions)
    .filter(([, { select = true }]) => select)
    .map(([name]) => name);
}

/** The field that a part of an object names; reported when there is none. */
export function findField(name: string, fields: Fields, pointer: string, findings: Findings): Field | null {
  const field = fields.get(name);
  if (field !== undefined) return field;
  const close = nearestName(name, fields.keys());
  findings.add({
    code: 'connector-field-missing',
    message: `The object declares no field "${name}".`,
    help: close === null ? 'Declare it under fields.' : `Did you mean "${close}"?`,
    pointer,
  });
  return null;
}

/** The same, of a field that must hold a time. */
export function findTimeField(name: string, fields: Fields, pointer: string, findings: Findings): Field | null {
  const field = findField(name, fields, pointer, findings);
  if (field === null || field.type === 'timestamp' || field.type === 'date') return field;
  findings.add({
    code: 'connector-field-missing',
    message: `The field "${name}" holds no time: it is of type ${field.type}.`,
    help: 'Name a field of type timestamp.',
    pointer,
  });
  return null;
}
