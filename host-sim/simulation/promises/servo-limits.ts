import { PerDevice } from '../per-device.js';
import type { WorldPromise } from '../promise.js';
import { angleStep, givenOut, outputOnPin, storedOutputs } from '../watched-outputs.js';

/** Off its place by so much a servo has not arrived, degrees. */
const ARRIVED_DEG = 3;
const ALMOST = 1e-6;

export const servoLimits: WorldPromise = {
  name: 'servo-limits',
  why: 'Beyond its calibrated ends a horn breaks what it is screwed to, and without pulses too soon it does not arrive.',
  watch: (_world, broken) => {
    /** Where each servo is led, by channel, and whether something was in its way meanwhile. */
    const motions = new PerDevice<Map<number, { readonly toDeg: number; readonly wasBlocked: boolean }>>(
      () => new Map(),
    );
    /** Servos, by channel, that are where they were led to: after a power cut, or held by something, they may not be. */
    const placed = new PerDevice<Set<number>>(() => new Set());
    const cutCycles = new PerDevice<{ count: number }>(() => ({ count: 0 }));
    return {
      boot: (device, reason) => {
        if (reason !== 'restart' || storedOutputs(device)?.left !== true) placed.of(device).clear();
      },
      pin: (device, pin, kind) => {
        const output = outputOnPin(device.product, pin);
        if (output?.definition.type !== 'servo') return;
        const { channel, definition } = output;
        const angleDeg = givenOut(device, channel);
        const servo = device.world.servo(channel);
        const motion = motions.of(device).get(channel);
        if (angleDeg !== undefined) {
          const { min, max } = definition.limitsDeg;
          const wasBlocked = servo.blocked || motion?.wasBlocked === true;
          motions.of(device).set(channel, { toDeg: angleDeg, wasBlocked });
          if (angleDeg < min - ALMOST || angleDeg > max + ALMOST) {
            broken(device, `Servo ${channel} is driven to ${angleDeg.toFixed(1)}°, outside of ${min}° to ${max}°.`);
          }
          return;
        }
        motions.of(device).delete(channel);
        // Without power, or after a crash, it stays where it is.
        if (kind !== 'pwm' || motion === undefined) return;
        const offDeg = Math.abs(servo.angleDeg - motion.toDeg);
        const isThere = offDeg <= ARRIVED_DEG + angleStep(definition, device.pins.pwmResolution);
        const wasPlaced = placed.of(device).delete(channel);
        if (isThere) placed.of(device).add(channel);
        else if (wasPlaced && !motion.wasBlocked) {
          broken(device, `Servo ${channel} gets no more pulses ${offDeg.toFixed(1)}° before it has arrived.`);
        }
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
