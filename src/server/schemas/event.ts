/** Events and their delivery attempts on the wire. */
import { readFileSync } from 'node:fs';
import { failureCodes } from '../../diagnostic/failure.ts';
import type { JsonSchema } from './json-schema.ts';
import { nullable, record, time } from './json-schema.ts';
import { pageOf } from './page.ts';

/** The schema of an event is the published file; OpenAPI wants its definitions as components. */
const file = JSON.parse(
  readFileSync(new URL('../../../schemas/event.schema.json', import.meta.url), 'utf8'),
) as JsonSchema & { readonly $defs: Readonly<Record<string, JsonSchema>> };

export const event: JsonSchema = withoutDefinitions(file);

export const eventPage = pageOf('EventPage', 'Events of an instance, in sequence.', event, {
  type: ['integer', 'null'],
  examples: [142],
});

export const eventId: JsonSchema = {
  type: 'string',
  minLength: 1,
  description: 'The id of an event.',
  examples: ['evt_mfrggzdfmztwq2lknnwg23tpobyxe43uov3ho6dzpiydcmrtgq2q'],
};

const attemptFailure = record('AttemptFailure', 'Why an attempt was no success.', {
  code: { enum: Object.keys(failureCodes), description: 'The code of the failure.', examples: ['callback-refused'] },
  message: { type: 'string', description: 'What went wrong.', examples: ['The callback answered 500.'] },
});

const attempt = record(
  'Attempt',
  'One try to deliver one event to one callback.',
  {
    deliveryId: { type: 'string', description: 'The delivery that it belongs to.', examples: ['dlv_1'] },
    eventId,
    number: { type: 'integer', minimum: 1, description: 'Counts the tries of the delivery, from 1.', examples: [1] },
    at: { ...time, description: 'When it began.' },
    durationMs: { type: 'number', minimum: 0, description: 'How long it took, in milliseconds.', examples: [87] },
    status: {
      type: ['integer', 'null'],
      description: 'The HTTP status of the answer; null when none came.',
      examples: [200],
    },
    failure: nullable(attemptFailure),
  },
  {
    examples: [
      {
        deliveryId: 'dlv_1',
        eventId: 'evt_mfrggzdfmztwq2lknnwg23tpobyxe43uov3ho6dzpiydcmrtgq2q',
        number: 1,
        at: '2026-03-14T09:26:53.589Z',
        durationMs: 87,
        status: 200,
        failure: null,
      },
    ],
  },
);

export const attempts = record('Attempts', 'All tries to deliver an event, in order.', {
  items: { type: 'array', items: attempt, description: 'The tries, in order.' },
});

/** The schema with each reference to a definition of its own replaced by that definition. Definitions may not recur. */
function withoutDefinitions(root: typeof file): JsonSchema {
  // A definition is one object wherever it stands: OpenAPI makes a component of each.
  const inlined = new Map<JsonSchema, JsonSchema>();
  const define = (target: JsonSchema): JsonSchema => {
    const known = inlined.get(target) ?? (inline(target) as JsonSchema);
    inlined.set(target, known);
    return known;
  };
  const inline = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inline);
    if (typeof value !== 'object' || value === null) return value;
    const { $ref, ...rest } = value as JsonSchema;
    const target = typeof $ref === 'string' ? root.$defs[$ref.replace('#/$defs/', '')] : undefined;
    const copy = Object.fromEntries(Object.entries(rest).map(([name, part]) => [name, inline(part)]));
    if (target === undefined) return copy;
    return Object.keys(copy).length === 0 ? define(target) : { ...define(target), ...copy };
  };
  const { $schema: _dialect, $id: _id, $defs: _definitions, ...schema } = root;
  return inline({ ...schema, title: 'Event' }) as JsonSchema;
}
