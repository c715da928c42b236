/** One error of a JSON Schema in words: what is found, where, and what to do. */
import type { ErrorObject } from 'ajv/dist/2020.js';
import { nearestName } from '../diagnostic/nearest-name.ts';

export interface SchemaError {
  readonly message: string;
  readonly help: string | null;
  readonly pointer: string;
  /** True when it is the name of the property that is wrong, not its value. */
  readonly marksName: boolean;
}

type Schema = Readonly<Record<string, unknown>>;
type Described = Omit<SchemaError, 'marksName' | 'pointer'> & Partial<SchemaError>;
type Describe = (error: ErrorObject, root: Schema) => Described;

/** @param root the whole schema, for the references in it. */
export function describeError(error: ErrorObject, root: Schema): SchemaError {
  const describe = describers[error.keyword] ?? describeOther;
  return { pointer: error.instancePath, marksName: false, ...describe(error, root) };
}

const formatHelp: Readonly<Record<string, string>> = {
  uri: 'Write a whole URL, with https://.',
  'date-time': 'Write it as 2026-11-20T16:04:51.000Z.',
};

const describers: Readonly<Record<string, Describe>> = {
  additionalProperties: ({ params, parentSchema, instancePath }) => {
    const name = String(params['additionalProperty']);
    const known = Object.keys(asSchema(parentSchema?.['properties']));
    return {
      message: `Unknown property ${quote(name)}.`,
      help: meant(name, known, 'Possible here: '),
      pointer: `${instancePath}/${escapePointer(name)}`,
      marksName: true,
    };
  },
  propertyNames: ({ params, schema, instancePath }) => {
    const name = String(params['propertyName']);
    const { pattern } = asSchema(schema);
    return {
      message: `${quote(name)} cannot be a name here.`,
      help: typeof pattern === 'string' ? `Names match ${pattern}.` : null,
      pointer: `${instancePath}/${escapePointer(name)}`,
      marksName: true,
    };
  },
  required: ({ params, parentSchema }, root) => {
    const name = String(params['missingProperty']);
    const property = resolve(asSchema(parentSchema?.['properties'])[name], root);
    return { message: `The property ${quote(name)} is missing.`, help: explained(property) ?? 'Add it.' };
  },
  type: ({ schema, data, parentSchema }) => ({
    message: `Expected ${kinds(schema)}, found ${isSecret(parentSchema) ? kindNames[typeof data] : kindOf(data)}.`,
    help: exampleOf(parentSchema),
  }),
  oneOf: describeChoice,
  anyOf: describeChoice,
  enum: ({ schema, data }) => ({
    message: `${show(data)} is none of the possible values.`,
    help: meant(nameIn(data), asList(schema).map(String), 'Possible are '),
  }),
  const: ({ schema, data }) => ({ message: `${show(data)} cannot stand here.`, help: `It must be ${show(schema)}.` }),
  discriminator: ({ params, parentSchema, instancePath, data }, root) => {
    const tag = String(params['tag']);
    const values = asList(asSchema(parentSchema)['oneOf']).map((branch) => {
      const property = asSchema(asSchema(resolve(branch, root)['properties'])[tag]);
      return String(property['const']);
    });
    const found = asSchema(data)[tag];
    if (found === undefined) {
      return { message: `The property ${quote(tag)} is missing.`, help: `Possible are ${values.join(', ')}.` };
    }
    return {
      message: `${quote(tag)} is ${show(found)}, which is none of the possible values.`,
      help: meant(nameIn(found), values, 'Possible are '),
      pointer: `${instancePath}/${escapePointer(tag)}`,
    };
  },
  pattern: ({ data, schema, parentSchema }) => ({
    message: `${isSecret(parentSchema) ? 'This' : show(data)} does not have the right form.`,
    help: [`It must match ${String(schema)}.`, exampleOf(parentSchema)].filter((part) => part !== null).join(' '),
  }),
  format: ({ data, schema, parentSchema }) => ({
    message: `${show(data)} is not of the format ${String(schema)}.`,
    help: exampleOf(parentSchema) ?? formatHelp[String(schema)] ?? null,
  }),
  minLength: describeEmpty,
  minItems: describeEmpty,
  minProperties: describeEmpty,
  maxItems: ({ schema }) => ({
    message: `Here are more than ${String(schema)} items.`,
    help: 'Remove what is too much.',
  }),
  minimum: describeBound('at least'),
  maximum: describeBound('at most'),
  exclusiveMinimum: describeBound('more than'),
  exclusiveMaximum: describeBound('less than'),
};

