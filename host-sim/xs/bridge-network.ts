import type { PublicKey } from '../../src/core/public-key.js';
import type { Host } from '../../src/ports/host.js';
import type { Listener, TcpEvents, TcpSocket, UdpSocket } from '../../src/ports/socket.js';
import { BridgeWifi } from './bridge-wifi.js';
import { Act, ANSWER_OK, Event, type Tell } from './protocol.js';
import type { RecordReader } from './record-reader.js';

const READ_BYTES = 16_384;
const NOTHING = new Uint8Array(0);
/** Stands for a key that Node itself holds the handshake to. */
const JUDGED_ELSEWHERE: PublicKey = { kind: 'ec', point: NOTHING };

interface Connection {
  readonly socket: TcpSocket;
  /** Room in its send buffer, and what the guest believes of it. */
  room: number;
  believed: number;
}

/** The network's part of a guest's bridge: its sockets and look-ups, by the ids that the guest gave them. */
export class BridgeNetwork {
  readonly #host: Host;
  readonly #tell: Tell;
  readonly #connections = new Map<number, Connection>();
  readonly #udp = new Map<number, UdpSocket>();
  readonly #listeners = new Map<number, Listener>();
  readonly #wifi: BridgeWifi;
  readonly #receive = new Uint8Array(READ_BYTES);

  constructor(host: Host, tell: Tell) {
    this.#host = host;
    this.#tell = tell;
    this.#wifi = new BridgeWifi(host.network, tell);
  }

  /** Signal strength, dBm. */
  get rssi(): number | undefined {
    return this.#wifi.rssi;
  }

  /** Room in the send buffer of a connection, 0 where it is gone. */
  roomOf(id: number): number {
    return this.#connections.get(id)?.room ?? 0;
  }

  /** Connections of whose room the guest believes something else; from now on it is told. */
  takeRooms(): (readonly [id: number, room: number])[] {
    const rooms: (readonly [number, number])[] = [];
    for (const [id, connection] of this.#connections) {
      if (connection.room === connection.believed) continue;
      connection.believed = connection.room;
      rooms.push([id, connection.room]);
    }
    return rooms;
  }

