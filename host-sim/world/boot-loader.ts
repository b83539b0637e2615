import { MOST_HEAD_BYTES, openImage, readImageHead } from './boot-image.js';
import { BLOCK_BYTES, NorFlash, type NorFlashOptions } from './nor-flash.js';
import { ImageState, OtaData, type Sector, slotOf } from './ota-data.js';

export type Slot = 0 | 1;

/** What a boot loader starts. */
export interface Booted {
  readonly slot: Slot;
  /** What is behind the image's first line. */
  readonly body: Uint8Array;
  /** It has yet to be confirmed. */
  readonly isOnTrial: boolean;
}

export interface FirmwareFlashOptions extends Omit<NorFlashOptions, 'bytes'> {
  /** Bytes of each of the two slots: a multiple of `BLOCK_BYTES`. */
  readonly slotBytes: number;
}

/**
 * A board's flash for firmware and the boot loader that starts it, as ESP-IDF's with
 * CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE and without a factory partition (bootloader_utility.c, esp_ota_ops.c): `otadata`,
 * then two slots. Every write of its own is one of the flash, which the power can go at.
 */
export class BootLoader {
  readonly flash: NorFlash;
  readonly slotBytes: number;
  readonly #data: OtaData;

  constructor({ slotBytes, ...flash }: FirmwareFlashOptions) {
    this.slotBytes = slotBytes;
    this.flash = new NorFlash({ ...flash, bytes: OtaData.blocks * BLOCK_BYTES + 2 * slotBytes });
    this.#data = new OtaData(this.flash);
  }

  /** Where a slot begins in the flash, bytes. */
  startOf(slot: Slot): number {
    return OtaData.blocks * BLOCK_BYTES + slot * this.slotBytes;
  }

  /** Whether nothing was ever flashed: no slot has an image, and no entry was written. */
  get isBlank(): boolean {
    return this.#data.isInitial && this.read(0) === undefined && this.read(1) === undefined;
  }

  /** Writes an image into slot 0 and forgets all else that is known of images, as by a cable. @throws {RangeError} when it does not fit */
  flashByCable(image: Uint8Array): void {
    if (image.length > this.slotBytes)
      throw new RangeError(`an image of ${image.length} bytes is over ${this.slotBytes}`);
    for (let block = 0; block < OtaData.blocks; block++) this.flash.eraseBlock(block);
    for (let at = 0; at < image.length; at += BLOCK_BYTES) {
      this.flash.eraseBlock((this.startOf(0) + at) / BLOCK_BYTES);
      this.flash.write(image.subarray(at, at + BLOCK_BYTES), this.startOf(0) + at);
    }
    this.flash.sync();
  }

  /** Chooses the image to start; `undefined`: there is none, and the board is a brick. @throws {PowerCutError} */
  boot(): Booted | undefined {
    const data = this.#data;
    for (const sector of [0, 1] as const) {
      const { sequence, state } = data.entry(sector);
      if (state === ImageState.pending) data.write(sector, sequence, ImageState.aborted);
    }
    // With no entry that counts it begins at slot 0; whether that is to be written down, it knows before it looks.
    const isInitial = data.isRuledOut && data.isInitial;
    const sector = data.active;
    let first: Slot = 0;
    if (sector !== undefined) {
      const entry = data.entry(sector);
      first = slotOf(entry);
      if (entry.state === ImageState.new) data.write(sector, entry.sequence, ImageState.pending);
    }
    for (const slot of [first, other(first)]) {
      const body = this.read(slot);
      if (body === undefined) continue;
      if (isInitial) data.write(0, slot + 1, ImageState.valid);
      return { slot, body, isOnTrial: this.#isPending(slot) };
    }
    return undefined;
  }

  /** Has a slot's image start next, on trial. @throws {Error} when the slot has no image that is whole */
  startNext(slot: Slot): void {
    if (this.read(slot) === undefined) throw new Error(`slot ${slot} holds no image that is whole`);
    const { active } = this.#data;
    if (active === undefined) {
      this.#data.write(0, slot + 1, ImageState.new);
      return;
    }
    // The lowest sequence from that of the active entry on that means this slot.
    let { sequence } = this.#data.entry(active);
    if ((sequence - 1) % 2 !== slot) sequence++;
    this.#data.write(otherSector(active), sequence, ImageState.new);
  }

  /** The running image stays. */
  confirm(): void {
    const { active } = this.#data;
    if (active === undefined) return;
    const { sequence, state } = this.#data.entry(active);
    if (state !== ImageState.valid) this.#data.write(active, sequence, ImageState.valid);
  }

  /** The running image, which is on trial, does not start again. */
  ruleOut(): void {
    const { active } = this.#data;
    // Without an entry for the other one the next boot sees to it, as it does of every image that was not confirmed.
    if (active === undefined || !this.#data.isGood(otherSector(active))) return;
    this.#data.write(active, this.#data.entry(active).sequence, ImageState.invalid);
  }

  /** What is behind the first line of a slot's image; `undefined` where there is none, or it is not whole. */
  read(slot: Slot): Uint8Array | undefined {
    const head = readImageHead(this.#bytes(slot, MOST_HEAD_BYTES));
    if (head === undefined || head.headBytes + head.bytes > this.slotBytes) return undefined;
    return openImage(this.#bytes(slot, head.headBytes + head.bytes));
  }

  #bytes(slot: Slot, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    this.flash.read(bytes, this.startOf(slot));
    return bytes;
  }

  #isPending(slot: Slot): boolean {
    const { active } = this.#data;
    if (active === undefined) return false;
    const entry = this.#data.entry(active);
    return slotOf(entry) === slot && entry.state === ImageState.pending;
  }
}

const other = (slot: Slot): Slot => (slot === 0 ? 1 : 0);
const otherSector = (sector: Sector): Sector => (sector === 0 ? 1 : 0);
