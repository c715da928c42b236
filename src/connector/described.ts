/** The object of an account: the connector's definition with what the vendor tells of it. Pure. */
import type { FieldDefinition, ObjectDefinition } from '../definition/connector.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { nearestName } from '../diagnostic/nearest-name.ts';
import type { Expr, Fields } from '../where/ast.ts';
import { checkWhere } from '../where/check.ts';
import { relinked } from './any-object.ts';
import type { Connector, ConnectorObject } from './connector.ts';
import type { Description } from './description.ts';
import { Findings, pointerTo } from './findings.ts';
import { linkFields } from './link-fields.ts';
import { instantiate } from './object-values.ts';

/** What an instance says of an object, as far as its fields depend on it. */
export interface FieldWishes {
  /** Fields that are asked for beside the declared ones; null leaves that to the connector. */
  readonly fields: readonly string[] | null;
  readonly where: string | null;
}

export interface DescribedObject {
  /** null when something that the object cannot do without is not there; then the diagnostics say what. */
  readonly object: ConnectorObject | null;
  /** With pointers into the instance. */
  readonly diagnostics: readonly Diagnostic[];
}

type Definitions = Readonly<Record<string, FieldDefinition>>;

/** Links an object with the fields that the account has. Declared fields keep what is declared of them. */
export function describedObject(
  connector: Connector,
  name: string,
  description: Description,
  wishes: FieldWishes,
): DescribedObject {
  const pointer = pointerTo('/objects', name);
  const definition = definitionOf(connector, name, description);
  if (definition === null) return { object: null, diagnostics: [] };
  const { kept, missing } = shownFields(definition, description);
  const all: Definitions = { ...kept, ...described(description, kept) };
  const unknown = (wishes.fields ?? []).filter((field) => !Object.hasOwn(all, field));
  const diagnostics = unknown.map((field) => unknownField(field, name, Object.keys(all), `${pointer}/fields`));
  const named = [...(wishes.fields ?? []), ...fieldsOfWhere(wishes.where, linkFields(all, '', new Findings(null)))];
  const asked = wishes.fields === null ? askedFields(description) : [];
  const { fields, unfit } = fitting(all, Object.keys(kept), [...named, ...asked], connector.describe?.maxLength ?? 0);
  if (unfit.length > 0)
    diagnostics.push(
      tooMany(
        unfit,
        unfit.some((field) => named.includes(field)),
        name,
        pointer,
      ),
    );

  const findings = new Findings(null);
  const linked = relinked(connector, name, { ...definition, fields }, findings);
  const isUsable = linked !== null && findings.diagnostics.every(({ severity }) => severity !== 'error');
  if (missing.length > 0) diagnostics.push(missingFields(missing, name, isUsable, pointer));
  if (!isUsable) return { object: null, diagnostics };
  const mapping = connector.objects.get(name)?.mapping ?? linked.mapping;
  return { object: { ...linked, mapping, isDescribed: true }, diagnostics };
}

/** Wishes without the fields that the account does not have: what is left can be read. */
export function wishesThatAreLeft(
  connector: Connector,
  name: string,
  description: Description,
  { fields, where }: FieldWishes,
): FieldWishes {
  const declared = definitionOf(connector, name, description)?.fields ?? {};
  const isThere = (field: string) => Object.hasOwn(description.fields ?? {}, field) || Object.hasOwn(declared, field);
  return { fields: fields?.filter(isThere) ?? null, where };
}

/** The fields that were read of an object and that its account has no longer; not those that the where cannot do without. */
export function lostFields(
  before: ConnectorObject,
  after: ConnectorObject,
  where: string | null = null,
): readonly string[] {
  const needed = fieldsOfWhere(where, before.fields);
  return before.selected.filter((field) => !after.fields.has(field) && !needed.includes(field));
}

/** A connector of which an instance's own objects are a part. */
export function withObjects(connector: Connector, objects: readonly ConnectorObject[]): Connector {
  if (objects.length === 0) return connector;
  const own = objects.map((object) => [object.name, object] as const);
  return { ...connector, objects: new Map([...connector.objects, ...own]) };
}

