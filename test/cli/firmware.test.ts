import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileMedium } from '../../host-sim/host/file-medium.js';
import { SLOT_BYTES } from '../../host-sim/host/sim-board.js';
import { makeSimulatorImage } from '../../host-sim/image/make-image.js';
import { loadProduct } from '../../host-sim/products/load.js';
import { BootLoader } from '../../host-sim/world/boot-loader.js';
import { SimFirmwareSlots } from '../../host-sim/world/sim-firmware-slots.js';
import type { JsonLine } from '../support/program.js';
import { usePrograms } from '../support/programs.js';
import { park, unpark } from '../support/spare-slot.js';
import { withoutXs } from '../xs/engines.js';

const PRODUCT = loadProduct('SW-SERVO-001');

describe('the firmware of a board of the program', () => {
  const programs = usePrograms();

  /** Which version the one board boots. */
  async function bootedVersion(...args: string[]): Promise<unknown> {
    const program = programs.start('board', '--cloud', 'http://127.0.0.1:1', '--sn', 'AABBCC', '--json', ...args);
    const booted = (): JsonLine | undefined =>
      program.stderr
        .split('\n')
        .filter((line) => line.includes('"booted"'))
        .map((line) => JSON.parse(line) as JsonLine)[0];
    await expect.poll(booted, { interval: 20 }).toBeDefined();
    const { version } = booted()!;
    await program.end();
    return version;
  }

  it('is kept in its folder over runs of the program, and replaced by what was written there', async () => {
    const data = ['--data', programs.path];
    expect(await bootedVersion(...data)).toBe(PRODUCT.firmwareVersion);
    const medium = new FileMedium(join(programs.path, 'boards/SW-SERVO-001/AABBCC/firmware.flash'));
    const loader = new BootLoader({ slotBytes: SLOT_BYTES, medium });
    const spare = new SimFirmwareSlots(loader, loader.boot()!, () => {}).openSpare();
    const product = { ...PRODUCT, firmwareVersion: '9.0.0' };
    park(spare, makeSimulatorImage({ product, buildTimeMs: Date.UTC(2026, 6, 1) }));
    unpark(spare);
    // It has proven itself.
    new SimFirmwareSlots(loader, loader.boot()!, () => {}).confirm();
    expect(await bootedVersion(...data)).toBe('9.0.0');
    if (withoutXs === undefined) expect(await bootedVersion(...data, '--engine', 'xs')).toBe('9.0.0');
    expect(await bootedVersion('--data', ':memory:')).toBe(PRODUCT.firmwareVersion);
  });
});
