import type { Random } from '../../src/ports/random.js';
import type { Timer } from '../../src/ports/timer.js';
import type { WiFiCredentials, WiFiLoss, WiFiNetwork, WiFiOptions, WiFiStation } from '../../src/ports/wifi.js';
import type { AccessPoint, Member } from './access-point.js';
import { retransmitMs } from './retransmit.js';
import type { Surroundings } from './surroundings.js';
import type { Neighbour, Path } from './virtual-link.js';

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

type OnScanned = (networks: readonly WiFiNetwork[]) => void;

/** What a station hears. */
export interface Air {
  /** What takes so long in the world takes here, ms. */
  ms(worldMs: number): number;
  /** The strongest access point of a name that is on. */
  find(ssid: string): AccessPoint | undefined;
  /** What a scan hears: each name once, strongest first; not one's own. */
  hear(own: AccessPoint | undefined): WiFiNetwork[];
}

/** What a station is a part of. */
export interface Aerial {
  readonly air: Air;
  /** Ends with the boot. */
  readonly timer: Timer;
  readonly random: Random;
  readonly stack: Neighbour | undefined;
  /** What it meets where it stands; `undefined`: nothing of its own. */
  readonly surroundings: Surroundings | undefined;
  /** The access point beside the station, while there is one. */
  readonly point: AccessPoint | undefined;
  /** One radio hears one channel: an access point of the same board goes where its station goes. */
  tune(channel: number): void;
  /** The station is there. */
  raised(station: RadioStation): void;
}

/** A Wi-Fi station: a board's, or a phone's. */
export class RadioStation implements WiFiStation, Member {
  readonly #aerial: Aerial;
  readonly #options: WiFiOptions;
  #point: AccessPoint | undefined;
  /** Undefined until it has joined. */
  #address: string | undefined;
  #pending: unknown;
  #scanning: { readonly timer: unknown; readonly onDone: OnScanned } | undefined;
  #closed = false;

  constructor(aerial: Aerial, options: WiFiOptions) {
    this.#aerial = aerial;
    this.#options = options;
    aerial.raised(this);
  }

  /** The way of its packets to others on its access point. */
  get lan(): Path {
    return { delayMs: (bytes) => this.#delayMs(bytes) };
  }

  get stack(): Neighbour | undefined {
    return this.#aerial.stack;
  }

  connect({ ssid, password }: WiFiCredentials): void {
    if (this.#closed) throw new Error('station is closed');
    this.disconnect();
    this.#endScan();
    const { air, random } = this.#aerial;
    const point = this.#hears ? air.find(ssid) : undefined;
    if (point === undefined) {
      this.#fail('no_such_network', SCAN_MS);
      return;
    }
    this.#aerial.tune(point.channel);
    if (!point.fits(password)) this.#fail('wrong_password', WRONG_KEY_MS);
    else if (!point.hasRoom) this.#fail('lost', HANDSHAKE_MS);
    else if (!point.hasDhcp) this.#fail('no_address', HANDSHAKE_MS + DHCP_TIMEOUT_MS);
    else this.#after(HANDSHAKE_MS + DHCP_MS + (random.uint32() % 500), () => this.#join(point));
  }

  scan(onDone: OnScanned): void {
    if (this.#closed) throw new Error('station is closed');
    this.#endScan();
    const { air, timer } = this.#aerial;
    // A driver that is about to join does not scan.
    const isJoining = this.#pending !== undefined && this.#address === undefined;
    const delayMs = isJoining ? 0 : air.ms(SCAN_MS);
    const handle = timer.set(() => {
      this.#scanning = undefined;
      onDone(isJoining || !this.#hears ? [] : this.#withStrength(air.hear(this.#aerial.point)));
    }, delayMs);
    this.#scanning = { timer: handle, onDone };
  }

  disconnect(): void {
    this.#aerial.timer.clear(this.#pending);
    this.#pending = undefined;
    this.#address = undefined;
    this.#point?.leave(this);
    this.#point = undefined;
  }

  get address(): string | undefined {
    return this.#address;
  }

  get rssi(): number | undefined {
    return this.#address === undefined ? undefined : (this.#strength ?? this.#point?.rssi);
  }

  /** The access point that it has joined. */
  get point(): AccessPoint | undefined {
    return this.#address === undefined ? undefined : this.#point;
  }

  close(): void {
    this.disconnect();
    this.#aerial.timer.clear(this.#scanning?.timer);
    this.#scanning = undefined;
    this.#closed = true;
  }

  missBeacons(): void {
    this.#after(BEACON_TIMEOUT_MS, () => {
      // A short absence is not even noticed.
      if (this.#point?.isOn === false || !this.#hears) this.sendAway('lost');
    });
  }

  sendAway(reason: WiFiLoss): void {
    if (this.#address === undefined) return;
    this.disconnect();
    this.#fail(reason, 0);
  }

  /** What a segment takes now to what is behind the router. */
  uplinkMs(bytes: number): number | undefined {
    return this.#point?.hasUplink ? this.#delayMs(bytes) : undefined;
  }

  /** TCP sends again what gets lost. */
  #delayMs(bytes: number): number | undefined {
    const point = this.point;
    if (!point?.isOn || !this.#hears) return undefined;
    const { random } = this.#aerial;
    const { latencyMs, jitterMs, lossShare, bytesPerS } = point.quality;
    let ms = latencyMs + Math.round((bytes * 1_000) / bytesPerS);
    if (jitterMs > 0) ms += random.uint32() % (jitterMs + 1);
    const againMs = retransmitMs(random, lossShare);
    return againMs === undefined ? undefined : ms + againMs;
  }

  #join(point: AccessPoint): void {
    // It may have gone or been filled meanwhile.
    const address = point.isOn && this.#hears ? point.enter(this) : undefined;
    if (address === undefined) {
      this.#options.onDisconnected('lost');
      return;
    }
    this.#point = point;
    this.#address = address;
    this.#options.onConnected();
  }

  /** Whether any access point reaches it. */
  get #hears(): boolean {
    return this.#aerial.surroundings?.conditions.wifi !== false;
  }

  /** How strong every access point is where it stands, dBm; `undefined`: as each is for everybody. */
  get #strength(): number | undefined {
    return this.#aerial.surroundings?.conditions.rssi;
  }

  #withStrength(heard: WiFiNetwork[]): WiFiNetwork[] {
    const rssi = this.#strength;
    return rssi === undefined ? heard : heard.map((network) => ({ ...network, rssi }));
  }

  /** What is interrupted has heard nothing. */
  #endScan(): void {
    const scan = this.#scanning;
    if (scan === undefined) return;
    this.#scanning = undefined;
    const { timer } = this.#aerial;
    timer.clear(scan.timer);
    timer.set(() => {
      if (!this.#closed) scan.onDone([]);
    });
  }

  #fail(reason: WiFiLoss, afterMs: number): void {
    this.#after(afterMs, () => this.#options.onDisconnected(reason));
  }

  #after(ms: number, callback: () => void): void {
    const { air, timer } = this.#aerial;
    timer.clear(this.#pending);
    this.#pending = timer.set(() => {
      this.#pending = undefined;
      if (!this.#closed) callback();
    }, air.ms(ms));
  }
}
