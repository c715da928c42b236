/**
 * Decides for each predicate whether a vendor can be asked for it, and whether its answer is ours or wider. What is
 * pushed never leaves out a record that the where lets through.
 */
import type { Dialect } from '../definition/dialect.ts';
import type { Normal, Predicate } from '../where/ast.ts';
import { printWhere, shorten } from '../where/print.ts';
import { holdsForEmpty } from './empty-text.ts';
import { operatorName } from './operator-name.ts';
import { planDirect } from './plan-direct.ts';
import { none, type Planned } from './planned.ts';
import { everyLeaf, joinPushes, type Push } from './push.ts';
import type { PredicateReport } from './query.ts';
import { rewrites } from './rewrite.ts';
import type { VendorField, VendorFields } from './vendor-field.ts';

export type Pushed = PredicateReport['pushed'];

/** A part of a where with the fate of each predicate in it, in order. */
export interface PlannedPart {
  readonly push: Push | null;
  readonly isExact: boolean;
  readonly predicates: readonly { readonly pushed: Pushed; readonly reason: string }[];
  /** The least condition in it for which nothing of it is asked; null when something is. */
  readonly blocker: Normal | null;
}

/** Plans a condition: AND asks for what can be asked of it, OR for all or nothing. */
export function planPart(normal: Normal, fields: VendorFields): PlannedPart {
  if (normal.kind === 'and') return planAnd(normal.args.map((arg) => planPart(arg, fields)));
  if (normal.kind === 'or') return planOr(planArms(normal.args, fields), normal, fields.dialect);
  return partOf(planPredicate(normal, fields), normal);
}

function partOf({ push, isExact, reason }: Planned, predicate: Predicate): PlannedPart {
  const pushed = push === null ? 'no' : isExact ? 'exact' : 'superset';
  return { push, isExact, predicates: [{ pushed, reason }], blocker: push === null ? predicate : null };
}

function planAnd(parts: readonly PlannedPart[]): PlannedPart {
  const pushes = parts.flatMap(({ push }) => (push === null ? [] : [push]));
  return {
    push: pushes.length === 0 ? null : joinPushes('and', pushes),
    isExact: parts.every(({ push, isExact }) => push !== null && isExact),
    predicates: parts.flatMap(({ predicates }) => predicates),
    blocker: pushes.length === 0 ? (parts[0]?.blocker ?? null) : null,
  };
}

/** The arms of an OR. Where groups are dear, arms of equality with one field become one list that they share. */
function planArms(arms: readonly Normal[], fields: VendorFields): readonly PlannedPart[] {
  const parts = arms.map((arm) => planPart(arm, fields));
  const { shape } = fields.dialect.boolean;
  if (shape !== 'and' && shape !== 'dnf') return parts;
  for (const name of new Set(arms.map(listedField))) {
    const alike = arms.filter((arm) => name !== null && listedField(arm) === name);
    const list = alike.length < 2 ? null : listOf(alike);
    const planned = list === null ? null : planPredicate(list, fields);
    if (list === null || (planned?.push?.kind !== 'leaf' && planned?.push?.kind !== 'chunks')) continue;
    const shared = partOf(planned, list);
    for (const [index, arm] of arms.entries()) if (alike.includes(arm)) parts[index] = shared;
  }
  return parts;
}

function listedField(arm: Normal): string | null {
  if (arm.kind === 'in') return arm.negated ? null : arm.field.name;
  return arm.kind === 'compare' && arm.op === '=' ? arm.field.name : null;
}

function listOf(arms: readonly Normal[]): Predicate | null {
  const values = arms.flatMap((arm) => (arm.kind === 'in' ? arm.values : arm.kind === 'compare' ? [arm.value] : []));
  const [first] = arms;
  if (first?.kind !== 'in' && first?.kind !== 'compare') return null;
  return { kind: 'in', field: first.field, negated: false, values, span: first.span };
}

type Or = Normal & { readonly kind: 'or' };

