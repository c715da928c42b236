import { expect, expectTypeOf, test } from 'vitest';
import type { AnyhookEvent as Described } from '../../src/definition/event.ts';
import { buildEvent } from '../../src/event/build.ts';
import type { StreamEvent } from '../../src/event/event.ts';
import { eventId } from '../../src/event/id.ts';
import { parts } from './an-event.ts';

test('the envelope says what happened to what, where and when', () => {
  const { version, ...data } = parts;
  expect(buildEvent(parts)).toEqual({
    specversion: '1.0',
    id: eventId({ instanceId: 'ins_1', object: 'contact', recordId: '10451', version }),
    source: '/instances/ins_1/objects/contact',
    type: 'contact.updated',
    subject: '10451',
    time: '2026-03-14T09:26:53.589Z',
    datacontenttype: 'application/json',
    data,
  });
});

test('the source stays a URI reference whatever the object is called', () => {
  expect(buildEvent({ ...parts, object: 'Custom Object/Ä' }).source).toBe(
    '/instances/ins_1/objects/Custom%20Object%2F%C3%84',
  );
});

test('when it was seen, and by which way, is no part of what the event is', () => {
  const polled = buildEvent(parts);
  const pushed = buildEvent({ ...parts, origin: 'webhook', detectedAt: '2026-03-14T09:26:54.000Z' });
  expect(pushed.id).toBe(polled.id);
});

test('the schema describes the type', () => {
  expectTypeOf<Omit<Described, 'data' | 'type'>>().toExtend<Omit<StreamEvent, 'data' | 'type'>>();
  expectTypeOf<Described['data']>().toExtend<StreamEvent['data']>();
});
