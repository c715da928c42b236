/** Holds an instance against its connector. */
import type { AuthMethod, ConnectorDefinition } from '../definition/connector.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { nearestName } from '../diagnostic/nearest-name.ts';
import { checkWhere } from '../where/check.ts';
import { objectNamed } from './any-object.ts';
import { checkSetting } from './check-setting.ts';
import type { Connector, ConnectorObject } from './connector.ts';
import { type FieldWishes, unknownField } from './described.ts';
import { pointerTo } from './findings.ts';
import { joinWhere, queriesOf } from './narrow.ts';
import { unknownObject } from './unknown-name.ts';

export type Settings = Readonly<Record<string, string | number | boolean>>;

/** The parts of an instance that its connector decides on. */
export interface InstanceParts {
  readonly settings?: Settings;
  readonly credentials?: Readonly<Record<string, string>>;
  readonly objects?: Readonly<Record<string, ObjectParts>>;
}

export type ObjectParts = Partial<FieldWishes>;

export interface CheckedInstance {
  /** Completed by defaults. */
  readonly settings: Settings;
  /** The first way to authenticate whose credentials are there. */
  readonly auth: AuthMethod | null;
  /** Pointers into the instance; messages never show a credential. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Completes an instance by defaults and reports what keeps it from being used. Of an object whose fields the account
 * tells and the connector has not been described with, fields that it does not know are let pass: see `described.ts`.
 */
export function checkInstance(connector: Connector, instance: InstanceParts): CheckedInstance {
  const { definition } = connector;
  const given = instance.settings ?? {};
  const credentials = instance.credentials ?? {};
  const auth = definition.auth.find(({ requires }) => missing(requires, credentials).length === 0) ?? null;
  return {
    settings: completeSettings(definition, given),
    auth,
    diagnostics: [
      ...checkSettings(definition, given),
      ...checkCredentials(definition, credentials, auth),
      ...Object.entries(instance.objects ?? {}).flatMap(([name, parts]) => checkObject(connector, name, parts)),
    ],
  };
}

/** The settings that are given, and the defaults of the others. */
export function completeSettings({ settings }: Pick<ConnectorDefinition, 'settings'>, given: Settings): Settings {
  const defaults = Object.entries(settings).flatMap(([name, setting]) =>
    setting.default === undefined ? [] : [[name, setting.default] as const],
  );
  return { ...Object.fromEntries(defaults), ...given };
}

function checkSettings({ key, settings }: ConnectorDefinition, given: Settings): Diagnostic[] {
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(settings, name));
  const diagnostics = unknown.map((name): Diagnostic => {
    const close = nearestName(name, Object.keys(settings));
    const known =
      Object.keys(settings).length === 0 ? 'It has none.' : `Its settings are ${Object.keys(settings).join(', ')}.`;
    return {
      code: 'setting-unknown',
      severity: 'error',
      message: `${key} has no setting "${name}".`,
      help: close === null ? known : `Did you mean "${close}"?`,
      pointer: pointerTo('/settings', name),
    };
  });
  for (const [name, setting] of Object.entries(settings)) {
    const pointer = pointerTo('/settings', name);
    const isGiven = Object.hasOwn(given, name);
    if (!isGiven && setting.default === undefined) {
      const message = `The setting "${name}" is missing.`;
      diagnostics.push({ code: 'setting-missing', severity: 'error', message, help: setting.description, pointer });
    }
    const problem = isGiven ? checkSetting(given[name], setting) : null;
    if (problem !== null) diagnostics.push({ code: 'setting-invalid', severity: 'error', ...problem, pointer });
  }
  return diagnostics;
}

function checkCredentials(
  definition: ConnectorDefinition,
  credentials: Readonly<Record<string, string>>,
  auth: AuthMethod | null,
): Diagnostic[] {
  const unknown = Object.keys(credentials).filter((name) => !Object.hasOwn(definition.credentials, name));
  const hints = unknown.map((name): Diagnostic => {
    const close = nearestName(name, Object.keys(definition.credentials));
    return {
      code: 'credentials-missing',
      severity: auth === null ? 'hint' : 'warning',
      message: `${definition.key} has no use for a credential "${name}".`,
      help:
        close === null
          ? `Its credentials are ${Object.keys(definition.credentials).join(', ')}.`
          : `Did you mean "${close}"?`,
      pointer: pointerTo('/credentials', name),
    };
  });
  if (auth !== null) return hints;
  const lacking = definition.auth.map(
    (method) => `${method.name} lacks ${missing(method.requires, credentials).join(' and ')}`,
  );
  const message = 'The credentials fit none of the ways to authenticate.';
  return [
    {
      code: 'credentials-missing',
      severity: 'error',
      message,
      help: `${lacking.join('; ')}.`,
      pointer: '/credentials',
    },
    ...hints,
  ];
}

function missing(requires: readonly string[], credentials: Readonly<Record<string, string>>): string[] {
  return requires.filter((name) => !Object.hasOwn(credentials, name) || credentials[name] === '');
}

/** Whether it can only be judged with what the account tells of its fields. */
export function needsDescription(connector: Connector, name: string, parts: ObjectParts): boolean {
  const object = objectNamed(connector, name);
  if (object === null || object.describe === null || object.isDescribed) return false;
  const { where = null, fields = null } = parts;
  if (!connector.objects.has(name) || (fields ?? []).some((field) => !object.fields.has(field))) return true;
  return isGiven(where) && checkWhere(where, object.fields).diagnostics.some(isOfUnknownField);
}

function checkObject(connector: Connector, name: string, { where = null, fields = null }: ObjectParts): Diagnostic[] {
  const object = objectNamed(connector, name);
  const pointer = pointerTo('/objects', name);
  if (object === null) return [{ ...unknownObject(name, connector), pointer }];
  const isOpen = object.describe !== null && !object.isDescribed;
  // Of a described one, describedObject has told.
  const unknown = object.describe === null ? (fields ?? []).filter((field) => !object.fields.has(field)) : [];
  return [
    ...unknown.map((field) => unknownField(field, name, [...object.fields.keys()], `${pointer}/fields`)),
    ...(isGiven(where) ? checkOwnWhere(object, where) : [])
      .filter((diagnostic) => !isOpen || !isOfUnknownField(diagnostic))
      .map((diagnostic) => ({ ...diagnostic, pointer: `${pointer}/where` })),
  ];
}

function isGiven(where: string | null): where is string {
  return where !== null && where.trim() !== '';
}

function isOfUnknownField({ code }: Diagnostic): boolean {
  return code === 'where-unknown-field';
}

function checkOwnWhere(object: ConnectorObject, where: string): readonly Diagnostic[] {
  const own = checkWhere(where, object.fields);
  const detections = own.where === null ? [] : [object.changes, object.deletes];
  const refused = detections
    .flatMap((detection) => (detection === null ? [] : queriesOf(detection)))
    .map((query) => joinWhere(query.where, where))
    .find((joined) => joined.where === null);
  return (refused ?? own).diagnostics;
}
