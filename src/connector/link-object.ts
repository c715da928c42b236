/** One kind of record, linked: its fields, detections, read, describe and mapping. */
import type { ObjectDefinition } from '../definition/connector.ts';
import type { Dialect } from '../definition/dialect.ts';
import { nearestName } from '../diagnostic/nearest-name.ts';
import { compileMapping } from '../mapping/compile.ts';
import type { Field, Fields } from '../where/ast.ts';
import { checkMapping } from './check-mapping.ts';
import type { ConnectorObject, Detection } from './connector.ts';
import { type Findings, pointerTo } from './findings.ts';
import { checkWhens, linkDeletes } from './link-deletes.ts';
import { type Describing, linkDescribe } from './link-describe.ts';
import { linkDetection } from './link-detection.ts';
import { findField, findTimeField, linkFields, selectedFields } from './link-fields.ts';
import { linkRead } from './link-read.ts';
import { linkPath, type Scope } from './link-template.ts';
import { linkTrial } from './link-trial.ts';
import type { JsonSchema } from './package-files.ts';

export interface ObjectContext {
  readonly dialect: Dialect | null;
  readonly settings: Scope;
  readonly describing: Describing | null;
  /** null: the definition was held against them before. */
  readonly resources: ReadonlyMap<string, JsonSchema> | null;
}

/** null when a part that it needs is missing; then the findings say which, with pointers below `pointer`. */
export function linkObject(
  name: string,
  definition: ObjectDefinition,
  context: ObjectContext,
  pointer: string,
  findings: Findings,
): ConnectorObject | null {
  const fields = linkFields(definition.fields, `${pointer}/fields`, findings);
  const id = linkPath(definition.id, `${pointer}/id`, findings);
  const { createdAt: createdName } = definition;
  const createdAt =
    createdName === undefined ? null : findTimeField(createdName, fields, `${pointer}/createdAt`, findings);
  const occurredAt = findTimeField(definition.occurredAt, fields, `${pointer}/occurredAt`, findings);
  const version = linkVersion(definition, fields, `${pointer}/version`, findings);
  const selected = selectedFields(definition.fields);
  const read =
    definition.read === undefined
      ? null
      : linkRead(definition.read, { settings: context.settings, selected, id }, `${pointer}/read`, findings);
  const trial =
    definition.trial === undefined
      ? null
      : linkTrial(definition.trial, { settings: context.settings, fields, read }, `${pointer}/trial`, findings);
  const describe =
    definition.describe === undefined
      ? null
      : linkDescribe(definition.describe, context, `${pointer}/describe`, findings);
  const detections = { ...context, fields, selected, occurredAt, read };
  const changes = linkDetection(definition.changes[0], detections, `${pointer}/changes/0`, findings);
  const deletes = linkDeletes(definition.deletes ?? [], detections, `${pointer}/deletes`, findings);
  const { mapping, diagnostics } = compileMapping(definition.mapping, definition.absent);
  findings.addAll(diagnostics, `${pointer}/mapping`);
  if (context.resources !== null) {
    checkResource(definition, context.resources, pointer, findings);
    checkWhens(definition.deletes ?? [], `${pointer}/deletes`, findings);
  }
  const seesDeletes = deletes !== null || (changes !== null && tellsOfDeletes(changes));
  if (definition.deletes === undefined && changes !== null && !seesDeletes) {
    findings.addForName({
      code: 'connector-deletes-undetected',
      severity: 'warning',
      message: `Deleted records of ${name} go unseen.`,
      help: 'Add deletes when the vendor tells of them: a flag, a list of deleted records, a log; an empty list when it never deletes them.',
      pointer,
    });
  }
  if (occurredAt === null || changes === null) return null;
  const { title, resource } = definition;
  const whole = [changes, deletes, ...(deletes?.further ?? [])].some((one) => one !== null && comparesAll(one));
  const times = { createdAt, occurredAt };
  const isNeverDeleted = definition.deletes?.length === 0;
  const detected = { changes, deletes, seesDeletes, isNeverDeleted, whole };
  const asked = { read, trial, describe, isDescribed: false };
  return { name, title, resource, fields, selected, id, ...times, version, ...detected, ...asked, mapping };
}

/** Whether the feed of changes tells of deletes as well. */
function tellsOfDeletes({ strategy, deletedWhen, entry }: Detection): boolean {
  const isLogged = entry !== null && [...entry.actions.values()].includes('deleted');
  return strategy === 'snapshot' || deletedWhen !== null || isLogged;
}

/** Whether it holds an enumeration against the ledger, which must then know every record. */
function comparesAll(detection: Detection): boolean {
  return (
    detection.strategy === 'snapshot' ||
    detection.strategy === 'delta' ||
    ('full' in detection && detection.full !== null)
  );
}

function linkVersion(
  { version }: ObjectDefinition,
  fields: Fields,
  pointer: string,
  findings: Findings,
): ConnectorObject['version'] {
  const linked = version.fields
    .map((name, index) => findField(name, fields, pointerTo(pointer, 'fields', index), findings))
    .filter((field): field is Field => field !== null);
  const [first] = linked;
  if (!version.hash && first !== undefined && linked.every(isCoarseTime)) {
    findings.add({
      code: 'connector-cursor-contradiction',
      message: `Two edits within one step of "${first.name}", ${first.granularity}, look like one version: the second would go untold.`,
      help: 'Set hash to true, or name a field that changes with every edit.',
      pointer: `${pointer}/hash`,
    });
  }
  return { fields: linked, hash: version.hash, ignore: version.ignore ?? [] };
}

const isCoarseTime = ({ type, granularity }: Field): boolean =>
  (type === 'timestamp' && granularity !== 'ms') || type === 'date';

function checkResource(
  { resource, mapping }: ObjectDefinition,
  resources: ReadonlyMap<string, JsonSchema>,
  pointer: string,
  findings: Findings,
): void {
  const schema = resources.get(resource);
  if (schema !== undefined) {
    checkMapping(mapping, schema, `${pointer}/mapping`, findings);
    return;
  }
  const close = nearestName(resource, resources.keys());
  findings.add({
    code: 'connector-resource-unknown',
    message: `No common resource is called "${resource}".`,
    help: close === null ? `Resources are ${[...resources.keys()].join(', ')}.` : `Did you mean "${close}"?`,
    pointer: `${pointer}/resource`,
  });
}
