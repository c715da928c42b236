/** Which of the changes that one post tells are worked on. */
import { describe, expect, it } from 'vitest';
import { mentionOnce } from '../../src/inbound/mention-once.ts';
import type { InboundChange } from '../../src/inbound/split.ts';

const told = (objectId: string, mark: string | null, more: Partial<InboundChange> = {}): InboundChange => ({
  object: 'contact',
  named: null,
  objectId,
  change: 'updated',
  occurredAtMs: 1,
  account: null,
  dedupe: mark,
  record: null,
  ...more,
});
const marksOf = (...changes: readonly InboundChange[]) => mentionOnce(changes).map(({ dedupe }) => dedupe);

describe('mentions of a record in one post', () => {
  it('are one, and those of others their own', () => {
    const changes = [told('1', 'a'), told('2', 'b'), told('1', 'c'), told('1', 'd', { object: 'account' })];
    expect(mentionOnce(changes).map(({ object, objectId }) => [object, objectId])).toEqual([
      ['contact', '1'],
      ['contact', '2'],
      ['account', '1'],
    ]);
  });

  it('of another account are of another record', () => {
    expect(mentionOnce([told('1', 'a', { account: 'x' }), told('1', 'a', { account: 'y' })])).toHaveLength(2);
  });

  it('keep their mark when they have the same', () => {
    expect(marksOf(told('1', 'a'), told('1', 'a'))).toEqual(['a']);
  });

  it('have one mark, whatever their order, that none of them has alone or with others', () => {
    const [both] = marksOf(told('1', 'a'), told('1', 'b'));
    expect(marksOf(told('1', 'b'), told('1', 'a'), told('1', 'b'))).toEqual([both]);
    const others = [marksOf(told('1', 'a')), marksOf(told('1', 'b')), marksOf(told('1', 'b'), told('1', 'c'))];
    expect(others.flat()).not.toContain(both);
    expect(marksOf(told('1', 'a'), told('1', 'b', { change: 'created' }))).not.toContain(both);
  });

  it('have no mark when one of them has none: it could be new', () => {
    expect(marksOf(told('1', 'a'), told('1', null))).toEqual([null]);
  });

  it('before and after a delete, or a record that came along, stay apart', () => {
    const deleted = told('1', 'd', { change: 'deleted' });
    const whole = told('1', 'w', { record: { id: '1' } });
    expect(marksOf(told('1', 'a'), deleted, told('1', 'b'), whole, whole, told('1', 'c'))).toEqual([
      'a',
      'd',
      'b',
      'w',
      'w',
      'c',
    ]);
  });
});
