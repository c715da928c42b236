/** JSONata over a body or an event, compiled. */
import { compileExpression, type Expression } from '../mapping/expression.ts';
import type { Findings } from './findings.ts';
import { inboundVariables } from './inbound.ts';

/** null when it is not well formed; then the findings say so. */
export function linkExpression(text: string, pointer: string, findings: Findings): Expression | null {
  const { expression, problems } = compileExpression(text, inboundVariables);
  for (const problem of problems) findings.add({ code: 'mapping-syntax', pointer, ...problem });
  return expression;
}
