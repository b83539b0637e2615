import { NETWORK_RECORD, networkRecord, type Told } from '../../../src/records/network-record.js';
import { createNodeText } from '../../host/node-text.js';
import { PerDevice } from '../per-device.js';
import type { WorldPromise } from '../promise.js';

/** A reset that somebody asked for is done within this time, ms. */
const RESET_MS = 120_000;

interface Point {
  readonly ssid: string;
  readonly password: string | undefined;
}

export const staysSetUp: WorldPromise = {
  name: 'stays-set-up',
  why: 'A board that forgets its network is one that somebody has to climb a ladder for (complaint 2).',
  watch: (world, broken) => {
    const text = createNodeText();
    const knowing = new PerDevice(() => ({
      isSetUp: false,
      resetMs: Number.NEGATIVE_INFINITY,
      network: undefined as Told | undefined,
      /** What there was when it began to join; a router may be replaced meanwhile. */
      heard: [] as readonly Point[],
    }));
    const mayForget = (resetMs: number): boolean => world.nowMs - resetMs <= RESET_MS;
    return {
      invoked: (device, service) => {
        if (service === 'reset') knowing.of(device).resetMs = world.nowMs;
      },
      pressed: (device, input, ms) => {
        const definition = device.product.inputs[input];
        if (definition?.type === 'button' && ms >= definition.holdMs) knowing.of(device).resetMs = world.nowMs + ms;
      },
      stored: (device, key) => {
        if (key !== NETWORK_RECORD) return;
        const known = knowing.of(device);
        const isThere = device.flash.keys.includes(NETWORK_RECORD);
        if (known.isSetUp && !isThere && !mayForget(known.resetMs)) {
          broken(device, 'It erases its network, and nobody has asked it to.');
        }
        known.isSetUp = isThere;
        const network = networkRecord(device.flash.secrets, text).read();
        if (
          network?.ssid !== undefined &&
          !isSame(network, known.network) &&
          !isAmong(known.heard, network) &&
          !isAmong(device.radio.points, network)
        ) {
          broken(device, 'It keeps a network, or a password, that it cannot have joined with.');
        }
        known.network = network;
      },
      event: (device, { name, data }) => {
        const known = knowing.of(device);
        if (name === 'setup' && (data as { stage: string }).stage === 'activating' && !known.isSetUp) {
          broken(device, 'It says that it is set up, and its flash does not hold the network.');
        }
        if (name === 'state_changed' && (data as { to: string }).to === 'provisioning') {
          known.heard = device.radio.points.map(({ ssid, password }) => ({ ssid, password }));
        }
        if (name !== 'state_changed' || (data as { to: string }).to !== 'unprovisioned' || !known.isSetUp) return;
        const isWell = !device.flash.isRotten(NETWORK_RECORD) && !device.flash.isUnreadable;
        if (isWell && !mayForget(known.resetMs)) broken(device, 'It is set up, and takes itself for new.');
      },
    };
  },
};

function isSame(one: Told, other: Told | undefined): boolean {
  return one.ssid === other?.ssid && one.password === other?.password;
}

function isAmong(points: readonly Point[], { ssid, password }: Told): boolean {
  return points.some((point) => point.ssid === ssid && point.password === password);
}
