import { PerDevice } from '../per-device.js';
import type { WorldPromise } from '../promise.js';
import { givenOut, outputOnPin, watchedOutputs } from '../watched-outputs.js';

/** For steps and timers that come late, ms. */
const SLACK_MS = 1_000;

export const servoRests: WorldPromise = {
  name: 'servo-rests',
  why: 'A servo that keeps its force when nothing is to be held gets hot, hums, and pulls at the supply.',
  watch: (world, broken) => {
    /** When each servo's signal last changed, by channel, ms. */
    const changedMs = new PerDevice<Map<number, number>>(() => new Map());
    return {
      pin: (device, pin) => {
        const output = outputOnPin(device.product, pin);
        if (output?.definition.type === 'servo') changedMs.of(device).set(output.channel, world.nowMs);
      },
      // Told to hold where it is, it holds on.
      event: (device, { name }) => {
        if (name !== 'command_accepted' && name !== 'button_pressed') return;
        for (const channel of changedMs.of(device).keys()) changedMs.of(device).set(channel, world.nowMs);
      },
      tick: () => {
        for (const device of world.devices) {
          for (const { channel, definition } of watchedOutputs(device.product)) {
            if (definition.type !== 'servo' || givenOut(device, channel) === undefined) continue;
            const stillMs = world.nowMs - (changedMs.of(device).get(channel) ?? world.nowMs);
            // A pulse is held by force.
            if (stillMs <= definition.pulse.maxMs + definition.detachMs + SLACK_MS) continue;
            broken(
              device,
              `Servo ${channel} stands still for ${Math.round(stillMs / 1_000)} s, and still gets pulses.`,
            );
          }
        }
      },
    };
  },
};
