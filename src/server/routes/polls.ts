/** `/v1/instances/{id}/objects/{object}/poll`: poll now. */
import { problemAnswer } from '../problem.ts';
import type { Route } from '../route.ts';
import { instanceId } from '../schemas/instance.ts';
import { record } from '../schemas/json-schema.ts';
import { pollOutcomes } from '../schemas/poll.ts';

interface PollParams {
  readonly id: string;
  readonly object: string;
}

const poll: Route<PollParams> = {
  operationId: 'pollNow',
  tag: 'instances',
  summary: 'Poll an object now',
  description:
    'Asks the vendor for changes at once and answers what was found. A poll that goes wrong tells its failure in the outcome; its cursor stays.',
  method: 'POST',
  path: '/v1/instances/{id}/objects/{object}/poll',
  secured: true,
  params: record('PollParams', 'Which object of which instance.', {
    id: instanceId,
    object: { type: 'string', minLength: 1, description: 'The object’s name.', examples: ['contact'] },
  }),
  success: { status: 200, description: 'What was found, feed by feed.', schema: pollOutcomes },
  problems: ['not-found', 'conflict'],
  async handle({ params }, { runtime }) {
    const polls = await runtime.pollNow(params.id, params.object);
    if (polls !== null) return { status: 200, body: { polls } };
    const [id, object] = [JSON.stringify(params.id), JSON.stringify(params.object)];
    return problemAnswer('not-found', `There is no instance ${id} that watches an object ${object}.`);
  },
};

export const pollRoutes: readonly Route[] = [poll];
