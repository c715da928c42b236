import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromStoredText, toStoredText } from '../../../src/store/postgres/stored-text.ts';

const anyText = fc
  .string({ unit: 'binary' })
  .chain((text) =>
    fc.array(fc.constantFrom('\0', '\x1a', '\ud800', '\udfff', '\x1a0000', 'a', text)).map((parts) => parts.join('')),
  );

describe('stored text', () => {
  it('comes back as it was, and holds nothing that a database refuses', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const stored = toStoredText(text);
        expect(fromStoredText(stored)).toBe(text);
        expect(stored).not.toContain('\0');
        expect(Buffer.from(stored).toString()).toBe(stored);
      }),
    );
  });

  it('is the text itself where it is ordinary, and always where it is JSON', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), (inside, ordinary) => {
        const json = JSON.stringify({ text: inside });
        expect(toStoredText(json)).toBe(json);
        const text = ordinary.replaceAll('\x1a', '');
        if (!text.includes('\0')) expect(toStoredText(text)).toBe(text);
      }),
    );
  });
});
