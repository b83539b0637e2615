import { beforeEach, describe, expect, it } from 'vitest';
import { loadProduct } from '../../host-sim/products/load.js';
import { command } from '../../host-sim/simulation/deeds/command.js';
import { measure } from '../../host-sim/simulation/deeds/measure.js';
import { press } from '../../host-sim/simulation/deeds/press.js';
import { bouncingButton } from '../../host-sim/simulation/faults/bouncing-button.js';
import { brownOut } from '../../host-sim/simulation/faults/brown-out.js';
import { crash } from '../../host-sim/simulation/faults/crash.js';
import { cutAtWrite } from '../../host-sim/simulation/faults/cut-at-write.js';
import { flashRot } from '../../host-sim/simulation/faults/flash-rot.js';
import { flashWornOut } from '../../host-sim/simulation/faults/flash-worn-out.js';
import { memoryCeiling } from '../../host-sim/simulation/faults/memory-ceiling.js';
import { powerCut } from '../../host-sim/simulation/faults/power-cut.js';
import { stuckServo } from '../../host-sim/simulation/faults/stuck-servo.js';
import { wantedRestart } from '../../host-sim/simulation/faults/wanted-restart.js';
import type { Kind } from '../../host-sim/simulation/happening.js';
import { Obstacles } from '../../host-sim/simulation/obstacles.js';
import { Overlays } from '../../host-sim/simulation/overlays.js';
import { SeededRandom } from '../../host-sim/simulation/seeded-random.js';
import { SimDevice } from '../../host-sim/simulation/sim-device.js';
import type { World } from '../../host-sim/simulation/world.js';
import { Radio } from '../../host-sim/world/radio.js';
import { VirtualNetwork } from '../../host-sim/world/virtual-network.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';

const KINDS: readonly Kind[] = [
  bouncingButton,
  brownOut,
  command,
  crash,
  cutAtWrite,
  flashRot,
  flashWornOut,
  measure,
  memoryCeiling,
  powerCut,
  press,
  stuckServo,
  wantedRestart,
];
const PRODUCTS = ['SW-SERVO-001', 'SW-RELAY-002', 'SW-DIM-001', 'SW-SENSE-001', 'SW-GEN-001'];

/** Boards with their firmware and a network without a cloud; enough of a world for what happens to boards alone. */
class House {
  readonly time = new VirtualTime();
  readonly overlays = new Overlays();
  readonly said: string[] = [];
  readonly asked: object[] = [];
  readonly devices: readonly SimDevice[];
  readonly obstacles: Obstacles;

  constructor(...productKeys: string[]) {
    const { time, said } = this;
    const radio = new Radio();
    radio.add({ ssid: 'home', password: 'password1' });
    this.obstacles = new Obstacles(time.clock, productKeys.length);
    this.devices = productKeys.map(
      (key, index) =>
        new SimDevice({
          index,
          serial: `A${index}`,
          product: loadProduct(key),
          time,
          network: new VirtualNetwork(time),
          radio,
          random: new SeededRandom(index + 1),
          settings: {
            environment: { name: 'dev', apiUrl: 'http://cloud:8080' },
            wifi: { ssid: 'home', password: 'password1' },
          },
          hasTime: false,
          driftPpm: 0,
          buildTimeMs: 0,
          onEvent: (_device, { name, data }) => {
            if (name === 'booted')
              said.push(`booted ${data && (data as { safeMode: boolean }).safeMode ? 'safe' : ''}`.trim());
            else if (name === 'button_pressed' || name === 'storage_failed') said.push(name);
          },
          onPin: () => {},
          onStored: (_device, stored) => said.push(`stored ${stored}`),
          onFlash: () => {},
          onBrick: () => said.push('brick'),
          onFlashed: () => {},
          onBoot: (device, reason) => {
            said.push(reason);
            this.obstacles.release(device.index, 'no power');
          },
          onPowerOff: (device) => {
            said.push('off');
            this.obstacles.put(device.index, 'no power');
          },
          onLabel: () => {},
          onCrash: (_device, error) => said.push(`crashed: ${String(error)}`),
        }),
    );
    for (const device of this.devices) device.powerOn();
    time.advance(2_000);
    said.length = 0;
  }

  device(index: number): SimDevice {
    return this.devices[index % this.devices.length]!;
  }

  tell(): void {}

  ask(_device: SimDevice, params: object): void {
    this.asked.push(params);
  }

  invoke(): void {}

  press(device: SimDevice, input: number, ms: number): void {
    device.world.button(input).press(ms);
  }

  happens(kind: Kind, details: object): void {
    kind.begin(this as unknown as World, details as Record<string, unknown>);
  }
}

let house: House;
beforeEach(() => {
  house = new House('SW-GEN-001');
});

