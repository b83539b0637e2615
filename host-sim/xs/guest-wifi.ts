import type {
  AccessPoint,
  AccessPointOptions,
  WiFiCredentials,
  WiFiLoss,
  WiFiNetwork,
  WiFiOptions,
  WiFiStation,
} from '../../src/ports/wifi.js';
import { decodeText, type Outgoing, type Table } from './guest-wire.js';
import { Act } from './protocol.js';

/** Longest name and password, bytes. */
const TEXT_ROOM = 1_024;

/** The station. */
export class GuestStation implements WiFiStation {
  readonly #out: Outgoing;
  readonly #table: Table<GuestStation>;
  readonly #options: WiFiOptions;
  readonly #id: number;
  readonly #rssi: () => number | undefined;
  /** Who waits for what is heard, in the order in which they asked. */
  readonly #scans: ((networks: readonly WiFiNetwork[]) => void)[] = [];
  #address: string | undefined;
  #closed = false;

  constructor(out: Outgoing, table: Table<GuestStation>, options: WiFiOptions, rssi: () => number | undefined) {
    this.#out = out;
    this.#table = table;
    this.#options = options;
    this.#rssi = rssi;
    this.#id = table.add(this);
    this.#tell(Act.wifiOpen);
  }

  connect(credentials: WiFiCredentials): void {
    if (this.#closed) throw new Error('station is closed');
    this.#address = undefined;
    this.#out.begin(Act.wifiConnect, 8 + TEXT_ROOM);
    this.#out.u32(this.#id);
    this.#out.text(JSON.stringify(credentials), TEXT_ROOM);
  }

  disconnect(): void {
    if (this.#closed) throw new Error('station is closed');
    this.#address = undefined;
    this.#tell(Act.wifiDisconnect);
  }

  scan(onDone: (networks: readonly WiFiNetwork[]) => void): void {
    if (this.#closed) throw new Error('station is closed');
    this.#scans.push(onDone);
    this.#tell(Act.wifiScan);
  }

  get address(): string | undefined {
    return this.#address;
  }

  get rssi(): number | undefined {
    return this.#address === undefined ? undefined : this.#rssi();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#address = undefined;
    this.#table.remove(this.#id);
    this.#tell(Act.wifiClose);
  }

  connected(address: string): void {
    this.#address = address;
    this.#options.onConnected();
  }

  disconnected(reason: WiFiLoss): void {
    this.#address = undefined;
    this.#options.onDisconnected(reason);
  }

  scanned(networks: readonly WiFiNetwork[]): void {
    this.#scans.shift()?.(networks);
  }

  #tell(opcode: number): void {
    this.#out.begin(opcode, 4);
    this.#out.u32(this.#id);
  }
}

/** The board's own access point. */
export class GuestAccessPoint implements AccessPoint {
  readonly address: string;
  readonly #out: Outgoing;
  readonly #table: Table<GuestAccessPoint>;
  readonly #options: AccessPointOptions;
  readonly #id: number;
  #closed = false;

  constructor(out: Outgoing, table: Table<GuestAccessPoint>, options: AccessPointOptions) {
    this.#out = out;
    this.#table = table;
    this.#options = options;
    this.#id = table.add(this);
    const { ssid, password, maxStations } = options;
    out.begin(Act.accessPointOpen, 8 + TEXT_ROOM);
    out.u32(this.#id);
    out.text(JSON.stringify({ ssid, password, maxStations }), TEXT_ROOM);
    const answer = out.ask();
    this.address = decodeText(new Uint8Array(answer.buffer), 1, answer.byteLength);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#table.remove(this.#id);
    this.#out.begin(Act.accessPointClose, 4);
    this.#out.u32(this.#id);
  }

  stations(count: number): void {
    this.#options.onStations(count);
  }
}
