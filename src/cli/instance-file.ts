/** Settings and credentials of one instance for commands that run without a store: from a file, or at a sandbox. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Connector } from '../connector/connector.ts';
import { pointerTo } from '../connector/findings.ts';
import { parseSource, type Source } from '../connector/source.ts';
import { editSource } from '../connector/source-edit.ts';
import { type Diagnostic, isUsable } from '../diagnostic/diagnostic.ts';
import { atSandbox, type SandboxAccess } from './sandbox-instance.ts';

export interface InstanceOptions {
  /** JSON or YAML with `settings` and `credentials`. */
  readonly instance?: string;
  /** Origin of a sandbox. */
  readonly sandbox?: string;
}

interface ReadInstance {
  readonly access: SandboxAccess;
  /** The names of the objects that a file has on. */
  readonly objects: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads them; the connector's own check says whether they fit. */
export async function readInstance(connector: Connector, options: InstanceOptions): Promise<ReadInstance> {
  const none = { access: { settings: {}, credentials: {} }, objects: [], diagnostics: [] };
  if (options.sandbox !== undefined) return { ...none, access: atSandbox(connector, options.sandbox) };
  if (options.instance === undefined) return none;
  const file = options.instance;
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => error);
  if (typeof text !== 'string') {
    const message = `The instance file ${file} cannot be read (${text.code ?? text.message}).`;
    const help = 'Give a JSON or YAML file with "settings" and "credentials".';
    return { ...none, diagnostics: [{ code: 'file-unreadable', severity: 'error', message, help }] };
  }
  const source = parseSource(file, text, { hasSecrets: true });
  if (!isUsable(source.diagnostics)) return { ...none, diagnostics: source.diagnostics };
  const given = isRecord(source.value) ? source.value : {};
  const [settings, credentials, objects] = ['settings', 'credentials', 'objects'].map((name) => given[name] ?? {});
  if (isRecord(settings) && isRecord(credentials) && isRecord(objects)) {
    // What is in them is judged against the connector, name by name.
    const access = { settings, credentials } as SandboxAccess;
    return { access, objects: namesOn(objects), diagnostics: notText(credentials, source) };
  }
  const message = 'An instance file holds an object with "settings", "credentials" and "objects", each an object.';
  return {
    ...none,
    diagnostics: [{ code: 'instance-schema', severity: 'error', message, place: source.place('') }],
  };
}

/** A secret of digits alone is read as a number, which has lost its leading zeros and what is beyond 2^53. */
function notText(credentials: Readonly<Record<string, unknown>>, source: Source): readonly Diagnostic[] {
  const wrong = Object.entries(credentials).filter(([, value]) => typeof value !== 'string');
  return wrong.map(([name]) => ({
    code: 'instance-schema',
    severity: 'error',
    message: `The credential "${name}" is no text.`,
    help: 'Put it in quotes.',
    place: source.placeOfName(pointerTo('/credentials', name)),
  }));
}

function namesOn(objects: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(objects).flatMap(([name, one]) => (isRecord(one) && one['enabled'] === false ? [] : [name]));
}

/** Puts credentials that the vendor replaced into the instance file, whole or not at all: the old ones are void. */
export async function saveRotated(file: string, changed: Readonly<Record<string, string>>): Promise<void> {
  const values = Object.entries(changed).map(([name, value]) => [['credentials', name], value] as const);
  const draft = `${file}.${process.pid}.new`;
  await writeFile(draft, editSource(file, await readFile(file, 'utf8'), values), { mode: 0o600, flush: true });
  await rename(draft, file);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
