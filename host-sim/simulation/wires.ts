import type { Timer } from '../../src/ports/timer.js';
import type { VirtualPeer } from '../world/virtual-link.js';
import { MqttTap } from './mqtt-tap.js';
import type { Tap } from './peer-stream.js';
import { Scissors } from './scissors.js';
import type { CloudDoor } from './sim-cloud.js';
import type { SimDevice } from './sim-device.js';

export interface WiresOptions {
  readonly timer: Timer;
  /** Bytes that pass, in either direction. */
  onBytes(bytes: Uint8Array): void;
  /** The broker has acknowledged this of a board. */
  onAcknowledged(device: SimDevice, topic: string, payload: Buffer): void;
  /** A whole MQTT packet of a board, or one that is on its way to it. */
  onPacket(device: SimDevice, way: 'up' | 'down', packet: Buffer): void;
  /** From now on nothing passes on a connection of a board; soon it ends. */
  onCut(device: SimDevice): void;
}

/** The connections between boards and the cloud, where somebody can listen, meddle and cut. */
export class Wires {
  readonly #options: WiresOptions;
  readonly #mqtt = new Map<SimDevice, { readonly peer: VirtualPeer; readonly tap: MqttTap }>();
  readonly #scissors = new Map<SimDevice, Scissors>();
  /** To be called once, when a board's next bytes have reached the broker, and before it has read them. */
  onNextPacket: (() => void) | undefined;

  constructor(options: WiresOptions) {
    this.#options = options;
  }

  /** What is between a new connection and the cloud; `device`: the board whose it is. */
  connect(door: CloudDoor, peer: VirtualPeer, device: SimDevice | undefined): Tap {
    const mark = <B extends Uint8Array>(bytes: B): B => {
      this.#options.onBytes(bytes);
      return bytes;
    };
    if (device === undefined) return { up: mark, down: (bytes) => [mark(bytes)] };
    const scissors = this.scissorsOf(device);
    const mqtt = door === 'mqtt' ? this.#connectMqtt(device, peer) : undefined;
    return {
      up: (bytes) => {
        mark(bytes);
        const read = scissors.pass(peer, 'up', mqtt?.up(bytes) ?? bytes);
        if (mqtt && this.onNextPacket) this.#tellPacket();
        return read;
      },
      down: (bytes) => {
        mark(bytes);
        const pieces = mqtt?.down(bytes) ?? [bytes];
        return pieces.map((piece) => scissors.pass(peer, 'down', piece)).filter((piece) => piece.length > 0);
      },
    };
  }

  /** The MQTT connection of a board, to do something to its bytes; `undefined` where it has had none. */
  tapOf(device: SimDevice): MqttTap | undefined {
    return this.#mqtt.get(device)?.tap;
  }

  /** The cloud's end of a board's latest MQTT connection. */
  peerOf(device: SimDevice): VirtualPeer | undefined {
    return this.#mqtt.get(device)?.peer;
  }

  /** Cuts a board's connections. */
  scissorsOf(device: SimDevice): Scissors {
    let scissors = this.#scissors.get(device);
    if (scissors === undefined) {
      scissors = new Scissors((callback, delayMs) => {
        this.#options.onCut(device);
        this.#options.timer.set(callback, delayMs);
      });
      this.#scissors.set(device, scissors);
    }
    return scissors;
  }

  #connectMqtt(device: SimDevice, peer: VirtualPeer): MqttTap {
    const tap = new MqttTap({
      peer,
      onAcknowledged: (topic, payload) => this.#options.onAcknowledged(device, topic, payload),
      onPacket: (way, packet) => this.#options.onPacket(device, way, packet),
    });
    this.#mqtt.set(device, { peer, tap });
    return tap;
  }

  #tellPacket(): void {
    const callback = this.onNextPacket;
    this.onNextPacket = undefined;
    callback?.();
  }
}
