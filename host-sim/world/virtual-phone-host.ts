import type { Radio } from './radio.js';
import { createRandom } from './random.js';
import type { VirtualNetwork } from './virtual-network.js';
import { VirtualPhone } from './virtual-phone.js';
import type { VirtualTime } from './virtual-time.js';

export interface VirtualPhoneOptions {
  readonly time: VirtualTime;
  readonly network: VirtualNetwork;
  /** The air in which it is. */
  readonly radio: Radio;
  /** Default 1. */
  readonly seed?: number;
}

/** A phone in virtual time. */
export function createVirtualPhone({ time, network, radio, seed = 1 }: VirtualPhoneOptions): VirtualPhone {
  const { timer } = time;
  const random = createRandom(seed);
  const antenna = radio.antenna(timer, random);
  const stack = network.stack((callback) => callback(), antenna.path, 'phone');
  antenna.stack = stack;
  const { TCP, UDP } = stack;
  return new VirtualPhone({ timer, random, WiFi: antenna.WiFi, TCP, UDP });
}
