import { expect, test } from 'vitest';
import { PinBank } from '../../host-sim/host/pins.js';
import { BoardWorld } from '../../host-sim/world/board-world.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import { EVERYTHING } from '../support/everything.js';

const [servo, relay] = EVERYTHING.outputs;

function world() {
  const time = new VirtualTime();
  const pins = new PinBank({ clock: time.clock });
  const random = { uint32: () => 0x1234_5678 };
  return {
    time,
    pins,
    world: new BoardWorld({ product: EVERYTHING, pins, clock: time.clock, timer: time.timer, random }),
  };
}

test('a board has on each output and input what its product says, wired to its pins', () => {
  const { time, pins, world: around } = world();
  new pins.PWM({ pin: servo!.pin, hz: 50 }).write(Math.round((500 / 20_000) * (2 ** 14 - 1)));
  new pins.Digital({ pin: relay!.pin, mode: pins.Digital.Output, initialValue: 1 });
  new pins.PWM({ pin: 25, hz: 1_000 }).write(2 ** 14 - 1);
  around.button().down();
  around.contact(1).close();
  around.source(2).set(1);
  time.advance(1_000);
  expect(around.servo(0).angleDeg).toBeCloseTo(0, 0);
  expect(around.relay(1).closed).toBe(true);
  expect(around.lamp(2).brightness).toBeCloseTo(1);
  expect([pins.level(0), pins.level(27)]).toEqual([0, 0]);
  expect(new pins.Analog({ pin: 34 }).read()).toBeGreaterThan(4_000);
});

test('asking for a part that the product does not have says so', () => {
  const { world: around } = world();
  expect(() => around.lamp(0)).toThrow('this board has no lamp on channel 0');
  expect(() => around.button(2)).toThrow('this board has no button on input 2');
  expect(() => around.relay(7)).toThrow('this board has no relay on channel 7');
});
