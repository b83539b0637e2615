import type { Network } from '../../src/ports/host.js';
import type { AccessPoint, AccessPointOptions, WiFiStation } from '../../src/ports/wifi.js';
import { Act, ANSWER_OK, Event, type Tell } from './protocol.js';
import type { RecordReader } from './record-reader.js';

/** The radio's part of a guest's bridge: its stations and access points, by the ids that the guest gave them. */
export class BridgeWifi {
  readonly #network: Network;
  readonly #tell: Tell;
  readonly #stations = new Map<number, WiFiStation>();
  readonly #accessPoints = new Map<number, AccessPoint>();
  /** The station whose signal goes with every event: the last that was opened. */
  #station: WiFiStation | undefined;

  constructor(network: Network, tell: Tell) {
    this.#network = network;
    this.#tell = tell;
  }

  /** Signal strength, dBm. */
  get rssi(): number | undefined {
    return this.#station?.rssi;
  }

  /** Carries a record out; false when it is none of the radio's. @throws what the host's method throws */
  act(opcode: number, from: RecordReader): boolean {
    switch (opcode) {
      case Act.wifiOpen:
        this.#openStation(from.u32());
        break;
      case Act.wifiConnect:
        this.#stations.get(from.u32())?.connect(JSON.parse(from.text()));
        break;
      case Act.wifiScan: {
        const id = from.u32();
        const station = this.#stations.get(id);
        station?.scan((networks) => this.#tell(Event.wifiScanned, id, Buffer.from(JSON.stringify(networks))));
        break;
      }
      case Act.wifiDisconnect:
        this.#stations.get(from.u32())?.disconnect();
        break;
      case Act.wifiClose:
        close(this.#stations, from.u32());
        break;
      case Act.accessPointClose:
        close(this.#accessPoints, from.u32());
        break;
      default:
        return false;
    }
    return true;
  }

  /** Answers a question; `undefined` when it is none of the radio's. @throws what the host's constructor throws */
  ask(opcode: number, from: RecordReader): Uint8Array | undefined {
    if (opcode !== Act.accessPointOpen) return undefined;
    const { AccessPoint: Point } = this.#network;
    if (Point === undefined) throw new Error('this host has no access point');
    const id = from.u32();
    const options: Omit<AccessPointOptions, 'onStations'> = JSON.parse(from.text());
    const point = new Point({
      ...options,
      onStations: (count) => this.#tell(Event.accessPointStations, id, Buffer.of(0, 0, count >> 8, count & 255)),
    });
    this.#accessPoints.set(id, point);
    return Buffer.concat([Uint8Array.of(ANSWER_OK), Buffer.from(point.address)]);
  }

  #openStation(id: number): void {
    const station: WiFiStation = new this.#network.WiFi({
      onConnected: () => this.#tell(Event.wifiConnected, id, Buffer.from(station.address ?? '')),
      onDisconnected: (reason) => this.#tell(Event.wifiDisconnected, id, Buffer.from(reason)),
    });
    this.#stations.set(id, station);
    this.#station = station;
  }
}

function close(things: Map<number, { close(): void }>, id: number): void {
  things.get(id)?.close();
  things.delete(id);
}
