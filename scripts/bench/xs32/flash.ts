import { slotErase, slotRead, slotWrite } from 'bench-native';

const BLOCK_BYTES = 4_096;
const BLOCKS = 496;

/** `embedded:storage/flash` of the bench's program: the spare slot, outside the engine's memory. */
class Slot {
  read(into: Uint8Array, offset: number): number {
    slotRead(into.buffer, offset, into.byteOffset, into.length);
    return into.length;
  }

  write(bytes: Uint8Array, offset: number): void {
    slotWrite(bytes.buffer, offset, bytes.byteOffset, bytes.length);
  }

  eraseBlock(block: number): void {
    slotErase(block * BLOCK_BYTES, BLOCK_BYTES);
  }

  status(): { size: number; blockLength: number } {
    return { size: BLOCKS * BLOCK_BYTES, blockLength: BLOCK_BYTES };
  }

  close(): void {}
}

export default Object.freeze({
  open({ path }: { path: string }): Slot {
    if (path !== 'nextota') throw new Error("can't find partition");
    return new Slot();
  },
});
