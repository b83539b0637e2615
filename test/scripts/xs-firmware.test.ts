import { describe, expect, test } from 'vitest';
import type { FirmwareSlots } from '../../src/ports/firmware.js';
import { loadAdapter, type Native } from './xs-modules.js';

const BLOCK_BYTES = 4_096;
const SLOT_BYTES = 4 * BLOCK_BYTES;

/** The SDK's two modules as its C has them, over a flash that can only clear bits; and what is asked of them, in order. */
class Chip {
  readonly bytes = new Uint8Array(SLOT_BYTES);
  readonly log: string[] = [];
  state = 0;
  handles = 0;
  /** What the boot loader would start. */
  isWhole = (_image: Uint8Array): boolean => true;

  readonly flash = {
    open: ({ path, mode }: { path: string; mode: string }) => {
      this.log.push(`open ${path} ${mode}`);
      this.handles++;
      const used = (): void => {
        if (!isOpen) throw new TypeError('no host chunk');
      };
      const fits = (length: number, at: number): void => {
        used();
        if (at + length > SLOT_BYTES) throw new Error('failed');
      };
      let isOpen = true;
      return {
        status: () => ({ size: SLOT_BYTES, blockLength: BLOCK_BYTES, blocks: SLOT_BYTES / BLOCK_BYTES }),
        eraseBlock: (block: number) => {
          fits(BLOCK_BYTES, block * BLOCK_BYTES);
          this.log.push(`erase ${block}`);
          this.bytes.fill(0xff, block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES);
        },
        write: (from: Uint8Array, at: number) => {
          fits(from.length, at);
          this.#program(from, at);
        },
        read: (into: Uint8Array, at: number) => {
          fits(into.length, at);
          into.set(this.bytes.subarray(at, at + into.length));
          return into.length;
        },
        close: () => {
          if (isOpen) this.handles--;
          isOpen = false;
        },
      };
    },
  };

  readonly update = {
    open: ({ byteLength, mode }: { partition: unknown; mode: string; byteLength: number }) => {
      this.log.push(`update ${mode} ${byteLength}`);
      this.handles++;
      this.bytes.fill(0xff, 0, Math.ceil(byteLength / BLOCK_BYTES) * BLOCK_BYTES);
      let isOpen = true;
      return {
        write: (from: Uint8Array, at: number) => this.#program(from, at),
        complete: () => {
          if (!this.isWhole(this.bytes)) throw new Error('end failed');
          this.log.push('complete');
        },
        close: () => {
          if (isOpen) this.handles--;
          isOpen = false;
        },
      };
    },
  };

  readonly native = {
    smartlink_ota_state: () => this.state,
    esp_ota_mark_app_valid_cancel_rollback: () => {
      this.log.push('confirm');
      return this.failure;
    },
    smartlink_ota_roll_back: () => this.log.push('roll back'),
    smartlink_restart: () => this.log.push('restart'),
  };
  failure = 0;

  #program(from: Uint8Array, at: number): void {
    this.log.push(`write ${from.length} at ${at}`);
    from.forEach((byte, i) => {
      this.bytes[at + i]! &= byte;
    });
  }
}

