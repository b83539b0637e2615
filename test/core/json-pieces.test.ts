import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonPieces } from '../../src/core/json-pieces.js';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('pieces of a JSON object', () => {
  it('are whole with the brace that closes it, however they are cut and whatever follows', () => {
    const object = fc.dictionary(fc.string({ unit: 'binary', maxLength: 10 }), fc.jsonValue(), { maxKeys: 5 });
    const cuts = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(object, cuts, fc.string({ maxLength: 5 }), fc.nat(3), (value, sizes, rest, indent) => {
        const json = `\n ${JSON.stringify(value, null, indent)}`;
        const end = utf8(json).length;
        const all = utf8(json + rest);
        const pieces = new JsonPieces(4_096);
        let at = 0;
        let state = 'none';
        for (let i = 0; state === 'none' || state === 'part'; i++) {
          expect(at).toBeLessThan(end);
          const piece = all.subarray(at, at + sizes[i % sizes.length]!);
          state = pieces.push(piece, i === 0);
          at += piece.length;
        }
        expect([state, at >= end]).toEqual(['whole', true]);
        expect(new TextDecoder().decode(pieces.bytes.subarray(0, pieces.length))).toBe(json);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([['[1]'], ['"a"'], ['a'], ['}'], ['{"a":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx']])(
    'are broken where they begin otherwise or are too long: %s',
    (text) => {
      expect(new JsonPieces(32).push(utf8(text), true)).toBe('broken');
    },
  );

  it('begin anew where that is said', () => {
    const pieces = new JsonPieces(32);
    expect(pieces.push(utf8('{"a\\'), true)).toBe('part');
    expect(pieces.push(utf8(' \n'), true)).toBe('none');
    expect(pieces.push(utf8('{}'), false)).toBe('whole');
  });
});
