import type { Random } from '../../src/ports/random.js';
import type { Timer, TimerHandle } from '../../src/ports/timer.js';
import type { WiFiConstructor, WiFiCredentials, WiFiLoss, WiFiOptions, WiFiStation } from '../../src/ports/wifi.js';
import type { Path } from './virtual-network.js';

/** Scanning all channels, ms. */
const SCAN_MS = 2_200;
/** Authentication, association and the four-way handshake, ms. */
const HANDSHAKE_MS = 600;
/** An access point says so when the key does not fit: some tries later, ms. */
const WRONG_KEY_MS = 3_500;
const DHCP_MS = 400;
const DHCP_TIMEOUT_MS = 15_000;
/** A station notices that the beacons have ended, ms. */
const BEACON_TIMEOUT_MS = 6_000;
/** A segment that gets lost is sent again after this, doubled each time (RFC 6298), ms. */
const RETRANSMIT_MS = 300;
const MOST_RETRANSMITS = 8;

/** How good the way through an access point is. */
export interface LinkQuality {
  /** One way, ms. */
  latencyMs: number;
  /** What the latency varies by, ms. */
  jitterMs: number;
  /** Share of the segments that get lost, 0 to 1. */
  lossShare: number;
  bytesPerS: number;
}

export const GOOD_LINK: Readonly<LinkQuality> = { latencyMs: 12, jitterMs: 6, lossShare: 0, bytesPerS: 250_000 };

export interface AccessPointOptions {
  readonly ssid: string;
  /** Absent: an open network. */
  readonly password?: string;
  /** At the boards, dBm (default −55). */
  readonly rssi?: number;
}

/** An access point with the router behind it: what a house has. */
export class AccessPoint {
  readonly ssid: string;
  password: string | undefined;
  rssi: number;
  /** False: it answers every key as if it were wrong, as routers do that are just starting. */
  takesKeys = true;
  /** Whether it hands out addresses. */
  hasDhcp = true;
  /** Whether its router reaches the rest of the world. */
  hasUplink = true;
  quality: LinkQuality = { ...GOOD_LINK };
  readonly #stations = new Set<RadioStation>();
  #isOn = true;

  constructor(options: AccessPointOptions) {
    this.ssid = options.ssid;
    this.password = options.password;
    this.rssi = options.rssi ?? -55;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** On again, it takes stations at once; off, they notice it when the beacons are missing. */
  set isOn(isOn: boolean) {
    this.#isOn = isOn;
    if (!isOn) for (const station of [...this.#stations]) station.missBeacons();
  }

  /** Sends every station away. */
  disassociate(reason: WiFiLoss = 'lost'): void {
    for (const station of [...this.#stations]) station.sendAway(reason);
  }

  /** @internal */
  enter(station: RadioStation): void {
    this.#stations.add(station);
  }

  /** @internal */
  leave(station: RadioStation): void {
    this.#stations.delete(station);
  }
}

/** The air of one place: the access points that a board in it can hear. */
export class Radio {
  readonly points: AccessPoint[] = [];

  add(options: AccessPointOptions): AccessPoint {
    const point = new AccessPoint(options);
    this.points.push(point);
    return point;
  }

  /** What a board in this place has: its station's constructor, and the way of its packets. `timer` ends with its boot. */
  antenna(timer: Timer, random: Random): { readonly WiFi: WiFiConstructor; readonly path: Path } {
    const radio = this;
    let current: RadioStation | undefined;
    return {
      WiFi: class extends RadioStation {
        constructor(options: WiFiOptions) {
          super(radio, timer, random, options);
          current = this;
        }
      } as WiFiConstructor,
      path: { delayMs: (bytes) => current?.delayMs(bytes) },
    };
  }

  /** @internal The strongest access point of a name that is on. */
  find(ssid: string): AccessPoint | undefined {
    let best: AccessPoint | undefined;
    for (const point of this.points) {
      if (point.isOn && point.ssid === ssid && (best === undefined || point.rssi > best.rssi)) best = point;
    }
    return best;
  }
}

/** One board's Wi-Fi station. */
class RadioStation implements WiFiStation {
  readonly #radio: Radio;
  readonly #timer: Timer;
  readonly #random: Random;
  readonly #options: WiFiOptions;
  #point: AccessPoint | undefined;
  #joined = false;
  #pending: TimerHandle | undefined;
  #closed = false;

  constructor(radio: Radio, timer: Timer, random: Random, options: WiFiOptions) {
    this.#radio = radio;
    this.#timer = timer;
    this.#random = random;
    this.#options = options;
  }

  connect({ ssid, password }: WiFiCredentials): void {
    if (this.#closed) throw new Error('station is closed');
    this.disconnect();
    const point = this.#radio.find(ssid);
    if (point === undefined) this.#fail('no_such_network', SCAN_MS);
    else if (!point.takesKeys || point.password !== password) this.#fail('wrong_password', WRONG_KEY_MS);
    else if (!point.hasDhcp) this.#fail('no_address', HANDSHAKE_MS + DHCP_TIMEOUT_MS);
    else {
      this.#after(HANDSHAKE_MS + DHCP_MS + (this.#random.uint32() % 500), () => {
        // It may have gone meanwhile.
        if (!point.isOn) {
          this.#options.onDisconnected('lost');
          return;
        }
        this.#point = point;
        this.#joined = true;
        point.enter(this);
        this.#options.onConnected();
      });
    }
  }

  disconnect(): void {
    this.#timer.clear(this.#pending);
    this.#pending = undefined;
    this.#joined = false;
    this.#point?.leave(this);
    this.#point = undefined;
  }

  get rssi(): number | undefined {
    return this.#joined ? this.#point?.rssi : undefined;
  }

  close(): void {
    this.disconnect();
    this.#closed = true;
  }

  missBeacons(): void {
    this.#after(BEACON_TIMEOUT_MS, () => {
      // A short absence is not even noticed.
      if (this.#point?.isOn === false) this.sendAway('lost');
    });
  }

  sendAway(reason: WiFiLoss): void {
    if (!this.#joined) return;
    this.disconnect();
    this.#after(0, () => this.#options.onDisconnected(reason));
  }

  /** What a segment takes now; TCP sends again what gets lost. */
  delayMs(bytes: number): number | undefined {
    const point = this.#point;
    if (!this.#joined || !point?.isOn || !point.hasUplink) return undefined;
    const { latencyMs, jitterMs, lossShare, bytesPerS } = point.quality;
    let ms = latencyMs + Math.round((bytes * 1_000) / bytesPerS);
    if (jitterMs > 0) ms += this.#random.uint32() % (jitterMs + 1);
    for (let tries = 0; this.#random.uint32() / 0x1_0000_0000 < lossShare; tries++) {
      if (tries === MOST_RETRANSMITS) return undefined;
      ms += RETRANSMIT_MS * 2 ** tries;
    }
    return ms;
  }

  #fail(reason: WiFiLoss, afterMs: number): void {
    this.#after(afterMs, () => this.#options.onDisconnected(reason));
  }

  #after(ms: number, callback: () => void): void {
    this.#timer.clear(this.#pending);
    this.#pending = this.#timer.set(() => {
      this.#pending = undefined;
      if (!this.#closed) callback();
    }, ms);
  }
}
