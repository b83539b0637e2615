import { afterEach, beforeAll, describe, expect, it, test } from 'vitest';
import { SLOT_BYTES } from '../../host-sim/host/sim-board.js';
import { ownBundle } from '../../host-sim/image/bundle.js';
import { encodeImage, ownImage } from '../../host-sim/image/sim-image.js';
import { loadProduct } from '../../host-sim/products/load.js';
import { BootLoader } from '../../host-sim/world/boot-loader.js';
import { type FlashMedium, MemoryMedium } from '../../host-sim/world/flash-medium.js';
import { SimFirmwareSlots } from '../../host-sim/world/sim-firmware-slots.js';
import type { XsEngine } from '../../host-sim/xs/engine.js';
import { LiveBoard } from '../support/live-board.js';
import { park, unpark } from '../support/spare-slot.js';
import { bundleEngine, withoutXs } from '../xs/engines.js';

const NOWHERE = 'http://127.0.0.1:1';
const OWN = loadProduct('SW-SERVO-001');
const product = { ...OWN, firmwareVersion: '9.0.0' };
const buildTimeMs = Date.UTC(2026, 6, 1);

/** The firmware, but for what it takes for its version. */
const OTHER = beginningWith('', "product = { ...product, firmwareVersion: product.firmwareVersion + '-other' };");
/** The firmware, which takes what is parked in its spare slot into use, and confirms itself where that is asked for. */
const UPDATING = beginningWith(
  `${park}${unpark}`,
  `const slots = host.firmware;
    if (slots.isOnTrial) slots.confirm();
    else {
      const spare = slots.openSpare();
      unpark(spare);
      spare.close();
      host.system.restart();
    }`,
);

/** The firmware with some code where a board begins, and what that needs. */
function beginningWith(needed: string, code: string): string {
  const parts = ownBundle().split(/(function createBoard\(host, product[^{]*\) \{)/);
  expect(parts).toHaveLength(3);
  return `${parts[0]}${needed}${parts[1]}${code}${parts[2]}`;
}

/** Has an image start next, as an update does. */
function install(medium: FlashMedium, bundle: string): void {
  const loader = new BootLoader({ slotBytes: SLOT_BYTES, medium });
  if (loader.isBlank) loader.flashByCable(ownImage());
  const spare = new SimFirmwareSlots(loader, loader.boot()!, () => {}).openSpare();
  park(spare, encodeImage({ build: { product, buildTimeMs }, bundle }));
  unpark(spare);
}

describe.each(['node', 'xs'] as const)('an image that is started on %s', (kind) => {
  const live: LiveBoard[] = [];
  let engine: XsEngine | undefined;

  beforeAll(async () => {
    if (kind === 'xs' && withoutXs === undefined) engine = await bundleEngine();
  });

  afterEach(() => {
    for (const { board } of live.splice(0)) board.powerCut();
  });

  function start(medium: FlashMedium): LiveBoard {
    const board = new LiveBoard(NOWHERE, { medium, engine });
    live.push(board);
    return board;
  }

  const versions = ({ events }: LiveBoard): unknown[] =>
    events.filter(({ name }) => name === 'booted').map(({ data }) => (data as { version: string }).version);

  test.skipIf(kind === 'xs' && withoutXs)('is the code that runs: another bundle does something else', async () => {
    const medium = new MemoryMedium();
    const before = start(medium);
    await before.event('booted');
    await before.board.stop();
    install(medium, OTHER);
    const after = start(medium);
    await after.event('booted');
    expect([...versions(before), ...versions(after)]).toEqual([OWN.firmwareVersion, '9.0.0-other']);
    expect(after.crashes).toEqual([]);
  });

  test.skipIf(kind === 'xs' && withoutXs)('is left for the one before it when it cannot even start', async () => {
    const medium = new MemoryMedium();
    install(medium, 'throw new Error("a broken build");');
    const it = start(medium);
    await it.event('booted');
    expect(versions(it)).toEqual([OWN.firmwareVersion]);
    expect(it.crashes.map(({ error }) => String(error))).toEqual([expect.stringContaining('a broken build')]);
  });

  test.skipIf(kind === 'xs' && withoutXs)(
    'switches to the next one by itself, over its port, and that one stays',
    async () => {
      const medium = new MemoryMedium();
      install(medium, UPDATING);
      const loader = new BootLoader({ slotBytes: SLOT_BYTES, medium });
      // It is proven, and the next one waits in the other slot.
      const slots = new SimFirmwareSlots(loader, loader.boot()!, () => {});
      slots.confirm();
      const next = { build: { product: { ...product, firmwareVersion: '10.0.0' }, buildTimeMs }, bundle: UPDATING };
      park(slots.openSpare(), encodeImage(next));
      const it = start(medium);
      await it.event('booted', ({ version }) => version === '10.0.0');
      await it.board.stop();
      expect(versions(it)).toEqual(['9.0.0', '10.0.0']);
      expect(it.crashes).toEqual([]);
      expect(new BootLoader({ slotBytes: SLOT_BYTES, medium }).boot()).toMatchObject({ slot: 0, isOnTrial: false });
    },
  );
});

describe('a board on Node', () => {
  /** Firmware that says what it was given, and nothing else. */
  const TELLING = `var smartlinkFirmware = { createBoard: (host, product) => {
    host.console({ name: 'given', level: 'info', at: 0, data: { product, settings: host.settings,
      buildTimeMs: host.system.buildTimeMs, isOnTrial: host.firmware.isOnTrial } });
    return { deviceId: undefined, stop: async () => {}, crashed: () => {} };
  } };`;

  it('gives an image its own product, time and keys', async () => {
    const medium = new MemoryMedium();
    const loader = new BootLoader({ slotBytes: SLOT_BYTES, medium });
    const updateKeys = { keys: { '3': 'AA==' }, required: 8 };
    loader.flashByCable(encodeImage({ build: { product, buildTimeMs, updateKeys }, bundle: TELLING }));
    const known = { updateKeys: { keys: { '0': 'BB==' } } };
    const { board, events } = new LiveBoard(NOWHERE, { medium, settings: known });
    board.powerCut();
    expect(events).toMatchObject([
      { data: { product: { firmwareVersion: '9.0.0' }, buildTimeMs, isOnTrial: false, settings: { updateKeys } } },
    ]);
  });

  it('on which the first flashing was broken off is flashed anew', () => {
    const medium = new MemoryMedium();
    medium.write(new Uint8Array(64), 0);
    medium.write(ownImage().subarray(0, 30), 2 * 4_096);
    const it = new LiveBoard(NOWHERE, { medium });
    it.board.powerCut();
    expect(it.crashes).toEqual([]);
    expect(it.events[0]).toMatchObject({ name: 'booted', data: { version: OWN.firmwareVersion } });
  });

  it('without firmware that is whole says that it is a brick', async () => {
    const medium = new MemoryMedium();
    const loader = new BootLoader({ slotBytes: SLOT_BYTES, medium });
    loader.flashByCable(ownImage());
    loader.boot();
    loader.flash.write(new Uint8Array(64), loader.startOf(0));
    const { board, crashes, events } = new LiveBoard(NOWHERE, { medium });
    board.powerCut();
    expect(crashes.map(({ error }) => String(error))).toEqual([expect.stringContaining('the board is a brick')]);
    expect(events).toEqual([]);
  });
});
