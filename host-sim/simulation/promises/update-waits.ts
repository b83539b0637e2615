import { PerDevice } from '../per-device.js';
import type { WorldPromise } from '../promise.js';
import type { SimDevice } from '../sim-device.js';
import { ToldBook } from '../told.js';
import { channelsOf, givenOut, givesOut, outputOnPin, pulseMs, valueAt } from '../watched-outputs.js';

/** From the decision to begin to the connection that shows it, over a bad link, ms. */
const BEGINS_WITHIN_MS = 15_000;

interface Watched {
  /** Since when each output is held away from its rest by a pulse, ms; by channel. */
  readonly pulses: Map<number, number | undefined>;
  /** What each output gave out when the board began to restart with a new build. */
  leaving: (number | undefined)[] | undefined;
}

export const updateWaits: WorldPromise = {
  name: 'update-waits',
  why: 'A gate that stops halfway, or a valve that stays open, because an update was more important, floods a house.',
  watch: (world, broken) => {
    const told = new ToldBook();
    const watched = new PerDevice<Watched>(() => ({ pulses: new Map(), leaving: undefined }));
    const forget = (device: SimDevice): void => {
      watched.of(device).pulses.clear();
      watched.of(device).leaving = undefined;
    };
    const mustRest = (device: SimDevice, forMs: number, what: string): void => {
      for (const [channel, sinceMs] of watched.of(device).pulses) {
        if (sinceMs === undefined || world.nowMs - sinceMs < forMs) continue;
        broken(device, `It ${what}, and a pulse holds output ${channel} for ${world.nowMs - sinceMs} ms.`);
      }
    };
    return {
      boot: forget,
      powerOff: forget,
      packet: (device, way, packet) => {
        if (way === 'down') told.take(device, packet);
      },
      connected: (device, door) => {
        // Who is online has been activated: it can only want a file.
        if (door === 'api' && device.isOnline) mustRest(device, BEGINS_WITHIN_MS, 'begins an update');
      },
      event: (device, { name, data }) => {
        const { pulses } = watched.of(device);
        const { product } = device;
        if (name === 'command_accepted') {
          const command = told.find(device, (data as { id: string }).id);
          if (!command?.isSet) return;
          for (const channel of channelsOf(product, command.params)) {
            if (pulseMs(product, command.params, channel) === undefined) pulses.delete(channel);
            else if (!pulses.has(channel)) pulses.set(channel, undefined);
          }
        } else if (name === 'button_pressed') {
          const input = product.inputs[(data as { input: number }).input];
          if (input?.type === 'button') pulses.delete(input.channel);
        } else if (name === 'update_ready') {
          mustRest(device, 0, 'restarts for an update');
          watched.of(device).leaving = product.outputs.map((_, channel) => givenOut(device, channel));
        }
      },
      pin: (device, pin, kind) => {
        const output = outputOnPin(device.product, pin);
        if (output === undefined) return;
        const { channel, definition } = output;
        const { pulses, leaving } = watched.of(device);
        const given = givenOut(device, channel);
        if (pulses.has(channel)) {
          const isAtRest = given === undefined || givesOut(device, channel, valueAt(definition, definition.pulse.rest));
          if (!isAtRest) pulses.set(channel, pulses.get(channel) ?? world.nowMs);
          else if (pulses.get(channel) !== undefined) pulses.delete(channel);
        }
        // A servo without pulses stays where it is.
        if (leaving === undefined || kind === 'undriven' || given === undefined || given === leaving[channel]) return;
        broken(device, `It restarts for an update, and output ${channel} still moves.`);
      },
    };
  },
};