function planOr(parts: readonly PlannedPart[], or: Or, dialect: Dialect): PlannedPart {
  const blocked = parts.find(({ push }) => push === null);
  if (blocked !== undefined) {
    const blocker = blocked.blocker ?? or;
    const reason = `OR needs every arm pushed, and ${shorten(printWhere(blocker))} cannot be; checked here`;
    return unasked(parts, reason, blocker);
  }
  const pushes = new Set(parts.flatMap(({ push }) => (push === null ? [] : [push])));
  const joined = joinPushes('or', [...pushes]);
  if (dialect.ignoresUnknownFields === true && !isOfOneField(joined)) {
    const reason = 'the vendor ignores a field that it does not know, and OR needs every arm; checked here';
    return unasked(parts, reason, or);
  }
  return {
    push: joined,
    isExact: parts.every(({ isExact }) => isExact),
    predicates: parts.flatMap(({ predicates }) => predicates),
    blocker: null,
  };
}

/** None of the parts is asked for: those that could be by themselves, for this reason. */
function unasked(parts: readonly PlannedPart[], reason: string, blocker: Normal): PlannedPart {
  const predicates = parts.flatMap((part) =>
    part.predicates.map((predicate) => (predicate.pushed === 'no' ? predicate : { pushed: 'no' as const, reason })),
  );
  return { push: null, isExact: false, predicates, blocker };
}

function isOfOneField(push: Push): boolean {
  const named = new Set<string>();
  return everyLeaf(push, ({ field }) => named.add(field).size === 1);
}

/** Plans one predicate: as it stands, or by the first rewrite that can be asked. */
export function planPredicate(predicate: Predicate, fields: VendorFields): Planned {
  const at = fields.get(predicate.field.name);
  if (at === undefined) return none(`the object has no field ${predicate.field.name}`);
  if (at.refusal !== null) return none(at.refusal);
  return holdsForEmpty(predicate, at) ? planWithEmpty(predicate, at) : attempt(predicate, at, untried);
}

/** Operators on the way to a rewrite: one that leads back to one of them is no way. */
type Tried = ReadonlySet<string>;

const untried: Tried = new Set();

function attempt(predicate: Predicate, at: VendorField, tried: Tried): Planned {
  const name = operatorName(predicate);
  if (tried.has(name)) return none(`the vendor has no ${name.toUpperCase()}`);
  const direct = planDirect(predicate, at);
  if (direct.push !== null) return direct;
  // A bound that became a range would only become that bound again, beside one that bounds nothing.
  if (predicate.kind === 'between' && tried.size > 0) return direct;
  const inner: Tried = new Set([...tried, name]);
  for (const { to, isSame } of rewrites(predicate, at.field)) {
    const planned = attemptAll(to, at, inner);
    if (planned.push === null) continue;
    if (isSame || !planned.isExact) return planned;
    return { ...planned, isExact: false, reason: `asked for as ${printWhere(to)}, which returns more; checked here` };
  }
  return direct;
}

function attemptAll(normal: Normal, at: VendorField, tried: Tried): Planned {
  if (normal.kind !== 'and' && normal.kind !== 'or') return attempt(normal, at, tried);
  const parts = normal.args.map((arg) => attemptAll(arg, at, tried));
  const pushes = parts.flatMap(({ push }) => (push === null ? [] : [push]));
  if (pushes.length === 0 || (normal.kind === 'or' && pushes.length < parts.length))
    return none('no rewrite of it fits');
  const isExact = pushes.length === parts.length && parts.every((part) => part.isExact);
  const wider = parts.find((part) => !part.isExact);
  const reason = isExact ? `asked for as ${printWhere(normal)}` : (wider?.reason ?? '');
  return { push: joinPushes(normal.kind, pushes), isExact, reason };
}

/**
 * A predicate that holds for empty text, put to a vendor that takes empty text for no value, or for a 0 that stands
 * for no value: records without a value are asked for as well.
 */
function planWithEmpty(predicate: Predicate, at: VendorField): Planned {
  const planned = attempt(predicate, at, untried);
  const isNull: Predicate = { kind: 'null', field: predicate.field, negated: false, span: predicate.span };
  const empty = attempt(isNull, at, untried);
  const [shown, meant] = at.field.type === 'number' ? ['shows 0 for', '0'] : ['takes empty text for', 'empty text'];
  if (planned.push === null) return planned;
  if (empty.push === null) return none(`it holds for ${meant}, and the vendor ${shown} no value`);
  return {
    push: joinPushes('or', [planned.push, empty.push]),
    isExact: false,
    reason: `the vendor ${shown} no value, so records without one are asked for too; checked here`,
  };
}
