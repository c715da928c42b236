import type { Span } from '../diagnostic/diagnostic.ts';

/** What is wrong with an expression, and where. */
export interface ExpressionProblem {
  readonly message: string;
  readonly help?: string;
  readonly span: Span;
}