function describeChoice({ data, schema, parentSchema }: ErrorObject): Described {
  const types = asList(schema)
    .map((branch) => asSchema(branch)['type'])
    .filter((type) => type !== undefined);
  return {
    message:
      types.length === 0
        ? `${show(data)} fits none of the possible forms.`
        : `Expected ${kinds(types.flat())}, found ${kindOf(data)}.`,
    help: exampleOf(parentSchema),
  };
}

function describeEmpty({ data, schema, parentSchema }: ErrorObject): Described {
  const isEmpty = data === '' || (typeof data === 'object' && data !== null && Object.keys(data).length === 0);
  const message = isEmpty
    ? `${kindOf(data)} must not be empty.`
    : `${kindOf(data)} must have at least ${String(schema)} parts.`;
  return { message: message.charAt(0).toUpperCase() + message.slice(1), help: exampleOf(parentSchema) };
}

function describeBound(relation: string): Describe {
  return ({ data, schema }) => ({
    message: `${show(data)} is out of range.`,
    help: `It must be ${relation} ${String(schema)}.`,
  });
}

function describeOther({ message, parentSchema }: ErrorObject): Described {
  return { message: `The value ${message ?? 'is not allowed'}.`, help: exampleOf(parentSchema) };
}

/** What may be a name that is misspelt; an object is none, and may have a `toString` of its own that is no function. */
function nameIn(value: unknown): string {
  return typeof value === 'object' ? '' : String(value);
}

function meant(name: string, known: readonly string[], intro: string): string | null {
  const close = nearestName(name, known);
  if (close !== null) return `Did you mean ${quote(close)}?`;
  return known.length === 0 ? null : `${intro}${known.join(', ')}.`;
}

function explained(property: Schema): string | null {
  const { description } = property;
  if (typeof description !== 'string') return null;
  const example = exampleOf(property);
  return example === null || example === description ? description : `${description} ${example}`;
}

/** An example of what may stand here, or what it is where an example would be too long. */
function exampleOf(schema: unknown): string | null {
  const { examples, description } = asSchema(schema);
  const text = JSON.stringify(asList(examples)[0]) ?? '';
  if (text !== '' && text.length <= 160) return `For example ${text}.`;
  return typeof description === 'string' ? description : null;
}

const kindNames: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
  array: 'a list',
  object: 'an object',
};

function kinds(types: unknown): string {
  return [types]
    .flat()
    .map((type) => kindNames[String(type)] ?? String(type))
    .join(' or ');
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : (kindNames[typeof value] ?? typeof value);
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** What is only ever written is not shown to who reads a message either. */
function isSecret(schema: unknown): boolean {
  return asSchema(schema)['writeOnly'] === true;
}

function quote(name: string): string {
  return `"${name}"`;
}

/** A schema, or what its reference inside the same document leads to. */
function resolve(schema: unknown, root: Schema): Schema {
  const { $ref, ...own } = asSchema(schema);
  if (typeof $ref !== 'string' || !$ref.startsWith('#/')) return asSchema(schema);
  const target = $ref
    .slice(2)
    .split('/')
    .reduce<unknown>((node, step) => asSchema(node)[step], root);
  return { ...asSchema(target), ...own };
}

function asSchema(value: unknown): Schema {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Schema) : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** RFC 6901 §3. */
function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
