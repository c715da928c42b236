/** `/v1/explain`: what a where becomes, without sending it. */
import type { ExplainInput } from '../../engine/api.ts';
import { rejectedAnswer } from '../problem.ts';
import type { Route } from '../route.ts';
import { explainInput, explanation } from '../schemas/explain.ts';

const explain: Route<unknown, unknown, ExplainInput> = {
  operationId: 'explain',
  tag: 'explain',
  summary: 'Explain a where',
  description:
    'The request that a where becomes, which parts the vendor evaluates and which are evaluated here. It is not sent; of an instance, the vendor may be asked which fields there are.',
  method: 'POST',
  path: '/v1/explain',
  secured: true,
  body: explainInput,
  success: { status: 200, description: 'The request and the reasons.', schema: explanation },
  problems: ['rejected'],
  async handle({ body }, { runtime }) {
    const outcome = await runtime.explain(body);
    if (!outcome.ok) return rejectedAnswer(outcome.diagnostics, body);
    return { status: 200, body: { ...outcome.value, diagnostics: outcome.diagnostics } };
  },
};

export const explainRoutes: readonly Route[] = [explain];
