import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sealImage } from '../../host-sim/world/boot-image.js';
import { type Booted, BootLoader } from '../../host-sim/world/boot-loader.js';
import { type CutMoment, FlashPower, PowerCutError } from '../../host-sim/world/flash-power.js';
import { BLOCK_BYTES } from '../../host-sim/world/nor-flash.js';
import { SimFirmwareSlots } from '../../host-sim/world/sim-firmware-slots.js';

const SLOT_BYTES = 6 * BLOCK_BYTES;
const UNIT = 16;

/** An image of so many bytes behind its first line, which begin with what it is called. */
function imageOf(name: string, bytes = 9_000): Uint8Array {
  const body = Buffer.alloc(bytes, 'firmware ');
  body.write(`${name};`);
  return sealImage(body);
}

const nameOf = (booted: Booted | undefined): string | undefined =>
  booted && Buffer.from(booted.body).toString('latin1').split(';')[0];

/** A board that does nothing but boot and take images. */
class Board {
  readonly power = new FlashPower();
  readonly loader: BootLoader;
  slots!: SimFirmwareSlots;
  restarts = 0;

  constructor(image: Uint8Array, seed = 1) {
    this.loader = new BootLoader({ slotBytes: SLOT_BYTES, power: this.power, seed });
    this.loader.flashByCable(image);
  }

  /** What starts, and whether it is on trial. */
  boot(): [name: string | undefined, isOnTrial: boolean] {
    const booted = this.loader.boot();
    if (booted === undefined) return [undefined, false];
    this.slots = new SimFirmwareSlots(this.loader, booted, () => this.restarts++);
    return [nameOf(booted), this.slots.isOnTrial];
  }

  /** Writes an image as the firmware does: its first block last. */
  install(image: Uint8Array): void {
    const spare = this.slots.openSpare();
    for (let at = spare.blockBytes; at < image.length; at += spare.blockBytes) {
      spare.eraseBlock(at / spare.blockBytes);
      spare.write(padded(image.subarray(at, at + spare.blockBytes)), at);
    }
    spare.complete(image.subarray(0, spare.blockBytes));
    spare.close();
  }
}

function padded(bytes: Uint8Array): Uint8Array {
  const all = new Uint8Array(Math.ceil(bytes.length / UNIT) * UNIT).fill(0xff);
  all.set(bytes);
  return all;
}

describe('the boot loader', () => {
  it('starts what was flashed by cable, and not on trial', () => {
    const board = new Board(imageOf('old'));
    expect(board.boot()).toEqual(['old', false]);
    expect(board.boot()).toEqual(['old', false]);
  });

  it('starts a new image on trial, and keeps it once it is confirmed', () => {
    const board = new Board(imageOf('old'));
    board.boot();
    for (const name of ['new', 'newer', 'newest', 'last']) {
      board.install(imageOf(name));
      expect(board.boot()).toEqual([name, true]);
      board.slots.confirm();
      expect(board.slots.isOnTrial).toBe(false);
      expect(board.boot()).toEqual([name, false]);
    }
  });

  it('starts the image before it again when it was not confirmed, for good', () => {
    const board = new Board(imageOf('old'));
    board.boot();
    board.install(imageOf('bad'));
    expect(board.boot()).toEqual(['bad', true]);
    expect(board.boot()).toEqual(['old', false]);
    expect(board.boot()).toEqual(['old', false]);
    board.install(imageOf('good'));
    expect(board.boot()).toEqual(['good', true]);
  });

  it('starts the image before it again when it rolls back, and it restarts for that', () => {
    const board = new Board(imageOf('old'));
    board.boot();
    board.install(imageOf('bad'));
    board.boot();
    board.slots.rollBack();
    expect(board.restarts).toBe(1);
    expect(board.boot()).toEqual(['old', false]);
    expect(board.boot()).toEqual(['old', false]);
  });

  it('refuses to switch to what is not whole; what runs stays', () => {
    const board = new Board(imageOf('old'));
    board.boot();
    const image = imageOf('new');
    for (const wrong of [
      image.slice(0, -1),
      image.map((byte, i) => (i === 8_000 ? byte ^ 1 : byte)),
      new Uint8Array(50),
    ]) {
      expect(() => board.install(wrong)).toThrow('holds no image that is whole');
      expect(board.boot()).toEqual(['old', false]);
    }
  });

  it('starts the other image when the flash of one has gone bad', () => {
    const board = new Board(imageOf('old'));
    board.boot();
    board.install(imageOf('new'));
    board.boot();
    board.slots.confirm();
    board.loader.flash.write(new Uint8Array(16), board.loader.startOf(1) + 5_000);
    expect(board.boot()).toEqual(['old', false]);
  });

  it('tells of a brick', () => {
    expect(new BootLoader({ slotBytes: SLOT_BYTES }).boot()).toBeUndefined();
    const board = new Board(imageOf('old'));
    board.boot();
    board.loader.flash.write(new Uint8Array(16), board.loader.startOf(0) + 5_000);
    expect(board.boot()).toEqual([undefined, false]);
  });

  it('does not take an image that is larger than the slot', () => {
    expect(() => new Board(imageOf('large', SLOT_BYTES))).toThrow(RangeError);
  });

  it('writes otadata as ESP-IDF does: sequence, state and the CRC of the sequence', () => {
    const board = new Board(imageOf('old'));
    board.boot();
    board.install(imageOf('new'));
    const entries = [0, BLOCK_BYTES].map((at) => {
      const bytes = new Uint8Array(32);
      board.loader.flash.read(bytes, at);
      return Buffer.from(bytes).toString('hex');
    });
    // As dumps of boards have them: {1, valid} and {2, new}.
    const label = 'ff'.repeat(20);
    expect(entries).toEqual([`01000000${label}020000009a984347`, `02000000${label}000000007437f655`]);
  });
});

