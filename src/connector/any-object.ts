/** Objects that only an account knows: the connector's one definition of them, with a name put in. */
import type { AnyObject as AnyObjectDefinition, ObjectDefinition } from '../definition/connector.ts';
import { nearestName } from '../diagnostic/nearest-name.ts';
import { settingNames } from './check-shared.ts';
import type { AnyObject, Connector, ConnectorObject } from './connector.ts';
import { Findings, pointerTo } from './findings.ts';
import { linkObject, type ObjectContext } from './link-object.ts';
import { linkPattern } from './link-template.ts';

/** What stands for {object.name} and {object.value}, by name. */
export type ObjectValues = Readonly<Record<string, string>>;

const placeholder = /\{object\.([A-Za-z_]\w*)\}/g;

/** Nothing that ends a name, a text or a path, in any query language: values stand in all of them, unquoted. */
const safeValue = /^(?!\.+$)[\w.-]{1,255}$/;

export function isSafeValue(value: string): boolean {
  return safeValue.test(value);
}

/** Checks the definition by its example. null when it cannot be used; then the findings say why. */
export function linkAnyObject(
  definition: AnyObjectDefinition,
  context: ObjectContext,
  findings: Findings,
): AnyObject | null {
  const pointer = '/anyObject';
  const { example, object } = definition;
  const pattern = linkPattern(definition.pattern, `${pointer}/pattern`, findings);
  const told = Object.keys(object.describe?.values ?? {});
  checkExample(definition, pattern, told, findings);
  const { describe, ...others } = object;
  checkPlaceholders(others, ['name', ...told], `${pointer}/object`, findings);
  // The request that asks for the values has none of them yet.
  checkPlaceholders(describe, ['name'], `${pointer}/object/describe`, findings);
  const linked = linkObject(example.name, instantiate(object, example), context, `${pointer}/object`, findings);
  return linked === null ? null : { pattern, help: definition.help };
}

/** The definition with values put in, also into names of properties. The values are safe ones. */
export function instantiate(definition: ObjectDefinition, values: ObjectValues): ObjectDefinition {
  return filled(definition, values) as ObjectDefinition;
}

/**
 * The object that an instance calls so: a declared one, or any object of this name, whose fields and values are then
 * only those of the definition and its example: `isDescribed` says whether they are the account's. null for none.
 */
export function objectNamed(connector: Connector, name: string): ConnectorObject | null {
  const declared = connector.objects.get(name);
  const { anyObject } = connector.definition;
  if (declared !== undefined || anyObject === undefined || !mayBeNamed(connector, name)) return declared ?? null;
  const definition = instantiate(anyObject.object, { ...anyObject.example, name });
  return relinked(connector, name, definition, new Findings(null));
}

/** Whether it is a name that any object may have. */
export function mayBeNamed({ anyObject }: Connector, name: string): boolean {
  return anyObject !== null && isSafeValue(name) && anyObject.pattern.test(name);
}

/** Links an object of a connector that is linked already. */
export function relinked(
  { definition, dialect }: Connector,
  name: string,
  object: ObjectDefinition,
  findings: Findings,
): ConnectorObject | null {
  const context = { dialect, settings: settingNames(definition), resources: null };
  return linkObject(name, object, context, pointerTo('/objects', name), findings);
}

function filled(node: unknown, values: ObjectValues): unknown {
  if (typeof node === 'string') return fillText(node, values);
  if (Array.isArray(node)) return node.map((item) => filled(item, values));
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([name, value]) => [fillText(name, values), filled(value, values)]),
  );
}

function fillText(text: string, values: ObjectValues): string {
  return text.replace(placeholder, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  );
}

function checkExample(
  { example, pattern: text }: AnyObjectDefinition,
  pattern: RegExp,
  told: readonly string[],
  findings: Findings,
): void {
  const pointer = '/anyObject/example';
  const misfit = (message: string, at = pointer) => findings.add({ code: 'any-object-example', message, pointer: at });
  if (!pattern.test(example.name)) misfit(`The example "${example.name}" does not match ${text}.`, `${pointer}/name`);
  for (const [name, value] of Object.entries(example)) {
    if (!isSafeValue(value))
      misfit(`"${value}" has more than letters, digits, _, - and dots.`, pointerTo(pointer, name));
    else if (name !== 'name' && !told.includes(name))
      misfit(`The describe tells no value "${name}".`, pointerTo(pointer, name));
  }
  const missing = told.filter((name) => !Object.hasOwn(example, name));
  if (missing.length > 0) misfit(`The example lacks ${missing.join(' and ')}, which the describe tells.`);
}

function checkPlaceholders(node: unknown, known: readonly string[], pointer: string, findings: Findings): void {
  if (typeof node === 'string') checkText(node, known, pointer, findings);
  if (typeof node !== 'object' || node === null) return;
  for (const [name, child] of Object.entries(node)) {
    checkText(name, known, pointerTo(pointer, name), findings, false);
    checkPlaceholders(child, known, pointerTo(pointer, name), findings);
  }
}

function checkText(text: string, known: readonly string[], pointer: string, findings: Findings, isValue = true): void {
  for (const { 0: whole, 1: name = '', index } of text.matchAll(placeholder)) {
    if (known.includes(name)) continue;
    const close = nearestName(name, known);
    findings.add({
      code: 'connector-template',
      message: `Nothing fills the placeholder ${whole} here.`,
      help: `${close === null ? 'Possible are' : 'Did you mean'} ${(close === null ? known : [close]).map((one) => `{object.${one}}`).join(', ')}${close === null ? '.' : '?'}`,
      pointer,
      ...(isValue && { span: { start: index, end: index + whole.length } }),
    });
  }
}
