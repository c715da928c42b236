/** Connectors and dialects from files. What is wrong with one is reported, and the others load. */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Dialect } from '../definition/dialect.ts';
import { type Diagnostic, isUsable } from '../diagnostic/diagnostic.ts';
import { checkDialect } from '../dialect/check.ts';
import type { Connector } from './connector.ts';
import { type LinkContext, linkConnector } from './link.ts';
import { packagePath, readResources, readSchema } from './package-files.ts';
import { parseSource, type Source } from './source.ts';
import { createSchemaCheck } from './validate.ts';

/** The folder of the connectors that come with anyhook. */
export const packagedConnectors: string = packagePath('connectors');

/** The folder of the dialects that come with anyhook. */
export const packagedDialects: string = packagePath('grammar/dialects');

export interface LoadedConnectors {
  /** By key, in the order of the paths. */
  readonly connectors: ReadonlyMap<string, Connector>;
  /** The file of each, by key. */
  readonly files: ReadonlyMap<string, string>;
  readonly diagnostics: readonly Diagnostic[];
}

export interface LoadedDialects {
  readonly dialects: ReadonlyMap<string, Dialect>;
  readonly diagnostics: readonly Diagnostic[];
}

const definitionFiles = ['connector.json', 'connector.yaml', 'connector.yml'] as const;

/**
 * Loads connectors from paths: a folder of connector folders, one connector folder, or one file. A later connector
 * takes the place of an earlier one with its key.
 */
export async function loadConnectors(
  paths: readonly string[] = [packagedConnectors],
  dialectFolder: string = packagedDialects,
): Promise<LoadedConnectors> {
  const { dialects, diagnostics: dialectDiagnostics } = await loadDialects(dialectFolder);
  const context = createLinkContext(dialects);
  const connectors = new Map<string, Connector>();
  const files = new Map<string, string>();
  const diagnostics: Diagnostic[] = [...dialectDiagnostics];
  for (const each of paths) {
    const found = await findDefinitions(each);
    diagnostics.push(...found.diagnostics);
    for (const file of found.files) {
      const read = await readSource(file);
      diagnostics.push(...read.diagnostics);
      if (read.source === null || !isUsable(read.diagnostics)) continue;
      const linked = linkConnector(read.source.value, { ...context, source: read.source });
      diagnostics.push(...linked.diagnostics);
      if (linked.connector === null) continue;
      const mismatch = keyMismatch(linked.connector.key, read.source);
      if (mismatch !== null) diagnostics.push(mismatch);
      connectors.set(linked.connector.key, linked.connector);
      files.set(linked.connector.key, file);
    }
  }
  return { connectors, files, diagnostics };
}

/** What linking needs of the files that come with anyhook: the schemas and the common resources. */
export function createLinkContext(dialects: ReadonlyMap<string, Dialect>): LinkContext {
  return {
    dialects,
    resources: readResources(),
    checkDefinition: createSchemaCheck(readSchema('connector'), 'connector-schema'),
    checkDialectShape: createSchemaCheck(readSchema('dialect'), 'dialect-schema'),
  };
}

/** Loads every dialect of a folder; the name of each is its file's. */
export async function loadDialects(folder: string = packagedDialects): Promise<LoadedDialects> {
  const names = await readdir(folder).catch(() => null);
  if (names === null) return { dialects: new Map(), diagnostics: [unreadable(folder)] };
  const files = names.filter((file) => dataFile.test(file)).sort();
  return loadDialectFiles(files.map((file) => path.join(folder, file)));
}

/** Files of dialects end in one of these. */
export const dataFile = /\.(json|ya?ml)$/;

/** Loads dialects from their files; the name of each is its file's. */
export async function loadDialectFiles(files: readonly string[]): Promise<LoadedDialects> {
  const dialects = new Map<string, Dialect>();
  const diagnostics: Diagnostic[] = [];
  const check = createSchemaCheck(readSchema('dialect'), 'dialect-schema');
  for (const file of files) {
    const read = await readSource(file);
    const { source } = read;
    const wrong = source === null || !isUsable(read.diagnostics) ? [] : check(source.value, source);
    diagnostics.push(...read.diagnostics, ...wrong);
    if (source === null || !isUsable(read.diagnostics) || wrong.length > 0) continue;
    const dialect = source.value as Dialect;
    const contradictions = checkDialect(dialect).map((diagnostic) => ({
      ...diagnostic,
      place: source.place(diagnostic.pointer ?? ''),
    }));
    diagnostics.push(...contradictions);
    if (isUsable(contradictions)) dialects.set(path.parse(file).name, dialect);
  }
  return { dialects, diagnostics };
}

/** The paths at which there is nothing, so that a mistyped one is not taken for an empty one. */
export async function checkPaths(paths: readonly string[]): Promise<readonly Diagnostic[]> {
  const found = await Promise.all(paths.map((each) => stat(each).catch(() => null)));
  return paths.filter((_, index) => found[index] === null).map(unreadable);
}

interface FoundDefinitions {
  readonly files: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

async function findDefinitions(where: string): Promise<FoundDefinitions> {
  const stats = await stat(where).catch(() => null);
  if (stats === null) return { files: [], diagnostics: [unreadable(where)] };
  if (!stats.isDirectory()) return { files: [where], diagnostics: [] };
  const own = await definitionIn(where);
  if (own !== null) return { files: [own], diagnostics: [] };
  const entries = await readdir(where, { withFileTypes: true }).catch(() => null);
  if (entries === null) return { files: [], diagnostics: [unreadable(where)] };
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  const files = await Promise.all(names.map((name) => definitionIn(path.join(where, name))));
  const found = files.filter((file) => file !== null);
  return found.length > 0 ? { files: found, diagnostics: [] } : { files: [], diagnostics: [noDefinition(where)] };
}

async function definitionIn(folder: string): Promise<string | null> {
  const names = new Set(await readdir(folder).catch(() => []));
  const name = definitionFiles.find((file) => names.has(file));
  return name === undefined ? null : path.join(folder, name);
}

async function readSource(
  file: string,
): Promise<{ readonly source: Source | null; readonly diagnostics: readonly Diagnostic[] }> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return { source: null, diagnostics: [unreadable(file)] };
  const source = parseSource(file, text);
  return { source, diagnostics: source.diagnostics };
}

/** A connector in a folder of its own is called as its folder is: that is the word people type. */
function keyMismatch(key: string, source: Source): Diagnostic | null {
  const { base, dir } = path.parse(path.resolve(source.file));
  const folder = path.basename(dir);
  if (!definitionFiles.some((name) => name === base) || folder === key) return null;
  return {
    code: 'connector-key-mismatch',
    severity: 'warning',
    message: `The connector "${key}" stands in a folder called "${folder}".`,
    help: `Call the folder "${key}".`,
    pointer: '/key',
    place: source.place('/key'),
  };
}

function unreadable(file: string): Diagnostic {
  return {
    code: 'file-unreadable',
    severity: 'error',
    message: `${file} cannot be read.`,
    help: 'Check that it exists and may be read.',
    place: { file, line: 1, column: 1 },
  };
}

function noDefinition(folder: string): Diagnostic {
  return {
    code: 'file-unreadable',
    severity: 'error',
    message: `${folder} holds no connector.`,
    help: `A connector is a folder with ${definitionFiles.join(' or ')} in it.`,
    place: { file: folder, line: 1, column: 1 },
  };
}
