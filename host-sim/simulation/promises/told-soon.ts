import { readPublish } from '../mqtt-tap.js';
import { PerDevice } from '../per-device.js';
import type { WorldPromise } from '../promise.js';
import type { SimDevice } from '../sim-device.js';
import { givenOut, outputOnPin } from '../watched-outputs.js';

const PUBLISH = 3;
/** From a change or a connect to its post: what is merged, what waits before it, and the way through a slow network, ms. */
const WITHIN_MS = 20_000;

interface Owing {
  /** Since when there is something to tell, ms; `undefined`: everything has been told. */
  sinceMs: number | undefined;
  what: string;
  /** What each output gave out last, by channel. */
  readonly given: Map<number, number>;
}

export const toldSoon: WorldPromise = {
  name: 'told-soon',
  why: 'Who presses the switch at the wall sees it in the app at once, not with the next heartbeat.',
  watch: (world, broken) => {
    const owing = new PerDevice<Owing>(() => ({ sinceMs: undefined, what: '', given: new Map() }));
    const owe = (device: SimDevice, what: string): void => {
      Object.assign(owing.of(device), { sinceMs: world.nowMs, what });
    };
    return {
      boot: (device) => {
        owing.of(device).sinceMs = undefined;
      },
      event: (device, { name, data }) => {
        if (name !== 'state_changed') return;
        if ((data as { to: string }).to === 'online') owe(device, 'its state after the connect');
        else owing.of(device).sinceMs = undefined;
      },
      pin: (device, pin) => {
        const output = outputOnPin(device.product, pin);
        const given = output && givenOut(device, output.channel);
        // A servo that is given no pulses any more rests where it is.
        if (output === undefined || given === undefined) return;
        const { given: before } = owing.of(device);
        if (before.get(output.channel) === given) return;
        before.set(output.channel, given);
        if (device.isOnline) owe(device, `what output ${output.channel} gives out`);
      },
      packet: (device, way, packet) => {
        if (way === 'up' && packet[0]! >> 4 === PUBLISH && isPost(packet)) owing.of(device).sinceMs = undefined;
      },
      tick: () => {
        for (const device of world.devices) {
          const state = owing.of(device);
          const clearSinceMs = world.obstacles.clearSinceMs(device.index);
          if (state.sinceMs === undefined || clearSinceMs === undefined || !device.isOnline) continue;
          const waitedMs = world.nowMs - Math.max(state.sinceMs, clearSinceMs);
          // On a half-open connection it has told it, and nobody has heard it so far.
          if (waitedMs <= WITHIN_MS || world.wires.peerOf(device)?.isFrozen) continue;
          state.sinceMs = undefined;
          broken(device, `It has not told ${state.what} for ${Math.round(waitedMs / 1_000)} s.`);
        }
      },
    };
  },
};

/** Answers to commands may go to the same topic: the method tells them apart. */
function isPost(packet: Buffer): boolean {
  const { topic, payload } = readPublish(packet);
  return topic.endsWith('/thing/event/property/post') && payload.includes('"thing.event.property.post"');
}
