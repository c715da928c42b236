/** The parts of a where that AND joins: each is asked for as a whole, or not at all. */
import type { BooleanShape, Dialect } from '../definition/dialect.ts';
import type { Normal } from '../where/ast.ts';
import { emitQuery, parametersOf } from './emit.ts';
import { placeholders } from './fill.ts';
import { countGroups, misfit, queryCount } from './fit.ts';
import { isMergeable, mergeTrees } from './merge-trees.ts';
import type { PlannedPart } from './plan.ts';
import { type Binder, everyLeaf, joinPushes, type Leaf, type Push } from './push.ts';

export interface Factor {
  readonly normal: Normal;
  readonly part: PlannedPart;
  /** What is asked for; null when nothing is. */
  readonly push: Push | null;
  /** Why it is not asked for although it could be by itself. */
  readonly dropped: string | null;
}

/** What all factors ask for together; null for every record. */
export function joinFactors(factors: readonly Factor[]): Push | null {
  const pushes: Push[] = [];
  for (const { push } of factors) if (push !== null) pushes.push(push);
  return pushes.length === 0 ? null : joinPushes('and', pushes);
}

/** Drops factors until the rest fits the dialect’s shape: first those that fit by themselves in no query. */
export function fitShape(factors: readonly Factor[], shape: BooleanShape): readonly Factor[] {
  const fitted = factors.map((factor) => {
    const why = factor.push === null ? null : misfit(factor.push, shape);
    return why === null ? factor : drop(factor, why);
  });
  const why = joinedMisfit(fitted, shape);
  if (why === null) return fitted;
  return dropUntil((rest) => joinedMisfit(rest, shape) === null, fitted, costliestFirst(fitted), why);
}

/** Drops as few of the victims, from the first on, as it takes: what fits goes on fitting with less. */
export function dropUntil(
  fits: (factors: readonly Factor[]) => boolean,
  factors: readonly Factor[],
  victims: readonly Factor[],
  why: string,
): readonly Factor[] {
  const turns = new Map(victims.map((victim, turn) => [victim, turn]));
  const isKept = (factor: Factor, count: number): boolean => (turns.get(factor) ?? count) >= count;
  let [least, most] = [1, victims.length];
  while (least < most) {
    const middle = (least + most) >> 1;
    if (fits(factors.filter((factor) => isKept(factor, middle)))) most = middle;
    else least = middle + 1;
  }
  return factors.map((factor) => (isKept(factor, least) ? factor : drop(factor, why)));
}

function joinedMisfit(factors: readonly Factor[], shape: BooleanShape): string | null {
  const joined = joinFactors(factors);
  return joined === null ? null : misfit(joined, shape);
}

export function drop(factor: Factor, why: string): Factor {
  return { ...factor, push: null, dropped: why };
}

/** What costs most and is least missed: bounds of time come last, of equals the last written comes first. */
function costliestFirst(factors: readonly Factor[]): readonly Factor[] {
  return factors
    .flatMap((factor) => (factor.push === null ? [] : [{ factor, cost: costOf(factor.push) }]))
    .reverse()
    .sort((a, b) => compareCosts(b.cost, a.cost))
    .map(({ factor }) => factor);
}

interface Cost {
  readonly queries: number;
  readonly groups: number;
  readonly isTimeBound: boolean;
}

function costOf(push: Push): Cost {
  return {
    queries: queryCount(push),
    groups: countGroups(push, 'or').groups,
    isTimeBound: everyLeaf(push, (leaf) => leaf.isTimeBound),
  };
}

function compareCosts(a: Cost, b: Cost): number {
  return a.queries - b.queries || a.groups - b.groups || Number(b.isTimeBound) - Number(a.isTimeBound);
}

/** Drops factors that need a parameter or a property that an earlier one has taken. */
export function fitPlaces(factors: readonly Factor[], dialect: Dialect, binder: Binder): readonly Factor[] {
  const { and, shape } = dialect.boolean;
  const fits =
    and !== undefined && 'merge' in and
      ? mergeable(dialect, binder)
      : dialect.builder === 'params' && shape === 'and' && dialect.repeatedNames !== true
        ? distinct()
        : () => true;
  return factors.map((factor) =>
    factor.push === null || everyLeaf(factor.push, fits)
      ? factor
      : drop(factor, 'another condition has the one place for it'),
  );
}

/** Each parameter once, unless it is the same constant. */
function distinct(): (leaf: Leaf) => boolean {
  const taken = new Map<string, string>();
  return (leaf) => {
    const parameters = parametersOf(leaf);
    const isFree = parameters.every(
      ([name, template]) =>
        !taken.has(name) || (taken.get(name) === template && placeholders(template).values.length === 0),
    );
    if (isFree) for (const [name, template] of parameters) taken.set(name, template);
    return isFree;
  };
}

function mergeable(dialect: Dialect, binder: Binder): (leaf: Leaf) => boolean {
  let merged: unknown = {};
  const bare: Dialect = { ...dialect, whole: '{query}' };
  return (leaf) => {
    const native = emitQuery(leaf, bare, binder);
    const isFree = native.kind === 'tree' && isMergeable(merged, native.tree);
    if (isFree) merged = mergeTrees(merged, native.tree);
    return isFree;
  };
}
