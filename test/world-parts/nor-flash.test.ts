import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryMedium } from '../../host-sim/world/flash-medium.js';
import { FlashPower, PowerCutError } from '../../host-sim/world/flash-power.js';
import { BLOCK_BYTES, NorFlash } from '../../host-sim/world/nor-flash.js';
import { SimFlash } from '../../host-sim/world/sim-flash.js';

const BYTES = 4 * BLOCK_BYTES;

function read(flash: NorFlash, at: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  flash.read(bytes, at);
  return bytes;
}

describe('a simulated NOR flash', () => {
  it('is as a plain array of bytes is whose writes only clear bits, whatever is done to it', () => {
    const operation = fc.oneof(
      fc.record({ erase: fc.nat(3) }),
      fc.record({ at: fc.nat(BYTES - 1), bytes: fc.uint8Array({ minLength: 1, maxLength: 700 }) }),
    );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 30 }), (operations) => {
        const flash = new NorFlash({ bytes: BYTES });
        const model = new Uint8Array(BYTES).fill(0xff);
        for (const one of operations) {
          if ('erase' in one) {
            flash.eraseBlock(one.erase);
            model.fill(0xff, one.erase * BLOCK_BYTES, (one.erase + 1) * BLOCK_BYTES);
          } else {
            const bytes = one.bytes.subarray(0, BYTES - one.at);
            flash.write(bytes, one.at);
            bytes.forEach((byte, i) => {
              model[one.at + i]! &= byte;
            });
          }
        }
        expect(Buffer.compare(read(flash, 0, BYTES), model)).toBe(0);
      }),
    );
  });

  it('refuses what is not of it', () => {
    const flash = new NorFlash({ bytes: BYTES });
    expect(() => flash.eraseBlock(4)).toThrow(RangeError);
    expect(() => flash.eraseBlock(-1)).toThrow(RangeError);
    expect(() => flash.write(new Uint8Array(2), BYTES - 1)).toThrow(RangeError);
    expect(() => flash.read(new Uint8Array(1), 0.5)).toThrow(RangeError);
    expect(() => new NorFlash({ bytes: 100 })).toThrow(RangeError);
  });

  it('wears a block by erasing it, and a block that is worn out takes nothing any more', () => {
    const flash = new NorFlash({ bytes: BYTES, endurance: 3 });
    for (let i = 0; i < 3; i++) flash.eraseBlock(1);
    expect([0, 1].map((block) => flash.wearOf(block))).toEqual([0, 3]);
    expect(() => flash.eraseBlock(1)).toThrow('block 1 of the flash is worn out');
    expect(() => flash.write(new Uint8Array(32), BLOCK_BYTES - 16)).toThrow('block 1');
    flash.write(new Uint8Array(16), 0);
    flash.wearOut(0);
    expect(() => flash.write(new Uint8Array(16), 0)).toThrow('block 0');
    expect(read(flash, 0, 16)).toEqual(new Uint8Array(16));
  });

  it('tells of each operation once it is done', () => {
    const told: string[] = [];
    const power = new FlashPower();
    const flash = new NorFlash({ bytes: BYTES, power, onOperation: (kind, block) => told.push(`${kind} ${block}`) });
    flash.eraseBlock(2);
    flash.write(new Uint8Array(16), 2 * BLOCK_BYTES);
    power.cutAt(1, 'during');
    expect(() => flash.eraseBlock(3)).toThrow(PowerCutError);
    expect(told).toEqual(['erase 2', 'write 2']);
  });

  it('keeps in memory only what is not erased', () => {
    const medium = new MemoryMedium();
    const flash = new NorFlash({ bytes: 1_024 * BLOCK_BYTES, medium });
    flash.write(new Uint8Array(600), 100);
    flash.eraseBlock(0);
    expect(medium).toEqual(new MemoryMedium());
  });
});

describe('a power cut', () => {
  it('leaves a write undone, half done or done, and nothing else touched', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.nat(5_000), fc.nat(), (bytes, at, seed) => {
        for (const moment of ['before', 'during', 'after'] as const) {
          const power = new FlashPower();
          const flash = new NorFlash({ bytes: BYTES, power, seed });
          power.cutAt(1, moment);
          expect(() => flash.write(bytes, at)).toThrow(PowerCutError);
          const left = read(flash, at, bytes.length);
          if (moment === 'before') expect(left.every((byte) => byte === 0xff)).toBe(true);
          if (moment === 'after') expect(Buffer.compare(left, bytes)).toBe(0);
          // No bit is cleared that was not to be.
          expect(left.every((byte, i) => (byte & bytes[i]!) === bytes[i])).toBe(true);
          expect(read(flash, 0, at).every((byte) => byte === 0xff)).toBe(true);
          expect(read(flash, at + bytes.length, 300).every((byte) => byte === 0xff)).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('in the middle of an erasure leaves anything in that block, and the others as they were', () => {
    const power = new FlashPower();
    const flash = new NorFlash({ bytes: BYTES, power });
    flash.write(new Uint8Array(BYTES), 0);
    power.cutAt(1, 'during');
    expect(() => flash.eraseBlock(1)).toThrow(PowerCutError);
    const kinds = new Set(read(flash, BLOCK_BYTES, BLOCK_BYTES));
    expect(kinds.size).toBeGreaterThan(50);
    expect(kinds.has(0) && kinds.has(0xff)).toBe(true);
    expect(read(flash, 0, BLOCK_BYTES)).toEqual(new Uint8Array(BLOCK_BYTES));
    expect(read(flash, 2 * BLOCK_BYTES, 2 * BLOCK_BYTES)).toEqual(new Uint8Array(2 * BLOCK_BYTES));
  });

  it('counts the operations of records and of firmware together, and nothing is written after it', () => {
    const cuts: string[] = [];
    const records = new SimFlash({ onCut: () => cuts.push('power') });
    const flash = new NorFlash({ bytes: BYTES, power: records.power });
    records.cutAtWrite(3, 'after', () => {
      records.powered = false;
      cuts.push('test');
    });
    records.storage.write('one', Uint8Array.of(1));
    flash.eraseBlock(0);
    expect(() => flash.write(new Uint8Array(16), 0)).toThrow(PowerCutError);
    expect(cuts).toEqual(['power', 'test']);
    expect(() => flash.eraseBlock(0)).toThrow(PowerCutError);
    expect(() => records.secrets.write('two', Uint8Array.of(2))).toThrow(PowerCutError);
    records.powered = true;
    flash.eraseBlock(1);
    expect(read(flash, 0, 16)).toEqual(new Uint8Array(16));
    expect(records.power.operations).toBe(4);
  });
});
