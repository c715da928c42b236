import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type EventIdentity, eventId } from '../../src/event/id.ts';

const identity = fc.record<EventIdentity>({
  instanceId: fc.string({ maxLength: 4 }),
  object: fc.string({ maxLength: 4 }),
  recordId: fc.string({ maxLength: 4 }),
  version: fc.string({ maxLength: 4 }),
});

test('two identities have the same id exactly when they are equal', () => {
  fc.assert(
    fc.property(identity, identity, (a, b) => {
      expect(eventId({ ...a })).toBe(eventId(a));
      expect(eventId(a) === eventId(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
    }),
  );
});

test('parts cannot flow into one another', () => {
  const base: EventIdentity = { instanceId: 'i', object: 'a', recordId: 'bc', version: '1' };
  expect(eventId({ ...base, object: 'ab', recordId: 'c' })).not.toBe(eventId(base));
  expect(eventId({ ...base, object: 'a2:bc', recordId: '' })).not.toBe(eventId(base));
});

test('the id is the unpadded base32 of a SHA-256, and never changes between versions of anyhook', () => {
  const id = eventId({ instanceId: 'ins_1', object: 'contact', recordId: 'ü', version: '7' });
  const digest = createHash('sha256').update('5:ins_17:contact2:ü1:7').digest('hex');
  const bits = Array.from(id.slice(4), (c) =>
    'abcdefghijklmnopqrstuvwxyz234567'.indexOf(c).toString(2).padStart(5, '0'),
  );
  const hex = BigInt(`0b${bits.join('').slice(0, 256)}`)
    .toString(16)
    .padStart(64, '0');
  expect(id).toMatch(/^evt_[a-z2-7]{52}$/);
  expect(hex).toBe(digest);
});