describe('what happens to a board', () => {
  it.each(KINDS)('$what is drawn as plain JSON, and happens to boards of every product', (kind) => {
    const all = new House(...PRODUCTS);
    const random = new SeededRandom(7);
    for (let count = 0; count < 20; count++) {
      const details = kind.draw(random, PRODUCTS.length);
      expect(JSON.parse(JSON.stringify(details))).toEqual(details);
      all.happens(kind, details);
      all.time.advance(1_000);
    }
    all.time.advance(2_000_000);
    expect(all.devices.map((device) => [device.isPowered, device.hasRoom, device.flash.isWornOut])).toEqual(
      PRODUCTS.map(() => [true, true, false]),
    );
    expect(PRODUCTS.map((_, board) => all.obstacles.clearSinceMs(board) !== undefined)).not.toContain(false);
    expect(all.said.filter((line) => line.startsWith('crashed'))).toEqual([]);
  });

  it('a power cut ends when it was said to', () => {
    house.happens(powerCut, { board: 0, offMs: 3_000 });
    house.time.advance(2_900);
    expect(house.said).toEqual(['off']);
    house.time.advance(1_000);
    expect(house.said.slice(0, 3)).toEqual(['off', 'power_on', 'stored boot']);
  });

  it('a power cut in the moment after a reset is one, too', () => {
    house.happens(brownOut, { board: 0, times: 1, everyMs: 1_000 });
    house.time.advance(100);
    house.happens(powerCut, { board: 0, offMs: 60_000 });
    house.time.advance(50_000);
    expect(house.said).toEqual(['off']);
    expect(house.obstacles.clearSinceMs(0)).toBeUndefined();
    house.time.advance(11_000);
    expect(house.said.slice(0, 2)).toEqual(['off', 'power_on']);
  });

  it.each([
    ['before', ['off', 'power_on', 'off', 'power_on', 'stored boot', 'booted']],
    ['after', ['off', 'power_on', 'stored boot', 'off', 'power_on', 'stored boot', 'booted']],
  ])('a cut %s the first write of a boot ends that boot there', (moment, lives) => {
    house.happens(cutAtWrite, { board: 0, write: 1, moment, restarts: true, offMs: 100 });
    house.time.advance(3_000);
    expect(house.said).toEqual(lives);
  });

  it('a cut at a write that never comes is forgotten', () => {
    house.time.advance(120_000);
    house.said.length = 0;
    house.happens(cutAtWrite, { board: 0, write: 50, moment: 'before', restarts: false, offMs: 100 });
    house.time.advance(301_000);
    for (let write = 0; write < 60; write++) house.device(0).flash.storage.write('test', Uint8Array.of(write));
    expect(house.said).not.toContain('off');
  });

  it('brown-outs are no crashes, however many', () => {
    house.happens(brownOut, { board: 0, times: 10, everyMs: 1_000 });
    expect(house.obstacles.clearSinceMs(0)).toBeUndefined();
    house.time.advance(15_000);
    expect(house.said.filter((line) => line === 'brown_out')).toHaveLength(10);
    expect(house.said).not.toContain('booted safe');
    expect(house.obstacles.clearSinceMs(0)).toBeDefined();
  });

  it('five crashes in a row lead to safe mode', () => {
    house.happens(crash, { board: 0, reason: 'watchdog', times: 5, everyMs: 1_000 });
    house.time.advance(10_000);
    expect(house.said.filter((line) => line.startsWith('booted'))).toEqual([
      'booted',
      'booted',
      'booted',
      'booted',
      'booted safe',
    ]);
  });

  it('flash that is worn out twice at a time is worn out until the longer of them is over', () => {
    const { flash } = house.device(0);
    house.happens(flashWornOut, { board: 0, forMs: 10_000, unreadable: true });
    house.happens(flashWornOut, { board: 0, forMs: 5_000, unreadable: false });
    house.time.advance(6_000);
    expect([flash.isWornOut, flash.isUnreadable]).toEqual([true, true]);
    house.time.advance(5_000);
    expect([flash.isWornOut, flash.isUnreadable]).toEqual([false, false]);
  });

  it('rot damages one record while there is no power, and the board starts without it', () => {
    house.happens(flashRot, { board: 0, record: 0, at: 3, bit: 8, offMs: 1_000 });
    const { flash } = house.device(0);
    const [key] = flash.keys;
    expect([house.device(0).isPowered, flash.isRotten(key!)]).toEqual([false, true]);
    house.time.advance(2_000);
    expect([house.device(0).isPowered, flash.isRotten('boot')]).toEqual([true, false]);
  });

  it('a board without memory for a socket lives on, and has one later', () => {
    house.happens(memoryCeiling, { board: 0, forMs: 60_000 });
    house.time.advance(59_000);
    expect([house.device(0).hasRoom, house.said.filter((line) => line.startsWith('crashed'))]).toEqual([false, []]);
    house.time.advance(2_000);
    expect(house.device(0).hasRoom).toBe(true);
  });

  it('a servo is held, and let go', () => {
    const servo = house.device(0).world.servo(0);
    house.happens(stuckServo, { board: 0, choice: 0, minDeg: 80, maxDeg: 100, forMs: 5_000 });
    servo.turnByHand(180);
    expect([servo.blocked, servo.angleDeg]).toEqual([true, 100]);
    house.time.advance(5_000);
    expect(servo.blocked).toBe(false);
  });

  it('a worn button without a hand on it is no press, and a press on it is one', () => {
    house.happens(bouncingButton, { board: 0, choice: 0, bounceMs: 25, everyMs: 200, forMs: 60_000, seed: 1 });
    house.time.advance(30_000);
    expect(house.said).not.toContain('button_pressed');
    expect(house.device(0).world.button(0).edges).toBeGreaterThan(50);
    house.happens(press, { board: 0, choice: 0, how: 'short', ms: 200 });
    house.time.advance(1_000);
    expect(house.said.filter((line) => line === 'button_pressed')).toHaveLength(1);
  });

  it('commands come in every form that the products have, and in none', () => {
    const all = new House(...PRODUCTS);
    const random = new SeededRandom(3);
    for (let count = 0; count < 500; count++) all.happens(command, command.draw(random, PRODUCTS.length));
    const keys = new Set(all.asked.flatMap((params) => Object.keys(params)));
    for (const key of [
      'action',
      'position',
      'duration',
      'channel',
      'switch',
      'angle',
      'relay',
      'level',
      'on',
      'nobody',
    ]) {
      expect(keys).toContain(key);
    }
  });
});
