/** Finds all that is wrong with a text the parser refused. Runs only then, so it may take its time. */
import { EOF, type IRecognitionException, type IToken, type TokenType } from 'chevrotain';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { isOperator, nameTokens } from './around.ts';
import type { FieldRef } from './ast.ts';
import { diagnoseTokens } from './diagnose-tokens.ts';
import { explain } from './explain.ts';
import { WhereGrammar } from './grammar.ts';
import { readField } from './read-token.ts';
import * as T from './tokens.ts';

/** More would only be the echo of earlier ones. */
const mostReported = 10;

let recovering: WhereGrammar | undefined;

/** At least one diagnostic, in the order of the text. `tokens` are settled. */
export function diagnoseSyntax(text: string, tokens: readonly IToken[]): Diagnostic[] {
  if (tokens.length === 0) return [empty(text)];
  const { diagnostics, repaired } = diagnoseTokens(tokens);
  if (repaired === null) return diagnostics;
  recovering ??= new WhereGrammar({ recover: true });
  const found = [...diagnostics];
  for (let from = 0; from < repaired.length && found.length < mostReported; ) {
    recovering.input = repaired.slice(from);
    recovering.disjunction();
    const { errors } = recovering;
    for (const error of errors.slice(0, mostReported)) {
      const diagnostic = explain(repaired, indexOf(error, repaired), expectation(error));
      if (diagnostic !== null) found.push(diagnostic);
    }
    const leftOver = errors.find((error) => error.message === 'EOF');
    from = leftOver === undefined ? repaired.length : afterJoint(repaired, indexOf(leftOver, repaired));
  }
  return firstOfEachCondition(found, repaired).slice(0, mostReported);
}

/** What stands where a condition starts, with an operator behind it. */
export function namedFields(tokens: readonly IToken[]): readonly FieldRef[] {
  return tokens.flatMap((token, index) => {
    const before = tokens[index - 1];
    const next = tokens[index + 1];
    const starts = before === undefined || startsCondition.has(before.tokenType);
    const isTested = isOperator(next) || (next?.tokenType === T.Not && isOperator(tokens[index + 2]));
    return starts && isTested && nameTokens.has(token.tokenType) ? [readField(token, [])] : [];
  });
}

const startsCondition: ReadonlySet<TokenType> = new Set([T.And, T.Or, T.Not, T.Open]);

function empty(text: string): Diagnostic {
  return {
    code: 'where-syntax',
    severity: 'error',
    message: 'The where is empty.',
    help: "Write a condition, such as status = 'open', or leave the where out to take every record.",
    span: { start: 0, end: text.length },
  };
}

function indexOf(error: IRecognitionException, tokens: readonly IToken[]): number {
  const index = tokens.indexOf(error.token);
  return index < 0 || error.token.tokenType === EOF ? tokens.length : index;
}

function expectation(error: IRecognitionException): { name: string; rule: string } {
  return { name: error.message, rule: error.context.ruleStack.at(-1) ?? '' };
}

/** Where reading can go on after a part that does not belong: behind the next AND or OR. */
function afterJoint(tokens: readonly IToken[], from: number): number {
  const joints: ReadonlySet<TokenType> = new Set([T.And, T.Or]);
  const joint = tokens.findIndex((token, index) => index >= from && joints.has(token.tokenType));
  return joint < 0 ? tokens.length : joint + 1;
}

/** Between two joints only the first mistake is told: the next ones are mostly its echo. */
function firstOfEachCondition(diagnostics: readonly Diagnostic[], tokens: readonly IToken[]): Diagnostic[] {
  const joints = tokens.filter((token) => token.tokenType === T.And || token.tokenType === T.Or);
  const told = new Set<number>();
  return diagnostics
    .toSorted((a, b) => startOf(a) - startOf(b))
    .filter((diagnostic) => {
      const condition = joints.filter((joint) => joint.startOffset < startOf(diagnostic)).length;
      const isFirst = !told.has(condition);
      told.add(condition);
      return isFirst;
    });
}

function startOf(diagnostic: Diagnostic): number {
  return diagnostic.span?.start ?? 0;
}
