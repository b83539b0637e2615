import type { VirtualPeer } from '../world/virtual-network.js';
import type { Tap } from './peer-stream.js';

const PUBLISH = 3;
/** Messages that are kept to come again. */
const MOST_KEPT = 16;

export interface MqttTapOptions {
  readonly peer: VirtualPeer;
  /** Bytes that pass, in either direction. */
  onBytes(bytes: Uint8Array): void;
}

/**
 * Sits between the broker and one client, and can do to their packets what a broken network or broker does: let a message come
 * twice, late, after the next one, or in a new packet of somebody else's making. Packets stay whole (MQTT 3.1.1, 2.2).
 */
export class MqttTap implements Tap {
  readonly #options: MqttTapOptions;
  /** Of a packet that the broker has begun to send. */
  #begun: Buffer = Buffer.alloc(0);
  /** Publishes to the client, latest last. */
  readonly #kept: Buffer[] = [];
  #holds = 0;
  #held: Buffer[] = [];

  constructor(options: MqttTapOptions) {
    this.#options = options;
  }

  /** Messages that the client was sent on this connection, latest last, as whole packets. */
  get publishes(): readonly Buffer[] {
    return this.#kept;
  }

  up(bytes: Uint8Array): void {
    this.#options.onBytes(bytes);
  }

  down(bytes: Buffer): readonly Uint8Array[] {
    this.#options.onBytes(bytes);
    const out: Uint8Array[] = [];
    let rest = this.#begun.length === 0 ? bytes : Buffer.concat([this.#begun, bytes]);
    for (;;) {
      const length = packetLength(rest);
      if (length === undefined || rest.length < length) break;
      this.#packet(rest.subarray(0, length), out);
      rest = rest.subarray(length);
    }
    this.#begun = rest;
    return out;
  }

  /** Sends the client these bytes, between two packets of the broker. */
  inject(packet: Uint8Array): void {
    this.#options.peer.write(packet);
  }

  /** The next so many messages come after the one that follows them. */
  holdBack(count: number): void {
    this.#holds = count;
  }

  #packet(packet: Buffer, out: Uint8Array[]): void {
    if (packet[0]! >> 4 !== PUBLISH) {
      out.push(packet);
      return;
    }
    this.#kept.push(Buffer.from(packet));
    if (this.#kept.length > MOST_KEPT) this.#kept.shift();
    if (this.#holds > 0) {
      this.#holds--;
      this.#held.push(Buffer.from(packet));
      return;
    }
    out.push(packet, ...this.#held);
    this.#held = [];
  }
}

/** Length of the packet that begins here, header included; `undefined` while too little of it is there. */
function packetLength(bytes: Uint8Array): number | undefined {
  let length = 0;
  for (let at = 1; at < 5 && at < bytes.length; at++) {
    length += (bytes[at]! & 0x7f) * 128 ** (at - 1);
    if (bytes[at]! < 0x80) return length + at + 1;
  }
  return undefined;
}
