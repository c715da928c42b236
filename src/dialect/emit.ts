/** Writes one query in a dialect’s form. Values come only from literals; nothing else is put into text. */
import type { Dialect, Join } from '../definition/dialect.ts';
import { groupsOf } from './expand.ts';
import { fillText, fillTree, pairTemplates, type Slots } from './fill.ts';
import { mergeTrees } from './merge-trees.ts';
import type { Binder, Leaf, Push } from './push.ts';
import type { Native } from './query.ts';

/** The query for one combination of conditions; `null` asks for every record. */
export function emitQuery(push: Push | null, dialect: Dialect, binder: Binder): Native {
  switch (dialect.builder) {
    case 'text': {
      if (push === null) return { kind: 'text', text: String(dialect.empty) };
      const text = emitText(push, dialect, binder);
      return {
        kind: 'text',
        text: typeof dialect.whole === 'string' ? fillText(dialect.whole, { query: text }) : text,
      };
    }
    case 'tree': {
      if (push === null) return { kind: 'tree', tree: dialect.empty };
      const tree = emitTree(push, dialect, binder);
      return { kind: 'tree', tree: dialect.whole === undefined ? tree : fillTree(dialect.whole, { query: tree }) };
    }
    case 'params':
      return { kind: 'pairs', pairs: push === null ? constantPairs(dialect.empty) : emitPairs(push, dialect, binder) };
  }
}

function constantPairs(template: unknown): readonly (readonly [string, string])[] {
  return pairTemplates(template).map(({ name, value }) => [fillText(name, {}), fillText(value, {})]);
}

function slotsOf(leaf: Leaf, binder: Binder, group = 0, index = 0): Slots {
  const slots: Record<string, unknown> = { field: leaf.field, group, index };
  for (const operand of leaf.operands) {
    const literal = operand.literal ?? operand.format(binder);
    if (!literal.ok) throw new Error(`a value that cannot be sent: ${literal.why}`);
    slots[operand.slot] = literal.value;
  }
  return slots;
}

function emitText(push: Push, dialect: Dialect, binder: Binder): string {
  const { shape, and, or } = dialect.boolean;
  if (shape === 'free') return freeText(push, true);
  const [outer, inner] = shape === 'cnf' ? [and, or] : [or, and];
  const groups = groupsOf(push, shape).map((group) => rowText(group.map(leafText), inner, shape === 'and'));
  return shape === 'and' ? groups.join('') : rowText(groups, outer, true);

  function leafText(leaf: Leaf): string {
    const text = fillText(String(leaf.emit), slotsOf(leaf, binder));
    return leaf.negation === null ? text : fillText(String(leaf.negation), { arg: text });
  }
  function freeText(node: Push, isTop: boolean): string {
    if (node.kind === 'leaf') return leafText(node);
    if (node.kind === 'chunks') throw new Error('a cut list inside one query');
    return rowText(
      node.args.map((arg) => freeText(arg, false)),
      node.kind === 'and' ? and : or,
      isTop,
    );
  }
}

/** Conditions in a row; one alone needs no join. */
function rowText(parts: readonly string[], join: Join | undefined, isTop: boolean): string {
  const [first = ''] = parts;
  if (parts.length === 1) return first;
  if (join === undefined || !('separator' in join)) throw new Error('the dialect has no join for this');
  const { separator, nested, top = '{args}', pairs } = join;
  const outside = isTop ? top : nested;
  if (pairs !== true) return fillText(outside, { args: parts.join(separator) });
  const paired = parts.slice(0, -1).reduce((left, right) => fillText(nested, { args: `${left}${separator}${right}` }));
  return fillText(outside, { args: `${paired}${separator}${parts.at(-1) ?? ''}` });
}

function emitTree(push: Push, dialect: Dialect, binder: Binder): unknown {
  const { shape, and, or } = dialect.boolean;
  if (shape === 'free') {
    if (and !== undefined && 'prefix' in and) return prefixed(push);
    return freeTree(push);
  }
  const [outer, inner] = shape === 'cnf' ? [and, or] : [or, and];
  const groups = groupsOf(push, shape).map((group) => nodeTree(group.map(leafTree), inner));
  return shape === 'and' ? groups[0] : nodeTree(groups, outer);

  function leafTree(leaf: Leaf): unknown {
    const tree = fillTree(leaf.emit, slotsOf(leaf, binder));
    return leaf.negation === null ? tree : fillTree(leaf.negation, { arg: tree });
  }
  function freeTree(node: Push): unknown {
    if (node.kind === 'leaf') return leafTree(node);
    if (node.kind === 'chunks') throw new Error('a cut list inside one query');
    return nodeTree(node.args.map(freeTree), node.kind === 'and' ? and : or);
  }
  /** One flat list, each token before the two that it joins. */
  function prefixed(node: Push): readonly unknown[] {
    if (node.kind === 'leaf') return [leafTree(node)];
    if (node.kind === 'chunks') throw new Error('a cut list inside one query');
    const join = node.kind === 'and' ? and : or;
    if (join === undefined || !('prefix' in join)) throw new Error('the dialect has no join for this');
    return [...node.args.slice(1).map(() => join.prefix), ...node.args.flatMap(prefixed)];
  }
}

function nodeTree(parts: readonly unknown[], join: Join | undefined): unknown {
  if (join === undefined) return parts[0];
  if ('emit' in join) return fillTree(join.emit, { args: parts });
  if ('merge' in join) return parts.reduce((all, part) => mergeTrees(all, part));
  throw new Error('the dialect has no join for this');
}

/** Parameters in the order of their conditions; one that another condition has given already is not said twice. */
function emitPairs(push: Push, dialect: Dialect, binder: Binder): readonly (readonly [string, string])[] {
  const groups = groupsOf(push, dialect.boolean.shape === 'cnf' ? 'cnf' : 'dnf');
  const pairs: (readonly [string, string])[] = [];
  const given = new Map<string, string[]>();
  for (const [group, leaves] of groups.entries()) {
    for (const [index, leaf] of leaves.entries()) {
      const slots = slotsOf(leaf, binder, group, index);
      for (const template of pairTemplates(leaf.emit)) {
        const name = fillText(template.name, slots);
        const value = fillText(template.value, slots);
        const before = given.get(name);
        if (before?.includes(value) === true) continue;
        if (before === undefined) given.set(name, [value]);
        else before.push(value);
        pairs.push([name, value]);
      }
    }
  }
  return pairs;
}

/** The parameters of a condition, with the templates of their values. */
export function parametersOf(leaf: Leaf): readonly (readonly [name: string, template: string])[] {
  const slots: Slots = { field: leaf.field };
  return pairTemplates(leaf.emit).map(({ name, value }) => [fillText(name, slots), value]);
}
