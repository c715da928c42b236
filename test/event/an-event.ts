/** A whole event for tests, with the parts that matter to a test put in their place. */
import { buildEvent, type EventParts } from '../../src/event/build.ts';
import type { AnyhookEvent } from '../../src/event/event.ts';

export const parts: EventParts = {
  connector: 'acme-crm',
  instance: { id: 'ins_1', name: 'Acme of Jane', tags: ['eu'] },
  object: 'contact',
  objectId: '10451',
  change: 'updated',
  occurredAt: '2026-03-14T09:26:53.589Z',
  detectedAt: '2026-03-14T09:27:30.101Z',
  origin: 'poll',
  changedFields: ['properties.email'],
  previous: null,
  record: { id: '10451', email: 'jane@example.com' },
  native: { id: '10451', properties: { email: 'jane@example.com', note: 'Grüße, “Zoë” 🙂' } },
  version: '1773480413589',
};

export function anEvent(changes: Partial<EventParts> = {}, sequence = 1): AnyhookEvent {
  return { ...buildEvent({ ...parts, ...changes }), sequence: String(sequence) };
}
