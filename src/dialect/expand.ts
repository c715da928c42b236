/** Brings conditions into a dialect’s Boolean shape. `misfit` has counted them first. */
import type { BooleanShape } from '../definition/dialect.ts';
import { type Binder, canFail, joinPushes, type Leaf, type Push } from './push.ts';

/** Every query: one for each combination of the parts of cut lists. */
export function queriesOf(push: Push): readonly Push[] {
  if (push.kind === 'leaf') return [push];
  if (push.kind === 'chunks') return push.leaves;
  if (!isCut(push)) return [push];
  const { kind } = push;
  const combined = push.args
    .map(queriesOf)
    .reduce<readonly (readonly Push[])[]>(
      (sofar, choices) => sofar.flatMap((chosen) => choices.map((choice) => [...chosen, choice])),
      [[]],
    );
  return combined.map((args) => joinPushes(kind, args));
}

function isCut(push: Push): boolean {
  return push.kind === 'chunks' || (push.kind !== 'leaf' && push.args.some(isCut));
}

/**
 * Takes out conditions whose value cannot be sent: an AND goes on without them, an OR is given up as a whole. null
 * when nothing is left to ask for.
 */
export function prune(push: Push, binder: Binder): Push | null {
  return canFail(push) ? pruneOpen(push, binder) : push;
}

function pruneOpen(push: Push, binder: Binder): Push | null {
  if (push.kind === 'leaf') return isSendable(push, binder) ? push : null;
  if (push.kind === 'chunks') return push.leaves.every((leaf) => isSendable(leaf, binder)) ? push : null;
  const kept = push.args.map((arg) => pruneOpen(arg, binder));
  if (kept.every((arg, index) => arg === push.args[index])) return push;
  const args = kept.flatMap((arg) => (arg === null ? [] : [arg]));
  if (args.length === 0 || (push.kind === 'or' && args.length < push.args.length)) return null;
  return joinPushes(push.kind, args);
}

function isSendable(leaf: Leaf, binder: Binder): boolean {
  return !leaf.canFail || leaf.operands.every((operand) => (operand.literal ?? operand.format(binder)).ok);
}

/** A query as a list of groups: of ANDs under OR for dnf, of ORs under AND for cnf, one group of ANDs otherwise. */
export function groupsOf(push: Push, shape: BooleanShape['shape']): readonly (readonly Leaf[])[] {
  return spreadGroups(push, shape === 'cnf' ? 'and' : 'or');
}

function spreadGroups(push: Push, spread: 'and' | 'or'): readonly (readonly Leaf[])[] {
  if (push.kind === 'leaf') return [[push]];
  if (push.kind === 'chunks') throw new Error('a cut list inside one query');
  if (push.kind === spread) return push.args.flatMap((arg) => spreadGroups(arg, spread));
  let groups: Leaf[][] = [[]];
  for (const arg of push.args) {
    // A leaf goes into every group: there are as many as before, and nothing to copy.
    if (arg.kind === 'leaf') for (const group of groups) group.push(arg);
    else {
      const others = spreadGroups(arg, spread);
      groups = groups.flatMap((group) => others.map((other) => [...group, ...other]));
    }
  }
  return groups;
}
