import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { type CloudEventV1, HTTP } from 'cloudevents';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AnyhookEvent } from '../../src/event/event.ts';
import type { EventFormatName } from '../../src/event/format.ts';
import { eventFormats } from '../../src/event/formats.ts';
import { anEvent } from './an-event.ts';

const schema: object = JSON.parse(readFileSync(new URL('../../schemas/event.schema.json', import.meta.url), 'utf8'));
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
addFormats.default(ajv);
const validate = ajv.compile<AnyhookEvent>(schema);

const events: readonly AnyhookEvent[] = [
  anEvent(),
  anEvent({ change: 'created', changedFields: null, origin: 'webhook' }, 2),
  anEvent(
    { change: 'deleted', changedFields: null, record: null, native: null, objectId: 'a "b" 100%\r\nx: y 🙂 Ä' },
    3,
  ),
];

const text = (body: Buffer): string => body.toString('utf8');

/** What a stranger's CloudEvents library reads out of the request. */
function read(name: EventFormatName, event: AnyhookEvent): CloudEventV1<unknown> {
  const { headers, body } = eventFormats[name].render(event);
  const found = HTTP.toEvent({ headers: { ...headers }, body: text(body) });
  const [first, ...rest] = [found].flat();
  expect(rest).toEqual([]);
  if (first === undefined) throw new Error('no event');
  return first;
}

for (const event of events) {
  test(`structured: ${event.type} is what the schema says, and a CloudEvent`, () => {
    const { headers, body } = eventFormats.structured.render(event);
    const parsed: unknown = JSON.parse(text(body));
    expect(headers).toEqual({ 'content-type': 'application/cloudevents+json' });
    expect(validate(parsed), JSON.stringify(validate.errors)).toBe(true);
    expect(parsed).toEqual(event);
    expect(JSON.parse(JSON.stringify(read('structured', event)))).toEqual(event);
  });

  test(`batched: ${event.type} is a list of one such event`, () => {
    const { headers, body } = eventFormats.batched.render(event);
    expect(headers).toEqual({ 'content-type': 'application/cloudevents-batch+json' });
    expect(JSON.parse(text(body))).toEqual([event]);
    expect(JSON.parse(JSON.stringify(read('batched', event)))).toEqual(event);
  });

  test(`binary: ${event.type} has its attributes in headers and its data in the body`, () => {
    const { headers, body } = eventFormats.binary.render(event);
    expect(headers['content-type']).toBe('application/json');
    expect(JSON.parse(text(body))).toEqual(event.data);
    const received = read('binary', event);
    expect(received.data).toEqual(event.data);
    // The library leaves the percent-encoding of HTTP headers to its user.
    const decoded = { ...event, data: undefined, datacontenttype: undefined };
    for (const name of Object.keys(decoded)) {
      if (name === 'data' || name === 'datacontenttype') continue;
      const expected = event[name as keyof AnyhookEvent];
      expect([name, decodeURIComponent(String(headers[`ce-${name}`]))]).toEqual([name, expected]);
    }
    expect(received.id).toBe(event.id);
    expect(received.type).toBe(event.type);
  });
}

test('binary: a header carries printable ASCII only, and any text survives', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (subject) => {
      const header = eventFormats.binary.render({ ...anEvent(), subject }).headers['ce-subject'] ?? '';
      expect(header).toMatch(/^[!#$&-~%]*$/);
      expect(decodeURIComponent(header)).toBe(subject);
    }),
  );
});

test('binary: half a surrogate pair becomes the replacement character', () => {
  const { headers } = eventFormats.binary.render({ ...anEvent(), subject: 'a\uD800b' });
  expect(headers['ce-subject']).toBe('a%EF%BF%BDb');
});

test('cloud-elements: the legacy body, with the vendor record in raw', () => {
  const event = anEvent();
  const legacy = {
    objectType: 'contact',
    objectId: '10451',
    date: '2026-03-14T09:26:53Z',
    pollDate: '2026-03-14T09:27:30Z',
    eventType: 'UPDATED',
    elementKey: 'acme-crm',
  };
  const { headers, body } = eventFormats['cloud-elements'].render(event);
  expect(headers).toEqual({ 'content-type': 'application/json', 'elements-webhook-id': event.id });
  expect(JSON.parse(text(body))).toEqual({
    message: {
      eventId: event.id,
      instance_id: 'ins_1',
      events: [legacy],
      raw: { instance_id: 'ins_1', objectType: 'contact', contact: [event.data.native], events: [legacy] },
    },
  });
});

test('cloud-elements: a webhook has no poll date, a delete without a record has an empty list', () => {
  const event = anEvent({ origin: 'webhook', change: 'deleted', native: null });
  const { message } = JSON.parse(text(eventFormats['cloud-elements'].render(event).body));
  expect(message.events[0]).toEqual({
    objectType: 'contact',
    objectId: '10451',
    date: '2026-03-14T09:26:53Z',
    eventType: 'DELETED',
    elementKey: 'acme-crm',
  });
  expect(message.raw.contact).toEqual([]);
});

test('every property of the schema has a description and an example; its example is an event', () => {
  type Node = { readonly [key: string]: unknown };
  const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;
  const child = (node: unknown, name: string): Node => {
    const found = isNode(node) ? node[name] : undefined;
    return isNode(found) ? found : {};
  };
  const resolve = (node: Node): Node =>
    typeof node['$ref'] === 'string' ? child(child(schema, '$defs'), node['$ref'].replace('#/$defs/', '')) : node;
  for (const owner of [schema, ...Object.values(child(schema, '$defs'))]) {
    for (const [name, property] of Object.entries(child(owner, 'properties'))) {
      const described = isNode(property) ? { ...resolve(property), ...property } : {};
      expect(described, name).toMatchObject({ description: expect.any(String), examples: expect.any(Array) });
    }
  }
  for (const example of Object.values(child(schema, 'examples'))) {
    expect(validate(example), JSON.stringify(validate.errors)).toBe(true);
  }
});
