import { pbkdf2Sync } from 'node:crypto';
import type { WiFiLoss } from '../../src/ports/wifi.js';
import type { Neighbour, Path } from './virtual-link.js';

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
  /** 8 to 63 characters, or the key itself as 64 hex digits; absent: an open network. */
  readonly password?: string;
  /** At the boards, dBm (default −55). */
  readonly rssi?: number;
  /** 1 to 13 (default 6). */
  readonly channel?: number;
  /** Its name is not in its beacons (default: it is). */
  readonly isHidden?: boolean;
  /** The first three numbers of its addresses, or for very many stations two, without the last dot (default `192.168.1`). */
  readonly subnet?: string;
  /** Stations at a time (default: as many as there are addresses). */
  readonly maxStations?: number;
}

/** Who has an address on an access point. */
export interface Holder {
  /** Its sockets, where they are the virtual network's. */
  readonly stack: Neighbour | undefined;
}

/** A station, as its access point sees it. */
export interface Member extends Holder {
  /** The way of its packets on this access point. */
  readonly lan: Path;
  /** The beacons have ended. */
  missBeacons(): void;
  sendAway(reason: WiFiLoss): void;
}

/** The numbers of a subnet that are handed out, the first of them after the router's. */
const ROUTER = 1;
const FIRST_ADDRESS = 2;
const LAST_ADDRESS = 254;
const LAST_OF_MANY = 65_534;

/** What stations join: it takes them in, gives them addresses, and carries packets between them. */
export class AccessPoint {
  readonly ssid: string;
  password: string | undefined;
  rssi: number;
  isHidden: boolean;
  /** False: it answers every key as if it were wrong, as routers do that are just starting. */
  takesKeys = true;
  /** Whether it hands out addresses. */
  hasDhcp = true;
  /** Whether its router reaches the rest of the world. */
  hasUplink = true;
  quality: LinkQuality = { ...GOOD_LINK };
  /** Whoever has made it, where that is a board, and is its router then. */
  readonly #keeper: Holder | undefined;
  readonly #subnet: string;
  /** Whether its addresses differ in their last two numbers. */
  readonly #isWide: boolean;
  readonly #maxStations: number;
  /** By the number of its address in the subnet. */
  readonly #stations = new Map<number, Member>();
  #channel: number;
  #isOn = true;

  constructor(options: AccessPointOptions, keeper?: Holder) {
    this.ssid = options.ssid;
    this.password = options.password;
    this.rssi = options.rssi ?? -55;
    this.isHidden = options.isHidden ?? false;
    this.#channel = options.channel ?? 6;
    this.#subnet = options.subnet ?? '192.168.1';
    this.#isWide = this.#subnet.split('.').length === 2;
    this.#maxStations = options.maxStations ?? (this.#isWide ? LAST_OF_MANY : LAST_ADDRESS) - ROUTER;
    this.#keeper = keeper;
  }

  /** Its router. */
  get address(): string {
    return this.#addressOf(ROUTER);
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** On again, it takes stations at once; off, they notice it when the beacons are missing. */
  set isOn(isOn: boolean) {
    this.#isOn = isOn;
    if (!isOn) for (const station of [...this.#stations.values()]) station.missBeacons();
  }

  get channel(): number {
    return this.#channel;
  }

  /** On another channel its stations lose it. */
  set channel(channel: number) {
    if (channel === this.#channel) return;
    this.#channel = channel;
    this.disassociate();
  }

  /** Stations that it has. */
  get stations(): number {
    return this.#stations.size;
  }

  /** Sends every station away. */
  disassociate(reason: WiFiLoss = 'lost'): void {
    for (const station of [...this.#stations.values()]) station.sendAway(reason);
  }

  /** Whether this is its password, or its key as 64 hex digits. */
  fits(password: string | undefined): boolean {
    if (!this.takesKeys) return false;
    if (this.password === password) return true;
    if (this.password === undefined || password === undefined) return false;
    return isKey(this.password) !== isKey(password) && keyOf(this.ssid, this.password) === keyOf(this.ssid, password);
  }

  /** Whether it takes one more station. */
  get hasRoom(): boolean {
    return this.#stations.size < this.#maxStations;
  }

  /** @internal Takes a station in; the result is its address. `undefined`: it is full. */
  enter(station: Member): string | undefined {
    if (!this.hasRoom) return undefined;
    let number = FIRST_ADDRESS;
    while (this.#stations.has(number)) number++;
    this.#stations.set(number, station);
    return this.#addressOf(number);
  }

  /** @internal */
  leave(station: Member): void {
    for (const [number, known] of this.#stations) if (known === station) this.#stations.delete(number);
  }

  /** @internal Who has an address here. */
  at(address: string): Holder | Member | undefined {
    if (address === this.address) return this.#keeper;
    if (!address.startsWith(`${this.#subnet}.`)) return undefined;
    const numbers = address.slice(this.#subnet.length + 1).split('.');
    return this.#stations.get(numbers.reduce((sum, number) => 256 * sum + Number(number), 0));
  }

  #addressOf(number: number): string {
    return `${this.#subnet}.${this.#isWide ? `${number >> 8}.${number & 255}` : number}`;
  }
}

function isKey(password: string): boolean {
  return /^[0-9A-Fa-f]{64}$/.test(password);
}

/** The key of a network (IEEE 802.11i, H.4). */
function keyOf(ssid: string, password: string): string {
  return isKey(password) ? password.toLowerCase() : pbkdf2Sync(password, ssid, 4_096, 32, 'sha1').toString('hex');
}
