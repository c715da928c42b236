/**
 * Compiles a where for a dialect: the widest query that leaves no record out, and what remains to be evaluated here.
 * For every record, the where is true exactly when the record is in the vendor’s answer and the residual is true.
 */
import type { Dialect } from '../definition/dialect.ts';
import type { Bindings, FieldType, Normal, ParameterValue, Where } from '../where/ast.ts';
import { emitQuery } from './emit.ts';
import { prune, queriesOf } from './expand.ts';
import { drop, dropUntil, type Factor, fitPlaces, fitShape, joinFactors } from './factor.ts';
import { isTooLong, lengthOf } from './measure.ts';
import { planPart } from './plan.ts';
import { predicateTexts } from './predicate-texts.ts';
import { type Binder, canFail } from './push.ts';
import type { CompiledQuery, Native, PredicateReport } from './query.ts';
import { readsClock } from './reads-clock.ts';
import { vendorFields } from './vendor-field.ts';

/**
 * The query of a checked where in a checked dialect. Done once, at load; `bind` only writes values.
 * `bind` throws RangeError for a parameter that is missing, not of its type, or a time past what the vendor can be told.
 */
export function compileQuery(where: Where, dialect: Dialect): CompiledQuery {
  return splitQuery(where, dialect);
}

/** A where taken apart for a dialect. A class, because V8 makes a new hidden class for every literal with a getter. */
class SplitQuery implements CompiledQuery {
  readonly residual: Normal | null;
  /** What was measured, where nothing is left to bind: it is what is sent. */
  private readonly settled: readonly Native[] | null;
  private reports: readonly PredicateReport[] | undefined;

  constructor(
    readonly where: Where,
    private readonly dialect: Dialect,
    private readonly factors: readonly Factor[],
    natives: readonly Native[],
  ) {
    this.residual = residualOf(factors, where.normal);
    this.settled = where.parameters.size === 0 && !readsClock(where.normal) ? natives : null;
  }

  /** Made when asked for: people read them, polls do not. */
  get predicates(): readonly PredicateReport[] {
    this.reports ??= reportsOf(this.where, this.factors);
    return this.reports;
  }

  bind(bindings: Bindings): readonly Native[] {
    return this.settled ?? bindFactors(this.factors, this.dialect, { bindings, showNames: false });
  }

  /** As `bind`, with `:name` for parameters that have no value. */
  show(bindings: Bindings): readonly Native[] {
    return bindFactors(this.factors, this.dialect, { bindings, showNames: true });
  }
}

export function splitQuery(where: Where, dialect: Dialect): SplitQuery {
  const binder = longestBinder(where, dialect);
  const { factors, natives } = fitLength(chooseFactors(where, dialect, binder), dialect, binder);
  return new SplitQuery(where, dialect, factors, natives);
}

function chooseFactors(where: Where, dialect: Dialect, binder: Binder): readonly Factor[] {
  const conjuncts = where.normal.kind === 'and' ? where.normal.args : [where.normal];
  const fields = vendorFields(where.fields, dialect);
  const planned = conjuncts.map((normal): Factor => {
    const part = planPart(normal, fields);
    return { normal, part, push: part.push, dropped: null };
  });
  return fitPlaces(fitShape(planned, dialect.boolean), dialect, binder);
}

interface Fitted {
  readonly factors: readonly Factor[];
  /** With values as long as they come, and without those that only binding tells. */
  readonly natives: readonly Native[];
}

/** Drops what makes the query too long whatever is bound. Values that only binding tells are looked at by `bind`. */
function fitLength(all: readonly Factor[], dialect: Dialect, binder: Binder): Fitted {
  const { limits = {} } = dialect.boolean;
  const emit = (some: readonly Factor[]): readonly Native[] =>
    emitFactors(
      some.filter((factor) => !isUnsure(factor)),
      dialect,
      binder,
    );
  const fits = (natives: readonly Native[]): boolean => !natives.some((native) => isTooLong(native, limits));
  const natives = emit(all);
  if (fits(natives)) return { factors: all, natives };
  const why = `the query would be longer than the ${limits.length} characters the vendor takes`;
  const victims = longestFirst(
    all.filter((factor) => !isUnsure(factor)),
    dialect,
    binder,
  );
  const factors = dropUntil((rest) => fits(emit(rest)), all, victims, why);
  return { factors, natives: emit(factors) };
}

/** What is asked for, the longest first; of equals the last written. */
function longestFirst(factors: readonly Factor[], dialect: Dialect, binder: Binder): readonly Factor[] {
  return factors
    .flatMap((factor) => (factor.push === null ? [] : [{ factor, length: longestNative([factor], dialect, binder) }]))
    .reverse()
    .sort((a, b) => b.length - a.length)
    .map(({ factor }) => factor);
}

function longestNative(factors: readonly Factor[], dialect: Dialect, binder: Binder): number {
  const { limits = {} } = dialect.boolean;
  return Math.max(...emitFactors(factors, dialect, binder).map((native) => lengthOf(native, limits)));
}

function isUnsure({ push }: Factor): boolean {
  return push !== null && canFail(push);
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
  const open = factors.filter(isUnsure);
  if (open.length === 0 || !natives.some((native) => isTooLong(native, limits))) return natives;
  const [longest] = longestFirst(open, dialect, binder);
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

/** Far enough from the end of the calendar that no step outward leaves it. */
const latestMs = Date.parse('9999-12-01T00:00:00Z');
const latest: Binder = { bindings: { parameters: {}, nowMs: latestMs }, showNames: false };

/** Values as long as they come, for those whose length is bounded. */
function longestBinder(where: Where, dialect: Dialect): Binder {
  if (where.parameters.size === 0) return latest;
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
