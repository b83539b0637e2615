import { describe, expect, it } from 'vitest';
import { HEADER_BYTES } from '../../host-sim/ota/package.js';
import { makeVectors } from './make-vectors.js';
import { readPackage } from './second-reader.js';
import type { Vector } from './vector.js';
import { bytesOf, VECTORS } from './vector-file.js';

const { keys, vectors } = VECTORS;
const outcome = ({ name, board, expected }: Vector): object => ({ name, board, expected });

describe('the test vectors of packages', () => {
  it.each(vectors)('are read by a second reader: $name', (vector) => {
    expect(readPackage(bytesOf(vector), vector.board, keys)).toEqual(vector.expected);
  });

  it('are what the encoder makes, but for the signatures, which are others each time', () => {
    const made = makeVectors();
    expect(made.keys).toEqual(keys);
    expect(made.vectors.map(outcome)).toEqual(vectors.map(outcome));
    const headers = (all: readonly Vector[]): string[] =>
      all.map((vector) => bytesOf(vector).toString('hex', 0, HEADER_BYTES + 2));
    expect(headers(made.vectors)).toEqual(headers(vectors));
  });

  it('have each name once, and every reason to refuse', () => {
    expect(new Set(vectors.map(({ name }) => name)).size).toBe(vectors.length);
    const reasons = vectors.flatMap(({ expected }) => ('refused' in expected ? [expected.refused] : []));
    expect([...new Set(reasons)].sort()).toMatchInlineSnapshot(`
      [
        "below_floor",
        "cut_short",
        "key_unknown",
        "malformed_package",
        "not_a_package",
        "not_newer",
        "signature_missing",
        "too_large",
        "too_long",
        "unknown_format",
        "wrong_chip",
        "wrong_digest",
        "wrong_product",
        "wrong_signature",
      ]
    `);
  });
});
