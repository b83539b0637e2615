import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodePackage, MAX_SIGNATURES, type PackageHead } from '../../host-sim/ota/package.js';
import { compareVersions } from '../../src/core/version.js';
import { decide } from './firmware-reader.js';
import { readPackage } from './second-reader.js';
import type { VectorBoard } from './vector.js';
import { bytesOf, VECTORS } from './vector-file.js';
import { vectorKey } from './vector-keys.js';

const number = fc.integer({ min: 0, max: 99_999 });
const preRelease = fc.stringMatching(/^(-[0-9A-Za-z]{1,5}(\.[0-9A-Za-z]{1,5}){0,1})?$/);
const version = fc
  .tuple(number, number, number, preRelease)
  .map(([major, minor, patch, rest]) => `${major}.${minor}.${patch}${rest}`);
const ids = fc.uniqueArray(fc.integer({ min: 0, max: 7 }), { minLength: 1, maxLength: MAX_SIGNATURES });
const head: fc.Arbitrary<PackageHead> = fc
  .record({
    productKey: fc.stringMatching(/^[A-Za-z0-9_-]{1,32}$/),
    chip: fc.constantFrom('ESP32', 'ESP32-C3', 'ESP32-S3'),
    version,
    floor: version,
    required: fc.integer({ min: 1, max: 255 }),
  })
  .map((one) => (compareVersions(one.floor, one.version) > 0 ? { ...one, floor: one.version } : one));

describe('a package', () => {
  it('is read as it was made, by the firmware and by a second reader', () => {
    fc.assert(
      fc.property(head, fc.uint8Array({ minLength: 1, maxLength: 200 }), ids, (made, image, signers) => {
        const file = encodePackage(
          made,
          image,
          signers.map((id) => ({ id, key: vectorKey(id).key })),
        );
        const { productKey, chip, floor } = made;
        const required = signers.reduce((mask, id) => mask | (1 << id), 0);
        const board: VectorBoard = {
          productKey,
          chip,
          version: '0.0.0-0',
          keys: signers,
          required,
          floor,
          maxImageBytes: 200,
        };
        fc.pre(compareVersions(made.version, board.version) > 0);
        const expected = {
          taken: expect.objectContaining({
            version: made.version,
            floor,
            required: made.required,
            imageBytes: image.length,
          }),
        };
        expect(readPackage(file, board, VECTORS.keys)).toEqual(expected);
        expect(decide(file, board)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it('is refused by both with any one bit of it changed', () => {
    const vector = VECTORS.vectors.find(({ name }) => name === 'one key')!;
    const file = bytesOf(vector);
    const imageAt = file.length - 26;
    const taken: string[] = [];
    for (let bit = 0; bit < file.length * 8; bit++) {
      const at = bit >> 3;
      file[at]! ^= 1 << (bit & 7);
      if ('taken' in readPackage(file, vector.board, VECTORS.keys)) taken.push(`second reader, byte ${at}`);
      if (at < imageAt && 'taken' in decide(file, vector.board)) taken.push(`firmware, byte ${at}`);
      file[at]! ^= 1 << (bit & 7);
    }
    expect(taken).toEqual([]);
  });

  it('is judged the same by both, whatever becomes of its first bytes', () => {
    const change = fc.record({ at: fc.nat(420), byte: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(fc.constantFrom(...VECTORS.vectors), fc.array(change, { maxLength: 3 }), (vector, changes) => {
        const file = bytesOf(vector);
        const headBytes = 165 + 65 * Math.min(4, file[164] ?? 0);
        for (const { at, byte } of changes) if (at < Math.min(headBytes, file.length)) file[at] = byte;
        const firmware = decide(file, vector.board);
        const second = readPackage(file, vector.board, VECTORS.keys);
        // Of the image the firmware's part that is asked here knows nothing.
        const isOfTheImage = 'refused' in second && ['cut_short', 'too_long', 'wrong_digest'].includes(second.refused);
        if (!isOfTheImage) expect('taken' in firmware).toBe('taken' in second);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is not made of texts that have no room in their fields', () => {
    const make = (more: Partial<PackageHead>) => () =>
      encodePackage(
        { productKey: 'x', chip: 'ESP32', version: '1.0.0', floor: '0.0.0', required: 1, ...more },
        Buffer.of(1),
        [],
      );
    expect(make({ productKey: 'x'.repeat(33) })).toThrow(/^productKey must be 1 to 32 characters/);
    expect(make({ chip: '' })).toThrow(RangeError);
    expect(make({ version: '1 0' })).toThrow(RangeError);
    expect(make({ floor: '1.0.0\u00e9' })).toThrow(RangeError);
  });
});
