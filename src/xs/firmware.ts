import flash, { type Partition } from 'embedded:storage/flash';
import Update from 'embedded:update';
import type { FirmwareSlots, SpareSlot } from '../ports/firmware.js';
import type { Native } from './native.js';

/** What `smartlink_ota_state` says. */
const NO_OTHER_SLOT = -1;
const ON_TRIAL = 1;

/**
 * The slots `ota_0` and `ota_1` (`esp32/partitions.csv`) and ESP-IDF's boot loader. Blocks are written through the SDK's flash; its
 * update, which begins anew each time that it is opened, is there for the end alone (docs/adr/0010-ota-on-esp32.md).
 */
export class XsFirmwareSlots implements FirmwareSlots {
  readonly #native: Native;
  #spare: XsSpareSlot | undefined;

  constructor(native: Native) {
    this.#native = native;
  }

  get isOnTrial(): boolean {
    return this.#native.smartlink_ota_state() === ON_TRIAL;
  }

  openSpare(): SpareSlot {
    const state = this.#native.smartlink_ota_state();
    if (state === NO_OTHER_SLOT) throw new Error('there is no other slot');
    if (state === ON_TRIAL) throw new Error('on trial: the other slot is what this image would be rolled back to');
    if (this.#spare?.isOpen) throw new Error('the other slot is open');
    this.#spare = new XsSpareSlot();
    return this.#spare;
  }

  confirm(): void {
    // ESP-IDF would mark whatever image was chosen last, which need not be the one that runs.
    if (!this.isOnTrial) return;
    const failure = this.#native.esp_ota_mark_app_valid_cancel_rollback();
    if (failure !== 0) throw new Error(`the image cannot be confirmed (${failure})`);
  }

  rollBack(): void {
    if (this.isOnTrial) this.#native.smartlink_ota_roll_back();
    else this.#native.smartlink_restart();
  }
}

class XsSpareSlot implements SpareSlot {
  readonly bytes: number;
  readonly blockBytes: number;
  #partition: Partition | undefined;

  constructor() {
    this.#partition = flash.open({ path: 'nextota', mode: 'r+' });
    const { size, blockLength } = this.#partition.status();
    this.bytes = size;
    this.blockBytes = blockLength;
  }

  get isOpen(): boolean {
    return this.#partition !== undefined;
  }

  eraseBlock(block: number): void {
    this.#opened().eraseBlock(block);
  }

  write(bytes: Uint8Array, at: number): void {
    this.#opened().write(bytes, at);
  }

  read(into: Uint8Array, at: number): void {
    this.#opened().read(into, at);
  }

  complete(first: Uint8Array): void {
    // Erases as many blocks as that length takes: the first.
    const update = Update.open({ partition: this.#opened(), mode: 'w', byteLength: this.blockBytes });
    try {
      update.write(first, 0);
      update.complete();
    } finally {
      update.close();
    }
  }

  close(): void {
    this.#partition?.close();
    this.#partition = undefined;
  }

  #opened(): Partition {
    if (this.#partition === undefined) throw new Error('closed');
    return this.#partition;
  }
}
