/** One JSONata expression, compiled: the only file that knows JSONata's interface. */
import jsonata from 'jsonata';
import { BoundedRegex } from './bounded-regex.ts';
import type { ExpressionProblem } from './expression-problem.ts';
import { formatFunctions } from './formats.ts';
import { evaluateNamePath } from './name-path.ts';
import { toPlainJson } from './plain-json.ts';
import { undefinedVariables } from './variables.ts';

export interface Expression {
  /**
   * The value as plain JSON, undefined when the expression yields nothing.
   * Rejects with an `ExpressionError`.
   */
  evaluate(input: unknown, variables: Readonly<Record<string, unknown>>): Promise<unknown>;
}

export type CompiledExpression =
  | { readonly expression: Expression; readonly problems: readonly [] }
  | { readonly expression: null; readonly problems: readonly ExpressionProblem[] };

/** How far one evaluation may go. `depth` counts nested evaluations, `items` the results of one step. */
export interface EvaluationLimits {
  readonly timeoutMs: number;
  readonly depth: number;
  readonly items: number;
}

export const mappingLimits: EvaluationLimits = { timeoutMs: 500, depth: 400, items: 100_000 };

/** Of a whole answer, such as all fields of an account: the time is that of the wall, and others may be at work too. */
export const answerLimits: EvaluationLimits = { ...mappingLimits, timeoutMs: 5_000 };

const mappingTextLimit = 20_000;

/** An evaluation that did not come to a value. `code` is JSONata's error code, such as `D1012`, where there is one. */
export class ExpressionError extends Error {
  readonly code: string | null;

  constructor(message: string, code: string | null, cause: unknown) {
    super(message, { cause });
    this.name = 'ExpressionError';
    this.code = code;
  }
}

/**
 * @param variables the names, without `$`, that evaluation will be given; null leaves the names it uses unchecked.
 */
export function compileExpression(
  text: string,
  variables: readonly string[] | null,
  limits: EvaluationLimits = mappingLimits,
): CompiledExpression {
  if (text.length > mappingTextLimit)
    return refused(text, `The expression is longer than ${mappingTextLimit} characters.`);
  let compiled: jsonata.Expression;
  try {
    compiled = jsonata(text, {
      RegexEngine: BoundedRegex as unknown as RegExpConstructor,
      timeout: limits.timeoutMs,
      stack: limits.depth,
      sequence: limits.items,
    });
  } catch (error) {
    if (error instanceof RangeError) return refused(text, 'The expression nests too deep.');
    return { expression: null, problems: [syntaxProblem(text, error)] };
  }
  const tree: unknown = compiled.ast();
  const problems = variables === null ? [] : undefinedVariables(tree, variables, Object.keys(formatFunctions));
  if (problems.length > 0) return { expression: null, problems };
  return { expression: fastPath(tree) ?? slowPath(compiled), problems: [] };
}

/** Expressions that are a path of names, or a constant, need no evaluator. */
function fastPath(tree: unknown): Expression | null {
  if (!isNode(tree)) return null;
  if (isBare(tree) && (tree['type'] === 'string' || tree['type'] === 'number' || tree['type'] === 'value')) {
    const constant = tree['value'];
    return { evaluate: async () => constant };
  }
  if (tree['type'] !== 'path' || Object.keys(tree).some((key) => key !== 'type' && key !== 'steps')) return null;
  const names: string[] = [];
  for (const step of Array.isArray(tree['steps']) ? (tree['steps'] as readonly unknown[]) : []) {
    if (!isNode(step) || !isBare(step) || step['type'] !== 'name' || typeof step['value'] !== 'string') return null;
    names.push(step['value']);
  }
  return { evaluate: async (input) => evaluateNamePath(names, input) };
}

type Node = Readonly<Record<string, unknown>>;

function isNode(value: unknown): value is Node {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** A node with nothing attached: no predicate, no grouping, no order, no binding. */
function isBare(node: Node): boolean {
  return Object.keys(node).every((key) => key === 'type' || key === 'value' || key === 'position');
}

function slowPath(compiled: jsonata.Expression): Expression {
  for (const [name, implementation] of Object.entries(formatFunctions)) {
    compiled.registerFunction(name, implementation, '<x-:x>');
  }
  return {
    evaluate: async (input, variables) => {
      try {
        return toPlainJson(await compiled.evaluate(input, { ...variables }));
      } catch (error) {
        throw new ExpressionError(messageOf(error), codeOf(error), error);
      }
    },
  };
}

function refused(text: string, message: string): CompiledExpression {
  return { expression: null, problems: [{ message, span: { start: 0, end: text.length } }] };
}

function syntaxProblem(text: string, error: unknown): ExpressionProblem {
  const end = numberOf(error, 'position') ?? text.length;
  const token = isNode(error) && typeof error['token'] === 'string' ? error['token'] : '';
  const start = text.slice(0, end).endsWith(token) ? end - token.length : end;
  return {
    message: messageOf(error),
    span: { start: Math.max(0, Math.min(start, text.length)), end: Math.min(end, text.length) },
  };
}

/** JSONata throws plain objects with a message, and lets errors of JavaScript through. */
function messageOf(error: unknown): string {
  const message = isNode(error) ? error['message'] : undefined;
  return typeof message === 'string' && message !== '' ? message : 'The expression could not be evaluated.';
}

function codeOf(error: unknown): string | null {
  return isNode(error) && typeof error['code'] === 'string' ? error['code'] : null;
}

function numberOf(error: unknown, key: string): number | null {
  const value = isNode(error) ? error[key] : undefined;
  return typeof value === 'number' ? value : null;
}
