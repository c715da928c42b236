/**
 * Names that an expression uses and nothing defines. JSONata takes an unknown variable for nothing, so a misspelt
 * `$isoInstnat(…)` would fail only when the first record comes, and a misspelt `$setings.x` never.
 */
import { nearestName } from '../diagnostic/nearest-name.ts';
import type { ExpressionProblem } from './expression-problem.ts';

/** https://docs.jsonata.org/overview, the function library of JSONata 2.2. */
const libraryNames = (
  'sum count max min average string substring substringBefore substringAfter lowercase uppercase length trim pad ' +
  'match contains replace split join formatNumber formatBase formatInteger parseInteger number floor ceil round abs ' +
  'sqrt power random boolean not map zip filter single reduce sift keys lookup append exists spread merge reverse each ' +
  'error assert type sort shuffle distinct base64encode base64decode encodeUrlComponent encodeUrl decodeUrlComponent ' +
  'decodeUrl eval toMillis fromMillis clone now millis'
).split(' ');

/** @param tree JSONata's syntax tree. @param given the variables and @param functions, without `$`, of evaluation. */
export function undefinedVariables(
  tree: unknown,
  given: readonly string[],
  functions: readonly string[],
): ExpressionProblem[] {
  const bound = new Set<string>();
  const used: { readonly name: string; readonly end: number }[] = [];
  collect(tree, bound, used);
  const known = [...libraryNames, ...given, ...functions, ...bound];
  const knownSet = new Set(['', '$', ...known]);
  return used
    .filter(({ name }) => !knownSet.has(name))
    .map(({ name, end }) => {
      const meant = nearestName(name, known);
      return {
        message: `Nothing is called $${name}.`,
        help: meant === null ? `Variables are ${listOf(given)}, or bound with :=.` : `Did you mean $${meant}?`,
        span: { start: end - name.length - 1, end },
      };
    });
}

function listOf(names: readonly string[]): string {
  return new Intl.ListFormat('en-GB').format(names.map((name) => `$${name}`));
}

/** Scopes are not told apart: a name bound anywhere counts everywhere, which never accuses a correct expression. */
function collect(node: unknown, bound: Set<string>, used: { name: string; end: number }[]): void {
  if (Array.isArray(node)) {
    for (const item of node) collect(item, bound, used);
    return;
  }
  if (node === null || typeof node !== 'object') return;
  const { type, value, position, lhs, arguments: parameters, focus, index } = node as Readonly<Record<string, unknown>>;
  if (type === 'variable' && typeof value === 'string' && typeof position === 'number')
    used.push({ name: value, end: position });
  if (type === 'bind') bind(lhs, bound);
  if (type === 'lambda' && Array.isArray(parameters)) for (const parameter of parameters) bind(parameter, bound);
  for (const name of [focus, index]) if (typeof name === 'string') bound.add(name);
  for (const [key, child] of Object.entries(node)) {
    // The value of a literal is data; a predicate of a regular expression is a RegExp.
    if (key !== 'value') collect(child, bound, used);
  }
}

function bind(node: unknown, bound: Set<string>): void {
  const name = (node as { readonly value?: unknown } | null)?.value;
  if (typeof name === 'string') bound.add(name);
}
