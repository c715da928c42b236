/** JSONata over a body, an event or an answer, compiled. */
import { compileExpression, type Expression } from '../mapping/expression.ts';
import type { Findings } from './findings.ts';
import { inboundVariables } from './inbound.ts';

/** Over a webhook. null when it is not well formed; then the findings say so. */
export function linkExpression(text: string, pointer: string, findings: Findings): Expression | null {
  return link(text, inboundVariables, pointer, findings);
}

/** Over an answer of the vendor, or an entry of one. null as above. */
export function linkAnswerExpression(text: string, pointer: string, findings: Findings): Expression | null {
  return link(text, [], pointer, findings);
}

function link(text: string, variables: readonly string[], pointer: string, findings: Findings): Expression | null {
  const { expression, problems } = compileExpression(text, variables);
  for (const problem of problems) findings.add({ code: 'mapping-syntax', pointer, ...problem });
  return expression;
}
