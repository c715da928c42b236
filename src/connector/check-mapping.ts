/** Holds the properties of a mapping against the common resource it claims to make. */
import type { MappingNode } from '../definition/connector.ts';
import { nearestName } from '../diagnostic/nearest-name.ts';
import { type Findings, pointerTo } from './findings.ts';
import type { JsonSchema } from './package-files.ts';

/** Reports every property that the resource does not have. */
export function checkMapping(
  mapping: Readonly<Record<string, MappingNode>>,
  resource: JsonSchema,
  pointer: string,
  findings: Findings,
): void {
  checkNodes(mapping, resource, resource, pointer, findings);
}

function checkNodes(
  nodes: Readonly<Record<string, MappingNode>>,
  schema: JsonSchema,
  root: JsonSchema,
  pointer: string,
  findings: Findings,
): void {
  const properties = asSchema(schema['properties']);
  for (const [name, node] of Object.entries(nodes)) {
    const at = pointerTo(pointer, name);
    if (!Object.hasOwn(properties, name)) {
      findings.addForName({
        code: 'mapping-unknown-property',
        pointer: at,
        ...unknownProperty(name, properties, String(schema['title'] ?? '')),
      });
      continue;
    }
    if (typeof node === 'string') continue;
    const target = resolve(asSchema(properties[name]), root);
    if (target['properties'] !== undefined) {
      checkNodes(node, target, root, at, findings);
      continue;
    }
    findings.add({
      code: 'mapping-unknown-property',
      message: `The property "${name}" is one value; it has no properties of its own.`,
      help: 'Write one JSONata expression here.',
      pointer: at,
    });
  }
}

function unknownProperty(
  name: string,
  properties: JsonSchema,
  title: string,
): { readonly message: string; readonly help: string } {
  const close = nearestName(name, Object.keys(properties));
  return {
    message: `${title} has no property "${name}".`,
    help: close === null ? `Its properties are ${Object.keys(properties).join(', ')}.` : `Did you mean "${close}"?`,
  };
}

function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const { $ref } = schema;
  const name = typeof $ref === 'string' ? $ref.replace('#/$defs/', '') : '';
  return name === '' ? schema : asSchema(asSchema(root['$defs'])[name]);
}

function asSchema(value: unknown): JsonSchema {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonSchema) : {};
}
