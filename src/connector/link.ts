/** A definition becomes a connector in which every where, mapping and template is compiled. Pure. */
import type { ConnectorDefinition, ObjectDefinition } from '../definition/connector.ts';
import type { Dialect } from '../definition/dialect.ts';
import { type Diagnostic, isUsable } from '../diagnostic/diagnostic.ts';
import { nearestName } from '../diagnostic/nearest-name.ts';
import { resolveDialect } from '../dialect/resolve.ts';
import { compileMapping } from '../mapping/compile.ts';
import type { Field, Fields } from '../where/ast.ts';
import { checkMapping } from './check-mapping.ts';
import { checkShared, settingNames } from './check-shared.ts';
import type { Connector, ConnectorObject, Detection } from './connector.ts';
import { Findings, pointerTo } from './findings.ts';
import { type DetectionContext, linkDetection, linkRequest } from './link-detection.ts';
import { findField, findTimeField, linkFields, selectedFields } from './link-fields.ts';
import { linkInbound } from './link-inbound.ts';
import { linkRead } from './link-read.ts';
import { linkPath, type Scope } from './link-template.ts';
import { linkTrial } from './link-trial.ts';
import type { JsonSchema } from './package-files.ts';
import type { Source } from './source.ts';
import type { SchemaCheck } from './validate.ts';

export interface LinkContext {
  readonly dialects: ReadonlyMap<string, Dialect>;
  /** The common resources by name. */
  readonly resources: ReadonlyMap<string, JsonSchema>;
  /** Holds a value against schemas/connector.schema.json. */
  readonly checkDefinition: SchemaCheck;
  /** Holds a value against schemas/dialect.schema.json: a dialect with overrides is as good as one from a file. */
  readonly checkDialectShape: SchemaCheck;
  /** Gives diagnostics their places. */
  readonly source?: Source;
}

export interface LinkedConnector {
  /** null when something keeps it from being used. */
  readonly connector: Connector | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** Links a definition, or says what is wrong with it: everything at once, not the first thing only. Never throws. */
export function linkConnector(value: unknown, context: LinkContext): LinkedConnector {
  const wrongShape = context.checkDefinition(value, context.source);
  if (wrongShape.length > 0) return { connector: null, diagnostics: wrongShape };
  const definition = value as ConnectorDefinition;
  const findings = new Findings(context.source ?? null);
  const settings = settingNames(definition);
  checkShared(definition, findings);
  const { verify } = definition.http;
  if (verify === undefined) tellUnverified(findings);
  const verifyRequest = verify === undefined ? null : linkRequest(verify, settings, [], '/http/verify', findings);
  const dialect = linkDialect(definition, context, findings);
  const objects = new Map<string, ConnectorObject>();
  for (const [name, object] of Object.entries(definition.objects)) {
    const linked = linkObject(name, object, { dialect, settings, resources: context.resources }, findings);
    if (linked !== null) objects.set(name, linked);
  }
  const inbound = linkInbound(definition, settings, findings);
  const { diagnostics } = findings;
  if (dialect === null || !isUsable(diagnostics)) return { connector: null, diagnostics };
  return {
    connector: { key: definition.key, definition, dialect, verify: verifyRequest, objects, inbound },
    diagnostics,
  };
}

function linkDialect(
  { dialect }: ConnectorDefinition,
  { dialects, checkDialectShape }: LinkContext,
  findings: Findings,
): Dialect | null {
  const name = typeof dialect === 'string' ? dialect : dialect.extends;
  const pointer = typeof dialect === 'string' ? '/dialect' : '/dialect/extends';
  const base = dialects.get(name);
  if (base === undefined) {
    const close = nearestName(name, dialects.keys());
    const help = close === null ? `Dialects are ${[...dialects.keys()].join(', ')}.` : `Did you mean "${close}"?`;
    findings.add({ code: 'dialect-unknown', message: `No dialect is called "${name}".`, help, pointer });
    return null;
  }
  if (typeof dialect === 'string') return base;
  const resolved = resolveDialect(base, dialect);
  const misshapen = resolved.dialect === null ? [] : checkDialectShape(resolved.dialect);
  findings.addAll([...resolved.diagnostics, ...misshapen], '/dialect');
  return misshapen.length > 0 ? null : resolved.dialect;
}

interface ObjectContext {
  readonly dialect: Dialect | null;
  readonly settings: Scope;
  readonly resources: ReadonlyMap<string, JsonSchema>;
}

function linkObject(
  name: string,
  definition: ObjectDefinition,
  context: ObjectContext,
  findings: Findings,
): ConnectorObject | null {
  const pointer = pointerTo('/objects', name);
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
      : linkRead(definition.read, context.settings, selected, `${pointer}/read`, findings);
  const trial =
    definition.trial === undefined
      ? null
      : linkTrial(definition.trial, { settings: context.settings, fields, read }, `${pointer}/trial`, findings);
  const detections = { ...context, fields, selected, occurredAt, read };
  const changes = linkFirst(definition.changes, detections, `${pointer}/changes`, findings);
  const deletes = linkFirst(definition.deletes, detections, `${pointer}/deletes`, findings);
  const { mapping, diagnostics } = compileMapping(definition.mapping, definition.absent);
  findings.addAll(diagnostics, `${pointer}/mapping`);
  checkResource(definition, context.resources, pointer, findings);
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
  const whole = [changes, deletes].some((detection) => detection !== null && comparesAll(detection));
  const times = { createdAt, occurredAt };
  const isNeverDeleted = definition.deletes?.length === 0;
  const detected = { changes, deletes, seesDeletes, isNeverDeleted, whole };
  return { name, title, resource, fields, id, ...times, version, ...detected, read, trial, mapping };
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

function tellUnverified(findings: Findings): void {
  findings.add({
    code: 'connector-unverified',
    severity: 'hint',
    message: 'Nothing proves the credentials before the first poll, and the vendor’s clock is not known to it.',
    help: 'Add verify: a cheap GET that any account may send.',
    pointer: '/http',
  });
}

function linkFirst(
  definitions: ObjectDefinition['deletes'] | ObjectDefinition['changes'],
  context: DetectionContext,
  pointer: string,
  findings: Findings,
): Detection | null {
  const [first] = definitions ?? [];
  return first === undefined ? null : linkDetection(first, context, pointerTo(pointer, 0), findings);
}

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
