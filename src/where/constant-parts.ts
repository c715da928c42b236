/** Warns of parts of a condition that no record, or every record, fulfils: nearly always a slip. */
import type { Diagnostic, Span } from '../diagnostic/diagnostic.ts';
import type { Fields, Normal, Predicate, Value } from './ast.ts';
import { Feasible, literalOf } from './feasible.ts';
import { negate } from './normalise.ts';
import { printField, printWhere } from './print.ts';
import { compareScalars } from './scalar.ts';

/** One warning per part, in the order of the text. Works on literals; parameters and now() are taken as any value. */
export function findConstantParts(normal: Normal, fields: Fields): Diagnostic[] {
  if (normal.kind !== 'and' && normal.kind !== 'or') return constantPredicate(normal, fields);
  const found: Diagnostic[] = [];
  const open: Predicate[] = [];
  for (const arg of normal.args) {
    const inner = findConstantParts(arg, fields);
    if (inner.length > 0) found.push(...inner);
    // A predicate that is constant by itself is reported once.
    else if (arg.kind !== 'and' && arg.kind !== 'or') open.push(arg);
  }
  return [...found, ...(normal.kind === 'and' ? contradictions(open, fields) : tautologies(open, fields))];
}

function contradictions(predicates: readonly Predicate[], fields: Fields): Diagnostic[] {
  return infeasible(predicates, fields).map((predicate) =>
    alwaysFalse(
      predicate.span,
      `No record can fulfil ${printWhere(predicate)} together with what else is asked of ${printField(predicate.field.name)}.`,
      'Join them with OR, or correct one of them.',
    ),
  );
}

/** An OR is true for every value when no value makes all its arms false. */
function tautologies(predicates: readonly Predicate[], fields: Fields): Diagnostic[] {
  return infeasible(predicates.map(negate), fields).map((predicate) => {
    const name = printField(predicate.field.name);
    return alwaysTrue(
      predicate.span,
      `With ${printWhere(negate(predicate))} the OR is true for every value of ${name}.`,
      `Join them with AND, or write ${name} IS NOT NULL.`,
    );
  });
}

/** Per field, the first predicate that leaves no value for it. */
function infeasible(predicates: readonly Predicate[], fields: Fields): Predicate[] {
  const byField = new Map<string, Predicate[]>();
  for (const predicate of predicates) {
    const alike = byField.get(predicate.field.name);
    if (alike === undefined) byField.set(predicate.field.name, [predicate]);
    else alike.push(predicate);
  }
  const found: Predicate[] = [];
  for (const [name, alike] of byField) {
    const field = fields.get(name);
    // One predicate alone leaves something, but of two values it may name both.
    if (field === undefined || (alike.length === 1 && field.type !== 'boolean')) continue;
    const feasible = new Feasible(field);
    const last = alike.find((predicate) => feasible.narrow(predicate));
    if (last !== undefined) found.push(last);
  }
  return found;
}

function constantPredicate(predicate: Predicate, fields: Fields): Diagnostic[] {
  switch (predicate.kind) {
    case 'compare':
      if (predicate.value.kind !== 'null') return [];
      return [comparedWithNull(predicate, predicate.op === '!=' || predicate.op === '<' || predicate.op === '>')];
    case 'in':
      return constantList(predicate);
    case 'between':
      return constantRange(predicate, fields);
    case 'like':
      return constantText(predicate, predicate.pattern, /^%+$/);
    case 'match':
      return constantText(predicate, predicate.value, /^$/);
    case 'null':
      return [];
  }
}

function comparedWithNull({ field, span: whole }: Predicate, isNegative: boolean, span: Span = whole): Diagnostic {
  return alwaysFalse(
    span,
    'A comparison with NULL is never true.',
    `Write ${printField(field.name)} IS ${isNegative ? 'NOT ' : ''}NULL.`,
  );
}

function constantList(predicate: Predicate & { kind: 'in' }): Diagnostic[] {
  const nullValue = predicate.values.find((value) => value.kind === 'null');
  if (nullValue === undefined) return [];
  const name = printField(predicate.field.name);
  if (predicate.negated) {
    return [
      alwaysFalse(
        predicate.span,
        'NOT IN with NULL in its list is never true.',
        `Take NULL out, or write ${name} IS NOT NULL.`,
      ),
    ];
  }
  return [alwaysFalse(nullValue.span, 'NULL in a list equals nothing.', `Write OR ${name} IS NULL.`)];
}

function constantRange(predicate: Predicate & { kind: 'between' }, fields: Fields): Diagnostic[] {
  const { low, high, negated, span } = predicate;
  if (low.kind === 'null' || high.kind === 'null') {
    return [comparedWithNull(predicate, negated, (low.kind === 'null' ? low : high).span)];
  }
  const field = fields.get(predicate.field.name);
  const bounds = field === undefined ? [] : [low, high].map((value) => literalOf(value, field));
  const [lowest, highest] = bounds;
  if (lowest === undefined || highest === undefined || compareScalars(lowest, highest) <= 0) return [];
  const help = 'Write the smaller bound first.';
  return negated
    ? [alwaysTrue(span, 'The bounds are in the wrong order, so every value is outside them.', help)]
    : [alwaysFalse(span, 'The bounds are in the wrong order, so no value is between them.', help)];
}

function constantText(
  predicate: Predicate & { kind: 'like' | 'match' },
  operand: Value,
  matchesAll: RegExp,
): Diagnostic[] {
  if (operand.kind === 'null') return [comparedWithNull(predicate, predicate.negated)];
  if (operand.kind !== 'text' || !matchesAll.test(operand.text)) return [];
  const name = printField(predicate.field.name);
  return predicate.negated
    ? [
        alwaysFalse(
          predicate.span,
          'Every text matches this, so NOT is never true.',
          `Write ${name} IS NULL for those without.`,
        ),
      ]
    : [alwaysTrue(predicate.span, 'Every text matches this.', `Write ${name} IS NOT NULL.`)];
}

function alwaysFalse(span: Span, message: string, help: string): Diagnostic {
  return { code: 'where-always-false', severity: 'warning', message, help, span };
}

function alwaysTrue(span: Span, message: string, help: string): Diagnostic {
  return { code: 'where-always-true', severity: 'warning', message, help, span };
}
