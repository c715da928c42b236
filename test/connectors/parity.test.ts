/** The same thing, as each vendor writes it, becomes the same common resource: what the vendors share has one form. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkInstance } from '../../src/connector/instance.ts';
import { loadConnectors, packagedConnectors } from '../../src/connector/load.ts';
import { readSchema } from '../../src/connector/package-files.ts';
import { createSchemaCheck } from '../../src/connector/validate.ts';
import { readPath } from '../../src/template/path.ts';

interface Native {
  readonly connector: string;
  readonly object: string;
  readonly settings?: Readonly<Record<string, string>>;
  readonly native: Readonly<Record<string, unknown>>;
}

interface Same {
  readonly resource: string;
  readonly variant?: string;
  /** What every one of the vendors gives. */
  readonly record: Readonly<Record<string, unknown>>;
  readonly natives: readonly Native[];
}

const same = JSON.parse(readFileSync(new URL('parity.json', import.meta.url), 'utf8')) as readonly Same[];
const { connectors } = await loadConnectors([packagedConnectors]);

function objectOf({ connector: key, object: name }: Pick<Native, 'connector' | 'object'>) {
  const connector = connectors.get(key);
  const object = connector?.objects.get(name);
  if (connector === undefined || object === undefined) throw new Error(`no ${key} ${name}`);
  return { connector, object };
}

async function normalise(one: Native): Promise<Record<string, unknown>> {
  const { connector, object } = objectOf(one);
  const { settings } = checkInstance(connector, { settings: one.settings ?? {} });
  return object.mapping.apply(one.native, { settings, object: object.name });
}

const rows = same.flatMap(({ resource, variant, record, natives }) =>
  natives.map((native) => ({ name: [resource, variant].filter(Boolean).join(', '), resource, record, native })),
);

test.each(rows)('$name of $native.connector', async ({ resource, record, native }) => {
  expect(objectOf(native).object.resource).toBe(resource);
  const normal = await normalise(native);
  expect(normal).toMatchObject(record);
  expect(createSchemaCheck(readSchema(`resources/${resource}`), 'case-schema')(normal)).toEqual([]);
});

const objects = [...connectors.values()].flatMap((connector) =>
  [...connector.objects.values()].map((object) => ({ key: connector.key, connector, object })),
);

interface ResourceSchema {
  readonly properties: Readonly<Record<string, { readonly $ref?: string }>>;
}

const isMoney = ([, { $ref }]: [string, { readonly $ref?: string }]): boolean => $ref === '#/$defs/Decimal';

test.each(objects)('amounts of $key $object.name come with their currency', ({ connector, object }) => {
  const { properties } = readSchema(`resources/${object.resource}`) as unknown as ResourceSchema;
  const mapping = connector.definition.objects[object.name]?.mapping ?? {};
  const amounts = Object.entries(properties)
    .filter(isMoney)
    .filter(([name]) => name in mapping);
  const hasCurrency = amounts.length === 0 || !('currency' in properties) || 'currency' in mapping;
  expect(hasCurrency, `${amounts.map(([name]) => name)} without a currency`).toBe(true);
});

test.each(rows)('$name of $native.connector with every text emptied has no empty text', async ({ native }) => {
  const { object } = objectOf(native);
  const emptied = structuredClone(native.native) as Record<string, unknown>;
  for (const field of object.fields.values()) {
    if (field.type !== 'text' && field.type !== 'enum') continue;
    const last = field.path.at(-1) ?? '';
    const parent = readPath(emptied, field.path.slice(0, -1));
    if (isObject(parent) && typeof parent[last] === 'string') parent[last] = '';
  }
  const record = await normalise({ ...native, native: emptied });
  expect(JSON.stringify(record)).not.toMatch(/:""/);
});

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
