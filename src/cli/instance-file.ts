/** Settings and credentials of one instance for commands that run without a store: from a file, or at a sandbox. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Connector } from '../connector/connector.ts';
import { parseSource } from '../connector/source.ts';
import { editSource } from '../connector/source-edit.ts';
import { type Diagnostic, isUsable } from '../diagnostic/diagnostic.ts';
import { atSandbox, type SandboxAccess } from './sandbox-instance.ts';

export interface InstanceOptions {
  /** JSON or YAML with `settings` and `credentials`. */
  readonly instance?: string;
  /** Origin of a sandbox. */
  readonly sandbox?: string;
}

/** Reads them; the connector's own check says whether they fit. */
export async function readInstance(
  connector: Connector,
  options: InstanceOptions,
): Promise<{ access: SandboxAccess; diagnostics: readonly Diagnostic[] }> {
  const none: SandboxAccess = { settings: {}, credentials: {} };
  if (options.sandbox !== undefined) return { access: atSandbox(connector, options.sandbox), diagnostics: [] };
  if (options.instance === undefined) return { access: none, diagnostics: [] };
  const file = options.instance;
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => error);
  if (typeof text !== 'string') {
    const message = `The instance file ${file} cannot be read (${text.code ?? text.message}).`;
    const help = 'Give a JSON or YAML file with "settings" and "credentials".';
    return { access: none, diagnostics: [{ code: 'file-unreadable', severity: 'error', message, help }] };
  }
  const source = parseSource(file, text);
  if (!isUsable(source.diagnostics)) return { access: none, diagnostics: source.diagnostics };
  const { settings, credentials } = isRecord(source.value) ? source.value : {};
  if (isRecord(settings ?? {}) && isRecord(credentials ?? {})) {
    // What is in them is judged against the connector, name by name.
    return { access: { settings: settings ?? {}, credentials: credentials ?? {} } as SandboxAccess, diagnostics: [] };
  }
  const message = 'An instance file holds an object with "settings" and "credentials", each an object.';
  return {
    access: none,
    diagnostics: [{ code: 'instance-schema', severity: 'error', message, place: source.place('') }],
  };
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
