import type { WiFiCredentials } from '../../src/ports/wifi.js';
import { Radio } from './radio.js';

/** The network around simulated boards on a desktop. Its password guards nothing: everybody may know it. */
export const DESK_NETWORK: Required<WiFiCredentials> = Object.freeze({ ssid: 'SmartLink-Sim', password: 'simulated' });

/** Joining is ten times faster than in the world: whoever is at a desktop has seen it before. */
const SPEED = 10;

/** The air of a desktop in real time, with one network. */
export function createDeskRadio(): Radio {
  const radio = new Radio({ speed: SPEED });
  // More boards than a household has.
  radio.add({ ...DESK_NETWORK, rssi: -45, subnet: '10.0' });
  return radio;
}
