/** Holds the walls of the design: levels, one doorway per package, file sizes, names. Reads the import lines of src. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const src = path.join(root, 'src');

/** Folder of src → level. A folder imports folders of lower levels only. */
const levels: Readonly<Record<string, number>> = {
  diagnostic: 0,
  definition: 0,
  where: 1,
  event: 1,
  dialect: 2,
  mapping: 2,
  template: 2,
  connector: 3,
  http: 3,
  store: 3,
  change: 4,
  inbound: 4,
  delivery: 4,
  engine: 5,
  server: 6,
  sandbox: 6,
  contract: 7,
  cli: 8,
};

/** Package → the folders that may import it. A package that is not listed may not be imported at all. */
const doorways: Readonly<Record<string, readonly string[]>> = {
  chevrotain: ['where'],
  jsonata: ['mapping'],
  ajv: ['connector'],
  'ajv-formats': ['connector'],
  yaml: ['connector'],
  got: ['http'],
  undici: ['delivery'],
  fastify: ['server', 'sandbox'],
  'better-sqlite3': ['store'],
  kysely: ['store'],
  pg: ['store'],
  commander: ['cli'],
  lowdb: ['sandbox', 'cli'],
  jose: ['http'],
  saxes: ['inbound'],
  graphql: ['sandbox'],
  pino: ['engine'],
};

/** The sandbox is an oracle: it may not lean on what it judges. */
const sandboxMayImport = ['diagnostic', 'definition'];

const vendors =
  /salesforce|sforce|soql|hubspot|quickbooks|intuit|shopify|dynamics365|dataverse|zendesk|airtable|magento|odoo|servicenow|zoho|jira/i;
const vagueNames = /^(utils?|helpers?|common|shared|types|lib|misc|index)(\.ts)?$/;

interface SourceFile {
  /** Path below src, with forward slashes. */
  readonly name: string;
  readonly folder: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const files: readonly SourceFile[] = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => {
    const text = readFileSync(path.join(src, name), 'utf8');
    const imports = [
      ...text.matchAll(/^(?:import|export)\b[^;]*?from\s+'([^']+)'|^import\s+'([^']+)'|import\('([^']+)'\)/gm),
    ];
    return {
      name: name.split(path.sep).join('/'),
      folder: name.split(path.sep)[0] ?? '',
      text,
      imports: imports.map((match) => match[1] ?? match[2] ?? match[3] ?? ''),
    };
  });

/** The folder of src that a relative import leads to. */
function target(file: SourceFile, specifier: string): string {
  const resolved = path.posix.join(path.posix.dirname(file.name), specifier);
  return resolved.split('/')[0] ?? '';
}

/** Every breach as a line a person can act on. */
function breaches(check: (file: SourceFile) => readonly string[]): readonly string[] {
  return files.flatMap((file) => check(file).map((what) => `src/${file.name}: ${what}`));
}

describe('architecture', () => {
  it('reads the whole tree', () => {
    expect(files.length).toBeGreaterThan(50);
    expect([...new Set(files.map((file) => file.folder))].filter((folder) => levels[folder] === undefined)).toEqual([]);
  });

  it('imports point down the levels, never up and never between siblings', () => {
    const wrong = breaches((file) =>
      file.imports
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => target(file, specifier))
        .filter((to) => to !== file.folder && !((levels[to] ?? 99) < (levels[file.folder] ?? -1)))
        .map((to) => `may not import ${to}/`),
    );
    expect(wrong).toEqual([]);
  });

  it('no file imports itself by way of others', () => {
    const byName = new Map(files.map((file) => [file.name, file]));
    const done = new Set<string>();
    const circleFrom = (name: string, way: readonly string[]): readonly string[] => {
      if (way.includes(name)) return [...way.slice(way.indexOf(name)), name];
      if (done.has(name)) return [];
      for (const specifier of byName.get(name)?.imports ?? []) {
        if (!specifier.startsWith('.')) continue;
        const circle = circleFrom(path.posix.join(path.posix.dirname(name), specifier), [...way, name]);
        if (circle.length > 0) return circle;
      }
      done.add(name);
      return [];
    };
    expect(files.map(({ name }) => circleFrom(name, [])).filter(({ length }) => length > 0)).toEqual([]);
  });

  it('the sandbox leans on nothing that it judges', () => {
    const wrong = breaches((file) =>
      file.folder !== 'sandbox'
        ? []
        : file.imports
            .filter((specifier) => specifier.startsWith('.'))
            .map((specifier) => target(file, specifier))
            .filter((to) => to !== 'sandbox' && !sandboxMayImport.includes(to))
            .map((to) => `may not import ${to}/`),
    );
    expect(wrong).toEqual([]);
  });

  it('each package has one doorway', () => {
    const wrong = breaches((file) =>
      file.imports
        .filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
        .map((specifier) =>
          specifier
            .split('/')
            .slice(0, specifier.startsWith('@') ? 2 : 1)
            .join('/'),
        )
        .filter((name) => !doorways[name]?.includes(file.folder))
        .map((name) => `may not import the package ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it('relative imports name the file with its extension', () => {
    const wrong = breaches((file) =>
      file.imports.filter((specifier) => specifier.startsWith('.') && !/\.(ts|json)$/.test(specifier)),
    );
    expect(wrong).toEqual([]);
  });

  it('no file is past 400 lines', () => {
    const long = breaches((file) => {
      const lines = file.text.split('\n').length;
      return file.folder === 'definition' || lines <= 400 ? [] : [`has ${lines} lines`];
    });
    expect(long).toEqual([]);
  });

  it('no vendor is named outside its sandbox', () => {
    const named = breaches((file) => {
      if (file.folder === 'sandbox')
        return vendors.test(file.name) || file.name === 'sandbox/registry.ts' ? [] : mentions(file);
      return [...(vendors.test(file.name) ? ['is named after a vendor'] : []), ...mentions(file)];
    });
    expect(named).toEqual([]);
  });

  it('no folder or file has a name that says nothing', () => {
    const vague = breaches((file) => file.name.split('/').filter((part) => vagueNames.test(part)));
    expect(vague).toEqual([]);
  });

  it('types are never given up', () => {
    const given = breaches((file) =>
      [...codeOf(file).matchAll(/: any\b|\bas any\b|@ts-(?:ignore|expect-error|nocheck)/g)].map((match) => match[0]),
    );
    expect(given).toEqual([]);
  });
});

/** Lines of code that name a vendor. Comments may: an oddity is explained by whose it is, with the page it is from. */
function mentions(file: SourceFile): readonly string[] {
  return codeOf(file)
    .split('\n')
    .filter((line) => vendors.test(line))
    .map((line) => `names a vendor: ${line.trim().slice(0, 80)}`);
}

/** A file without its comments. */
function codeOf(file: SourceFile): string {
  return file.text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');
}
