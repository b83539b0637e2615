import type { Random } from '../../src/ports/random.js';
import type { Timer } from '../../src/ports/timer.js';
import type {
  AccessPointConstructor,
  AccessPointOptions,
  AccessPoint as AccessPointPort,
  WiFiConstructor,
} from '../../src/ports/wifi.js';
import { AccessPoint, type Member } from './access-point.js';
import { type Aerial, type Air, RadioStation } from './radio-station.js';
import type { Surroundings } from './surroundings.js';
import type { LocalRoute, Path } from './virtual-link.js';
import type { VirtualStack } from './virtual-stack.js';

/** Where an antenna stands. */
export interface Place extends Air {
  readonly points: AccessPoint[];
}

/** As the driver's default. */
const FIRST_CHANNEL = 1;
/** From a board to a phone beside it, dBm. */
const NEAR_DBM = -40;
const SUBNET = '192.168.4';

/** What a board or a phone has of the air for one boot: a station, an access point, and the way of its packets. */
export class Antenna implements Aerial {
  readonly air: Place;
  readonly timer: Timer;
  readonly random: Random;
  readonly surroundings: Surroundings | undefined;
  readonly WiFi: WiFiConstructor;
  readonly AccessPoint: AccessPointConstructor;
  /** Its sockets, where they are the virtual network's. */
  stack: VirtualStack | undefined;
  /** The one that was opened last. */
  #station: RadioStation | undefined;
  #point: OwnAccessPoint | undefined;
  #channel = FIRST_CHANNEL;
  readonly #unhear: (() => void) | undefined;

  constructor(air: Place, timer: Timer, random: Random, surroundings?: Surroundings) {
    this.air = air;
    this.timer = timer;
    this.random = random;
    this.surroundings = surroundings;
    this.#unhear = surroundings?.onChange((now, before) => {
      // One that is about to join finds that out by itself.
      if (before.wifi && !now.wifi && this.#station?.point) this.#station.missBeacons();
    });
    this.WiFi = RadioStation.bind(undefined, this);
    this.AccessPoint = BoardAccessPoint.bind(undefined, this);
  }

  /** The way of its packets. */
  get path(): Path {
    return { delayMs: (bytes) => this.#station?.uplinkMs(bytes), local: (address) => this.#route(address) };
  }

  /** @internal */
  raised(station: RadioStation): void {
    this.#station = station;
  }

  /** @internal In place of the one that was opened last. */
  openPoint(options: AccessPointOptions): OwnAccessPoint {
    this.#point?.close();
    this.#point = new OwnAccessPoint(options, this, this.#channel);
    return this.#point;
  }

  /** Its own access point, while it has one. */
  get point(): AccessPoint | undefined {
    return this.#point?.isOn ? this.#point : undefined;
  }

  /** What its joined station measures, dBm. */
  get rssi(): number | undefined {
    return this.#station?.rssi;
  }

  tune(channel: number): void {
    this.#channel = channel;
    if (this.#point !== undefined) this.#point.channel = channel;
  }

  /** The power goes: who is on its access point notices when the beacons are missing. */
  powerOff(): void {
    this.#unhear?.();
    this.#point?.vanish();
    this.#station?.close();
  }

  #route(address: string): LocalRoute | undefined {
    const { point } = this;
    const guest = point?.at(address);
    if (point && guest?.stack && 'lan' in guest) return { path: guest.lan, to: guest.stack, from: point.address };
    const station = this.#station;
    const neighbour = station?.point?.at(address);
    if (station?.address === undefined || neighbour?.stack === undefined) return undefined;
    return { path: station.lan, to: neighbour.stack, from: station.address };
  }
}

/** The access point of a board, as its firmware has it. */
export class BoardAccessPoint implements AccessPointPort {
  readonly #own: OwnAccessPoint;

  constructor(antenna: Antenna, options: AccessPointOptions) {
    this.#own = antenna.openPoint(options);
  }

  get address(): string {
    return this.#own.address;
  }

  close(): void {
    this.#own.close();
  }
}

/** The access point of a board, as the air has it. */
class OwnAccessPoint extends AccessPoint {
  readonly #antenna: Antenna;
  readonly #options: AccessPointOptions;
  #told = 0;

  constructor(options: AccessPointOptions, antenna: Antenna, channel: number) {
    const { ssid, password, maxStations } = options;
    super({ ssid, password, maxStations, channel, rssi: NEAR_DBM, subnet: SUBNET }, antenna);
    this.#antenna = antenna;
    this.#options = options;
    this.hasUplink = false;
    antenna.air.points.push(this);
  }

  override enter(station: Member): string | undefined {
    const address = super.enter(station);
    this.#tellStations();
    return address;
  }

  override leave(station: Member): void {
    super.leave(station);
    this.#tellStations();
  }

  /** Sends its stations away, and is no more. */
  close(): void {
    if (!this.isOn) return;
    this.disassociate();
    this.vanish();
  }

  vanish(): void {
    const { points } = this.#antenna.air;
    const index = points.indexOf(this);
    if (index < 0) return;
    points.splice(index, 1);
    this.isOn = false;
  }

  #tellStations(): void {
    this.#antenna.timer.set(() => {
      if (!this.isOn || this.stations === this.#told) return;
      this.#told = this.stations;
      this.#options.onStations(this.#told);
    });
  }
}
