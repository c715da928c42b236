/**
 * Compiles a where for a dialect: the widest query that leaves no record out, and what remains to be evaluated here.
 * For every record, the where is true exactly when the record is in the vendor’s answer and the residual is true.
 */
import type { Dialect } from '../definition/dialect.ts';
import type { Bindings, FieldType, Normal, ParameterValue, Where } from '../where/ast.ts';
import { emitQuery } from './emit.ts';
import { prune, queriesOf } from './expand.ts';
import { drop, type Factor, fitPlaces, fitShape, joinFactors } from './factor.ts';
import { lengthOf } from './measure.ts';
import { planPart } from './plan.ts';
import { predicateTexts } from './predicate-texts.ts';
import { type Binder, leavesOf } from './push.ts';
import type { CompiledQuery, Native, PredicateReport } from './query.ts';

/**
 * The query of a checked where in a checked dialect. Done once, at load; `bind` only writes values.
 * `bind` throws RangeError for a parameter that is missing or not of its type.
 */
export function compileQuery(where: Where, dialect: Dialect): CompiledQuery {
  return splitQuery(where, dialect).query;
}

export interface Split {
  readonly query: CompiledQuery;
  /** As `bind`, with `:name` for parameters that have no value. */
  show(bindings: Bindings): readonly Native[];
}

export function splitQuery(where: Where, dialect: Dialect): Split {
  const factors = fitLength(chooseFactors(where, dialect), where, dialect);
  const query: CompiledQuery = {
    where,
    predicates: reportsOf(where, factors),
    residual: residualOf(factors, where.normal),
    bind: (bindings) => bindFactors(factors, dialect, { bindings, showNames: false }),
  };
  return { query, show: (bindings) => bindFactors(factors, dialect, { bindings, showNames: true }) };
}

function chooseFactors(where: Where, dialect: Dialect): readonly Factor[] {
  const conjuncts = where.normal.kind === 'and' ? where.normal.args : [where.normal];
  const planned = conjuncts.map((normal): Factor => {
    const part = planPart(normal, dialect, where.fields);
    return { normal, part, push: part.push, dropped: null };
  });
  return fitPlaces(fitShape(planned, dialect.boolean), dialect, longestBinder(where, dialect));
}

/** Drops what makes the query too long whatever is bound. Values that only binding tells are looked at by `bind`. */
function fitLength(factors: readonly Factor[], where: Where, dialect: Dialect): readonly Factor[] {
  const { limits = {} } = dialect.boolean;
  const { length: most } = limits;
  if (most === undefined) return factors;
  const binder = longestBinder(where, dialect);
  const steady = (list: readonly Factor[]): readonly Factor[] => list.filter((factor) => !canFail(factor));
  return shrink(factors, steady, dialect, binder, most);
}

/** Drops the longest of the droppable factors until what is measured fits, or none is left. */
function shrink(
  factors: readonly Factor[],
  droppable: (factors: readonly Factor[]) => readonly Factor[],
  dialect: Dialect,
  binder: Binder,
  most: number,
): readonly Factor[] {
  let fitted = factors;
  for (;;) {
    const measured = droppable(fitted);
    const longest = longestOf(measured, dialect, binder);
    if (longest === null || longestNative(measured, dialect, binder) <= most) return fitted;
    fitted = fitted.map((factor) =>
      factor === longest
        ? drop(factor, `the query would be longer than the ${most} characters the vendor takes`)
        : factor,
    );
  }
}

function longestOf(factors: readonly Factor[], dialect: Dialect, binder: Binder): Factor | null {
  const lengths = new Map(
    factors
      .filter(({ push }) => push !== null)
      .map((factor) => [factor, longestNative([factor], dialect, binder)] as const),
  );
  return [...lengths].reduceRight<Factor | null>(
    (longest, [factor, length]) => (longest === null || length > (lengths.get(longest) ?? 0) ? factor : longest),
    null,
  );
}

function longestNative(factors: readonly Factor[], dialect: Dialect, binder: Binder): number {
  const { limits = {} } = dialect.boolean;
  return Math.max(...emitFactors(factors, dialect, binder).map((native) => lengthOf(native, limits)));
}

function canFail({ push }: Factor): boolean {
  return push !== null && leavesOf(push).some((leaf) => leaf.canFail);
}

function emitFactors(factors: readonly Factor[], dialect: Dialect, binder: Binder): readonly Native[] {
  const joined = joinFactors(factors);
  const push = joined === null ? null : prune(joined, binder);
  if (push === null) return [emitQuery(null, dialect, binder)];
  return queriesOf(push).map((query) => emitQuery(query, dialect, binder));
}

/** What stays too long with its values is asked for without the conditions that are checked here anyway. */
function bindFactors(factors: readonly Factor[], dialect: Dialect, binder: Binder): readonly Native[] {
  const { limits = {} } = dialect.boolean;
  const natives = emitFactors(factors, dialect, binder);
  const { length: most = Number.POSITIVE_INFINITY } = limits;
  const open = factors.filter(canFail);
  if (open.length === 0 || natives.every((native) => lengthOf(native, limits) <= most)) return natives;
  const longest = longestOf(open, dialect, binder);
  return bindFactors(
    factors.map((factor) => (factor === longest ? drop(factor, 'too long') : factor)),
    dialect,
    binder,
  );
}

function residualOf(factors: readonly Factor[], whole: Normal): Normal | null {
  const rest = factors.filter(({ push, part }) => push === null || !part.isExact).map(({ normal }) => normal);
  const [only] = rest;
  if (only === undefined) return null;
  return rest.length === 1 ? only : { kind: 'and', args: rest, span: whole.span };
}

function reportsOf(where: Where, factors: readonly Factor[]): readonly PredicateReport[] {
  const texts = predicateTexts(where);
  const fates = factors.flatMap(({ part, dropped }) =>
    part.predicates.map(({ pushed, reason }) =>
      dropped === null ? { pushed, reason } : { pushed: 'no' as const, reason: `${dropped}; checked here` },
    ),
  );
  return fates.map((fate, index) => ({ text: texts[index] ?? '', ...fate }));
}

/** Values as long as they come, for those whose length is bounded. */
function longestBinder(where: Where, dialect: Dialect): Binder {
  const latestMs = Date.parse('9999-12-31T00:00:00Z');
  const { true: yes = true, false: no = false } = dialect.literals.boolean ?? {};
  const samples: Readonly<Record<FieldType, ParameterValue>> = {
    text: '',
    enum: '',
    id: '',
    number: 0,
    boolean: String(yes).length > String(no).length,
    timestamp: latestMs,
    date: latestMs,
  };
  const parameters = Object.fromEntries([...where.parameters].map(([name, type]) => [name, samples[type]]));
  return { bindings: { parameters, nowMs: latestMs }, showNames: false };
}
