import type { Product } from '../../src/core/product.js';
import type { FirmwareSlots } from '../../src/ports/firmware.js';
import type { Host, Label } from '../../src/ports/host.js';
import type { Settings } from '../../src/ports/settings.js';
import type { TcpOptions, TlsOptions } from '../../src/ports/socket.js';
import type { RecordStores } from '../../src/ports/storage.js';
import type { BootReason } from '../../src/ports/system.js';
import { tapped } from '../wire/tapped.js';
import type { WireTap } from '../wire/wire-tap.js';
import { BoardAccessPoint } from '../world/antenna.js';
import { BoardWorld } from '../world/board-world.js';
import type { Antenna, Radio } from '../world/radio.js';
import type { SimBluetooth } from '../world/sim-bluetooth.js';
import type { SimSerial } from '../world/sim-serial.js';
import type { Surroundings } from '../world/surroundings.js';
import type { KnownBrokers } from './known-brokers.js';
import type { LoopbackPorts } from './loopback-ports.js';
import { createNodeCrypto } from './node-crypto.js';
import { NodeListeners } from './node-listener.js';
import { createNodeResolver, NodeUdp } from './node-network.js';
import { createNodeRandom } from './node-random.js';
import { NodeSockets } from './node-sockets.js';
import { createNodeText } from './node-text.js';
import { type Guard, NodeTimer } from './node-timer.js';
import type { PinBank } from './pins.js';
import { Uplink } from './uplink.js';
import { TCP_WAYS, TLS_WAYS, throughUplink } from './uplink-tcp.js';

/** What the boards of one process share. */
export interface SharedParts {
  /** The air around them. */
  readonly radio: Radio;
  readonly receiveBuffer: Uint8Array;
}

export interface NodeHostOptions extends RecordStores {
  readonly shared: SharedParts;
  readonly serial: string;
  readonly settings: Settings;
  readonly pins: PinBank;
  readonly bootReason: BootReason;
  readonly buildTimeMs: number;
  /** Where the ports on which the board listens are on this desktop. */
  readonly ports: LoopbackPorts;
  readonly serialLine: SimSerial;
  readonly bluetooth: SimBluetooth;
  readonly surroundings: Surroundings;
  /** Those that the board has found, in this boot and before. */
  readonly brokers: KnownBrokers;
  /** Hears what goes over its connections. */
  readonly wire: WireTap;
  /** Its firmware, as this boot sees it; absent: it cannot be replaced. */
  createSlots?(restart: () => void): FirmwareSlots;
  readonly console: Host['console'];
  showLabel(label: Label): void;
  /** The firmware asked for a restart. */
  onRestart(): void;
  /** The firmware threw. Nothing of this host is called after it. */
  onCrash(error: unknown): void;
}

/** Node's clocks. A desktop knows the time. */
export const nodeClock: Host['clock'] = Object.freeze({
  monotonicMs: () => Math.floor(performance.now()),
  nowMs: () => Date.now(),
  setNow: () => {},
  hasTime: true,
});

/** What is wired to a board on Node, in real time; it goes on while the board has no power. */
export function createNodeWorld(product: Product, pins: PinBank): BoardWorld {
  const timer = new NodeTimer((callback) => callback());
  return new BoardWorld({ product, pins, clock: nodeClock, timer, random: createNodeRandom() });
}

/** On a desktop, whoever joins a board's access point finds the board on the loopback. */
class LoopbackAccessPoint extends BoardAccessPoint {
  override get address(): string {
    return '127.0.0.1';
  }
}

const httpOrigin = ({ address, port }: TcpOptions): string => `http://${address}:${port}`;
const httpsOrigin = ({ serverName, port }: TlsOptions): string => `https://${serverName}:${port}`;

/** One boot of a board on Node: a Host whose sockets are real and whose pins and radio are simulated. */
export class NodeHost {
  readonly host: Host;
  readonly #timer: NodeTimer;
  readonly #sockets: NodeSockets;
  readonly #listeners: NodeListeners;
  readonly #udp: NodeUdp;
  readonly #antenna: Antenna;
  readonly #uplink: Uplink;
  readonly #wire: WireTap;
  readonly #bluetooth: SimBluetooth;
  #powered = true;

  constructor(options: NodeHostOptions) {
    const guard: Guard = (callback) => {
      if (!this.#powered) return;
      try {
        callback();
      } catch (error) {
        // What runs on in a firmware whose power has just gone does not matter.
        if (!this.#powered) return;
        this.powerOff();
        options.onCrash(error);
      }
    };
    this.#timer = new NodeTimer(guard);
    this.#sockets = new NodeSockets(guard, options.shared.receiveBuffer);
    const { ports, shared, serialLine, bluetooth, surroundings, brokers, wire } = options;
    const random = createNodeRandom();
    const uplink = new Uplink({ surroundings, brokers, timer: this.#timer, clock: nodeClock, random });
    this.#uplink = uplink;
    this.#wire = wire;
    this.#bluetooth = bluetooth;
    this.#listeners = new NodeListeners({ guard, sockets: this.#sockets, ports });
    this.#udp = new NodeUdp(guard, ports, uplink);
    const restart = (): void => {
      setImmediate(() => {
        if (this.#powered) options.onRestart();
      });
    };
    this.#antenna = shared.radio.antenna(this.#timer, random, surroundings);
    this.host = {
      timer: this.#timer,
      clock: nodeClock,
      random,
      text: createNodeText(),
      crypto: createNodeCrypto(),
      storage: options.storage,
      secrets: options.secrets,
      io: options.pins.forBoot(this.#timer),
      network: {
        TCP: tapped(throughUplink(this.#sockets.TCP, uplink, TCP_WAYS), wire, httpOrigin),
        TLS: tapped(throughUplink(this.#sockets.TLS, uplink, TLS_WAYS), wire, httpsOrigin),
        UDP: this.#udp.UDP,
        Listener: this.#listeners.Listener,
        WiFi: this.#antenna.WiFi,
        AccessPoint: LoopbackAccessPoint.bind(undefined, this.#antenna),
        resolver: createNodeResolver(guard, uplink),
      },
      system: {
        bootReason: options.bootReason,
        serial: options.serial,
        buildTimeMs: options.buildTimeMs,
        freeHeap: () => undefined,
        restart,
      },
      settings: options.settings,
      ...(options.createSlots && { firmware: options.createSlots(restart) }),
      Serial: serialLine.forBoot(this.#timer),
      Peripheral: bluetooth.forBoot(this.#timer),
      console: (event) => {
        if (serialLine.onBytes) serialLine.print(JSON.stringify(event));
        options.console(event);
      },
      showLabel: (label) => {
        if (serialLine.onBytes) serialLine.print(JSON.stringify({ name: 'label', ...label }));
        options.showLabel(label);
      },
    };
  }

  /** What its joined station measures, dBm; `undefined`: it has joined no network. */
  get rssi(): number | undefined {
    return this.#antenna.rssi;
  }

  /** The power goes: no timer fires, no packet leaves, nothing is called any more. May be called twice. */
  powerOff(): void {
    this.#powered = false;
    this.#timer.close();
    this.#antenna.powerOff();
    this.#uplink.close();
    this.#wire.powerOff();
    this.#bluetooth.powerOff();
    this.#listeners.close();
    this.#sockets.close();
    this.#udp.close();
  }
}
