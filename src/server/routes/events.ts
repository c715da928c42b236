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
  readonly after?: number;
  readonly limit: number;
}

const listQuery = partialRecord('EventFilter', 'Which events.', {
  after: {
    type: 'integer',
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    description:
      'Only events after this sequence number: the last one you have. Without it, from the oldest that is kept.',
    examples: [42],
  },
  limit,
});

const list: Route<Id, ListQuery> = {
  operationId: 'listEvents',
  tag: 'events',
  summary: 'List the events of an instance',
  description:
    'Events in sequence. The sequence of an instance has no gaps, so a receiver can prove that it has all and fetch what it missed. ' +
    'Events are kept for a time; when some after the number that is asked for are no longer, the answer is 410 with the oldest that is: ' +
    'what lies between was purged for its age and cannot be fetched any more.',
  method: 'GET',
  path: '/v1/instances/{id}/events',
  secured: true,
  params: idParams,
  query: listQuery,
  success: { status: 200, description: 'A page of events.', schema: eventPage },
  problems: ['not-found', 'events-purged'],
  async handle({ params, query }, { runtime }) {
    const { after = 0, limit } = query;
    // The list first: what is purged meanwhile is then told, and not left out in silence.
    const found = await runtime.listEvents(params.id, after, limit + 1);
    const oldest = await runtime.oldestSequence(params.id);
    if (found === null || oldest === null) return noInstance(params.id);
    if (query.after !== undefined && query.after + 1 < oldest) return purged(query.after, oldest);
    return { status: 200, body: cutPage(found, limit, ({ sequence }) => Number(sequence)) };
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

function purged(after: number, oldestSequence: number) {
  const detail = `Events ${after + 1} to ${oldestSequence - 1} are no longer kept; ask for those after ${oldestSequence - 1}.`;
  return problemAnswer('events-purged', detail, { oldestSequence });
}

function shownAttempt(attempt: Attempt): Omit<Attempt, 'at'> & { readonly at: string } {
  return { ...attempt, at: new Date(attempt.at).toISOString() };
}
