import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownBundle, runBundle } from '../../host-sim/image/bundle.js';
import { makeSimulatorImage } from '../../host-sim/image/make-image.js';
import { decodeImage, encodeImage, type Fault, ownImage } from '../../host-sim/image/sim-image.js';
import { loadProduct } from '../../host-sim/products/load.js';
import { openImage, readImageHead, sealImage } from '../../host-sim/world/boot-image.js';
import { createBoard } from '../../src/board/board.js';

const product = loadProduct('SW-DIM-001');
const buildTimeMs = Date.UTC(2026, 5, 1);

describe('an image of the simulator', () => {
  it('says what was put into it', () => {
    const build = fc.record(
      {
        product: fc.string().map((firmwareVersion) => ({ ...product, firmwareVersion })),
        buildTimeMs: fc.nat(),
        updateKeys: fc.record({
          keys: fc.dictionary(fc.constantFrom('0', '7'), fc.base64String()),
          required: fc.nat(255),
        }),
        fault: fc.constantFrom<Fault>('crash', 'hang', 'deaf'),
      },
      { requiredKeys: ['product', 'buildTimeMs'], noNullPrototype: true },
    );
    fc.assert(
      fc.property(build, fc.string({ unit: 'binary' }), (build, bundle) => {
        expect(decodeImage(openImage(encodeImage({ build, bundle }))!)).toEqual({ build, bundle });
      }),
    );
    expect(decodeImage(openImage(ownImage())!)).toEqual({ bundle: '' });
  });

  it('is not believed where one byte is another one, or one is missing', () => {
    const image = sealImage(Buffer.from('firmware'));
    expect(Buffer.from(openImage(image)!).toString()).toBe('firmware');
    for (let at = 0; at < image.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const wrong = image.map((byte, i) => (i === at ? byte ^ (1 << bit) : byte));
        const body = openImage(wrong);
        // Only where the first line still says the same in other words.
        if (body !== undefined) expect(Buffer.from(body).toString()).toBe('firmware');
      }
      expect(openImage(image.subarray(0, at))).toBeUndefined();
    }
  });

  it('has a head that is not taken for one where it is anything else', () => {
    const heads = [
      '',
      '\n',
      '{}\n',
      'null\n',
      '[1]\n',
      '{"image":"smartlink-simulator","bytes":-1,"sha256":""}\n',
      ' '.repeat(300),
    ];
    expect(heads.map((head) => readImageHead(Buffer.from(head)))).toEqual(heads.map(() => undefined));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(readImageHead(bytes)).toBeUndefined();
      }),
    );
  });

  it('does not run where it does not say what it was built for', () => {
    for (const build of [
      { product: 1 },
      { product: {} },
      { product, buildTimeMs, fault: 'slow' },
      { product, buildTimeMs, updateKeys: 1 },
    ]) {
      const body = Buffer.from(`${JSON.stringify(build)}\n`);
      expect(() => decodeImage(body), JSON.stringify(build)).toThrow('what it was built for');
    }
    expect(() => decodeImage(Buffer.from('no line'))).toThrow();
  });
});

describe("an image of the program's own firmware", () => {
  it('brings it as a bundle, and fits the slot of a chip', () => {
    const updateKeys = { keys: { '0': 'AA==' } };
    const image = makeSimulatorImage({ product, buildTimeMs, updateKeys });
    expect(decodeImage(openImage(image)!)).toEqual({
      build: { product, buildTimeMs, updateKeys },
      bundle: ownBundle(),
    });
    expect(image.length).toBeLessThan(0x1f0000 - 4_096);
  });

  it('is other code than that of the program, and leaves nothing behind in its process', () => {
    const before = Object.getOwnPropertyNames(globalThis);
    const firmware = runBundle(ownBundle());
    expect(firmware.createBoard).toBeTypeOf('function');
    expect(firmware.createBoard).not.toBe(createBoard);
    expect(runBundle(ownBundle())).toBe(firmware);
    expect(Object.getOwnPropertyNames(globalThis)).toEqual(before);
  });

  it('runs as often as there are bundles, of which it keeps a few', () => {
    const bundles = Array.from({ length: 6 }, (_, n) => `var smartlinkFirmware = { createBoard: () => ${n} };`);
    for (const [n, bundle] of bundles.entries()) expect(runBundle(bundle).createBoard(null!, null!)).toBe(n);
    expect(() => runBundle('throw new Error("broken build");')).toThrow('broken build');
  });
});
