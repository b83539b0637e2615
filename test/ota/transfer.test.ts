import { describe, expect, it } from 'vitest';
import { BLOCK_BYTES } from '../support/ota/memory-slots.js';
import { imageOf, packageOf } from '../support/ota/package.js';
import { TransferBench } from '../support/ota/transfer-bench.js';

const IMAGE = imageOf(100_000);

describe('a package', () => {
  it('comes into the spare slot, is read back, and is started when it is told so', () => {
    const bench = new TransferBench(IMAGE);
    expect(bench.fetch()).toMatchObject({ ok: true, update: { version: '1.1.0', required: 1, floor: '1.0.0' } });
    expect(bench.slots.holds(IMAGE)).toBe(true);
    expect(bench.slots.isBlank).toBe(true);
    expect(bench.slots.open).toBe(0);
    expect(bench.slots.started).toBeUndefined();
    bench.transfer.complete();
    expect(bench.slots.started?.subarray(0, IMAGE.length).equals(IMAGE)).toBe(true);
    expect(bench.slots.open).toBe(0);
    expect(bench.host.sockets).toBe(0);
    expect(bench.host.timers).toBe(0);
  });

  it('is told of from its header on, every 5 percent', () => {
    const bench = new TransferBench(IMAGE);
    bench.fetch();
    const percents = Array.from({ length: 20 }, (_, step) => String(5 * step + 5));
    // A block of 4,096 bytes is 4 percent of this image: each step is reached by one.
    expect(bench.told).toEqual(['header 1.1.0', '0', ...percents, 'ok']);
  });

  it.each([
    ['one byte', 1],
    ['15 bytes', 15],
    ['16 bytes', 16],
    ['a byte less than a block', BLOCK_BYTES - 1],
    ['a block', BLOCK_BYTES],
    ['a byte more than a block', BLOCK_BYTES + 1],
    ['two blocks', 2 * BLOCK_BYTES],
    ['a byte less than the slot takes', 39 * BLOCK_BYTES - 1],
    ['what the slot takes', 39 * BLOCK_BYTES],
  ])('may have an image of %s', (_what, bytes) => {
    const image = imageOf(bytes, bytes);
    const bench = new TransferBench(image);
    expect(bench.fetch()).toMatchObject({ ok: true });
    expect(bench.slots.holds(image)).toBe(true);
    bench.transfer.complete();
    const started = bench.slots.started?.subarray(0, Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES);
    expect(started?.subarray(0, bytes).equals(image)).toBe(true);
    expect(started?.subarray(bytes).every((byte) => byte === 0xff)).toBe(true);
    expect(bench.told.at(-2)).toBe('100');
  });

  it('with an image of a byte more than the slot takes is refused before a byte of it is written', () => {
    const bench = new TransferBench(imageOf(39 * BLOCK_BYTES + 1));
    expect(bench.fetch()).toMatchObject({ ok: false, failure: { step: -1, code: 'too_large' } });
    expect(bench.slots.operations).toEqual([]);
    expect(bench.flash.keys).toEqual([]);
  });

  it('is checked before a byte of it is written or the record of it is', () => {
    const bench = new TransferBench(IMAGE);
    const before = bench.slots.fingerprint;
    bench.server.file = packageOf(IMAGE, [bench.key], { version: '1.0.0' });
    expect(bench.fetch()).toEqual({
      ok: false,
      failure: { step: -1, code: 'not_newer', message: 'the package has version 1.0.0, which is not above 1.0.0' },
    });
    expect(bench.slots.operations).toEqual([]);
    expect(bench.slots.fingerprint).toBe(before);
    expect(bench.flash.keys).toEqual([]);
  });
});
