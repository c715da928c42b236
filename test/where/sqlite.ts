/** SQLite is the independent judge of three-valued logic, of text order and of patterns. */
import Database from 'better-sqlite3';
import fc from 'fast-check';
import type { CompareOperator, Expr, Field, FieldRef, Predicate, Value } from '../../src/where/ast.ts';
import { compileFilter } from '../../src/where/evaluate.ts';
import { normalise } from '../../src/where/normalise.ts';
import { printWhere } from '../../src/where/print.ts';
import { truth } from '../../src/where/truth.ts';
import { law } from '../prove/law.ts';
import { field } from './arbitrary.ts';

const span = { start: 0, end: 0 };
const columns = ['name', 'title', 'amount', 'active', 'at', 'day'] as const;
const declared: readonly Field[] = [
  field('name', 'text'),
  field('title', 'text'),
  field('amount', 'number'),
  field('active', 'boolean'),
  field('at', 'timestamp', { format: 'epoch-ms' }),
  field('day', 'date'),
];
const fields = new Map(declared.map((one) => [one.name, one]));
const bindings = { parameters: {}, nowMs: 0 };

// NUL is left out: SQLite’s text functions end there.
const points = fc.string({ unit: 'binary', maxLength: 3 }).map((text) => text.replaceAll('\0', ''));
const words = fc.oneof(fc.constantFrom('', 'a', 'ab', 'A', 'ba', 'a%', '_b', '\u{1F4A9}', '\uFF5E', "it's"), points);
const numbers = fc.constantFrom(-2.5, 0, 1, 2, 10, 2 ** 53);
const instants = fc.constantFrom(0, 1, 86_400_000, 1_769_846_400_000);
const days = fc.constantFrom('1969-12-31', '2026-01-31', '2026-02-01');
// A last backslash that escapes nothing means different things here and there.
const patterns = fc
  .array(fc.oneof(fc.constantFrom('%', '_', '\\%', '\\_', '\\\\', 'a', 'b'), words.map(escaped)), { maxLength: 4 })
  .map((parts) => parts.join(''));

function escaped(text: string): string {
  return text.replace(/[\\%_]/g, (wildcard) => `\\${wildcard}`);
}

const text = (from: fc.Arbitrary<string>): fc.Arbitrary<Value> =>
  from.map((word) => ({ kind: 'text', text: word, span }));
const literals: Readonly<Record<string, fc.Arbitrary<Value>>> = {
  text: text(words),
  number: numbers.map((number) => ({ kind: 'number', text: String(number), span })),
  boolean: fc.boolean().map((value) => ({ kind: 'boolean', value, span })),
  timestamp: instants.map((epochMs) => ({ kind: 'timestamp', epochMs, span })),
  date: days.map((day) => ({ kind: 'date', day, span })),
};

const predicates: fc.Arbitrary<Predicate> = fc.constantFrom(...declared).chain((one): fc.Arbitrary<Predicate> => {
  const ref: FieldRef = { name: one.name, span };
  const literal = literals[one.type] ?? text(words);
  const value = fc.oneof(
    { weight: 8, arbitrary: literal },
    { weight: 1, arbitrary: fc.constant<Value>({ kind: 'null', span }) },
  );
  const negated = fc.boolean();
  const general = [
    fc
      .tuple(fc.constantFrom<CompareOperator[]>('=', '!=', '<', '<=', '>', '>='), value)
      .map(([op, operand]): Predicate => ({ kind: 'compare', field: ref, op, value: operand, span })),
    fc
      .tuple(negated, fc.array(value, { minLength: 1, maxLength: 3 }))
      .map(([not, values]): Predicate => ({ kind: 'in', field: ref, negated: not, values, span })),
    fc
      .tuple(negated, value, value)
      .map(([not, low, high]): Predicate => ({ kind: 'between', field: ref, negated: not, low, high, span })),
    negated.map((not): Predicate => ({ kind: 'null', field: ref, negated: not, span })),
  ];
  if (one.type !== 'text') return fc.oneof(...general);
  const like = fc
    .tuple(negated, text(patterns))
    .map(([not, pattern]): Predicate => ({ kind: 'like', field: ref, negated: not, caseless: false, pattern, span }));
  const match = fc
    .tuple(negated, fc.constantFrom('contains', 'starts with', 'ends with'), text(words))
    .map(([not, op, operand]): Predicate => ({ kind: 'match', field: ref, op, negated: not, value: operand, span }));
  return fc.oneof(...general, like, like, match);
});

