import type { VirtualPeer } from '../world/virtual-network.js';
import type { Tap } from './peer-stream.js';

const PUBLISH = 3;
const PUBACK = 4;
/** Messages that are kept to come again. */
const MOST_KEPT = 16;
/** Packet ids that no broker gets to: those of messages that it did not send. */
const FIRST_OWN_ID = 0xf000;

export interface MqttTapOptions {
  readonly peer: VirtualPeer;
  /** The broker has acknowledged this. */
  onAcknowledged(topic: string, payload: Buffer): void;
  /** A whole packet of the board, or one that is on its way to it. */
  onPacket(way: 'up' | 'down', packet: Buffer): void;
}

/**
 * Sits between the broker and one client, and can do to their packets what a broken network or broker does: let a message come
 * twice, late, after the next one, or in a new packet of somebody else's making. Packets stay whole (MQTT 3.1.1, 2.2).
 */
export class MqttTap implements Tap {
  readonly #options: MqttTapOptions;
  readonly #fromBoard = new PacketReader();
  readonly #fromBroker = new PacketReader();
  /** Publishes to the client, latest last. */
  readonly #kept: Buffer[] = [];
  /** Publishes of the client that are not acknowledged, by packet id. */
  readonly #open = new Map<number, Buffer>();
  #nextOwnId = FIRST_OWN_ID;
  #holds = 0;
  #held: Buffer[] = [];

  constructor(options: MqttTapOptions) {
    this.#options = options;
  }

  /** Messages that the client was sent on this connection, latest last, as whole packets. */
  get publishes(): readonly Buffer[] {
    return this.#kept;
  }

  up(bytes: Uint8Array): Uint8Array {
    const out: Uint8Array[] = [];
    this.#fromBoard.take(bytes, (packet) => {
      this.#options.onPacket('up', packet);
      const kind = packet[0]! >> 4;
      if (kind === PUBLISH) {
        const { packetId } = readPublish(packet);
        if (packetId !== undefined) this.#open.set(packetId, Buffer.from(packet));
      }
      // The broker knows nothing of what it did not send.
      if (kind !== PUBACK || Buffer.from(packet).readUInt16BE(2) < FIRST_OWN_ID) out.push(packet);
    });
    return out.length === 1 ? out[0]! : Buffer.concat(out);
  }

  down(bytes: Buffer): readonly Uint8Array[] {
    const out: Buffer[] = [];
    this.#fromBroker.take(bytes, (packet) => {
      const kind = packet[0]! >> 4;
      if (kind === PUBLISH) this.#publish(packet, out);
      else {
        out.push(packet);
        if (kind === PUBACK) this.#acknowledge(Buffer.from(packet).readUInt16BE(2));
      }
    });
    for (const packet of out) this.#options.onPacket('down', packet);
    return out;
  }

  /** Sends the client these bytes, between two packets of the broker. */
  inject(packet: Uint8Array): void {
    this.#options.peer.write(packet);
  }

  /** Sends the client a message at QoS 1 that the broker knows nothing of. */
  publish(topic: string, payload: Uint8Array, flags: { readonly retain?: boolean; readonly dup?: boolean } = {}): void {
    // Nobody is there to get it.
    if (!this.#options.peer.open) return;
    const first = (PUBLISH << 4) | (flags.dup ? 8 : 0) | 2 | (flags.retain ? 1 : 0);
    const head = Buffer.alloc(4 + Buffer.byteLength(topic));
    head.writeUInt16BE(head.length - 4);
    head.write(topic, 2);
    head.writeUInt16BE(this.#nextOwnId, head.length - 2);
    this.#nextOwnId = this.#nextOwnId === 0xffff ? FIRST_OWN_ID : this.#nextOwnId + 1;
    const packet = Buffer.concat([Buffer.of(first, ...remainingLength(head.length + payload.length)), head, payload]);
    this.#options.onPacket('down', packet);
    this.inject(packet);
  }

  /** Sends a message again that the client was sent before. */
  repeat(packet: Buffer, flags: { readonly retain?: boolean; readonly dup?: boolean }): void {
    const { topic, payload } = readPublish(packet);
    this.publish(topic, payload, flags);
  }

  /** The next so many messages come after the one that follows them. */
  holdBack(count: number): void {
    this.#holds = count;
  }

  #publish(packet: Buffer, out: Buffer[]): void {
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

  #acknowledge(packetId: number): void {
    const packet = this.#open.get(packetId);
    if (packet === undefined) return;
    this.#open.delete(packetId);
    const { topic, payload } = readPublish(packet);
    this.#options.onAcknowledged(topic, payload);
  }
}

/** Takes a stream of MQTT apart. */
class PacketReader {
  /** Of a packet that has begun. */
  #begun: Buffer = Buffer.alloc(0);

  take(bytes: Uint8Array, onPacket: (packet: Buffer) => void): void {
    const more = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    let rest = this.#begun.length === 0 ? more : Buffer.concat([this.#begun, more]);
    for (;;) {
      const length = packetLength(rest);
      if (length === undefined || rest.length < length) break;
      onPacket(rest.subarray(0, length));
      rest = rest.subarray(length);
    }
    this.#begun = rest.length === 0 ? rest : Buffer.from(rest);
  }
}

/** The whole packets at the beginning of these bytes. */
export function readPackets(bytes: Uint8Array): Buffer[] {
  const packets: Buffer[] = [];
  new PacketReader().take(bytes, (packet) => packets.push(packet));
  return packets;
}

/** What a whole PUBLISH packet says (MQTT 3.1.1, 3.3). */
export function readPublish(packet: Buffer): { topic: string; packetId: number | undefined; payload: Buffer } {
  let at = 1;
  while (packet[at]! >= 0x80) at++;
  const end = at + 3 + packet.readUInt16BE(at + 1);
  const topic = packet.toString('utf8', at + 3, end);
  if ((packet[0]! & 6) === 0) return { topic, packetId: undefined, payload: packet.subarray(end) };
  return { topic, packetId: packet.readUInt16BE(end), payload: packet.subarray(end + 2) };
}

function remainingLength(length: number): number[] {
  const bytes: number[] = [];
  for (let rest = length; ; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest];
    bytes.push((rest & 0x7f) | 0x80);
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
