import type { Network } from '../../src/ports/host.js';
import type { ListenerOptions, ResolveOptions, TcpOptions, TlsOptions, UdpOptions } from '../../src/ports/socket.js';
import type { AccessPointOptions, WiFiLoss, WiFiOptions } from '../../src/ports/wifi.js';
import { GuestListener, GuestTcp } from './guest-tcp.js';
import { GuestTls } from './guest-tls.js';
import { GuestUdp } from './guest-udp.js';
import { GuestAccessPoint, GuestStation } from './guest-wifi.js';
import { bytesAt, type Outgoing, Table, textAt } from './guest-wire.js';
import { Act, Event } from './protocol.js';

const MOST_TCP = 16;
const MOST_UDP = 4;
const MOST_LOOKUPS = 16;
const MOST_STATIONS = 4;
const MOST_LISTENERS = 4;
const MOST_ACCESS_POINTS = 2;
/** Longest name, bytes. */
const TEXT_ROOM = 1_024;

/** What the host's network has. */
export interface NetworkParts {
  readonly hasUdp: boolean;
  readonly hasTls: boolean;
  readonly hasAccessPoint: boolean;
}

/** The network of the guest's Host: sockets, names and the station, each by an id that the host knows too. */
export class GuestNetwork {
  readonly network: Network;
  readonly #tcp = new Table<GuestTcp>('connections', MOST_TCP);
  readonly #udp = new Table<GuestUdp>('UDP sockets', MOST_UDP);
  readonly #lookups = new Table<ResolveOptions>('look-ups', MOST_LOOKUPS);
  readonly #stations = new Table<GuestStation>('stations', MOST_STATIONS);
  readonly #listeners = new Table<GuestListener>('listeners', MOST_LISTENERS);
  readonly #accessPoints = new Table<GuestAccessPoint>('access points', MOST_ACCESS_POINTS);

  /** `rssi` is what came with the event that is being handled. */
  constructor(out: Outgoing, { hasUdp, hasTls, hasAccessPoint }: NetworkParts, rssi: () => number | undefined) {
    const tcp = this.#tcp;
    const udp = this.#udp;
    const lookups = this.#lookups;
    const stations = this.#stations;
    const listeners = this.#listeners;
    const accessPoints = this.#accessPoints;
    this.network = {
      TCP: class extends GuestTcp {
        constructor(options: TcpOptions) {
          super(out, tcp, options);
          this.dial(options);
        }
      },
      ...(hasTls
        ? {
            TLS: class extends GuestTls {
              constructor(options: TlsOptions) {
                super(out, tcp, options);
              }
            },
          }
        : {}),
      ...(hasUdp
        ? {
            UDP: class extends GuestUdp {
              constructor(options: UdpOptions) {
                super(out, udp, options);
              }
            },
          }
        : {}),
      ...(hasAccessPoint
        ? {
            Listener: class extends GuestListener {
              constructor(options: ListenerOptions) {
                super(out, listeners, tcp, options);
              }
            },
            AccessPoint: class extends GuestAccessPoint {
              constructor(options: AccessPointOptions) {
                super(out, accessPoints, options);
              }
            },
          }
        : {}),
      WiFi: class extends GuestStation {
        constructor(options: WiFiOptions) {
          super(out, stations, options, rssi);
        }
      },
      resolver: {
        resolve: (options) => {
          out.begin(Act.resolve, 8 + TEXT_ROOM);
          out.u32(lookups.add(options));
          out.text(options.host, TEXT_ROOM);
        },
      },
    };
  }

  /** An event of the network. What it is for may have been closed meanwhile. */
  handle(event: number, id: number, message: DataView, at: number): void {
    switch (event) {
      case Event.tcpRoom:
        this.#tcp.get(id)?.setRoom(message.getUint32(at));
        break;
      case Event.tcpWritable:
        this.#tcp.get(id)?.writable(message.getUint32(at));
        break;
      case Event.tcpReadable:
        this.#tcp.get(id)?.readable(bytesAt(message, at));
        break;
      case Event.tcpError:
        this.#tcp.remove(id)?.failed(bytesAt(message, at));
        break;
      case Event.tlsChain:
        this.#tcp.get(id)?.judge(bytesAt(message, at));
        break;
      case Event.listenerReadable:
        this.#listeners.get(id)?.readable(message.getUint32(at + 4));
        break;
      case Event.accessPointStations:
        this.#accessPoints.get(id)?.stations(message.getUint32(at + 4));
        break;
      case Event.udpReadable:
        this.#udp.get(id)?.readable(bytesAt(message, at));
        break;
      case Event.resolved: {
        const lookup = this.#lookups.remove(id);
        lookup?.onResolved(lookup.host, textAt(message, at));
        break;
      }
      case Event.resolveFailed:
        this.#lookups.remove(id)?.onError(new Error(textAt(message, at)));
        break;
      case Event.wifiConnected:
        this.#stations.get(id)?.connected(textAt(message, at));
        break;
      case Event.wifiDisconnected:
        this.#stations.get(id)?.disconnected(textAt(message, at) as WiFiLoss);
        break;
      case Event.wifiScanned:
        this.#stations.get(id)?.scanned(JSON.parse(textAt(message, at)));
        break;
    }
  }
}
