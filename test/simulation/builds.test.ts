import { describe, expect, it } from 'vitest';
import { encodeImage, type Fault } from '../../host-sim/image/sim-image.js';
import { loadProduct } from '../../host-sim/products/load.js';
import { SeededRandom } from '../../host-sim/simulation/seeded-random.js';
import { SimDevice } from '../../host-sim/simulation/sim-device.js';
import type { CutMoment } from '../../host-sim/world/flash-power.js';
import { Radio } from '../../host-sim/world/radio.js';
import { SimFirmwareSlots } from '../../host-sim/world/sim-firmware-slots.js';
import { VirtualNetwork } from '../../host-sim/world/virtual-network.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import { ScriptedCloud } from '../support/scripted-cloud.js';
import { park, unpark } from '../support/spare-slot.js';

const PRODUCT = loadProduct('SW-SERVO-001');
const HOME = { ssid: 'home', password: 'password1' };

/** One board of a virtual world with its cloud, and what was told of it. */
class Life {
  readonly time = new VirtualTime();
  readonly cloud: ScriptedCloud;
  readonly device: SimDevice;
  readonly told: string[] = [];
  readonly wear = new Map<number, number>();

  constructor() {
    const { time, told } = this;
    const network = new VirtualNetwork(time);
    this.cloud = new ScriptedCloud(network);
    const radio = new Radio();
    radio.add(HOME);
    this.device = new SimDevice({
      index: 0,
      serial: 'A0',
      product: PRODUCT,
      time,
      network,
      radio,
      random: new SeededRandom(1),
      settings: { environment: { name: 'dev', apiUrl: this.cloud.apiUrl }, wifi: HOME },
      hasTime: true,
      driftPpm: 0,
      buildTimeMs: 0,
      onEvent: (_device, { name, data }) => {
        if (name === 'booted') told.push(`runs ${(data as { version: string }).version}`);
      },
      onPin: () => {},
      onStored: () => {},
      onFlash: (device, kind, block) => {
        if (kind === 'erase') this.wear.set(block, device.loader.flash.wearOf(block));
      },
      onFlashed: () => told.push('flashed by cable'),
      onBrick: () => told.push('brick'),
      onBoot: (_device, reason) => told.push(reason),
      onPowerOff: () => told.push('off'),
      onLabel: () => {},
      onCrash: (_device, error) => told.push(`crash: ${String(error)}`),
    });
  }

  /** Power comes, and the first life ends: what is told from here on is of those after it. */
  begin(): this {
    this.device.powerOn();
    this.time.advance(60_000);
    this.told.length = 0;
    return this;
  }

  /** Has an image start next, as the firmware does, and restarts. */
  update(version: string, fault?: Fault): void {
    const product = { ...PRODUCT, firmwareVersion: version };
    const image = encodeImage({ build: { product, buildTimeMs: 1, ...(fault && { fault }) }, bundle: '' });
    const { loader } = this.device;
    const spare = new SimFirmwareSlots(loader, { slot: 0, body: image, isOnTrial: false }, () => {}).openSpare();
    park(spare, image);
    unpark(spare);
    this.device.reset('restart');
  }
}

describe('a build in a virtual world', () => {
  it('runs as what its image says, in place of the one before', () => {
    const life = new Life().begin();
    expect(life.device.version).toBe(PRODUCT.firmwareVersion);
    life.update('2.0.0');
    life.time.advance(1_000);
    expect(life.told).toEqual(['restart', 'runs 2.0.0']);
    expect(life.device.version).toBe('2.0.0');
    expect(life.cloud.requests).toHaveLength(1);
  });

  it('that crashes when it starts has no second chance', () => {
    const life = new Life().begin();
    life.update('2.0.0', 'crash');
    life.time.advance(2_000);
    expect(life.told).toEqual([
      'restart',
      'crash: Error: this build throws when it starts',
      'crash',
      `runs ${PRODUCT.firmwareVersion}`,
    ]);
  });

  it('that hangs is reset by the watchdog', () => {
    const life = new Life().begin();
    life.update('2.0.0', 'hang');
    life.time.advance(7_000);
    expect(life.told).toEqual(['restart', 'runs 2.0.0']);
    life.time.advance(3_000);
    expect(life.told.slice(2)).toEqual(['watchdog', `runs ${PRODUCT.firmwareVersion}`]);
  });

  it('that is deaf never reaches its cloud', () => {
    const life = new Life().begin();
    const sessions = (): number => life.cloud.packets.filter(({ cmd }) => cmd === 'connect').length;
    expect(sessions()).toBe(1);
    life.update('2.0.0', 'deaf');
    life.time.advance(300_000);
    expect(life.told).toEqual(['restart', 'runs 2.0.0']);
    expect([sessions(), life.device.isOnline]).toEqual([1, false]);
    life.device.reset('restart');
    life.time.advance(60_000);
    expect([sessions(), life.device.isOnline]).toEqual([2, true]);
  });

  it('wears its flash, and no block more than others need to', () => {
    const life = new Life().begin();
    life.wear.clear();
    life.update('2.0.0');
    life.time.advance(1_000);
    // Where the first block was parked; where it belongs; the entry: by the factory, as new, as on trial.
    expect([...life.wear]).toEqual([
      [2 + 16 + 15, 1],
      [2 + 16, 1],
      [1, 3],
    ]);
  });

  it.each<CutMoment>(['before', 'during', 'after'])(
    'a cut %s a write of the boot loader ends that boot there',
    (moment) => {
      const life = new Life().begin();
      life.update('2.0.0');
      life.device.flash.power.cutAt(1, moment, () => life.device.powerOn());
      life.time.advance(2_000);
      expect(life.told.slice(0, 2)).toEqual(['off', 'power_on']);
      expect([['runs 2.0.0'], [`runs ${PRODUCT.firmwareVersion}`]]).toContainEqual(life.told.slice(2));
      expect(life.device.isPowered).toBe(true);
    },
  );

  it('a flash without firmware makes it a brick, which says so whenever it has power', () => {
    const life = new Life().begin();
    const { loader } = life.device;
    loader.flash.eraseBlock(loader.startOf(0) / 4_096);
    life.device.reset('restart');
    life.time.advance(1_000);
    life.device.powerOn();
    life.time.advance(1_000);
    expect(life.told).toEqual(['brick', 'brick']);
    expect(life.device.isPowered).toBe(false);
  });
});
