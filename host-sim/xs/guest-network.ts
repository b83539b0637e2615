import type { Network } from '../../src/ports/host.js';
import type { ResolveOptions, TcpOptions, TcpSocket, UdpOptions, UdpPeer, UdpSocket } from '../../src/ports/socket.js';
import type { WiFiCredentials, WiFiLoss, WiFiNetwork, WiFiOptions, WiFiStation } from '../../src/ports/wifi.js';
import { PacketQueue } from '../host/packet-queue.js';
import { decodeText, type Outgoing, Table } from './guest-wire.js';
import { Act, Event } from './protocol.js';

const MOST_TCP = 16;
const MOST_UDP = 4;
const MOST_LOOKUPS = 16;
const MOST_STATIONS = 4;
/** Longest address, name or credential, bytes. */
const TEXT_ROOM = 1_024;

/** The network of the guest's Host: sockets, names and the station, each by an id that the host knows too. */
export class GuestNetwork {
  readonly network: Network;
  readonly #tcp = new Table<GuestTcp>('connections', MOST_TCP);
  readonly #udp = new Table<GuestUdp>('UDP sockets', MOST_UDP);
  readonly #lookups = new Table<ResolveOptions>('look-ups', MOST_LOOKUPS);
  readonly #stations = new Table<GuestStation>('stations', MOST_STATIONS);

  /** `rssi` is what came with the event that is being handled. */
  constructor(out: Outgoing, hasUdp: boolean, rssi: () => number | undefined) {
    const tcp = this.#tcp;
    const udp = this.#udp;
    const lookups = this.#lookups;
    const stations = this.#stations;
    this.network = {
      TCP: class extends GuestTcp {
        constructor(options: TcpOptions) {
          super(out, tcp, options);
        }
      },
      ...(hasUdp
        ? {
            UDP: class extends GuestUdp {
              constructor(options: UdpOptions) {
                super(out, udp, options);
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

class GuestTcp implements TcpSocket {
  readonly #out: Outgoing;
  readonly #table: Table<GuestTcp>;
  readonly #options: TcpOptions;
  readonly #id: number;
  #unread: Uint8Array | undefined;
  #room = 0;
  #closed = false;

  constructor(out: Outgoing, table: Table<GuestTcp>, options: TcpOptions) {
    this.#out = out;
    this.#table = table;
    this.#options = options;
    this.#id = table.add(this);
    out.begin(Act.tcpOpen, 16 + TEXT_ROOM);
    out.u32(this.#id);
    out.u32(options.port);
    out.u32(options.noDelay ? 1 : 0);
    out.text(options.address, TEXT_ROOM);
  }

  read(into: Uint8Array): number {
    if (this.#closed) throw new Error('socket is closed');
    const unread = this.#unread;
    if (unread === undefined) return 0;
    if (unread.length <= into.length) {
      into.set(unread);
      this.#unread = undefined;
      return unread.length;
    }
    into.set(unread.subarray(0, into.length));
    this.#unread = unread.subarray(into.length);
    return into.length;
  }

  write(bytes: Uint8Array): number {
    if (this.#closed) throw new Error('socket is closed');
    if (bytes.length > this.#room) throw new RangeError('more than can be written');
    this.#room -= bytes.length;
    this.#out.begin(Act.tcpWrite, 8 + bytes.length);
    this.#out.u32(this.#id);
    this.#out.bytes(bytes);
    return this.#room;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#table.remove(this.#id);
    this.#out.begin(Act.tcpClose, 4);
    this.#out.u32(this.#id);
  }

  setRoom(room: number): void {
    this.#room = room;
  }

  writable(room: number): void {
    this.#room = room;
    this.#options.onWritable(room);
  }

  readable(bytes: Uint8Array): void {
    this.#add(bytes);
    this.#options.onReadable(this.#unread!.length);
  }

  failed(unread: Uint8Array): void {
    if (unread.length > 0) this.#add(unread);
    this.#options.onError();
  }

  #add(bytes: Uint8Array): void {
    const before = this.#unread;
    if (before === undefined) {
      this.#unread = bytes;
      return;
    }
    const all = new Uint8Array(before.length + bytes.length);
    all.set(before);
    all.set(bytes, before.length);
    this.#unread = all;
  }
}

class GuestUdp implements UdpSocket {
  readonly #out: Outgoing;
  readonly #table: Table<GuestUdp>;
  readonly #options: UdpOptions;
  readonly #id: number;
  /** 0: any. */
  readonly #port: number;
  readonly #packets = new PacketQueue();
  #closed = false;

  constructor(out: Outgoing, table: Table<GuestUdp>, options: UdpOptions) {
    this.#out = out;
    this.#table = table;
    this.#options = options;
    this.#port = options.port ?? 0;
    if (this.#port !== 0 && table.some((other) => other.#port === this.#port))
      throw new Error(`port ${this.#port} is taken`);
    this.#id = table.add(this);
    out.begin(Act.udpOpen, 8);
    out.u32(this.#id);
    out.u32(this.#port);
  }

  read(into: Uint8Array): number {
    if (this.#closed) throw new Error('socket is closed');
    return this.#packets.read(into);
  }

  get peer(): UdpPeer | undefined {
    return this.#packets.peer;
  }

  write(bytes: Uint8Array, address: string, port: number): void {
    if (this.#closed) throw new Error('socket is closed');
    this.#out.begin(Act.udpWrite, 16 + TEXT_ROOM + bytes.length);
    this.#out.u32(this.#id);
    this.#out.u32(port);
    this.#out.text(address, TEXT_ROOM);
    this.#out.bytes(bytes);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#table.remove(this.#id);
    this.#out.begin(Act.udpClose, 4);
    this.#out.u32(this.#id);
  }

  /** The packet comes behind the port and the address of who sent it. */
  readable(bytes: Uint8Array): void {
    const end = 3 + bytes[2]!;
    const from = { address: decodeText(bytes, 3, end), port: bytes[0]! * 256 + bytes[1]! };
    if (!this.#packets.push(bytes.subarray(end), from)) return;
    this.#options.onReadable(this.#packets.length);
  }
}

class GuestStation implements WiFiStation {
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

/** Bytes after their length. They stay good: each message is a buffer of its own. */
function bytesAt(message: DataView, at: number): Uint8Array {
  return new Uint8Array(message.buffer, at + 4, message.getUint32(at));
}

function textAt(message: DataView, at: number): string {
  return decodeText(bytesAt(message, at), 0, message.getUint32(at));
}
