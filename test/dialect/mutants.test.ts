/**
 * The laws must notice a compiler that is wrong. Each mutant is the compiler's own source with one place changed;
 * it is loaded beside the real one, and the law has to break.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Dialect } from '../../src/definition/dialect.ts';
import { compileQuery } from '../../src/dialect/compile.ts';
import { readDialect } from './dialects.ts';
import { breach, type Compile, lawCase, stores } from './law.ts';
import { readWhere } from './object.ts';
import { pivotCase, pivotLawCase } from './pivot.ts';
import { readers } from './readers/all.ts';

interface Mutant {
  readonly what: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** A dialect whose law must break. */
  readonly dialect: string;
  readonly change?: (dialect: Dialect) => Dialect;
  /** The wheres that can show it, where few can: others are passed over. */
  readonly shownBy?: RegExp;
}

const limited =
  (limits: Dialect['boolean']['limits']) =>
  (dialect: Dialect): Dialect => ({
    ...dialect,
    boolean: { ...dialect.boolean, limits: { ...dialect.boolean.limits, ...limits } },
  });
/** With pieces of text to ask for, and no patterns. */
const withoutLike = ({ operators: { like: _like, ...operators }, ...dialect }: Dialect): Dialect => ({
  ...dialect,
  operators,
});
const withoutNull = ({ operators: { 'is null': _isNull, ...operators }, ...dialect }: Dialect): Dialect => ({
  ...dialect,
  operators,
});
const shortLists = limited({ inValues: 2 });
const shortQueries = limited({ length: 200 });

