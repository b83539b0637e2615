import type { Random } from '../../src/ports/random.js';
import type { Timer } from '../../src/ports/timer.js';
import type { WiFiNetwork } from '../../src/ports/wifi.js';
import { AccessPoint, type AccessPointOptions } from './access-point.js';
import { Antenna, type Place } from './antenna.js';
import type { Surroundings } from './surroundings.js';

export { AccessPoint, type AccessPointOptions, GOOD_LINK, type LinkQuality } from './access-point.js';
export type { Antenna } from './antenna.js';

/** Names that a scan tells at most. */
const MOST_HEARD = 20;

/** The air of one place: the access points that whoever is in it can hear. */
export class Radio implements Place {
  /** Those of houses, and those that boards have opened. */
  readonly points: AccessPoint[] = [];
  readonly speed: number;

  /** @param speed how many times faster than in the world joining and scanning are (default 1) */
  constructor({ speed = 1 }: { readonly speed?: number } = {}) {
    this.speed = speed;
  }

  add(options: AccessPointOptions): AccessPoint {
    const point = new AccessPoint(options);
    this.points.push(point);
    return point;
  }

  /** What a board or a phone in this place has of the air. `timer` ends with its boot; `surroundings` are its own. */
  antenna(timer: Timer, random: Random, surroundings?: Surroundings): Antenna {
    return new Antenna(this, timer, random, surroundings);
  }

  ms(worldMs: number): number {
    return Math.ceil(worldMs / this.speed);
  }

  find(ssid: string): AccessPoint | undefined {
    let best: AccessPoint | undefined;
    for (const point of this.points) {
      if (point.isOn && point.ssid === ssid && (best === undefined || point.rssi > best.rssi)) best = point;
    }
    return best;
  }

  hear(own: AccessPoint | undefined): WiFiNetwork[] {
    const heard = new Map<string, WiFiNetwork>();
    const audible = this.points.filter((point) => point.isOn && !point.isHidden && point !== own);
    for (const { ssid, rssi, password } of audible.sort((a, b) => b.rssi - a.rssi)) {
      if (!heard.has(ssid)) heard.set(ssid, { ssid, rssi, secured: password !== undefined });
    }
    return [...heard.values()].slice(0, MOST_HEARD);
  }
}
