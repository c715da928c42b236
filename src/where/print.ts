/** The canonical text of a tree. Parsing it gives the same tree, up to spans. */
import type { Expr, Normal, Predicate, Value } from './ast.ts';
import { isPlainName } from './tokens.ts';

/** One line, keywords in capitals, parentheses only where they matter. */
export function printWhere(expr: Expr | Normal): string {
  switch (expr.kind) {
    case 'and':
      return expr.args
        .map((arg) => (arg.kind === 'and' || arg.kind === 'or' ? `(${printWhere(arg)})` : printWhere(arg)))
        .join(' AND ');
    case 'or':
      return expr.args.map((arg) => (arg.kind === 'or' ? `(${printWhere(arg)})` : printWhere(arg))).join(' OR ');
    case 'not':
      return expr.arg.kind === 'and' || expr.arg.kind === 'or'
        ? `NOT (${printWhere(expr.arg)})`
        : `NOT ${printWhere(expr.arg)}`;
    default:
      return printPredicate(expr);
  }
}

function printPredicate(predicate: Predicate): string {
  const field = printField(predicate.field.name);
  const not = 'negated' in predicate && predicate.negated ? 'NOT ' : '';
  switch (predicate.kind) {
    case 'compare':
      return `${field} ${predicate.op} ${printValue(predicate.value)}`;
    case 'in':
      return `${field} ${not}IN (${predicate.values.map(printValue).join(', ')})`;
    case 'like':
      return `${field} ${not}${predicate.caseless ? 'ILIKE' : 'LIKE'} ${printValue(predicate.pattern)}`;
    case 'between':
      return `${field} ${not}BETWEEN ${printValue(predicate.low)} AND ${printValue(predicate.high)}`;
    case 'match':
      return `${field} ${not}${predicate.op.toUpperCase()} ${printValue(predicate.value)}`;
    case 'null':
      return `${field} IS ${not}NULL`;
  }
}

/** A field as it stands in a where: in backticks where the bare name would not do. */
export function printField(name: string): string {
  return isPlainName(name) ? name : `\`${name.replaceAll('`', '``')}\``;
}

export function printText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function printValue(value: Value): string {
  switch (value.kind) {
    case 'text':
      return printText(value.text);
    case 'number':
      return value.text;
    case 'boolean':
      return value.value ? 'true' : 'false';
    case 'timestamp':
      return new Date(value.epochMs).toISOString();
    case 'date':
      return value.day;
    case 'null':
      return 'NULL';
    case 'parameter':
      return `:${value.name}`;
    case 'now':
      return printNow(value.offsetMs);
  }
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** In the largest unit up to days that divides the offset: people count 7d, not 1w. */
function printNow(offsetMs: number): string {
  if (offsetMs === 0) return 'now()';
  const amountMs = Math.abs(offsetMs);
  const [unit, unitMs] = units.find(([, size]) => amountMs % size === 0) ?? ['ms', 1];
  return `now() ${offsetMs < 0 ? '-' : '+'} ${amountMs / unitMs}${unit}`;
}

const longestShown = 40;

/** A piece of the where as messages show it. */
export function shorten(text: string): string {
  const points = [...text.replace(/\s+/g, ' ')];
  return points.length <= longestShown ? points.join('') : `${points.slice(0, longestShown - 1).join('')}…`;
}
