import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createSchemaCheck } from '../../src/connector/validate.ts';
import { cloudElements } from '../../src/event/cloud-elements.ts';
import { eventFormats } from '../../src/event/formats.ts';
import { troubleBegun, troubleEnded } from '../../src/event/notice.ts';

const schema = JSON.parse(readFileSync(new URL('../../schemas/event.schema.json', import.meta.url), 'utf8'));
const parts = {
  connector: 'acme-crm',
  instance: { id: 'ins_1', name: 'Acme', tags: [] },
  object: 'contact',
  feed: 'changes',
  failure: { code: 'vendor-unavailable', message: 'GET /contacts was answered 503.', help: null },
  since: '2026-03-14T09:26:53.589Z',
} as const;
const nowMs = Date.parse('2026-03-14T10:00:00.000Z');

test('a notice is an event that the schema describes, in every format', () => {
  const check = createSchemaCheck(schema, 'case-schema');
  const whole = { ...parts, object: null, feed: null };
  for (const kind of ['poller', 'credentials'] as const) {
    for (const begun of [troubleBegun(kind, parts, nowMs), troubleBegun(kind, whole, nowMs)]) {
      for (const notice of [begun, troubleEnded(begun, nowMs + 1)]) {
        const event = { ...notice, sequence: '7' };
        expect(check(event)).toEqual([]);
        for (const format of Object.values(eventFormats)) expect(format.render(event).body.length).toBeGreaterThan(0);
      }
    }
  }
});

test('one trouble has one id, whoever tells it when; its end and another trouble have others', () => {
  const begun = troubleBegun('poller', parts, nowMs);
  const ids = [
    begun,
    troubleEnded(begun, nowMs),
    troubleBegun('credentials', parts, nowMs),
    troubleBegun('poller', { ...parts, feed: 'deletes' }, nowMs),
    troubleBegun('poller', { ...parts, since: '2026-03-14T09:26:53.590Z' }, nowMs),
  ].map(({ id }) => id);
  expect(new Set(ids).size).toBe(5);
  expect(troubleBegun('poller', parts, nowMs + 5).id).toBe(begun.id);
});

test('a receiver of the legacy format finds no change in it', () => {
  const event = { ...troubleBegun('poller', parts, nowMs), sequence: '7' };
  const { message } = JSON.parse(cloudElements.render(event).body.toString());
  expect(message).toMatchObject({ eventId: event.id, instance_id: 'ins_1', events: [] });
  expect(message.raw.notice).toMatchObject({ type: 'poller.stalled', object: 'contact', failure: parts.failure });
});
