import type { Json, JsonObject } from '../../json.ts';
import { refuse } from '../answers.ts';
import { type Field, isCustomField, type ObjectSchema } from '../schema.ts';
import type { Condition, SelectItem, SoqlQuery, SortRule } from './ast.ts';
import { compileCriterion } from './criterion.ts';
import { type Lookup, type ResolvedPath, resolveObject, resolvePath, valueAt } from './path.ts';
import { refuseAt } from './refuse.ts';

/** Where a statement finds records. */
export interface Source {
  /** Every record of an object that the query may see. */
  scan(object: string): readonly JsonObject[];
  readonly lookup: Lookup;
  readonly nowMs: number;
  /** The object as the user sees it; undefined when it is not shown. */
  show(schema: ObjectSchema): ObjectSchema | undefined;
}

/** A statement checked against the objects: what to read, keep, sort and show. */
export interface Plan {
  readonly schema: ObjectSchema;
  readonly isCount: boolean;
  readonly columns: readonly ResolvedPath[];
  readonly keep: (record: JsonObject) => boolean;
  readonly compare: (left: JsonObject, right: JsonObject) => number;
  readonly limit: number | undefined;
  readonly offset: number;
}

const maxOffset = 2000;
const maxFieldsLimit = 200;

/** Checks a parsed statement and prepares it to run; refuses what the vendor refuses. */
export function planQuery(text: string, query: SoqlQuery, source: Source): Plan {
  const schema = resolveObject(text, query.from, source.show);
  const isCount = query.select.some((item) => item.kind === 'count');
  if (isCount && query.select.length > 1)
    refuseAt(text, query.from.position, 'MALFORMED_QUERY', "unexpected token: 'COUNT'");
  const columns = query.select.flatMap((item) => columnsOf(text, schema, query, item));
  checkColumns(columns);
  if ((query.offset ?? 0) > maxOffset) {
    refuse(400, 'NUMBER_OUTSIDE_VALID_RANGE', `Maximum SOQL offset allowed is ${maxOffset} but was ${query.offset}`);
  }
  return {
    schema,
    isCount,
    columns,
    keep: query.where === undefined ? () => true : compileCondition(text, schema, query, query.where, source),
    compare: compileSort(text, schema, query, source.lookup),
    limit: query.limit,
    offset: query.offset ?? 0,
  };
}

function columnsOf(text: string, schema: ObjectSchema, query: SoqlQuery, item: SelectItem): readonly ResolvedPath[] {
  if (item.kind === 'count') return [];
  if (item.kind === 'field') return [resolvePath(text, schema, query, item.path)];
  if (item.group !== 'STANDARD' && (query.limit === undefined || query.limit > maxFieldsLimit)) {
    refuseAt(text, item.position, 'MALFORMED_QUERY', 'The SOQL FIELDS function must have a LIMIT of at most 200');
  }
  return schema.fields
    .filter((field) => item.group === 'ALL' || isCustomField(field) === (item.group === 'CUSTOM'))
    .map((field) => ({ steps: [], field }));
}

const nameOf = (path: ResolvedPath): string =>
  [...path.steps.map((step) => step.relationship), path.field.name].join('.');

function checkColumns(columns: readonly ResolvedPath[]): void {
  const names = columns.map(nameOf);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) refuse(400, 'MALFORMED_QUERY', `duplicate field selected: ${twice}`);
}

type Keep = (record: JsonObject) => boolean;

function compileCondition(
  text: string,
  schema: ObjectSchema,
  query: SoqlQuery,
  condition: Condition,
  source: Source,
): Keep {
  const compile = (part: Condition): Keep => compileCondition(text, schema, query, part, source);
  switch (condition.kind) {
    case 'and': {
      const parts = condition.parts.map(compile);
      return (record) => parts.every((part) => part(record));
    }
    case 'or': {
      const parts = condition.parts.map(compile);
      return (record) => parts.some((part) => part(record));
    }
    case 'not': {
      const part = compile(condition.part);
      return (record) => !part(record);
    }
    case 'compare': {
      const path = resolvePath(text, schema, query, condition.path);
      const test = compileCriterion(path.field, condition.operator, condition.values, source.nowMs);
      return (record) => test(valueAt(record, path, source.lookup));
    }
    default: {
      const path = resolvePath(text, schema, query, condition.path);
      const found = semiJoinValues(text, condition.query, source);
      return (record) => found.has(valueAt(record, path, source.lookup)) !== condition.negated;
    }
  }
}

function semiJoinValues(text: string, query: SoqlQuery, source: Source): ReadonlySet<Json> {
  const plan = planQuery(text, query, source);
  const [column] = plan.columns;
  if (column === undefined || plan.columns.length !== 1 || !isIdType(column.field)) {
    return refuseAt(
      text,
      query.from.position,
      'MALFORMED_QUERY',
      'The inner select must select exactly one field of type ID or reference',
    );
  }
  return new Set(selectRecords(plan, source).map((record) => valueAt(record, column, source.lookup)));
}

const isIdType = (field: Field): boolean => field.type === 'id' || field.type === 'reference';

function compileSort(text: string, schema: ObjectSchema, query: SoqlQuery, lookup: Lookup): Plan['compare'] {
  const rules = query.orderBy.map((rule) => compileRule(text, schema, query, rule, lookup));
  return (left, right) => {
    for (const rule of rules) {
      const order = rule(left, right);
      if (order !== 0) return order;
    }
    return 0;
  };
}

function compileRule(
  text: string,
  schema: ObjectSchema,
  query: SoqlQuery,
  rule: SortRule,
  lookup: Lookup,
): Plan['compare'] {
  const path = resolvePath(text, schema, query, rule.path);
  if (!path.field.sortable) {
    refuseAt(
      text,
      rule.path.position,
      'MALFORMED_QUERY',
      `field '${path.field.name}' can not be sorted in a query call`,
    );
  }
  // Ids keep their case, so that the order is the one by which `Id >` pages.
  const fold = (value: Json): Json =>
    typeof value === 'string' && !isIdType(path.field) ? value.toLowerCase() : value;
  return (left, right) => {
    const one = fold(valueAt(left, path, lookup));
    const other = fold(valueAt(right, path, lookup));
    if (one === other) return 0;
    if (one === null || other === null) return (one === null) === rule.nullsLast ? 1 : -1;
    return one < other === rule.descending ? 1 : -1;
  };
}

/** Runs a plan: keeps, sorts (records of equal rank in order of creation), skips and cuts. */
export function selectRecords(plan: Plan, source: Source): readonly JsonObject[] {
  const kept = source.scan(plan.schema.name).filter(plan.keep);
  const sorted = kept.toSorted(plan.compare);
  return sorted.slice(plan.offset, plan.limit === undefined ? undefined : plan.offset + plan.limit);
}
