/** The same conditions in several languages, and the object whose fields they compare. */
import type { Field, Fields, FieldType } from '../src/where/ast.ts';

interface Condition {
  readonly field: string;
  readonly op: '=' | '>' | '>=';
  readonly value: string;
  readonly type: FieldType;
}

const instant = '2026-01-01T00:00:00Z';

const few: readonly Condition[] = [
  { field: 'status', op: '=', value: "'open'", type: 'text' },
  { field: 'amount', op: '>', value: '100', type: 'number' },
  { field: 'updatedAt', op: '>=', value: instant, type: 'timestamp' },
];

const many: readonly Condition[] = Array.from({ length: 100 }, (_, index) => few[index % few.length])
  .filter((condition) => condition !== undefined)
  .map((condition, index) => ({ ...condition, field: `${condition.field}${index}` }));

/** One list of conditions, joined by AND, in each language. */
export interface Texts {
  readonly count: number;
  readonly where: string;
  readonly rsql: string;
  /** The clause alone, as @jetstreamapp/soql-parser-js takes it with `allowPartialQuery`. */
  readonly soql: string;
  readonly odata: string;
}

const rsqlOperators = { '=': '==', '>': '>', '>=': '>=' } as const;
const odataOperators = { '=': 'eq', '>': 'gt', '>=': 'ge' } as const;

function write(conditions: readonly Condition[]): Texts {
  const join = (separator: string, one: (condition: Condition) => string): string =>
    conditions.map(one).join(separator);
  const plain = join(' AND ', ({ field, op, value }) => `${field} ${op} ${value}`);
  return {
    count: conditions.length,
    where: plain,
    rsql: join(';', ({ field, op, value }) => `${field}${rsqlOperators[op]}${value}`),
    soql: `WHERE ${plain}`,
    odata: join(' and ', ({ field, op, value }) => `${field} ${odataOperators[op]} ${value}`),
  };
}

export const threeTexts = write(few);
export const hundredTexts = write(many);

export const fields: Fields = new Map(
  [...few, ...many].map(({ field, type }): [string, Field] => [
    field,
    {
      name: field,
      type,
      path: [field],
      format: 'iso',
      zone: 'UTC',
      granularity: 'ms',
      filterable: true,
      operators: {},
    },
  ]),
);