const mutants: readonly Mutant[] = [
  {
    what: 'negates what returns more',
    file: 'plan-direct.ts',
    from: 'if (!found.isExact) return none(',
    to: 'if (!found.isExact && found.name !== found.name) return none(',
    dialect: 'call-filter',
  },
  {
    what: 'widens the wrong way',
    file: 'widen.ts',
    from: "direction === 'down' ? Math.floor : Math.ceil",
    to: "direction === 'up' ? Math.floor : Math.ceil",
    dialect: 'soql',
  },
  {
    what: 'rounds every bound down',
    file: 'widen.ts',
    from: "direction === 'down' ? Math.floor : Math.ceil",
    to: 'Math.floor',
    dialect: 'odata4',
  },
  {
    what: 'forgets records without a value',
    file: 'usable.ts',
    from: "operator.nulls === 'included' ?",
    to: 'operator.nulls === undefined && false ?',
    dialect: 'soql',
  },
  {
    what: 'forgets them under a negation',
    file: 'plan-direct.ts',
    from: "if (negation.nulls === 'excluded' ||",
    to: "if (negation.nulls !== 'excluded' ||",
    dialect: 'call-filter',
  },
  {
    what: 'pushes the rest of an OR',
    file: 'plan.ts',
    from: 'parts.find(({ push }) => push === null)',
    to: 'parts.find(() => false)',
    dialect: 'soql',
  },
  {
    what: 'takes an answer that is no',
    file: 'usable.ts',
    from: "if (answer === 'no') {",
    to: "if (answer === 'no' && name !== '!=') {",
    dialect: 'soql',
  },
  {
    what: 'takes wider answers for ours',
    file: 'usable.ts',
    from: "return answer === 'exact'",
    to: "return answer !== 'no'",
    dialect: 'soql',
  },
  {
    what: 'drops the residual',
    file: 'compile.ts',
    from: 'push === null || !part.isExact',
    to: 'push === null',
    dialect: 'soql',
  },
  {
    what: 'forgets what it could not push',
    file: 'compile.ts',
    from: 'push === null || !part.isExact',
    to: 'push !== null && !part.isExact',
    dialect: 'soql',
  },
  {
    what: 'trusts values that only binding tells',
    file: 'planned.ts',
    from: 'if (canFail) {',
    to: 'if (canFail && found.name !== found.name) {',
    dialect: 'quickbooks-query',
  },
  {
    what: 'goes on with an OR that lost an arm',
    file: 'expand.ts',
    from: "(push.kind === 'or' && args.length < push.args.length)",
    to: 'false',
    dialect: 'sql92',
  },
  {
    what: 'takes empty text for a value',
    file: 'empty-text.ts',
    from: "dialect.emptyTextIsNull === true ? ''",
    to: "dialect.emptyTextIsNull !== true ? ''",
    dialect: 'hubspot-search',
  },
  {
    what: 'takes a 0 that is shown for one that is stored',
    file: 'empty-text.ts',
    from: 'dialect.zeroIsNull === true ? 0',
    to: 'dialect.zeroIsNull === undefined ? 0',
    dialect: 'domain-prefix',
  },
  {
    what: 'trusts conditions that a vendor may leave out',
    file: 'usable.ts',
    from: "answer === 'exact' && dialect.ignoresUnknownFields === true",
    to: "answer === 'no' && dialect.ignoresUnknownFields === true",
    dialect: 'encoded-query',
  },
  {
    what: 'asks for an OR whose arms a vendor may leave out',
    file: 'plan.ts',
    from: 'dialect.ignoresUnknownFields === true && !isOfOneField',
    to: 'dialect.ignoresUnknownFields === undefined && !isOfOneField',
    dialect: 'encoded-query',
    shownBy: /born.* OR | OR .*born/,
  },
  {
    what: 'sends fractions that no stored number equals',
    file: 'number-literal.ts',
    from: 'literal.whole === true &&',
    to: 'literal.whole === undefined &&',
    dialect: 'mongo-json',
  },
  {
    what: 'sends empty text',
    file: 'vendor-field.ts',
    from: 'dialect.emptyTextIsNull === true',
    to: 'dialect.emptyTextIsNull === undefined',
    dialect: 'hubspot-search',
  },
  {
    what: 'counts too few groups',
    file: 'fit.ts',
    from: 'groups: all.groups * one.groups',
    to: 'groups: Math.max(all.groups, one.groups)',
    dialect: 'hubspot-search',
  },
  {
    what: 'counts too few conditions',
    file: 'fit.ts',
    from: 'widest: all.widest + one.widest',
    to: 'widest: Math.max(all.widest, one.widest)',
    dialect: 'hubspot-search',
  },
  {
    what: 'sends one part of a long list',
    file: 'expand.ts',
    from: "if (push.kind === 'chunks') return push.leaves;",
    to: "if (push.kind === 'chunks') return [push.leaves[0]];",
    dialect: 'soql',
    change: shortLists,
  },
  {
    what: 'cuts NOT IN into queries',
    file: 'plan-direct.ts',
    from: 'predicate.negated ? { kind:',
    to: 'operands.length < 0 ? { kind:',
    dialect: 'sql92',
    change: shortLists,
  },
  {
    what: 'does not escape',
    file: 'text-literal.ts',
    from: 'escaped += pair?.[1] ?? text.charAt(at);',
    to: 'escaped += pair?.[0] ?? text.charAt(at);',
    dialect: 'soql',
  },
  {
    what: 'escapes twice',
    file: 'text-literal.ts',
    from: 'escaped += pair?.[1] ?? text.charAt(at);',
    to: 'escaped += pair === undefined ? text.charAt(at) : pair[1] + pair[1];',
    dialect: 'mongo-json',
  },
  {
    what: 'sends forbidden characters',
    file: 'text-literal.ts',
    from: 'this.forbidden?.test(raw)',
    to: "this.forbidden?.test('')",
    dialect: 'quickbooks-query',
  },
  {
    what: 'lets an item hold the separator',
    file: 'text-literal.ts',
    from: 'separator !== undefined && literal.quote',
    to: 'separator === undefined && literal.quote',
    dialect: 'search-criteria',
  },
  {
    what: 'takes every literal for aligned',
    file: 'widen.ts',
    from: "widen(epochMs, 'down', literal, field) === epochMs",
    to: 'epochMs <= epochMs',
    dialect: 'odata4',
  },
  {
    what: 'takes a time for a step of the vendor',
    file: 'plan-time.ts',
    from: "compares === 'finer' || !isAnswered",
    to: "compares === 'finer'",
    dialect: 'soql',
  },
  {
    what: 'forgets what a vendor does not show',
    file: 'time-bound.ts',
    from: 'shiftMs: 1 }',
    to: 'shiftMs: 0 }',
    dialect: 'sql92',
  },
  {
    what: 'takes a pattern for its beginning',
    file: 'like-pattern.ts',
    from: "case 'any text any':\n      return [{ op: 'contains'",
    to: "case 'any text any':\n      return [{ op: 'starts with'",
    dialect: 'odata4',
    shownBy: /LIKE/,
  },
  {
    what: 'asks for a piece and takes it for the whole',
    file: 'like-pattern.ts',
    from: "{ op: 'contains', piece: longest, isSame: false }",
    to: "{ op: 'contains', piece: longest, isSame: true }",
    dialect: 'domain-prefix',
    change: withoutLike,
    shownBy: /LIKE/,
  },
  {
    what: 'keeps digits that numbers lose',
    file: 'number-literal.ts',
    from: 'MOST_DIGITS = 15',
    to: 'MOST_DIGITS = 40',
    dialect: 'mongo-json',
  },
  {
    what: 'swaps the ends of a range',
    file: 'rewrite.ts',
    from: "[compare('<', low), compare('>', high)]",
    to: "[compare('<', high), compare('>', low)]",
    dialect: 'soql',
  },
  {
    what: 'joins groups by the wrong word',
    file: 'expand.ts',
    from: "shape === 'cnf' ? 'and' : 'or'",
    to: "shape === 'cnf' ? 'or' : 'and'",
    dialect: 'hubspot-search',
  },
  {
    what: 'takes half an AND for all of it',
    file: 'plan.ts',
    from: "return {\n    push: pushes.length === 0 ? null : joinPushes('and', pushes),\n    isExact: parts.every(",
    to: "return {\n    push: pushes.length === 0 ? null : joinPushes('and', pushes),\n    isExact: parts.some(",
    dialect: 'odata4',
  },
  {
    what: 'takes one exact arm for an exact OR',
    file: 'plan.ts',
    from: 'isExact: parts.every(({ isExact }) => isExact),',
    to: 'isExact: parts.some(({ isExact }) => isExact),',
    dialect: 'soql',
  },
  {
    what: 'takes a wider rewrite for the same',
    file: 'plan.ts',
    from: 'if (isSame || !planned.isExact) return planned;',
    to: 'if (isSame || planned.push !== null) return planned;',
    dialect: 'domain-prefix',
    change: withoutLike,
    shownBy: /LIKE/,
  },
  {
    what: 'joins a list by the wrong word',
    file: 'rewrite.ts',
    from: "join(negated ? 'and' : 'or', args, predicate)",
    to: "join(negated ? 'or' : 'and', args, predicate)",
    dialect: 'odata4',
  },
  {
    what: 'forgets that empty text is no value there',
    file: 'plan.ts',
    from: "joinPushes('or', [planned.push, empty.push])",
    to: "joinPushes('and', [planned.push])",
    dialect: 'hubspot-search',
  },
  {
    what: 'forgets NULL in a list',
    file: 'plan-direct.ts',
    from: "? predicate.values.some(({ kind }) => kind === 'null')",
    to: '? predicate.values.length < 0',
    dialect: 'jql',
  },
  {
    what: 'loses the end of a long list',
    file: 'plan-direct.ts',
    from: 'Math.ceil(items.length / size) || 1',
    to: 'Math.floor(items.length / size) || 1',
    dialect: 'soql',
    change: shortLists,
  },
  {
    what: 'asks twice in one place',
    file: 'factor.ts',
    from: 'if (isFree) for (const [name, template] of parameters)',
    to: 'if (!isFree) for (const [name, template] of parameters)',
    dialect: 'bracket-ops',
  },
  {
    what: 'drops the wrong conditions of too many',
    file: 'factor.ts',
    from: 'if (fits(factors.filter(',
    to: 'if (!fits(factors.filter(',
    dialect: 'hubspot-search',
  },
  {
    what: 'takes what it dropped for asked',
    file: 'factor.ts',
    from: 'return { ...factor, push: null, dropped: why };',
    to: 'return { ...factor, push: factor.push, dropped: why };',
    dialect: 'hubspot-search',
  },
  {
    what: 'sends what is too long',
    file: 'measure.ts',
    from: 'return lengthOf(native, limits) > most;',
    to: 'return lengthOf(native, limits) > most * 2;',
    dialect: 'hubspot-search',
    change: shortQueries,
  },
  {
    what: 'rounds an upper bound down',
    file: 'time-bound.ts',
    from: "const up: Adjustment = { direction: 'up',",
    to: "const up: Adjustment = { direction: 'down',",
    dialect: 'soql',
  },
  {
    what: 'takes a list for aligned by one of its times',
    file: 'plan-time.ts',
    from: 'const isSaid = instants.every(',
    to: 'const isSaid = instants.some(',
    dialect: 'soql',
  },
  {
    what: 'sends half a surrogate pair',
    file: 'text-literal.ts',
    from: 'if (halfPair.test(raw))',
    to: 'if (halfPair.test(raw.slice(0, 0)))',
    dialect: 'encoded-query',
  },
  {
    what: 'sends lists in the case they are written',
    file: 'text-literal.ts',
    from: "this.isLower = literal.case === 'lower'",
    to: 'this.isLower = literal.case === undefined && false',
    dialect: 'hubspot-search',
  },
  {
    what: 'takes the end of a pattern for its beginning',
    file: 'like-pattern.ts',
    from: "case 'any text':\n      return [{ op: 'ends with'",
    to: "case 'any text':\n      return [{ op: 'starts with'",
    dialect: 'odata4',
    shownBy: /LIKE/,
  },
  {
    what: 'cuts a time that it cannot say',
    file: 'operand.ts',
    from: "if (value.kind !== 'now') return",
    to: "if (value.kind === 'now') return",
    dialect: 'odata4',
    shownBy: /9999/,
  },
  {
    what: 'pairs without brackets',
    file: 'emit.ts',
    from: 'reduce((left, right) => fillText(nested, {',
    to: "reduce((left, right) => fillText('{args}', {",
    dialect: 'coql',
  },
  {
    what: 'puts a condition into one group of several',
    file: 'expand.ts',
    from: 'for (const group of groups) group.push(arg);',
    to: 'groups[0]?.push(arg);',
    dialect: 'hubspot-search',
  },
  {
    what: 'sends the rest of a list with a value that cannot be sent',
    file: 'expand.ts',
    from: 'push.leaves.every((leaf) => isSendable(leaf, binder))',
    to: 'push.leaves.some((leaf) => isSendable(leaf, binder))',
    dialect: 'quickbooks-query',
    change: shortLists,
  },
  {
    what: 'asks for the first part of a second long list',
    file: 'expand.ts',
    from: 'choices.map((choice) =>',
    to: 'choices.slice(0, 1).map((choice) =>',
    dialect: 'soql',
    change: shortLists,
  },
  {
    what: 'writes a letter in lower case as two',
    file: 'text-literal.ts',
    from: 'if (lower.length !== text.length) return null;',
    to: '',
    dialect: 'hubspot-search',
    shownBy: /İ/,
  },
  {
    what: 'writes a sigma as the letters around it want it',
    file: 'text-literal.ts',
    from: '/\\u03a3/.test(text) ? null : lower',
    to: 'lower',
    dialect: 'hubspot-search',
    shownBy: /Σ/,
  },
  {
    what: 'takes a bound 0 for a stored one',
    file: 'empty-text.ts',
    from: 'return empty === 0 ||',
    to: 'return',
    dialect: 'domain-prefix',
    shownBy: /:score/,
  },
  {
    what: 'asks for what holds for empty text where it cannot ask for no value',
    file: 'plan.ts',
    from: 'if (empty.push === null) return none(',
    to: 'if (empty.push === null) return planned.push !== null ? planned : none(',
    dialect: 'hubspot-search',
    change: withoutNull,
  },
  {
    what: 'takes NOT of a boolean for itself',
    file: 'rewrite.ts',
    from: 'value: !value.value',
    to: 'value: value.value',
    dialect: 'soql',
  },
  {
    what: 'makes one list of what must and what must not be',
    file: 'plan.ts',
    from: 'return arm.negated ? null : arm.field.name',
    to: 'return arm.field.name',
    dialect: 'hubspot-search',
    shownBy: / OR /,
  },
  {
    what: 'takes the longest piece of a pattern for its first',
    file: 'like-pattern.ts',
    from: "{ op: 'starts with', piece: first.literal, isSame: false }",
    to: "{ op: 'starts with', piece: longest, isSame: false }",
    dialect: 'odata4',
    shownBy: /LIKE/,
  },
  {
    what: 'keeps the backslash of a pattern',
    file: 'like-pattern.ts',
    from: 'literal += points[++at];',
    to: 'literal += point + points[++at];',
    dialect: 'domain-prefix',
    shownBy: /LIKE '[^']*\\/,
  },
  {
    what: 'takes one letter for none',
    file: 'text-literal.ts',
    from: 'wildcards.one ?? wildcards.any',
    to: "wildcards.one ?? ''",
    dialect: 'quickbooks-query',
    shownBy: /LIKE/,
  },
  {
    what: 'sends a range without one of its ends',
    file: 'plan-direct.ts',
    from: "predicate.low.kind === 'null' || predicate.high.kind === 'null'",
    to: "predicate.low.kind === 'null' && predicate.high.kind === 'null'",
    dialect: 'hubspot-search',
  },
  {
    what: 'keeps the time of the compilation',
    file: 'compile.ts',
    from: '&& !readsClock(where.normal)',
    to: '',
    dialect: 'soql',
  },
  {
    what: 'sends bound values however long',
    file: 'compile.ts',
    from: 'if (open.length === 0 || !natives.some(',
    to: 'if (open.length >= 0 || !natives.some(',
    dialect: 'sql92',
    change: limited({ length: 60 }),
    shownBy: /:name/,
  },
  {
    what: 'looks for a letter that may be another at the end of a word',
    file: 'vendor-field.ts',
    from: 'isFoldedPiece: isWider &&',
    to: 'isFoldedPiece: isWider && isWider !== isWider &&',
    dialect: 'odata4',
    shownBy: /Σ/,
  },
  {
    what: 'drops brackets',
    file: 'emit.ts',
    from: 'const outside = isTop ? top : nested;',
    to: 'const outside = top;',
    dialect: 'soql',
  },
];