function definitionOf({ definition }: Connector, name: string, { values }: Description): ObjectDefinition | null {
  const { objects, anyObject } = definition;
  if (Object.hasOwn(objects, name)) return objects[name] ?? null;
  return anyObject === undefined ? null : instantiate(anyObject.object, { ...values, name });
}

/** Declared fields that the account shows. Paths to other objects, and what the vendor sends unasked, it does not list. */
function shownFields({ fields }: ObjectDefinition, description: Description) {
  const missing = Object.keys(fields).filter(
    (field) =>
      description.fields !== null &&
      !Object.hasOwn(description.fields, field) &&
      !field.includes('.') &&
      fields[field]?.select !== false,
  );
  const kept = Object.fromEntries(Object.entries(fields).filter(([field]) => !missing.includes(field)));
  return { kept, missing };
}

function described({ fields }: Description, kept: Definitions): Definitions {
  return Object.fromEntries(
    Object.entries(fields ?? {})
      .filter(([field]) => !Object.hasOwn(kept, field))
      .map(([field, { isAsked: _, ...definition }]) => [field, definition]),
  );
}

function askedFields({ fields }: Description): readonly string[] {
  return Object.entries(fields ?? {}).flatMap(([field, { isAsked }]) => (isAsked ? [field] : []));
}

/** The fields that a where names, for it is held against each record. None when it cannot be read. */
function fieldsOfWhere(where: string | null, fields: Fields): readonly string[] {
  if (where === null || where.trim() === '') return [];
  const checked = checkWhere(where, fields);
  return checked.where === null ? [] : namesOf(checked.where.expr);
}

function namesOf(expr: Expr): readonly string[] {
  if (expr.kind === 'and' || expr.kind === 'or') return expr.args.flatMap(namesOf);
  return expr.kind === 'not' ? namesOf(expr.arg) : [expr.field.name];
}

/**
 * Marks which fields are asked for: the declared ones as declared, and of the wanted ones, first come first, as many as
 * there is room for.
 */
function fitting(all: Definitions, declared: readonly string[], wanted: readonly string[], maxLength: number) {
  const isSent = (field: string): boolean => Object.hasOwn(all, field) && all[field]?.select !== false;
  const chosen = new Set(declared.filter(isSent));
  const unfit: string[] = [];
  let length = [...chosen].join().length;
  for (const field of new Set(wanted.filter((name) => isSent(name) && !chosen.has(name)))) {
    const fits = length + 1 + field.length <= maxLength;
    if (fits) {
      chosen.add(field);
      length += 1 + field.length;
    } else unfit.push(field);
  }
  const fields = Object.entries(all).map(([field, definition]): [string, FieldDefinition] => [
    field,
    chosen.has(field) ? definition : { ...definition, select: false },
  ]);
  return { fields: Object.fromEntries(fields), unfit };
}

export function unknownField(field: string, object: string, known: readonly string[], pointer: string): Diagnostic {
  const close = nearestName(field, known);
  return {
    code: 'field-unknown',
    severity: 'error',
    message: `${object} has no field "${field}".`,
    help:
      close === null
        ? 'Name it as the vendor’s API does; it may also be hidden from this user.'
        : `Did you mean "${close}"?`,
    pointer,
  };
}

function missingFields(fields: readonly string[], object: string, isUsable: boolean, pointer: string): Diagnostic {
  return {
    code: 'field-unknown',
    severity: isUsable ? 'warning' : 'error',
    message: `The account does not show of ${object}: ${listed(fields)}${isUsable ? '. Records lack it.' : '.'}`,
    help: 'Let the user of this connection read it, where the account has it.',
    pointer,
  };
}

export function listed(names: readonly string[]): string {
  return names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
}

function tooMany(unfit: readonly string[], isNamed: boolean, object: string, pointer: string): Diagnostic {
  return {
    code: 'field-surplus',
    severity: isNamed ? 'error' : 'warning',
    message: `${object} has more fields than can be asked for at once; not asked for: ${listed(unfit)}.`,
    help: isNamed ? 'Name fewer.' : 'Name the ones you need in "fields".',
    pointer: `${pointer}/fields`,
  };
}
