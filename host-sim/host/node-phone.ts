import type { TcpOptions, TcpSocket, UdpOptions, UdpPeer, UdpSocket } from '../../src/ports/socket.js';
import type { Radio } from '../world/radio.js';
import { type PhoneErrand, type PhoneOutcome, VirtualPhone } from '../world/virtual-phone.js';
import { LoopbackPorts } from './loopback-ports.js';
import { NodeUdp } from './node-network.js';
import { createNodeRandom } from './node-random.js';
import { createReceiveBuffer, NodeSockets } from './node-sockets.js';
import { type Guard, NodeTimer } from './node-timer.js';

/** Nobody listens there. */
const DEAD_PORT = 1;

export interface NodePhoneOptions {
  /** The air in which the board is. */
  readonly radio: Radio;
  /** Where the board's ports are on this desktop. */
  readonly ports: LoopbackPorts;
}

/** A phone in real time: its radio is simulated, its sockets are real and lead to one board. */
export class NodePhone {
  readonly #phone: VirtualPhone;
  readonly #timer: NodeTimer;
  readonly #sockets: NodeSockets;
  readonly #udp: NodeUdp;

  constructor({ radio, ports }: NodePhoneOptions) {
    const guard: Guard = (callback) => callback();
    const timer = new NodeTimer(guard);
    const sockets = new NodeSockets(guard, createReceiveBuffer());
    const udp = new NodeUdp(guard, new LoopbackPorts());
    const random = createNodeRandom();
    this.#timer = timer;
    this.#sockets = sockets;
    this.#udp = udp;
    this.#phone = new VirtualPhone({
      timer,
      random,
      speed: radio.speed,
      WiFi: radio.antenna(timer, random).WiFi,
      TCP: BoardsTcp.bind(undefined, sockets, ports),
      UDP: BoardsUdp.bind(undefined, udp, ports),
    });
  }

  /** Sets its board up. */
  setUp(errand: Omit<PhoneErrand, 'onOutcome'>): Promise<PhoneOutcome> {
    return new Promise((onOutcome) => this.#phone.setUp({ ...errand, onOutcome }));
  }

  /** It is put away: what it is at ends without a word. */
  close(): void {
    this.#phone.leave();
    this.#timer.close();
    this.#sockets.close();
    this.#udp.close();
  }
}

/** A connection to a port of the board, wherever that is on this desktop. */
class BoardsTcp implements TcpSocket {
  readonly #socket: TcpSocket;

  constructor(sockets: NodeSockets, ports: LoopbackPorts, options: TcpOptions) {
    const port = ports.portOf('tcp', options.port) ?? DEAD_PORT;
    this.#socket = new sockets.TCP({ ...options, address: '127.0.0.1', port });
  }

  read(into: Uint8Array): number {
    return this.#socket.read(into);
  }

  write(bytes: Uint8Array): number {
    return this.#socket.write(bytes);
  }

  close(): void {
    this.#socket.close();
  }
}

/** Packets to ports of the board, wherever those are on this desktop. */
class BoardsUdp implements UdpSocket {
  readonly #ports: LoopbackPorts;
  readonly #socket: UdpSocket;

  constructor(udp: NodeUdp, ports: LoopbackPorts, options: UdpOptions) {
    this.#ports = ports;
    this.#socket = new udp.UDP(options);
  }

  get peer(): UdpPeer | undefined {
    return this.#socket.peer;
  }

  read(into: Uint8Array): number {
    return this.#socket.read(into);
  }

  write(bytes: Uint8Array, _address: string, port: number): void {
    const realPort = this.#ports.portOf('udp', port);
    if (realPort !== undefined) this.#socket.write(bytes, '127.0.0.1', realPort);
  }

  close(): void {
    this.#socket.close();
  }
}