const expressions: fc.Arbitrary<Expr> = fc.letrec<{ expr: Expr }>((tie) => ({
  expr: fc.oneof(
    { maxDepth: 4 },
    predicates,
    fc.array(tie('expr'), { minLength: 2, maxLength: 3 }).map((args): Expr => ({ kind: 'and', args, span })),
    fc.array(tie('expr'), { minLength: 2, maxLength: 3 }).map((args): Expr => ({ kind: 'or', args, span })),
    tie('expr').map((arg): Expr => ({ kind: 'not', arg, span })),
  ),
})).expr;

const maybe = <T>(from: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(from, { freq: 4 });
const records = fc.record({
  name: maybe(words),
  title: maybe(words),
  amount: maybe(numbers),
  active: maybe(fc.boolean()),
  at: maybe(instants),
  day: maybe(days),
});

/** The condition in SQLite’s words, with its values in `values`. */
function toSql(expr: Expr, values: unknown[]): string {
  const bind = (value: Value): string => {
    values.push(sqlValue(value));
    return '?';
  };
  switch (expr.kind) {
    case 'and':
    case 'or':
      return `(${expr.args.map((arg) => toSql(arg, values)).join(` ${expr.kind} `)})`;
    case 'not':
      return `(NOT ${toSql(expr.arg, values)})`;
    case 'null':
      return `(${expr.field.name} IS ${expr.negated ? 'NOT ' : ''}NULL)`;
    case 'compare':
      return `(${expr.field.name} ${expr.op} ${bind(expr.value)})`;
    case 'in':
      return `(${expr.field.name} ${expr.negated ? 'NOT ' : ''}IN (${expr.values.map(bind).join(', ')}))`;
    case 'between':
      return `(${expr.field.name} ${expr.negated ? 'NOT ' : ''}BETWEEN ${bind(expr.low)} AND ${bind(expr.high)})`;
    case 'like':
      return `(${expr.field.name} ${expr.negated ? 'NOT ' : ''}LIKE ${bind(expr.pattern)} ESCAPE '\\')`;
    case 'match':
      return `(${expr.negated ? 'NOT ' : ''}${pieceSql(expr.op, expr.field.name, () => bind(expr.value))})`;
  }
}

function pieceSql(op: string, column: string, bind: () => string): string {
  if (op === 'contains') return `(instr(${column}, ${bind()}) > 0)`;
  if (op === 'starts with') return `(substr(${column}, 1, length(${bind()})) = ${bind()})`;
  return `(CASE WHEN ${column} IS NULL THEN NULL WHEN ${bind()} = '' THEN 1 WHEN length(${bind()}) > length(${column}) THEN 0 ELSE substr(${column}, -length(${bind()})) = ${bind()} END)`;
}

function sqlValue(value: Value): string | number | null {
  switch (value.kind) {
    case 'text':
      return value.text;
    case 'number':
      return Number(value.text);
    case 'boolean':
      return value.value ? 1 : 0;
    case 'timestamp':
      return value.epochMs;
    case 'date':
      return value.day;
    default:
      return null;
  }
}

const database = new Database(':memory:');
database.exec(`CREATE TABLE record (id INTEGER PRIMARY KEY, ${columns.join(', ')})`);
database.pragma('case_sensitive_like = ON');

function store(rows: readonly Readonly<Record<string, unknown>>[]): void {
  database.exec('DELETE FROM record');
  const insert = database.prepare(`INSERT INTO record VALUES (?, ${columns.map(() => '?').join(', ')})`);
  for (const [id, row] of rows.entries()) {
    insert.run(id, ...columns.map((column) => (typeof row[column] === 'boolean' ? Number(row[column]) : row[column])));
  }
}

/** Truth as SQLite has it: of the condition in each row. */
function judgedBySqlite(expr: Expr, rows: readonly Readonly<Record<string, unknown>>[]): (boolean | null)[] {
  store(rows);
  const values: unknown[] = [];
  const sql = toSql(expr, values);
  const judged = database.prepare(`SELECT ${sql} AS truth FROM record ORDER BY id`).all(...values);
  return (judged as { truth: number | null }[]).map((row) => (row.truth === null ? null : row.truth === 1));
}

export const sqliteLaw = law(
  'SQLite finds every condition true, false and unknown where we do',
  fc.record({ expr: expressions, rows: fc.array(records, { minLength: 1, maxLength: 8 }) }),
  ({ expr, rows }) => {
    const judged = judgedBySqlite(expr, rows);
    const ours = rows.map((row) => truth(expr, fields, bindings, row));
    const passed = rows.map(compileFilter(normalise(expr), fields)(bindings));
    const isSame = judged.every((one, at) => one === ours[at] && (one === true) === passed[at]);
    return isSame ? null : `${printWhere(expr)}: ${judged.join(', ')} for SQLite, ${ours.join(', ')} for us`;
  },
);
