/** What a vendor tells of an object of an account: read out of its answer by the words of `describe`. */
import type { FieldDefinition } from '../definition/connector.ts';
import { Failure } from '../diagnostic/failure.ts';
import type { Expression } from '../mapping/expression.ts';
import { ExpressionError } from '../mapping/expression.ts';
import { readPath } from '../template/path.ts';
import type { Describe, DescribeAlias } from './connector.ts';
import { isSafeValue, type ObjectValues } from './object-values.ts';

/** JSON, so that it can be kept. */
export interface Description {
  /** What the definition of any object needs to know of this one. */
  readonly values: ObjectValues;
  /** By name, in the vendor's order; null when the vendor does not tell: no object is without fields. */
  readonly fields: Readonly<Record<string, DescribedField>> | null;
  /** What the vendor's webhooks call the object; null when the vendor did not tell, absent when it was not asked. */
  readonly alias?: string | null;
}

export interface DescribedField extends FieldDefinition {
  /** Asked for although nobody named it. */
  readonly isAsked: boolean;
}

/** Names stand in queries as they are. */
const identifier = /^[A-Za-z_]\w{0,254}$/;

/** @throws Failure `vendor-answer-unreadable` when the answer is no description. */
export async function readDescription(describe: Describe, answer: unknown): Promise<Description> {
  const list = readPath(answer, describe.fields);
  if (!Array.isArray(list)) throw unreadable(`The answer has no list of fields at ${describe.fields.join('.')}.`);
  const fields: [string, DescribedField][] = [];
  for (const entry of list) {
    const field = await readField(describe, entry);
    if (field !== null) fields.push(field);
  }
  return {
    values: await readValues(describe, answer),
    fields: fields.length === 0 ? null : Object.fromEntries(fields),
  };
}

/** null when the answer holds none. @throws Failure `vendor-answer-unreadable` when the expression fails on it. */
export async function readAlias({ value }: DescribeAlias, answer: unknown): Promise<string | null> {
  const alias = await evaluate(value, answer);
  return typeof alias === 'string' && isSafeValue(alias) ? alias : null;
}

/** null for what is no field that we can use. */
async function readField(
  { name, path, type, types, filterable, select }: Describe,
  entry: unknown,
): Promise<[string, DescribedField] | null> {
  const text = await evaluate(name, entry);
  const word = await evaluate(type, entry);
  const known = typeof word === 'string' ? types.get(word) : undefined;
  if (typeof text !== 'string' || !identifier.test(text) || known === undefined) return null;
  const at = path === null ? undefined : await evaluate(path, entry);
  const isFilterable = filterable === null || (await evaluate(filterable, entry)) !== false;
  const isAsked = select === null || (await evaluate(select, entry)) === true;
  return [
    text,
    { ...known, ...(typeof at === 'string' && { path: at }), ...(!isFilterable && { filterable: false }), isAsked },
  ];
}

async function readValues({ values }: Describe, answer: unknown): Promise<ObjectValues> {
  const found: [string, string][] = [];
  for (const [name, expression] of values) {
    const value = await evaluate(expression, answer);
    if (typeof value !== 'string' || !isSafeValue(value)) throw unreadable(`The answer has no usable "${name}".`);
    found.push([name, value]);
  }
  return Object.fromEntries(found);
}

async function evaluate(expression: Expression, entry: unknown): Promise<unknown> {
  try {
    return await expression.evaluate(entry, {});
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw unreadable(`An expression of the connector's describe fails on the answer: ${error.message}`);
  }
}

function unreadable(message: string): Failure {
  return new Failure('vendor-answer-unreadable', message, {
    retryable: true,
    help: 'Check the words of the object’s "describe" against what the vendor answers.',
  });
}
