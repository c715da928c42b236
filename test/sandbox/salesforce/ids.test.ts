import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRecordId, makeRecordId, normaliseId, withChecksum } from '../../../src/sandbox/salesforce/ids.ts';

describe('record ids', () => {
  test('the checksum is the one the vendor documents', () => {
    expect(withChecksum('001D000000IqhSL')).toBe('001D000000IqhSLIAZ');
  });

  test('the long form says which letters are capitals, so that no two short forms share one without case', () => {
    const id15 = fc.stringMatching(/^[0-9A-Za-z]{15}$/);
    fc.assert(
      fc.property(id15, id15, (one, other) => {
        fc.pre(one !== other);
        expect(withChecksum(one).toUpperCase()).not.toBe(withChecksum(other).toUpperCase());
      }),
    );
  });

  test('ids grow with the serial, fit their object alone and can be given in the short form', () => {
    const ids = [1, 2, 61, 62, 63, 4000].map((serial) => makeRecordId('Contact', serial));
    expect(ids.toSorted()).toEqual(ids);
    for (const id of ids) {
      expect(id).toMatch(/^003[0-9A-Za-z]{15}$/);
      expect(isRecordId('Contact', id)).toBe(true);
      expect(isRecordId('Account', id)).toBe(false);
      expect(normaliseId(id.slice(0, 15))).toBe(id);
    }
  });

  test.each(['', '003', 'new one', '001D000000IqhSLAAA', "001D000000'qhSL"])('%j is no id', (text) => {
    expect(normaliseId(text)).toBeUndefined();
  });
});
