import { describe, expect, it } from 'vitest';
import { inboundMethods, inboundPaths } from '../../src/server/inbound-description.ts';
import { problemsOf, renderOpenApi } from '../../src/server/openapi.ts';
import { problems } from '../../src/server/problem.ts';
import { routes } from '../../src/server/routes/all.ts';
import type { JsonSchema } from '../../src/server/schemas/json-schema.ts';
import { createDocumentCheck, operationsOf, pointerStep } from './document-check.ts';

const document = renderOpenApi(routes);

const operations = operationsOf(document);

/** Every part of a document with its JSON pointer. */
function* parts(value: unknown, pointer = ''): Generator<{ readonly pointer: string; readonly value: JsonSchema }> {
  if (typeof value !== 'object' || value === null) return;
  yield { pointer, value: value as JsonSchema };
  for (const [name, part] of Object.entries(value)) yield* parts(part, `${pointer}/${pointerStep(name)}`);
}

describe('OpenAPI document', () => {
  it('has the fixed fields that OpenAPI 3.1 requires', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    expect(document.info).toMatchObject({ title: expect.any(String), version: expect.any(String) });
    expect(Object.keys(document.paths).every((path) => path.startsWith('/'))).toBe(true);
    for (const name of Object.keys(document.components.schemas)) expect(name).toMatch(/^[A-Za-z0-9._-]+$/);
  });

  it('has every route once, and nothing else', () => {
    const described = operations.map(({ path, method }) => `${method} ${path}`);
    const inbound = inboundPaths.flatMap((path) => inboundMethods.map((method) => `${method} ${path}`));
    expect(described.sort()).toEqual([...routes.map(({ path, method }) => `${method} ${path}`), ...inbound].sort());
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('declares each path parameter exactly, and only known tags', () => {
    const tags = document.tags.map(({ name }) => name as string);
    for (const { path, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const declared = operation.parameters.filter((parameter) => parameter.in === 'path');
      expect(declared.map(({ name }) => name)).toEqual(inPath);
      expect(declared.every(({ required }) => required)).toBe(true);
      expect(operation.tags.every((tag) => tags.includes(tag))).toBe(true);
    }
  });

  it('secures all of /v1 but where browsers come back to and vendors call, and nothing else', () => {
    for (const { path, operation } of operations) {
      const isSecured = path.startsWith('/v1/') && path !== '/v1/oauth/callback' && !path.startsWith('/v1/inbound/');
      expect(operation.security).toEqual(isSecured ? [{ apiKey: [] }] : []);
    }
    expect(document.components.securitySchemes['apiKey']).toMatchObject({ type: 'http', scheme: 'bearer' });
  });

  it('describes every operation, parameter, response, schema and property', () => {
    for (const { operation } of operations) {
      expect(operation.summary).not.toBe('');
      expect(operation.description).not.toBe('');
      for (const { description } of Object.values(operation.responses)) expect(description).not.toBe('');
    }
    const undescribed = [...parts(document.components.schemas)].filter(({ pointer, value }) => {
      const isProperty = /\/properties\/[^/]+$/.test(pointer) || /^\/[^/]+$/.test(pointer);
      const refersOrOffers = value['$ref'] !== undefined || value['anyOf'] !== undefined;
      return isProperty && !refersOrOffers && typeof value['description'] !== 'string';
    });
    expect(undescribed.map(({ pointer }) => pointer)).toEqual([]);
  });

  it('answers each problem of a route with a problem', () => {
    for (const route of routes) {
      const operation = operations.find(
        ({ path, method }) => path === route.path && method === route.method,
      )?.operation;
      for (const code of problemsOf(route)) {
        expect(operation?.responses[problems[code].status]?.content).toEqual({
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
        });
      }
    }
  });

  it('has no reference that leads nowhere, and no component that nothing refers to', () => {
    const references = [...parts(document)].flatMap(({ value }) =>
      typeof value['$ref'] === 'string' ? [value['$ref']] : [],
    );
    const known = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
    expect([...new Set(references)].sort()).toEqual(known.sort());
  });

  it('has components that are JSON Schema 2020-12, with examples that hold', () => {
    const check = createDocumentCheck(document);
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      // Compiling is the check of the schema itself; a wrong one throws.
      check(`/components/schemas/${name}`, null);
      for (const { pointer, value } of parts(schema, `/components/schemas/${name}`)) {
        if (/\/(examples|default|enum|required)(\/|$)/.test(pointer.replace(/\/properties\/[^/]+/g, ''))) continue;
        const examples = Array.isArray(value['examples']) ? (value['examples'] as unknown[]) : [];
        for (const example of examples)
          expect({ pointer, errors: check(pointer, example) }).toEqual({ pointer, errors: [] });
      }
    }
    const names = Object.keys(document.components.schemas);
    expect(names).toEqual(
      expect.arrayContaining(['Instance', 'InstanceInput', 'InstancePatch', 'Event', 'Problem', 'Explanation']),
    );
  });

  it('has examples on what people write', () => {
    for (const name of [
      'InstanceInput',
      'InstancePatch',
      'ExplainInput',
      'Problem',
      'Instance',
      'Event',
      'Attempt',
      'Connector',
    ]) {
      expect(document.components.schemas[name]?.['examples']).toBeDefined();
    }
  });

  it('refuses two schemas of one title', () => {
    const [first] = routes;
    if (first === undefined) throw new Error('no routes');
    const twin = { ...first, path: '/v1/twins', body: { title: 'InstanceInput', type: 'object' } };
    expect(() => renderOpenApi([first, twin])).toThrow('Two schemas have the title InstanceInput.');
  });
});
