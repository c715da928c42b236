/** `schemas/*.schema.json` → `src/definition/*.ts`: the types of what a person writes. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile, type JSONSchema } from 'json-schema-to-typescript';

const schemas = fileURLToPath(new URL('../../schemas', import.meta.url));

/** What the type generator must not see: annotations that would only repeat the schema in the types. */
function withoutAnnotations(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutAnnotations);
  if (node === null || typeof node !== 'object') return node;
  // A description beside a $ref would make the generator write the type once more under a numbered name.
  if ('$ref' in node) return { $ref: node.$ref };
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key, value]) => !(key === 'examples' && Array.isArray(value)) && key !== 'discriminator')
      .map(([key, value]) => [key, withoutAnnotations(value)]),
  );
}

export async function generate(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const file of (await readdir(schemas)).filter((name) => name.endsWith('.schema.json')).sort()) {
    const schema = withoutAnnotations(JSON.parse(await readFile(path.join(schemas, file), 'utf8'))) as JSONSchema;
    const name = file.replace('.schema.json', '');
    const text = await compile(schema, schema.title ?? name, {
      cwd: schemas,
      bannerComment: `// Generated from schemas/${file} by \`npm run generate\`. Do not edit.`,
      style: { singleQuote: true, printWidth: 120 },
      strictIndexSignatures: false,
      unreachableDefinitions: true,
      additionalProperties: false,
    });
    files.set(
      `src/definition/${name}.ts`,
      text.replace(/ \*\n \* This interface was referenced by .*\n \* via the `definition` .*\n/g, ''),
    );
  }
  return files;
}
