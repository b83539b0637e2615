import type { TcpOptions } from '../../src/ports/socket.js';
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
      TCP: class extends sockets.TCP {
        constructor(options: TcpOptions) {
          super({ ...options, address: '127.0.0.1', port: ports.portOf('tcp', options.port) ?? DEAD_PORT });
        }
      },
      UDP: class extends udp.UDP {
        override write(bytes: Uint8Array, _address: string, port: number): void {
          const realPort = ports.portOf('udp', port);
          if (realPort !== undefined) super.write(bytes, '127.0.0.1', realPort);
        }
      },
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
