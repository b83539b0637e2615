import type { SpareSlot } from '../../src/ports/firmware.js';

const UNIT_BYTES = 16;

/** Writes an image into a spare slot as the firmware does, its first block into the slot's last: nothing starts it so far. */
export function park(spare: SpareSlot, image: Uint8Array): void {
  const { blockBytes } = spare;
  for (let at = 0; at < image.length; at += blockBytes) {
    const place = at === 0 ? spare.bytes - blockBytes : at;
    spare.eraseBlock(place / blockBytes);
    spare.write(inUnits(image.subarray(at, at + blockBytes)), place);
  }
}

/** What takes a parked image into use. */
export function unpark(spare: SpareSlot): void {
  const first = new Uint8Array(spare.blockBytes);
  spare.read(first, spare.bytes - spare.blockBytes);
  spare.complete(first);
}

function inUnits(bytes: Uint8Array): Uint8Array {
  const all = new Uint8Array(Math.ceil(bytes.length / UNIT_BYTES) * UNIT_BYTES).fill(0xff);
  all.set(bytes);
  return all;
}
