import fc from 'fast-check';
import { type MqttPackets, MqttParser, MqttProtocolError } from '../../src/core/mqtt-parser.js';

/** What the parser reported, as plain data that outlives the buffer. */
export type Found =
  | { readonly kind: 'connack'; readonly sessionPresent: boolean; readonly returnCode: number }
  | {
      readonly kind: 'publish';
      readonly flags: number;
      readonly topic: string;
      readonly packetId: number;
      readonly payload: string;
    }
  | { readonly kind: 'puback'; readonly packetId: number }
  | { readonly kind: 'suback'; readonly packetId: number; readonly codes: readonly number[] }
  | { readonly kind: 'pingresp' }
  | { readonly kind: 'skipped'; readonly packetId: number; readonly bytes: number };

const GARBAGE: readonly number[] = [0xff, 0x00, 0x7f];

/** Feeds a parser as a client does, and checks at every step what a client relies on. Bytes are kept as hex. */
export class MqttCollector implements MqttPackets {
  readonly found: Found[] = [];
  readonly parser: MqttParser;

  constructor(maxPayload = 4_096) {
    this.parser = new MqttParser(maxPayload, this);
  }

  /** Gives the parser all of `bytes`, cut as `lengths` says (the last one, or the buffer's room, repeats). */
  feed(bytes: Uint8Array, lengths: readonly number[] = [Number.POSITIVE_INFINITY]): this {
    const { parser } = this;
    let at = 0;
    for (let i = 0; at < bytes.length; i++) {
      const room = parser.buffer.length - parser.end;
      if (room <= 0) throw new Error('no room is left: a client would never read again');
      const wanted = Math.max(1, lengths[Math.min(i, lengths.length - 1)] ?? 1);
      const some = bytes.subarray(at, at + Math.min(room, wanted));
      parser.buffer.set(some, parser.end);
      // What lies behind is of an earlier segment, and none of the parser's business.
      parser.buffer.fill(GARBAGE[i % GARBAGE.length]!, parser.end + some.length);
      parser.take(some.length);
      at += some.length;
    }
    return this;
  }

  /** The same, for bytes that may break the protocol; returns whether they did. */
  brokenBy(bytes: Uint8Array, lengths?: readonly number[]): boolean {
    try {
      this.feed(bytes, lengths);
      return false;
    } catch (error) {
      if (error instanceof MqttProtocolError) return true;
      throw error;
    }
  }

  onConnack(sessionPresent: boolean, returnCode: number): void {
    this.found.push({ kind: 'connack', sessionPresent, returnCode });
  }

  onPublish(flags: number, topicStart: number, topicEnd: number, packetId: number, start: number, end: number): void {
    const topic = this.#hex(topicStart, topicEnd);
    this.found.push({ kind: 'publish', flags, topic, packetId, payload: this.#hex(start, end) });
  }

  onPuback(packetId: number): void {
    this.found.push({ kind: 'puback', packetId });
  }

  onSuback(packetId: number, start: number, end: number): void {
    this.found.push({ kind: 'suback', packetId, codes: [...Buffer.from(this.#hex(start, end), 'hex')] });
  }

  onPingresp(): void {
    this.found.push({ kind: 'pingresp' });
  }

  onSkipped(packetId: number, bytes: number): void {
    this.found.push({ kind: 'skipped', packetId, bytes });
  }

  #hex(start: number, end: number): string {
    const { buffer } = this.parser;
    if (!(0 <= start && start <= end && end <= buffer.length)) throw new Error(`[${start}, ${end}) is out of bounds`);
    return Buffer.from(buffer.subarray(start, end)).toString('hex');
  }
}

/** Lengths of segments, small ones more often. */
export function segmentation(): fc.Arbitrary<number[]> {
  return fc.array(fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 2_000 })), {
    minLength: 1,
    maxLength: 30,
  });
}

export function hex(text: string): string {
  return Buffer.from(text, 'utf8').toString('hex');
}

/** A PUBLISH of `remaining` bytes after its fixed header, by hand. */
export function publishBytes(options: {
  readonly topic: string;
  readonly payloadLength: number;
  readonly packetId?: number;
  readonly flags?: number;
  /** Bytes of the length field, padded with continuation bits. */
  readonly lengthBytes?: number;
}): Uint8Array {
  const topic = Buffer.from(options.topic, 'utf8');
  const id = options.packetId;
  const remaining = 2 + topic.length + (id === undefined ? 0 : 2) + options.payloadLength;
  const length: number[] = [];
  let rest = remaining;
  do {
    length.push(rest & 127);
    rest >>= 7;
  } while (rest > 0);
  while (length.length < (options.lengthBytes ?? 0)) length.push(0);
  const flags = options.flags ?? (id === undefined ? 0 : 2);
  return Uint8Array.from([
    0x30 | flags,
    ...length.map((digit, i) => (i < length.length - 1 ? digit | 128 : digit)),
    topic.length >> 8,
    topic.length & 255,
    ...topic,
    ...(id === undefined ? [] : [id >> 8, id & 255]),
    ...Buffer.alloc(options.payloadLength, 0x78),
  ]);
}
