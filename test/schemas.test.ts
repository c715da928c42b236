/** Every property that a person can write is explained and shown, and what is shown is right. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createSchemaCheck } from '../src/connector/validate.ts';

const root = fileURLToPath(new URL('../schemas', import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.schema.json'));

type Schema = Readonly<Record<string, unknown>>;

function isSchema(value: unknown): value is Schema {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** Every subschema with its JSON pointer, each where a person would look for it. */
function* subschemas(node: unknown, pointer: string): Generator<readonly [pointer: string, schema: Schema]> {
  if (!isSchema(node)) return;
  yield [pointer, node];
  for (const keyword of ['properties', '$defs']) {
    const named = node[keyword];
    if (isSchema(named))
      for (const [name, child] of Object.entries(named))
        yield* subschemas(child, `${pointer}/${keyword}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  }
  for (const keyword of ['oneOf', 'anyOf', 'allOf']) {
    const list = node[keyword];
    if (Array.isArray(list))
      for (const [index, child] of list.entries()) yield* subschemas(child, `${pointer}/${keyword}/${index}`);
  }
  for (const keyword of ['items', 'additionalProperties']) yield* subschemas(node[keyword], `${pointer}/${keyword}`);
}

const isDocumented = (pointer: string) => pointer === '' || /\/(properties|\$defs)\/[^/]+$/.test(pointer);

describe.each(files)('%s', (file) => {
  const schema = JSON.parse(readFileSync(path.join(root, file), 'utf8')) as Schema;
  const all = [...subschemas(schema, '')];
  const documented = all.filter(([pointer]) => isDocumented(pointer));

  test('has properties', () => {
    expect(documented.length).toBeGreaterThan(1);
  });

  test('names itself after its file', () => {
    expect(schema['$id']).toBe(`https://anyhook.dev/schemas/${file}`);
    expect(schema['$schema']).toBe('https://json-schema.org/draft/2020-12/schema');
  });

  test.each(documented)('%s has a description and an example', (_pointer, subschema) => {
    if (typeof subschema['$ref'] === 'string') return;
    expect(subschema['description'], 'description').toMatch(/\S{2}.*[.)]$/s);
    expect(subschema['examples'] ?? ('const' in subschema ? [subschema['const']] : undefined), 'examples').toEqual(
      expect.arrayContaining([expect.anything()]),
    );
  });

  test.each(all.filter(([, { examples, $ref }]) => Array.isArray(examples) && $ref === undefined))(
    '%s has examples that are valid',
    (pointer, subschema) => {
      const check = createSchemaCheck(
        { $id: `test:${file}${pointer}`, ...subschema, $defs: schema['$defs'] ?? {} },
        'connector-schema',
      );
      for (const example of subschema['examples'] as readonly unknown[]) expect(check(example)).toEqual([]);
    },
  );

  test.each(all.filter(([, subschema]) => 'default' in subschema))(
    '%s has a default that is valid',
    (pointer, subschema) => {
      const check = createSchemaCheck(
        { $id: `test:${file}${pointer}`, ...subschema, $defs: schema['$defs'] ?? {} },
        'connector-schema',
      );
      expect(check(subschema['default'])).toEqual([]);
    },
  );
});