const source = fileURLToPath(new URL('../../src/dialect', import.meta.url));
const where = fileURLToPath(new URL('../../src/where/', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'mutants-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The compiler with one place changed, in a folder of its own; the where language stays the real one. */
async function loadMutant({ file, from, to }: Mutant, name: string): Promise<Compile> {
  const copy = path.join(folder, name);
  cpSync(source, copy, { recursive: true });
  const text = readFileSync(path.join(copy, file), 'utf8');
  if (text.split(from).length !== 2) throw new Error(`${file} does not hold this once: ${from}`);
  writeFileSync(
    path.join(copy, file),
    text.replace(from, () => to),
  );
  for (const each of readdirSync(copy)) {
    const module = path.join(copy, each);
    writeFileSync(module, readFileSync(module, 'utf8').replaceAll("'../where/", `'${where}`));
  }
  const loaded = (await import(/* @vite-ignore */ pathToFileURL(path.join(copy, 'compile.ts')).href)) as {
    compileQuery: Compile;
  };
  return loaded.compileQuery;
}

function breaksLaw(compile: Compile, { dialect: name, change, shownBy }: Mutant, numRuns: number): string | null {
  const dialect = change === undefined ? readDialect(name) : change(readDialect(name));
  const reader = readers[name];
  if (reader === undefined) throw new Error(`${name} has no reader`);
  // Wheres made for a record show soonest what a query loses, the others what it returns too much.
  const made = pivotCase.map((given) => pivotLawCase(given, stores[name] ?? {}));
  const { failed, errorInstance, seed } = fc.check(
    fc.property(
      fc.oneof(lawCase, made),
      (given) =>
        shownBy?.test(given.text) === false ||
        breach(compile, readWhere(given.text), dialect, reader, given, stores[name]) === null,
    ),
    { numRuns, seed: 20260101, endOnFailure: true },
  );
  return failed ? `seed ${seed}: ${String(errorInstance)}` : null;
}

describe('the law breaks when the compiler', () => {
  it.each(mutants.map((mutant, index) => ({ ...mutant, index })))('$what ($dialect)', async ({ index, ...mutant }) => {
    const compile = await loadMutant(mutant, String(index));
    expect(breaksLaw(compile, mutant, 40_000)).not.toBeNull();
    expect(breaksLaw(compileQuery, mutant, 100)).toBeNull();
  });
});
