/** Objects that only an account knows: the connector's one definition of them, with a name put in. */
import type {
  AnyObject as AnyObjectDefinition,
  ConnectorDefinition,
  ObjectDefinition,
} from '../definition/connector.ts';
import type { AnyObject } from './any-object-names.ts';
import { settingNames } from './check-shared.ts';
import type { Connector, ConnectorObject } from './connector.ts';
import { Findings, pointerTo } from './findings.ts';
import { describingOf } from './link-describe.ts';
import { linkObject, type ObjectContext } from './link-object.ts';
import { linkPattern } from './link-template.ts';
import { checkPlaceholders, instantiate, isSafeValue } from './object-values.ts';

/** Checks the definition by its example. null when it cannot be used; then the findings say why. */
export function linkAnyObject(
  definition: AnyObjectDefinition,
  context: ObjectContext,
  findings: Findings,
): AnyObject | null {
  const pointer = '/anyObject';
  const { example, object } = definition;
  const pattern = linkPattern(definition.pattern, `${pointer}/pattern`, findings);
  const told = [...(context.describing?.rules.values.keys() ?? [])];
  checkExample(definition, pattern, told, findings);
  const { describe, ...others } = object;
  checkPlaceholders(others, ['name', ...told], `${pointer}/object`, findings);
  // Whoever asks for the values has none of them yet.
  checkPlaceholders(describe, ['name'], `${pointer}/object/describe`, findings);
  if (describe === undefined) {
    const message = 'An object of which only the account knows has to be described.';
    findings.add({ code: 'connector-schema', message, help: 'Add describe to it.', pointer: `${pointer}/object` });
  }
  const linked = linkObject(example.name, instantiate(object, example), context, `${pointer}/object`, findings);
  return linked === null ? null : { pattern, help: definition.help };
}

/**
 * The object that an instance calls so: a declared one, or any object of this name, whose fields and values are then
 * only those of the definition and its example: `isDescribed` says whether they are the account's. null for none.
 */
export function objectNamed(connector: Connector, name: string): ConnectorObject | null {
  const declared = connector.objects.get(name);
  const { definition } = connector;
  const { anyObject } = definition;
  if (declared !== undefined || anyObject === undefined || !mayBeNamed(connector, name)) return declared ?? null;
  const known = undescribed.get(definition) ?? new Map<string, ConnectorObject | null>();
  const before = known.get(name);
  if (before !== undefined) return before;
  const named = instantiate(anyObject.object, { ...anyObject.example, name });
  const object = relinked(connector, name, named, new Findings(null));
  if (known.size >= mostUndescribed) known.clear();
  undescribed.set(definition, known.set(name, object));
  return object;
}

/** Linking takes milliseconds, and an instance is judged by its objects again and again. */
const undescribed = new WeakMap<ConnectorDefinition, Map<string, ConnectorObject | null>>();
const mostUndescribed = 1_000;

/** Whether it is a name that any object may have. */
export function mayBeNamed({ anyObject }: Pick<Connector, 'anyObject'>, name: string): boolean {
  return anyObject !== null && isSafeValue(name) && anyObject.pattern.test(name);
}

/** Links an object of a connector that is linked already. */
export function relinked(
  { definition, dialect, describe }: Connector,
  name: string,
  object: ObjectDefinition,
  findings: Findings,
): ConnectorObject | null {
  const describing = describingOf(definition, describe);
  const context = { dialect, settings: settingNames(definition), describing, resources: null };
  return linkObject(name, object, context, pointerTo('/objects', name), findings);
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
