import { type FlashMedium, MemoryMedium } from './flash-medium.js';
import { FlashPower } from './flash-power.js';
import { createRandom } from './random.js';

/** What is erased at a time, bytes. */
export const BLOCK_BYTES = 4_096;
const ERASED = new Uint8Array(BLOCK_BYTES).fill(0xff);
/** How often a block can be erased, as data sheets say. */
const ENDURANCE = 100_000;
/** Cells that lose their charge together in an erasure that does not come to its end, bytes. */
const LINE_BYTES = 16;

export interface NorFlashOptions {
  /** A multiple of `BLOCK_BYTES`. */
  readonly bytes: number;
  /** Default: in memory, erased. */
  readonly medium?: FlashMedium;
  /** Default: its own, which is always there. */
  readonly power?: FlashPower;
  /** Erasures after which a block takes nothing any more (default: 100,000). */
  readonly endurance?: number;
  /** Of what is left by a cut in the middle of an operation (default: 1). */
  readonly seed?: number;
  /** Told after each operation. */
  onOperation?(kind: 'erase' | 'write', block: number): void;
}

/**
 * A flash chip: erasing sets all bits of a block, writing clears bits and sets none, each erasure wears its block, and a power
 * cut leaves an operation half done.
 */
export class NorFlash {
  readonly bytes: number;
  readonly #medium: FlashMedium;
  readonly #power: FlashPower;
  readonly #endurance: number;
  readonly #seed: number;
  readonly #onOperation: NorFlashOptions['onOperation'];
  readonly #wear = new Map<number, number>();
  #rot: { writesLeft: number; readonly at: number; readonly bit: number } | undefined;

  constructor({ bytes, medium, power, endurance = ENDURANCE, seed = 1, onOperation }: NorFlashOptions) {
    if (bytes % BLOCK_BYTES !== 0) throw new RangeError(`a flash of ${bytes} bytes is not of whole blocks`);
    this.bytes = bytes;
    this.#medium = medium ?? new MemoryMedium();
    this.#power = power ?? new FlashPower();
    this.#endurance = endurance;
    this.#seed = seed;
    this.#onOperation = onOperation;
  }

  /** How often a block was erased. */
  wearOf(block: number): number {
    return this.#wear.get(block) ?? 0;
  }

  /** Of what the `writes`-th write from now on (1: the next) puts down, a bit flips; the result takes that back. */
  rotAtWrite(writes: number, at: number, bit: number): () => void {
    const rot = { writesLeft: writes, at, bit };
    this.#rot = rot;
    return () => {
      if (this.#rot === rot) this.#rot = undefined;
    };
  }

  /** From now on a block takes nothing any more. */
  wearOut(block: number): void {
    this.#wear.set(block, this.#endurance);
  }

  /** @throws {Error} when the block is worn out. @throws {PowerCutError} */
  eraseBlock(block: number): void {
    const at = block * BLOCK_BYTES;
    this.#check(at, BLOCK_BYTES);
    this.#mustWork(block);
    this.#power.operate(
      () => this.#medium.write(ERASED, at),
      () => this.#medium.write(this.#halfErased(at), at),
    );
    this.#wear.set(block, this.wearOf(block) + 1);
    this.#onOperation?.('erase', block);
  }

  /** Clears the bits that are 0 in `bytes`. @throws {Error} when a block is worn out. @throws {PowerCutError} */
  write(bytes: Uint8Array, at: number): void {
    this.#check(at, bytes.length);
    const first = Math.floor(at / BLOCK_BYTES);
    for (let block = first; block * BLOCK_BYTES < at + bytes.length; block++) this.#mustWork(block);
    const written = this.#read(at, bytes.length);
    for (let i = 0; i < bytes.length; i++) written[i]! &= bytes[i]!;
    this.#power.operate(
      () => this.#medium.write(written, at),
      () => this.#medium.write(this.#halfWritten(written, at), at),
    );
    const rot = this.#rot;
    if (rot !== undefined && --rot.writesLeft === 0) {
      this.#rot = undefined;
      written[rot.at % written.length]! ^= 1 << rot.bit;
      this.#medium.write(written, at);
    }
    this.#onOperation?.('write', first);
  }

  /** Fills `into`. */
  read(into: Uint8Array, at: number): void {
    this.#check(at, into.length);
    this.#medium.read(into, at);
  }

  /** When it returns, what was written is durable. */
  sync(): void {
    this.#medium.sync();
  }

  #check(at: number, length: number): void {
    if (!(Number.isInteger(at) && at >= 0 && at + length <= this.bytes)) {
      throw new RangeError(`bytes ${at} to ${at + length} are not of this flash`);
    }
  }

  #mustWork(block: number): void {
    if (this.wearOf(block) >= this.#endurance) throw new Error(`block ${block} of the flash is worn out`);
  }

  #read(at: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    this.#medium.read(bytes, at);
    return bytes;
  }

  /** Some lines are erased, some are as they were, and some have lost part of their charge. */
  #halfErased(at: number): Uint8Array {
    const bytes = this.#read(at, BLOCK_BYTES);
    const random = this.#chance(at);
    for (let line = 0; line < BLOCK_BYTES; line += LINE_BYTES) {
      const fate = random.uint32() % 3;
      for (let i = line; fate > 0 && i < line + LINE_BYTES; i++) bytes[i]! |= fate === 1 ? 0xff : random.uint32();
    }
    return bytes;
  }

  /** The first bytes are written, the next one has some of its bits, the rest are as they were. */
  #halfWritten(written: Uint8Array, at: number): Uint8Array {
    const bytes = this.#read(at, written.length);
    if (bytes.length === 0) return bytes;
    const random = this.#chance(at);
    const whole = random.uint32() % bytes.length;
    bytes.set(written.subarray(0, whole));
    bytes[whole]! &= written[whole]! | random.uint32();
    return bytes;
  }

  #chance(at: number): ReturnType<typeof createRandom> {
    return createRandom(this.#seed ^ (at * 31) ^ (this.#power.operations << 16));
  }
}
