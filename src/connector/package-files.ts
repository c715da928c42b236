/** The files that come with anyhook: found beside `src/` in a checkout and beside `dist/` in a package. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** A path of the package, from a path below its root. */
export function packagePath(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

const schemas = new Map<string, JsonSchema>();

/** A schema of the folder schemas, by the name before `.schema.json`; always the same object. */
export function readSchema(name: string): JsonSchema {
  const known = schemas.get(name);
  if (known !== undefined) return known;
  const read = JSON.parse(readFileSync(packagePath(`schemas/${name}.schema.json`), 'utf8')) as JsonSchema;
  schemas.set(name, read);
  return read;
}

/** The common resources by name, each as its JSON Schema. */
export function readResources(): ReadonlyMap<string, JsonSchema> {
  const names = readdirSync(packagePath('schemas/resources'))
    .filter((file) => file.endsWith('.schema.json'))
    .map((file) => file.replace('.schema.json', ''));
  return new Map(names.map((name) => [name, readSchema(`resources/${name}`)]));
}
