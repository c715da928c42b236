/** `/healthz` and `/readyz` for whoever runs the process. */
import { problemAnswer } from '../problem.ts';
import type { Route } from '../route.ts';
import { type JsonSchema, record } from '../schemas/json-schema.ts';

const statusRecord = (title: string, word: string): JsonSchema =>
  record(title, 'How it stands.', { status: { const: word, description: 'How it stands.', examples: [word] } });

const health: Route = {
  operationId: 'getHealth',
  tag: 'operation',
  summary: 'Is the process up?',
  description: 'Answers as long as the process takes requests.',
  method: 'GET',
  path: '/healthz',
  secured: false,
  success: { status: 200, description: 'It is up.', schema: statusRecord('Health', 'up') },
  problems: [],
  handle: () => ({ status: 200, body: { status: 'up' } }),
};

const readiness: Route = {
  operationId: 'getReadiness',
  tag: 'operation',
  summary: 'Is the service ready?',
  description:
    'Answers 200 when the workers run and the store took what was written to it in the last seconds, else 503 and the reason.',
  method: 'GET',
  path: '/readyz',
  secured: false,
  success: { status: 200, description: 'It is ready.', schema: statusRecord('Readiness', 'ready') },
  problems: ['unavailable'],
  async handle(_request, { runtime }) {
    const reason = await runtime.unready();
    return reason === null ? { status: 200, body: { status: 'ready' } } : problemAnswer('unavailable', reason);
  },
};

export const healthRoutes: readonly Route[] = [health, readiness];
