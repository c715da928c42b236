/**
 * JSON Schema 2020-12, which is also the schema language of OpenAPI 3.1, and three ways to write it short.
 * A schema with a title is a component of the OpenAPI document under that title.
 */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

export interface RecordOptions {
  /** Properties that may be absent. */
  readonly optional?: readonly string[];
  readonly examples?: readonly unknown[];
}

/** An object with these properties and no other. */
export function record(
  title: string,
  description: string,
  properties: Readonly<Record<string, JsonSchema>>,
  options: RecordOptions = {},
): JsonSchema {
  const { optional = [], examples } = options;
  return {
    title,
    description,
    type: 'object',
    additionalProperties: false,
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
    properties,
    ...(examples !== undefined && { examples }),
  };
}

/** A record of which every property may be absent. */
export function partialRecord(
  title: string,
  description: string,
  properties: Readonly<Record<string, JsonSchema>>,
  options: Omit<RecordOptions, 'optional'> = {},
): JsonSchema {
  return record(title, description, properties, { ...options, optional: Object.keys(properties) });
}

/** An object from names of the caller's choice to values of one schema. */
export function mapOf(values: JsonSchema, description: string, rules: JsonSchema = {}): JsonSchema {
  return { type: 'object', description, additionalProperties: values, ...rules };
}

/** An instant as the API writes it. */
export const time: JsonSchema = {
  type: 'string',
  format: 'date-time',
  description: 'An instant: RFC 3339 with milliseconds, UTC.',
  examples: ['2026-03-14T09:26:53.589Z'],
};

/** The same schema, or null. */
export function nullable(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { type: 'null' }] };
}
