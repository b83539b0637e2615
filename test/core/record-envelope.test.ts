import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ENVELOPE_BYTES, sealedLength, sealRecord } from '../../src/core/record-envelope.js';

function sealed(payload: Uint8Array): Uint8Array {
  const record = new Uint8Array(ENVELOPE_BYTES + payload.length);
  record.set(payload, ENVELOPE_BYTES);
  sealRecord(record, payload.length);
  return record;
}

const payload = fc.uint8Array({ maxLength: 300 });

describe('a sealed record', () => {
  it('is whole, and keeps its payload as it was', () => {
    fc.assert(
      fc.property(payload, (bytes) => {
        const record = sealed(bytes);
        expect(sealedLength(record)).toBe(bytes.length);
        expect(record.subarray(ENVELOPE_BYTES)).toEqual(bytes);
      }),
    );
  });

  it('shows any single bit that flips', () => {
    for (const length of [0, 1, 40]) {
      const record = sealed(new Uint8Array(length).fill(0x5a));
      for (let bit = 0; bit < 8 * record.length; bit++) {
        const flipped = Uint8Array.from(record);
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        expect(sealedLength(flipped), `bit ${bit} of ${length} bytes`).toBe(-1);
      }
    }
  });

  it('shows a cut at every byte, and bytes behind its end', () => {
    fc.assert(
      fc.property(payload, (bytes) => {
        const record = sealed(bytes);
        for (let length = 0; length < record.length; length++)
          expect(sealedLength(record.subarray(0, length))).toBe(-1);
        expect(sealedLength(Uint8Array.of(...record, 0))).toBe(-1);
      }),
      { numRuns: 20 },
    );
  });

  it('is not what erased or zeroed flash holds', () => {
    for (const length of [0, 11, 12, 13, 100]) {
      expect(sealedLength(new Uint8Array(length))).toBe(-1);
      expect(sealedLength(new Uint8Array(length).fill(0xff))).toBe(-1);
    }
  });

  it('is not what random bytes are', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => sealedLength(bytes) === -1));
  });
});
