import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createNodeCrypto } from '../../host-sim/host/node-crypto.js';
import { signingKeys } from '../../src/board/signing-keys.js';
import { headBytesOf, mustBeSigned, PackageError, readPackageHeader } from '../../src/core/package-header.js';
import { mustSuit } from '../../src/core/package-rules.js';
import type { Vector, VectorBoard } from './vector.js';
import { bytesOf, VECTORS } from './vector-file.js';

/** What the firmware decides before the image, as it reads a stream; what becomes of the image is for the transfer. */
function decide(file: Buffer, board: VectorBoard): Vector['expected'] {
  const { productKey, chip, version, floor, maxImageBytes } = board;
  const keys = Object.fromEntries(board.keys.map((id) => [id, VECTORS.keys[id]!]));
  try {
    const headBytes = headBytesOf(file, file.length);
    if (headBytes === 0 || headBytes > file.length) return { refused: 'cut_short' };
    const head = file.subarray(0, headBytes);
    const header = readPackageHeader(head);
    mustBeSigned(createNodeCrypto(), signingKeys({ keys, required: board.required }), head);
    mustSuit(header, { productKey, chip, version, floor: floor ?? undefined, maxImageBytes });
    const sha256 = Buffer.from(header.digest).toString('hex');
    const { imageBytes, required } = header;
    return { taken: { version: header.version, floor: header.floor, required, imageBytes, sha256 } };
  } catch (error) {
    if (error instanceof PackageError) return { refused: error.code };
    throw error;
  }
}

const OF_THE_IMAGE = ['too_long', 'wrong_digest'];
const isOfTheImage = ({ expected, package: hex }: Vector): boolean =>
  'refused' in expected &&
  (OF_THE_IMAGE.includes(expected.refused) || (expected.refused === 'cut_short' && hex.length / 2 > 229));

describe('the firmware reads the test vectors of packages', () => {
  const ofTheHead = VECTORS.vectors.filter((vector) => !isOfTheImage(vector));
  it.each(ofTheHead)('$name', (vector) => {
    expect(decide(bytesOf(vector), vector.board)).toEqual(vector.expected);
  });

  it.each(VECTORS.vectors.filter(isOfTheImage))('$name: it is the image that is wrong', (vector) => {
    const file = bytesOf(vector);
    expect(decide(file, vector.board)).toHaveProperty('taken');
    const header = readPackageHeader(file.subarray(0, headBytesOf(file, file.length)));
    const image = file.subarray(headBytesOf(file, file.length));
    const isRight =
      image.length === header.imageBytes && createHash('sha256').update(image).digest().equals(header.digest);
    expect(isRight).toBe(false);
  });
});
