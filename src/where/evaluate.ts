/**
 * Compiles a condition into a function over records. V8 inlines a call or a property read that has met one target
 * only. Closures that all filters share meet the targets of all, which took 40 % of the speed of three predicates; so
 * the chain of a condition is written out as source of its own. Nothing becomes source but AND, OR and the steps of
 * paths, as JSON: values stay in closures.
 */
import type { Bindings, Fields, Normal } from './ast.ts';
import { valueSource } from './record-path.ts';
import { type BindableTest, compileValueTest, type ValueTest } from './value-test.ts';

export type Test = (record: unknown) => boolean;
/** Takes the values of parameters; what it returns is run for each record. */
export type Filter = (bindings: Bindings) => Test;

/**
 * A filter that passes a record only when the condition is definitely true. Without NOT above predicates, unknown
 * and false need no telling apart, so two values do. A predicate on an undeclared field is never true.
 */
export function compileFilter(normal: Normal, fields: Fields): Filter {
  const tests: BindableTest[] = [];
  const condition = sourceOf(normal, fields, tests);
  const names = tests.map((_test, index) => `t${index}`);
  const link = new Function(...names, `return (record) => { let at; return ${condition}; };`) as (
    ...tests: readonly ValueTest[]
  ) => Test;
  return (bindings) => link(...tests.map((bind) => bind(bindings)));
}

/** The condition as source; the tests that it calls, `t0` and on, are added to the list. */
function sourceOf(normal: Normal, fields: Fields, tests: BindableTest[]): string {
  if (normal.kind === 'and' || normal.kind === 'or') {
    const args = normal.args.map((arg) => sourceOf(arg, fields, tests));
    return `(${args.join(normal.kind === 'and' ? ' && ' : ' || ')})`;
  }
  const field = fields.get(normal.field.name);
  if (field === undefined) return 'false';
  tests.push(compileValueTest(normal, field));
  return `t${tests.length - 1}(${valueSource(field.path)})`;
}
