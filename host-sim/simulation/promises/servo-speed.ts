import { PerDevice } from '../per-device.js';
import type { WorldPromise } from '../promise.js';
import { angleStep, givenOut, outputOnPin, storedOutputs } from '../watched-outputs.js';

/** One cycle of a servo's signal, ms. */
const CYCLE_MS = 20;

export const servoSpeed: WorldPromise = {
  name: 'servo-speed',
  why: 'A horn that jumps, at boot too, hits and frightens (complaint 6).',
  watch: (world, broken) => {
    /** Where it was led last and when, in this boot, by channel. */
    const led = new PerDevice<Map<number, { readonly angleDeg: number; readonly atMs: number }>>(() => new Map());
    return {
      // Where it is then nobody knows for sure, unless it was stored at a clean stop.
      boot: (device, reason) => {
        if (reason !== 'restart' || storedOutputs(device)?.left !== true) led.of(device).clear();
      },
      pin: (device, pin) => {
        const output = outputOnPin(device.product, pin);
        if (output?.definition.type !== 'servo') return;
        const { channel, definition } = output;
        const angleDeg = givenOut(device, channel);
        if (angleDeg === undefined) return;
        const { nowMs } = world;
        const before = led.of(device).get(channel);
        led.of(device).set(channel, { angleDeg, atMs: nowMs });
        if (before === undefined) return;
        const movedDeg = Math.abs(angleDeg - before.angleDeg);
        // However long it stood: a step is a step of one cycle; and a part of a cycle is not the time of a whole one.
        const steps = Math.min(2, (nowMs - before.atMs) / CYCLE_MS);
        const mostDeg = (definition.speedDegPerS * CYCLE_MS * steps) / 1_000;
        if (movedDeg > mostDeg + 2 * angleStep(definition, device.pins.pwmResolution)) {
          broken(
            device,
            `Servo ${channel} is led ${movedDeg.toFixed(1)}° at once: ${mostDeg.toFixed(1)}° is its speed.`,
          );
        }
      },
    };
  },
};
