import { PerDevice } from '../per-device.js';
import type { WorldPromise } from '../promise.js';
import { angleStep, givenOut, outputOnPin } from '../watched-outputs.js';

/** Off its place by so much a servo has not arrived, degrees. */
const ARRIVED_DEG = 3;
const ALMOST = 1e-6;

export const servoLimits: WorldPromise = {
  name: 'servo-limits',
  why: 'Beyond its calibrated ends a horn breaks what it is screwed to, and without pulses too soon it does not arrive.',
  watch: (_world, broken) => {
    const lastDeg = new PerDevice<Map<number, number>>(() => new Map());
    const cutCycles = new PerDevice<{ count: number }>(() => ({ count: 0 }));
    return {
      pin: (device, pin, kind) => {
        const output = outputOnPin(device.product, pin);
        if (output?.definition.type !== 'servo') return;
        const { channel, definition } = output;
        const angleDeg = givenOut(device, channel);
        if (angleDeg !== undefined) {
          const { min, max } = definition.limitsDeg;
          lastDeg.of(device).set(channel, angleDeg);
          if (angleDeg < min - ALMOST || angleDeg > max + ALMOST) {
            broken(device, `Servo ${channel} is driven to ${angleDeg.toFixed(1)}°, outside of ${min}° to ${max}°.`);
          }
          return;
        }
        const led = lastDeg.of(device).get(channel);
        const servo = device.world.servo(channel);
        // Without power, or after a crash, it stays where it is.
        if (kind !== 'pwm' || led === undefined || servo.blocked) return;
        const offDeg = Math.abs(servo.angleDeg - led);
        if (offDeg > ARRIVED_DEG + angleStep(definition, device.pins.pwmResolution)) {
          broken(device, `Servo ${channel} gets no more pulses ${offDeg.toFixed(1)}° before it has arrived.`);
        }
        lastDeg.of(device).delete(channel);
      },
      event: (device, { name }) => {
        // It closes its pins before it says so.
        if (name !== 'stopped') return;
        const counted = cutCycles.of(device);
        if (device.pins.cutCycles > counted.count)
          broken(device, 'The pulses of a servo are cut in the middle of a cycle.');
        counted.count = device.pins.cutCycles;
      },
    };
  },
};
