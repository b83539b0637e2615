import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNodeText } from '../../host-sim/host/node-text.js';

describe('the text port on Node', () => {
  const text = createNodeText();

  it('writes UTF-8 in place and reads it back, whatever the text and the place', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20), (value, offset) => {
        const expected = Buffer.from(value);
        const bytes = new Uint8Array(offset + expected.length + 3).fill(0xaa);
        const end = text.encode(value, bytes, offset);
        expect(end).toBe(offset + expected.length);
        expect(Buffer.from(bytes.subarray(offset, end))).toEqual(expected);
        expect([...bytes.subarray(end)]).toEqual([0xaa, 0xaa, 0xaa]);
        expect(text.decode(bytes, offset, end)).toBe(value);
      }),
    );
  });

  it('says −1 when the text does not fit, to the byte, and writes nothing outside', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (value) => {
        const size = Buffer.byteLength(value);
        expect(text.encode(value, new Uint8Array(size), 0)).toBe(size);
        expect(text.encode(value, new Uint8Array(size - 1), 0)).toBe(-1);
      }),
    );
  });

  it.each([['80'], ['c0af'], ['e282'], ['eda080'], ['f4908080'], ['ff']])(
    'throws TypeError for %s, which is no UTF-8',
    (hex) => {
      const bytes = Buffer.from(hex, 'hex');
      expect(() => text.decode(bytes, 0, bytes.length)).toThrow(TypeError);
    },
  );

  it('keeps a byte order mark: it is a character like any other to JSON', () => {
    const bytes = Buffer.from('efbbbf7b7d', 'hex');
    expect(text.decode(bytes, 0, 5)).toBe('\uFEFF{}');
  });
});
