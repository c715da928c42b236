/** Checks values against schemas inside the OpenAPI document. */
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { OpenApiDocument } from '../../src/server/openapi-document.ts';
import type { JsonSchema } from '../../src/server/schemas/json-schema.ts';

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly security: readonly JsonSchema[];
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema: JsonSchema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly description: string;
        readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>;
      }
    >
  >;
}

export interface DescribedOperation {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}

export function operationsOf(document: OpenApiDocument): readonly DescribedOperation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      path,
      method: method.toUpperCase(),
      operation: operation as unknown as Operation,
    })),
  );
}

/** RFC 6901 §3. */
export const pointerStep = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** What is wrong with a value against the schema at a JSON pointer of the document. */
export function createDocumentCheck(document: OpenApiDocument) {
  const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true, strictRequired: false });
  addFormats.default(ajv);
  ajv.addVocabulary(Object.keys(document));
  ajv.addSchema({ $id: 'https://example.com/api', ...document });
  return (pointer: string, value: unknown): readonly ErrorObject[] => {
    const validate = ajv.getSchema(`https://example.com/api#${encodeURI(pointer)}`);
    if (validate === undefined) throw new Error(`The document has no schema at ${pointer}.`);
    return validate(value) === true ? [] : (validate.errors ?? []);
  };
}

/** Checks that an answer is one that the document promises; answers what is wrong. */
export function createAnswerCheck(document: OpenApiDocument) {
  const check = createDocumentCheck(document);
  const operations = operationsOf(document).map((described) => ({
    ...described,
    pattern: new RegExp(`^${described.path.replace(/\{\w+\}/g, '[^/]*').replaceAll('.', '\\.')}$`),
  }));
  return (
    method: string,
    path: string,
    answer: { status: number; mediaType: string | null; body: unknown },
  ): unknown => {
    const known = operations.find((described) => described.method === method && described.pattern.test(path));
    if (known === undefined) return check('/components/schemas/Problem', answer.body);
    const response = known.operation.responses[answer.status];
    if (response === undefined) return `${known.operation.operationId} promises no ${answer.status}`;
    if (answer.mediaType === null) return response.content === undefined ? [] : 'content is missing';
    if (response.content?.[answer.mediaType] === undefined) return `${answer.mediaType} is not promised`;
    const steps = [
      'paths',
      known.path,
      method.toLowerCase(),
      'responses',
      `${answer.status}`,
      'content',
      answer.mediaType,
    ];
    return check(`/${steps.map(pointerStep).join('/')}/schema`, answer.body);
  };
}
