/** JSONata over a body, an event or an answer, compiled. */
import {
  answerLimits,
  compileExpression,
  type EvaluationLimits,
  type Expression,
  mappingLimits,
} from '../mapping/expression.ts';
import type { Findings } from './findings.ts';
import { inboundVariables } from './inbound.ts';

/** Over a webhook. null when it is not well formed; then the findings say so. */
export function linkExpression(text: string, pointer: string, findings: Findings): Expression | null {
  return link(text, inboundVariables, mappingLimits, pointer, findings);
}

/** Over an answer of the vendor, or an entry of one. null as above. */
export function linkAnswerExpression(text: string, pointer: string, findings: Findings): Expression | null {
  return link(text, [], answerLimits, pointer, findings);
}

function link(
  text: string,
  variables: readonly string[],
  limits: EvaluationLimits,
  pointer: string,
  findings: Findings,
): Expression | null {
  const { expression, problems } = compileExpression(text, variables, limits);
  for (const problem of problems) findings.add({ code: 'mapping-syntax', pointer, ...problem });
  return expression;
}
