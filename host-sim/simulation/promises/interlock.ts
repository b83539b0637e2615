import { PerDevice } from '../per-device.js';
import type { WorldPromise } from '../promise.js';
import { givenOut, outputOnPin } from '../watched-outputs.js';

export const interlock: WorldPromise = {
  name: 'interlock',
  why: 'Both relays of a motor on together are a short circuit (complaint 5).',
  watch: (world, broken) => {
    /** When each relay's coil last lost its current, by channel, ms. */
    const offSinceMs = new PerDevice<Map<number, number>>(() => new Map());
    const isOn = new PerDevice<Set<number>>(() => new Set());
    return {
      pin: (device, pin) => {
        const output = outputOnPin(device.product, pin);
        if (output === undefined || output.partners.length === 0) return;
        const { channel, partners } = output;
        const on = isOn.of(device);
        if (givenOut(device, channel) !== 1) {
          if (on.delete(channel)) offSinceMs.of(device).set(channel, world.nowMs);
          return;
        }
        if (on.has(channel)) return;
        on.add(channel);
        for (const { channel: other, deadTimeMs } of partners) {
          const offMs = world.nowMs - (offSinceMs.of(device).get(other) ?? Number.NEGATIVE_INFINITY);
          if (on.has(other)) broken(device, `Relay ${channel} goes on while relay ${other} is on.`);
          else if (device.world.relay(other).closed) {
            broken(device, `Relay ${channel} goes on while the contact of relay ${other} is closed.`);
          } else if (offMs < deadTimeMs) {
            broken(
              device,
              `Relay ${channel} goes on ${offMs} ms after relay ${other}: the dead time is ${deadTimeMs} ms.`,
            );
          }
        }
      },
    };
  },
};