describe('the slots of one boot', () => {
  it('gives the spare slot to one at a time, and not while on trial', () => {
    const board = new Board(imageOf('old'));
    board.boot();
    const spare = board.slots.openSpare();
    expect(() => board.slots.openSpare()).toThrow('is open');
    spare.close();
    spare.close();
    expect(() => spare.eraseBlock(0)).toThrow('closed');
    board.install(imageOf('new'));
    board.boot();
    expect(() => board.slots.openSpare()).toThrow('confirmed');
  });

  it('takes nothing that is not of the slot, or not in units of 16 bytes', () => {
    const board = new Board(imageOf('old'));
    board.boot();
    const spare = board.slots.openSpare();
    expect([spare.bytes, spare.blockBytes]).toEqual([SLOT_BYTES, BLOCK_BYTES]);
    for (const [length, at] of [
      [15, 0],
      [16, 8],
      [16, SLOT_BYTES],
      [32, SLOT_BYTES - 16],
      [16, -16],
    ] as const) {
      expect(() => spare.write(new Uint8Array(length), at)).toThrow(RangeError);
    }
    expect(() => spare.eraseBlock(6)).toThrow(RangeError);
    expect(() => spare.eraseBlock(-1)).toThrow(RangeError);
    expect(() => spare.read(new Uint8Array(2), SLOT_BYTES - 1)).toThrow(RangeError);
    expect(() => spare.complete(new Uint8Array(BLOCK_BYTES + 1))).toThrow(RangeError);
    expect(board.boot()).toEqual(['old', false]);
  });
});

/** Cuts of an update: at which operation after the one before, and how. */
const cuts = fc.array(
  fc.record({
    operation: fc.integer({ min: 1, max: 24 }),
    moment: fc.constantFrom<CutMoment>('before', 'during', 'after'),
  }),
  { maxLength: 8 },
);

describe('cut at any operation, any number of times', () => {
  it('a board has the old or the new image, whole, and ends with the new one', () => {
    fc.assert(
      fc.property(cuts, fc.nat(), fc.integer({ min: 1, max: 3 }), (planned, seed, updates) => {
        const board = new Board(imageOf('build 0'), seed);
        const left = [...planned];
        const cutNext = (): void => {
          const cut = left.shift();
          if (cut) board.power.cutAt(cut.operation, cut.moment, () => {});
        };
        cutNext();
        let build = 0;
        for (let boots = 0; build < updates; boots++) {
          expect(boots).toBeLessThan(20);
          try {
            const [name, isOnTrial] = board.boot();
            // Never another one than these, and the new one as something proven only once it was confirmed.
            expect(isOnTrial ? [`build ${build + 1}`] : [`build ${build}`, `build ${build + 1}`]).toContain(name);
            if (name === `build ${build + 1}`) {
              board.slots.confirm();
              build++;
            }
            if (build < updates) board.install(imageOf(`build ${build + 1}`, 3_000 + 2_000 * build));
          } catch (error) {
            if (!(error instanceof PowerCutError)) throw error;
            cutNext();
          }
        }
        for (;;) {
          try {
            expect(board.boot()).toEqual([`build ${updates}`, false]);
            break;
          } catch (error) {
            if (!(error instanceof PowerCutError)) throw error;
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  it('at each operation of an update and of a roll-back, one after the other, in each of three ways', () => {
    for (const moment of ['before', 'during', 'after'] as const) {
      for (let operation = 1; ; operation++) {
        const board = new Board(imageOf('old'), operation);
        const forget = board.power.cutAt(operation, moment);
        let wasCut = false;
        const until = (step: () => void): void => {
          try {
            if (!wasCut) step();
          } catch (error) {
            if (!(error instanceof PowerCutError)) throw error;
            wasCut = true;
          }
        };
        until(() => board.boot());
        until(() => board.install(imageOf('new')));
        until(() => board.boot());
        until(() => board.slots.rollBack());
        until(() => board.boot());
        if (!wasCut) {
          forget();
          expect(operation).toBeGreaterThan(14);
          break;
        }
        const [name, isOnTrial] = board.boot();
        expect(isOnTrial ? 'new' : 'old').toBe(name);
        expect(board.boot()).toEqual(['old', false]);
      }
    }
  });
});