  /** Carries a record out; false when it is none of the network's. @throws what the host's method throws */
  act(opcode: number, from: RecordReader): boolean {
    switch (opcode) {
      case Act.tcpOpen:
        this.#openTcp(from);
        break;
      case Act.tlsOpen:
        this.#openTls(from);
        break;
      case Act.tcpWrite:
        this.#writeTcp(from.u32(), from.bytes());
        break;
      case Act.tcpClose: {
        const id = from.u32();
        this.#connections.get(id)?.socket.close();
        this.#connections.delete(id);
        break;
      }
      case Act.udpOpen:
        this.#openUdp(from.u32(), from.u32());
        break;
      case Act.udpWrite: {
        const socket = this.#udp.get(from.u32());
        const port = from.u32();
        const address = from.text();
        socket?.write(from.bytes(), address, port);
        break;
      }
      case Act.udpClose: {
        const id = from.u32();
        this.#udp.get(id)?.close();
        this.#udp.delete(id);
        break;
      }
      case Act.resolve: {
        const id = from.u32();
        this.#host.network.resolver.resolve({
          host: from.text(),
          onResolved: (_name, address) => this.#tell(Event.resolved, id, Buffer.from(address)),
          onError: (error) => this.#tell(Event.resolveFailed, id, Buffer.from(String(error))),
        });
        break;
      }
      case Act.listenerOpen:
        this.#openListener(from.u32(), from.u32());
        break;
      case Act.listenerClose: {
        const id = from.u32();
        this.#listeners.get(id)?.close();
        this.#listeners.delete(id);
        break;
      }
      default:
        return this.#wifi.act(opcode, from);
    }
    return true;
  }

  /** Answers a question; `undefined` when it is none of the network's. */
  ask(opcode: number, from: RecordReader): Uint8Array | undefined {
    if (opcode !== Act.listenerAccept) return this.#wifi.ask(opcode, from);
    const listener = this.#listeners.get(from.u32());
    const socket = this.#keep(from.u32(), (events) => listener?.accept(events));
    // A first byte alone: nobody waits.
    return Buffer.concat([Uint8Array.of(ANSWER_OK), Buffer.from(socket?.remoteAddress ?? '')]);
  }

  #openTcp(from: RecordReader): void {
    const id = from.u32();
    const port = from.u32();
    const noDelay = from.u32() === 1;
    const address = from.text();
    this.#open(id, (events) => new this.#host.network.TCP({ address, port, noDelay, ...events }));
  }

  /**
   * The guest judges the server, and lives in another process: so the handshake is let go on here, and nothing but it happens
   * until the guest, which is told of the chain first, writes.
   */
  #openTls(from: RecordReader): void {
    const id = from.u32();
    const port = from.u32();
    const noDelay = from.u32() === 1;
    const address = from.text();
    const serverName = from.text();
    const key = from.bytes().slice();
    const certificates: Uint8Array[] = [];
    for (let left = from.u32(); left > 0; left--) certificates.push(from.bytes().slice());
    this.#open(id, (events) => {
      const verify = (chain: readonly Uint8Array[]): PublicKey => {
        this.#tell(Event.tlsChain, id, packChain(chain));
        return JUDGED_ELSEWHERE;
      };
      const identity = key.length > 0 && { identity: { key, certificates } };
      return new this.#host.network.TLS!({ address, port, noDelay, serverName, verify, ...identity, ...events });
    });
  }

  #open(id: number, make: (events: TcpEvents) => TcpSocket): void {
    try {
      this.#keep(id, make);
    } catch {
      // No socket to be had: on a board the constructor throws, here the guest hears of it a moment later.
      this.#host.timer.set(() => this.#tell(Event.tcpError, id, NOTHING));
    }
  }

  /** Makes a connection the guest's. */
  #keep<S extends TcpSocket>(id: number, make: (events: TcpEvents) => S | undefined): S | undefined {
    const connections = this.#connections;
    const socket = make({
      onReadable: () => {
        const bytes = this.#readAll(socket!);
        if (bytes.length > 0) this.#tell(Event.tcpReadable, id, bytes);
      },
      onWritable: (room) => {
        const connection = connections.get(id);
        if (connection === undefined) return;
        connection.room = connection.believed = room;
        this.#tell(Event.tcpWritable, id);
      },
      onError: () => {
        const unread = this.#readAll(socket!);
        connections.delete(id);
        this.#tell(Event.tcpError, id, unread);
      },
    });
    if (socket !== undefined) connections.set(id, { socket, room: 0, believed: 0 });
    return socket;
  }

  #openListener(id: number, port: number): void {
    const { Listener } = this.#host.network;
    if (Listener === undefined) return;
    const onReadable = (count: number): void => this.#tell(Event.listenerReadable, id, Buffer.of(0, 0, 0, count));
    this.#listeners.set(id, new Listener({ port, onReadable }));
  }

  #writeTcp(id: number, bytes: Uint8Array): void {
    const connection = this.#connections.get(id);
    // Gone meanwhile: the guest is about to hear of it.
    if (connection === undefined) return;
    connection.room = connection.socket.write(bytes);
    connection.believed -= bytes.length;
  }

  #readAll(socket: TcpSocket): Uint8Array {
    const parts: Uint8Array[] = [];
    for (;;) {
      const count = socket.read(this.#receive);
      if (count === 0) return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
      parts.push(this.#receive.slice(0, count));
    }
  }

  #openUdp(id: number, port: number): void {
    const { UDP } = this.#host.network;
    if (UDP === undefined) return;
    const socket: UdpSocket = new UDP({
      ...(port === 0 ? {} : { port }),
      onReadable: (packets) => {
        for (let i = 0; i < packets; i++) {
          const length = socket.read(this.#receive);
          const { peer } = socket;
          if (length === 0 || peer === undefined) continue;
          const address = Buffer.from(peer.address);
          const head = Buffer.of(peer.port >> 8, peer.port & 255, address.length);
          this.#tell(Event.udpReadable, id, Buffer.concat([head, address, this.#receive.subarray(0, length)]));
        }
      },
    });
    this.#udp.set(id, socket);
  }
}

/** Certificates, each after its length. */
function packChain(chain: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const certificate of chain) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(certificate.length);
    parts.push(length, certificate);
  }
  return Buffer.concat(parts);
}