describe('the slots of a chip', async () => {
  let chip = new Chip();
  const { XsFirmwareSlots } = await loadAdapter<{ XsFirmwareSlots: new (native: Native) => FirmwareSlots }>(
    'firmware.ts',
    {
      'embedded:storage/flash': { open: (options: never) => chip.flash.open(options) },
      'embedded:update': { open: (options: never) => chip.update.open(options) },
    },
  );

  function begin(): { chip: Chip; slots: FirmwareSlots } {
    chip = new Chip();
    return { chip, slots: new XsFirmwareSlots(chip.native) };
  }

  const image = Uint8Array.from({ length: SLOT_BYTES - BLOCK_BYTES }, (_, at) => (at * 7) & 0xff);

  test('an image is written block by block into the slot that does not run, and read back from it', () => {
    const { slots } = begin();
    const spare = slots.openSpare();
    expect([spare.bytes, spare.blockBytes]).toEqual([SLOT_BYTES, BLOCK_BYTES]);
    spare.eraseBlock(2);
    spare.write(image.subarray(2 * BLOCK_BYTES, 2 * BLOCK_BYTES + 32), 2 * BLOCK_BYTES);
    const into = new Uint8Array(40).subarray(4, 36);
    spare.read(into, 2 * BLOCK_BYTES);
    expect(into).toEqual(image.slice(2 * BLOCK_BYTES, 2 * BLOCK_BYTES + 32));
    expect(chip.log).toEqual(['open nextota r+', 'erase 2', `write 32 at ${2 * BLOCK_BYTES}`]);
  });

  test('the update is opened for the first block alone, at the end, and leaves nothing open', () => {
    const { slots } = begin();
    const spare = slots.openSpare();
    spare.eraseBlock(1);
    spare.write(image.subarray(BLOCK_BYTES, 2 * BLOCK_BYTES), BLOCK_BYTES);
    chip.log.length = 0;
    chip.isWhole = (bytes) => bytes.subarray(0, 2 * BLOCK_BYTES).every((byte, at) => byte === image[at]);
    spare.complete(image.subarray(0, BLOCK_BYTES));
    expect(chip.log).toEqual([`update w ${BLOCK_BYTES}`, `write ${BLOCK_BYTES} at 0`, 'complete']);
    spare.close();
    expect(chip.handles).toBe(0);
  });

  test('what the boot loader refuses is thrown, and may be tried again', () => {
    const { slots } = begin();
    const spare = slots.openSpare();
    chip.isWhole = () => false;
    expect(() => spare.complete(image.subarray(0, BLOCK_BYTES))).toThrow('end failed');
    expect(chip.handles).toBe(1);
    chip.isWhole = () => true;
    spare.complete(image.subarray(0, BLOCK_BYTES));
    spare.close();
    expect(chip.handles).toBe(0);
  });

  test('is open once at a time; closed twice is fine, and then throws whatever is asked', () => {
    const { slots } = begin();
    const spare = slots.openSpare();
    expect(() => slots.openSpare()).toThrow('open');
    spare.close();
    spare.close();
    expect(chip.handles).toBe(0);
    for (const use of [
      () => spare.eraseBlock(0),
      () => spare.write(image, 0),
      () => spare.read(new Uint8Array(1), 0),
      () => spare.complete(image),
    ]) {
      expect(use).toThrow('closed');
    }
    slots.openSpare().close();
  });

  test('beyond its end the flash throws', () => {
    const { slots } = begin();
    const spare = slots.openSpare();
    expect(() => spare.eraseBlock(4)).toThrow();
    expect(() => spare.write(image, 2 * BLOCK_BYTES)).toThrow();
    expect(() => spare.read(new Uint8Array(17), SLOT_BYTES - 16)).toThrow();
  });

  test('while on trial the other slot is not touched: it is what there is to go back to', () => {
    const { slots } = begin();
    chip.state = 1;
    expect(slots.isOnTrial).toBe(true);
    expect(() => slots.openSpare()).toThrow('on trial');
    chip.state = 0;
    expect(slots.isOnTrial).toBe(false);
    slots.openSpare().close();
  });

  test('without a second slot there is none to open: the one that runs is never written', () => {
    const { slots } = begin();
    chip.state = -1;
    expect(slots.isOnTrial).toBe(false);
    expect(() => slots.openSpare()).toThrow('no other slot');
    expect(chip.log).toEqual([]);
  });

  test('an image on trial is confirmed, or taken back; one that is not on trial is left as it is', () => {
    const { slots } = begin();
    slots.confirm();
    slots.rollBack();
    expect(chip.log).toEqual(['restart']);
    chip.state = 1;
    slots.confirm();
    slots.rollBack();
    expect(chip.log).toEqual(['restart', 'confirm', 'roll back']);
  });

  test('a flash that fails at the confirmation throws', () => {
    const { slots } = begin();
    chip.state = 1;
    chip.failure = 0x105;
    expect(() => slots.confirm()).toThrow('261');
  });
});
