import { createHash } from 'node:crypto';
import type { FirmwareSlots, SpareSlot } from '../../../src/ports/firmware.js';

export const BLOCK_BYTES = 4_096;

/** Something that was done to the slot. */
export interface SlotOperation {
  readonly what: 'erase' | 'write' | 'read' | 'complete';
  readonly at: number;
  readonly bytes: number;
}

/** Two slots of which the spare one is bytes in memory: erased before they are written, written in multiples of 16, or it throws. */
export class MemorySlots implements FirmwareSlots {
  readonly isOnTrial = false;
  readonly spare: Buffer;
  readonly operations: SlotOperation[] = [];
  /** What the boot loader would start next. */
  started: Buffer | undefined;
  /** Open slots. */
  open = 0;
  /** Called before each; what it throws ends it, half done where it changes the slot. */
  onOperation: (operation: SlotOperation, count: number) => void = () => {};

  constructor(blocks: number) {
    // What was there before is an image, too.
    this.spare = Buffer.alloc(blocks * BLOCK_BYTES, 0x5a);
  }

  openSpare(): SpareSlot {
    if (this.open > 0) throw new Error('the slot is open already');
    this.open++;
    let isOpen = true;
    const operate = (what: SlotOperation['what'], at: number, bytes: number, change: (count: number) => void): void => {
      if (!isOpen) throw new Error(`${what} after close`);
      if (at < 0 || at + bytes > this.spare.length) throw new Error(`${what} beyond the slot`);
      const operation = { what, at, bytes };
      this.operations.push(operation);
      try {
        this.onOperation(operation, this.operations.length);
      } catch (error) {
        change(bytes >> 1);
        throw error;
      }
      change(bytes);
    };
    const erase = (block: number): void =>
      operate('erase', block * BLOCK_BYTES, BLOCK_BYTES, (count) => {
        this.spare.fill(0xff, block * BLOCK_BYTES, block * BLOCK_BYTES + count);
      });
    const write = (bytes: Uint8Array, at: number): void => {
      if (at % 16 !== 0 || bytes.length % 16 !== 0 || bytes.length === 0) throw new Error('write out of line');
      operate('write', at, bytes.length, (count) => {
        if (this.spare.subarray(at, at + count).some((byte) => byte !== 0xff)) throw new Error('write without erase');
        this.spare.set(bytes.subarray(0, count), at);
      });
    };
    return {
      bytes: this.spare.length,
      blockBytes: BLOCK_BYTES,
      eraseBlock: erase,
      write,
      read: (into, at) => operate('read', at, into.length, (count) => into.set(this.spare.subarray(at, at + count))),
      complete: (first) => {
        erase(0);
        write(first, 0);
        operate('complete', 0, 0, () => {});
        this.started = Buffer.from(this.spare);
      },
      close: () => {
        if (isOpen) this.open--;
        isOpen = false;
      },
    };
  }

  /** The power is gone: nobody has the slot open any more. */
  powerOff(): void {
    this.open = 0;
  }

  confirm(): void {
    throw new Error('nothing is on trial');
  }

  rollBack(): void {
    throw new Error('nothing is on trial');
  }

  /** Whether that image is in the slot and waits for its first block to take its place. */
  holds(image: Uint8Array): boolean {
    const rest = this.spare.subarray(BLOCK_BYTES, Math.max(BLOCK_BYTES, image.length));
    const first = this.spare.subarray(-BLOCK_BYTES).subarray(0, Math.min(BLOCK_BYTES, image.length));
    return Buffer.concat([first, rest]).equals(image);
  }

  /** Whether anything in the slot begins as an image. */
  get isBlank(): boolean {
    return this.spare.subarray(0, BLOCK_BYTES).every((byte) => byte === 0xff);
  }

  /** What is written and what is erased, as one number that changes with it. */
  get fingerprint(): string {
    return createHash('sha256').update(this.spare).digest('hex');
  }
}
