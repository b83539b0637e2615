import type { SpareSlot } from '../ports/firmware.js';

/** Largest image that a slot takes: the first block of an image waits in a block of its own. */
export function maxImageBytes(slot: SpareSlot): number {
  return slot.bytes - slot.blockBytes;
}

/**
 * The slot's block for a block of the image until the image is complete: its first one waits in the slot's last block, so that there
 * is nothing in the slot that a boot loader would start; the others are where they belong.
 */
export function blockFor(slot: SpareSlot, imageBlock: number): number {
  return imageBlock === 0 ? slot.bytes / slot.blockBytes - 1 : imageBlock;
}

/** What is written is a multiple of this, bytes: encrypted flash takes nothing else. */
const WRITE_BYTES = 16;

/** The length of what is written of so many bytes. */
export function paddedBytes(bytes: number): number {
  return Math.ceil(bytes / WRITE_BYTES) * WRITE_BYTES;
}
