/** The configuration of the runtime: a file, with flags over it and defaults below. */
import { readFile } from 'node:fs/promises';
import { parseSource } from '../connector/source.ts';
import { createSchemaCheck, type SchemaCheck } from '../connector/validate.ts';
import type { Config } from '../definition/config.ts';
import { type Diagnostic, isUsable } from '../diagnostic/diagnostic.ts';

export type CompleteConfig = Required<Omit<Config, '$schema' | 'store' | 'publicUrl'>> &
  Pick<Config, 'store' | 'publicUrl'>;

/** Settings that a caller may leave open. */
export type ConfigFlags = { readonly [Name in keyof CompleteConfig]?: CompleteConfig[Name] | undefined };

export const defaultConfig: CompleteConfig = {
  data: './anyhook-data',
  host: '127.0.0.1',
  port: 8080,
  allowRedirects: [],
  apps: {},
  appHosts: {},
  connectors: [],
  allowAddresses: [],
  pollConcurrency: 16,
  deliveryConcurrency: 32,
  retain: '30d',
  logLevel: 'info',
};

const schemaUrl = new URL('../../schemas/config.schema.json', import.meta.url);

/**
 * The configuration to run with: defaults, over them the file (JSON or YAML), over that the flags.
 * @param file path of the configuration; null for none.
 */
export async function loadConfig(
  file: string | null,
  flags: ConfigFlags,
): Promise<{ config: CompleteConfig; diagnostics: readonly Diagnostic[] }> {
  const check = createSchemaCheck(JSON.parse(await readFile(schemaUrl, 'utf8')), 'config-schema');
  const read = file === null ? { config: {}, diagnostics: [] } : await readConfig(file, check);
  const given = withoutUndefined(flags);
  const diagnostics = [...read.diagnostics, ...check(given)];
  return { config: { ...defaultConfig, ...read.config, ...given }, diagnostics };
}

async function readConfig(
  file: string,
  check: SchemaCheck,
): Promise<{ config: Config; diagnostics: readonly Diagnostic[] }> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => error);
  if (typeof text !== 'string') {
    const message = `The configuration ${file} cannot be read (${text.code ?? text.message}).`;
    return {
      config: {},
      diagnostics: [{ code: 'file-unreadable', severity: 'error', message, help: 'Check --config.' }],
    };
  }
  const source = parseSource(file, text, { hasSecrets: true });
  if (!isUsable(source.diagnostics)) return { config: {}, diagnostics: source.diagnostics };
  const diagnostics = [...source.diagnostics, ...check(source.value, source)];
  if (!isUsable(diagnostics)) return { config: {}, diagnostics };
  // The schema has just said so.
  const { $schema, ...config } = source.value as Config;
  return { config, diagnostics };
}

function withoutUndefined(flags: ConfigFlags): Partial<CompleteConfig> {
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
}
