import type { FirmwareSlots, SpareSlot } from '../../src/ports/firmware.js';
import type { Booted, BootLoader, Slot } from './boot-loader.js';
import { BLOCK_BYTES } from './nor-flash.js';

/** What the flash writes at a time, bytes: as with an encrypted flash. */
const UNIT_BYTES = 16;

/** The two slots as one boot of the firmware sees them. */
export class SimFirmwareSlots implements FirmwareSlots {
  readonly #loader: BootLoader;
  readonly #running: Slot;
  readonly #restart: () => void;
  #isOnTrial: boolean;
  #spare: SimSpareSlot | undefined;

  /** @param restart as `System.restart` */
  constructor(loader: BootLoader, { slot, isOnTrial }: Booted, restart: () => void) {
    this.#loader = loader;
    this.#running = slot;
    this.#isOnTrial = isOnTrial;
    this.#restart = restart;
  }

  get isOnTrial(): boolean {
    return this.#isOnTrial;
  }

  openSpare(): SpareSlot {
    if (this.#isOnTrial) throw new Error('the running image has yet to be confirmed');
    if (this.#spare?.isOpen) throw new Error('the spare slot is open');
    this.#spare = new SimSpareSlot(this.#loader, this.#running === 0 ? 1 : 0);
    return this.#spare;
  }

  confirm(): void {
    if (this.#isOnTrial) this.#loader.confirm();
    this.#isOnTrial = false;
  }

  rollBack(): void {
    if (this.#isOnTrial) this.#loader.ruleOut();
    this.#restart();
  }
}

class SimSpareSlot implements SpareSlot {
  readonly blockBytes = BLOCK_BYTES;
  readonly bytes: number;
  readonly #loader: BootLoader;
  readonly #slot: Slot;
  readonly #start: number;
  isOpen = true;

  constructor(loader: BootLoader, slot: Slot) {
    this.#loader = loader;
    this.#slot = slot;
    this.#start = loader.startOf(slot);
    this.bytes = loader.slotBytes;
  }

  eraseBlock(block: number): void {
    this.#check(block * BLOCK_BYTES, BLOCK_BYTES);
    this.#loader.flash.eraseBlock(this.#start / BLOCK_BYTES + block);
  }

  write(bytes: Uint8Array, at: number): void {
    this.#check(at, bytes.length);
    if (at % UNIT_BYTES !== 0 || bytes.length % UNIT_BYTES !== 0) {
      throw new RangeError(`${bytes.length} bytes at ${at} are not in units of ${UNIT_BYTES}`);
    }
    this.#loader.flash.write(bytes, this.#start + at);
  }

  read(into: Uint8Array, at: number): void {
    this.#check(at, into.length);
    this.#loader.flash.read(into, this.#start + at);
  }

  complete(first: Uint8Array): void {
    if (first.length > BLOCK_BYTES) throw new RangeError(`the first block has ${first.length} bytes`);
    const padded = new Uint8Array(Math.ceil(first.length / UNIT_BYTES) * UNIT_BYTES).fill(0xff);
    padded.set(first);
    this.eraseBlock(0);
    this.write(padded, 0);
    this.#loader.startNext(this.#slot);
  }

  close(): void {
    this.isOpen = false;
  }

  #check(at: number, length: number): void {
    if (!this.isOpen) throw new Error('the slot is closed');
    if (!(Number.isInteger(at) && at >= 0 && at + length <= this.bytes)) {
      throw new RangeError(`bytes ${at} to ${at + length} are not of the slot`);
    }
  }
}
