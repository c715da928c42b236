/** Counts what a query would hold in a dialect’s Boolean shape, before anything is expanded. */
import type { BooleanShape } from '../definition/dialect.ts';
import type { Push } from './push.ts';

/** A query as groups of conditions: of an OR of ANDs, or of an AND of ORs. */
export interface GroupCount {
  readonly groups: number;
  /** Conditions of the largest group. */
  readonly widest: number;
  /** Conditions in all. */
  readonly total: number;
}

/** Groups of the normal form: `spread` is the kind of chain whose arms become groups (or for dnf, and for cnf). */
export function countGroups(push: Push, spread: 'and' | 'or'): GroupCount {
  if (push.kind === 'leaf' || push.kind === 'chunks') return { groups: 1, widest: 1, total: 1 };
  const counts = push.args.map((arg) => countGroups(arg, spread));
  return push.kind === spread ? sumOf(counts) : productOf(counts);
}

function sumOf(counts: readonly GroupCount[]): GroupCount {
  return counts.reduce((all, one) => ({
    groups: all.groups + one.groups,
    widest: Math.max(all.widest, one.widest),
    total: all.total + one.total,
  }));
}

/** Each group of one with each group of the other. */
function productOf(counts: readonly GroupCount[]): GroupCount {
  return counts.reduce((all, one) => ({
    groups: all.groups * one.groups,
    widest: all.widest + one.widest,
    total: all.total * one.groups + one.total * all.groups,
  }));
}

/** Why the conditions, joined by AND, do not fit the shape; null when they do. */
export function misfit(push: Push, { shape, limits = {} }: BooleanShape): string | null {
  // Every limit allows one.
  if (push.kind === 'leaf') return null;
  const { groups, perGroup, total, depth } = limits;
  if (shape === 'and' && holdsOr(push)) return 'the vendor joins conditions by AND only';
  const over = (what: string, count: number, most: number | undefined): string | null =>
    most !== undefined && count > most ? `the query would have ${count} ${what}, and the vendor takes ${most}` : null;
  if (queryCount(push) > (limits.queries ?? 10)) {
    return `the lists would need ${queryCount(push)} queries, and at most ${limits.queries ?? 10} are sent`;
  }
  if (shape === 'free') return over('conditions', leafCount(push), total) ?? over('levels', levels(push), depth);
  const count = countGroups(push, shape === 'cnf' ? 'and' : 'or');
  return (
    over('groups', count.groups, groups) ??
    over('conditions in a group', count.widest, perGroup) ??
    over('conditions', count.total, total) ??
    // Without a limit of its own a query still does not grow without bound.
    over('conditions', count.total, total ?? MOST_CONDITIONS)
  );
}

const MOST_CONDITIONS = 1000;

function holdsOr(push: Push): boolean {
  return push.kind === 'or' || (push.kind === 'and' && push.args.some(holdsOr));
}

/** One query for each combination of the parts of cut lists. */
export function queryCount(push: Push): number {
  if (push.kind === 'leaf') return 1;
  if (push.kind === 'chunks') return push.leaves.length;
  return push.args.reduce((product, arg) => product * queryCount(arg), 1);
}

function leafCount(push: Push): number {
  if (push.kind === 'leaf' || push.kind === 'chunks') return 1;
  return push.args.reduce((sum, arg) => sum + leafCount(arg), 0);
}

function levels(push: Push): number {
  if (push.kind === 'leaf' || push.kind === 'chunks') return 0;
  return 1 + Math.max(...push.args.map(levels));
}
