import { createNodeCrypto } from '../../host-sim/host/node-crypto.js';
import { signingKeys } from '../../src/board/signing-keys.js';
import { headBytesOf, mustBeSigned, PackageError, readPackageHeader } from '../../src/core/package-header.js';
import { mustSuit } from '../../src/core/package-rules.js';
import type { Vector, VectorBoard } from './vector.js';
import { VECTORS } from './vector-file.js';

/** What the firmware decides before the image, as it reads a stream; what becomes of the image is for the transfer. */
export function decide(file: Buffer, board: VectorBoard): Vector['expected'] {
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
