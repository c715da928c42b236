import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSealer } from '../../src/store/seal.ts';

const sealer = createSealer(Buffer.alloc(32, 1));
const place = { table: 'instances', id: 'a', field: 'credentials' };

describe('createSealer', () => {
  it('opens what it sealed, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (clear, id) => {
        expect(sealer.open(sealer.seal(clear, { ...place, id }), { ...place, id })).toBe(clear);
      }),
    );
  });

  it('seals the same value differently each time', () => {
    expect(sealer.seal('secret', place)).not.toEqual(sealer.seal('secret', place));
  });

  it('refuses a value at another place', () => {
    const sealed = sealer.seal('secret', place);
    for (const other of [{ table: 'meta' }, { id: 'b' }, { field: 'callback_secret' }, { id: 'a","credentials' }]) {
      expect(() => sealer.open(sealed, { ...place, ...other })).toThrow(
        expect.objectContaining({ code: 'store-corrupt' }),
      );
    }
  });

  it('refuses a value with any byte changed or cut', () => {
    const sealed = sealer.seal('secret', place);
    for (const [index, byte] of sealed.entries()) {
      const changed = Buffer.from(sealed);
      changed[index] = byte ^ 1;
      expect(() => sealer.open(changed, place)).toThrow(/sealed/);
      expect(() => sealer.open(sealed.subarray(0, index), place)).toThrow(/sealed/);
    }
  });

  it('tells a wrong key from a damaged value', () => {
    const sealed = createSealer(randomBytes(32)).seal('secret', place);
    expect(() => sealer.open(sealed, place)).toThrow(expect.objectContaining({ code: 'secret-key-wrong' }));
  });

  it('wants a key of 32 bytes', () => {
    expect(() => createSealer(Buffer.alloc(16))).toThrow(RangeError);
  });

  it('digests a text the same with the same key only, and apart from every other text', () => {
    const digest = sealer.digest('secret');
    expect(createSealer(Buffer.alloc(32, 1)).digest('secret')).toBe(digest);
    expect(createSealer(Buffer.alloc(32, 2)).digest('secret')).not.toBe(digest);
    expect(sealer.digest('secret ')).not.toBe(digest);
    expect(digest).not.toContain('secret');
  });
});
