/** `/v1/instances/{id}/events` and `/v1/events/{id}/attempts`: what was found, and how it was delivered. */
import type { Attempt } from '../../store/port.ts';
import { problemAnswer } from '../problem.ts';
import type { Route } from '../route.ts';
import { attempts, eventId, eventPage } from '../schemas/event.ts';
import { partialRecord, record } from '../schemas/json-schema.ts';
import { cutPage, limit } from '../schemas/page.ts';
import { idParams, noInstance } from './instances.ts';

interface Id {
  readonly id: string;
}

interface ListQuery {
  readonly after: number;
  readonly limit: number;
}

const listQuery = partialRecord('EventFilter', 'Which events.', {
  after: {
    type: 'integer',
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    default: 0,
    description: 'Only events after this sequence number: the last one you have.',
    examples: [42],
  },
  limit,
});

const list: Route<Id, ListQuery> = {
  operationId: 'listEvents',
  tag: 'events',
  summary: 'List the events of an instance',
  description:
    'Events in sequence. The sequence of an instance has no gaps, so a receiver can prove that it has all and fetch what it missed.',
  method: 'GET',
  path: '/v1/instances/{id}/events',
  secured: true,
  params: idParams,
  query: listQuery,
  success: { status: 200, description: 'A page of events.', schema: eventPage },
  problems: ['not-found'],
  async handle({ params, query }, { runtime }) {
    const found = await runtime.listEvents(params.id, query.after, query.limit + 1);
    if (found === null) return noInstance(params.id);
    return { status: 200, body: cutPage(found, query.limit, ({ sequence }) => Number(sequence)) };
  },
};

const listAttempts: Route<Id> = {
  operationId: 'listAttempts',
  tag: 'events',
  summary: 'List the delivery attempts of an event',
  description: 'Every try to deliver the event, with the answer of the callback.',
  method: 'GET',
  path: '/v1/events/{id}/attempts',
  secured: true,
  params: record('EventId', 'Which event.', { id: eventId }),
  success: { status: 200, description: 'The attempts, in order.', schema: attempts },
  problems: ['not-found'],
  async handle({ params }, { runtime }) {
    const found = await runtime.listAttempts(params.id);
    if (found === null) return problemAnswer('not-found', `There is no event ${JSON.stringify(params.id)}.`);
    return { status: 200, body: { items: found.map(shownAttempt) } };
  },
};

export const eventRoutes: readonly Route[] = [list, listAttempts];

function shownAttempt(attempt: Attempt): Omit<Attempt, 'at'> & { readonly at: string } {
  return { ...attempt, at: new Date(attempt.at).toISOString() };
}
