import { CONNACK, PINGRESP, PUBACK, PUBLISH, SUBACK, UNSUBACK } from './mqtt-encode.js';

/** Room beyond the largest payload for the fixed header (5), a topic and a packet id. */
const TOPIC_ROOM = 512;
/** What almost every packet fits in; a longer one has room made for it, and for as long as it is there. */
const USUAL_BYTES = 512;
/** Largest packet of any type but PUBLISH; a SUBACK has a byte for each topic. */
const MAX_CONTROL_BYTES = 64;

/** A peer broke the protocol; the network connection must be closed [MQTT-4.8.0-1]. */
export class MqttProtocolError extends Error {
  readonly code = 'malformed_packet';
}

/** What a parser found. Offsets point into `MqttParser.buffer` and are good until the call returns. */
export interface MqttPackets {
  onConnack(sessionPresent: boolean, returnCode: number): void;
  onPublish(
    flags: number,
    topicStart: number,
    topicEnd: number,
    packetId: number,
    payloadStart: number,
    payloadEnd: number,
  ): void;
  onPuback(packetId: number): void;
  /** Return codes stand at `[start, end)`. */
  onSuback(packetId: number, start: number, end: number): void;
  onPingresp(): void;
  /** A PUBLISH that is too large was passed over without being buffered. `packetId` is 0 at QoS 0. */
  onSkipped(packetId: number, bytes: number): void;
}

/**
 * Splits a stream of bytes into MQTT 3.1.1 packets, in place: the socket reads into `buffer` at `end`, `take` reports
 * what it finds there, and a packet cut by the end of a segment stays until the rest has come.
 */
export class MqttParser {
  /** Another one after `take` where a packet is longer than most. Nobody else sets it. */
  buffer = new Uint8Array(USUAL_BYTES);
  /** Room for the largest packet that is taken. */
  readonly #mostBytes: number;
  readonly #sink: MqttPackets;
  readonly #maxPayload: number;
  /** Unparsed bytes are `buffer[0, end)` whenever `take` has returned. */
  #end = 0;
  #isLong = false;
  /** Bytes of an oversized packet still to come, after its id; 0: none is being skipped. */
  #skip = 0;
  #skipped = 0;
  #skippedId = 0;

  /** @param maxPayload largest payload taken, bytes */
  constructor(maxPayload: number, sink: MqttPackets) {
    this.#mostBytes = maxPayload + TOPIC_ROOM;
    this.#maxPayload = maxPayload;
    this.#sink = sink;
  }

  /** Where the next bytes go. There is always room after it. */
  get end(): number {
    return this.#end;
  }

  /** `count` bytes were put at `end`. @throws {MqttProtocolError} and is then of no more use. */
  take(count: number): void {
    const buffer = this.buffer;
    const end = this.#end + count;
    let at = 0;
    while (at < end) {
      if (this.#skip > 0) {
        const some = Math.min(this.#skip, end - at);
        this.#skip -= some;
        at += some;
        if (this.#skip === 0) this.#sink.onSkipped(this.#skippedId, this.#skipped);
        continue;
      }
      const next = this.#packet(at, end);
      if (next < 0) break;
      at = next;
    }
    this.#end = end - at;
    if (at < end) {
      if (at > 0) buffer.copyWithin(0, at, end);
      else if (end === buffer.length) this.#makeRoom();
    } else if (this.#isLong) {
      this.buffer = new Uint8Array(USUAL_BYTES);
      this.#isLong = false;
    }
  }

  #makeRoom(): void {
    const { buffer } = this;
    this.buffer = new Uint8Array(this.#mostBytes);
    this.buffer.set(buffer);
    this.#isLong = true;
  }

  /** Handles the packet at `at`; returns the offset after it, or −1 while it is not whole. */
  #packet(at: number, end: number): number {
    const buffer = this.buffer;
    const first = buffer[at]!;
    let length = 0;
    let body = at + 1;
    for (let shift = 0; ; shift += 7) {
      if (shift > 21) throw new MqttProtocolError('remaining length is over four bytes');
      if (body >= end) return -1;
      const byte = buffer[body++]!;
      length |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    const type = first >> 4;
    if (type === PUBLISH) {
      if (body - at + length > this.#mostBytes) return this.#beginSkip(first, length, body, end);
    } else if (length > MAX_CONTROL_BYTES) throw new MqttProtocolError(`packet type ${type} with ${length} bytes`);
    const next = body + length;
    if (next > end) return -1;
    if (type === PUBLISH) this.#publish(first & 15, body, next);
    else if ((first & 15) !== 0) throw new MqttProtocolError(`packet type ${type} with flags ${first & 15}`);
    else this.#control(type, body, next);
    return next;
  }

  #publish(flags: number, body: number, end: number): void {
    const qos = publishQos(flags);
    const topicStart = body + 2;
    const topicEnd = topicStart + (body + 2 <= end ? this.#u16(body) : end);
    const payload = topicEnd + (qos === 0 ? 0 : 2);
    if (payload > end) throw new MqttProtocolError('PUBLISH is cut');
    const packetId = qos === 0 ? 0 : this.#packetId(topicEnd);
    if (end - payload > this.#maxPayload) this.#sink.onSkipped(packetId, end - payload);
    else this.#sink.onPublish(flags, topicStart, topicEnd, packetId, payload, end);
  }

  #control(type: number, body: number, end: number): void {
    const length = end - body;
    if (type === CONNACK && length === 2) {
      if (this.buffer[body]! > 1) throw new MqttProtocolError('CONNACK with reserved flags');
      this.#sink.onConnack(this.buffer[body] === 1, this.buffer[body + 1]!);
    } else if (type === PUBACK && length === 2) this.#sink.onPuback(this.#packetId(body));
    else if (type === SUBACK && length >= 3) this.#sink.onSuback(this.#packetId(body), body + 2, end);
    else if (type === PINGRESP && length === 0) this.#sink.onPingresp();
    else if (type !== UNSUBACK || length !== 2) throw new MqttProtocolError(`packet type ${type} with ${length} bytes`);
  }

  /** Begins to pass over a PUBLISH that the buffer cannot hold; its packet id must have come first, to acknowledge it. */
  #beginSkip(first: number, length: number, body: number, end: number): number {
    const qos = publishQos(first & 15);
    if (body + 2 > end) return -1;
    const topicLength = this.#u16(body);
    const head = 2 + topicLength + (qos === 0 ? 0 : 2);
    if (head > length) throw new MqttProtocolError('PUBLISH is cut');
    if (head + 8 > this.#mostBytes) throw new MqttProtocolError(`topic of ${topicLength} bytes`);
    if (body + head > end) return -1;
    this.#skippedId = qos === 0 ? 0 : this.#packetId(body + 2 + topicLength);
    this.#skipped = length - head;
    this.#skip = length - head;
    return body + head;
  }

  #u16(at: number): number {
    return (this.buffer[at]! << 8) | this.buffer[at + 1]!;
  }

  #packetId(at: number): number {
    const id = this.#u16(at);
    if (id === 0) throw new MqttProtocolError('packet identifier 0');
    return id;
  }
}

/** The QoS in the flags of a PUBLISH. A server sends no QoS 2 to who subscribed at 1, and no DUP at 0 [MQTT-3.3.1-2, 3.3.1-4]. */
function publishQos(flags: number): number {
  const qos = (flags >> 1) & 3;
  if (qos > 1 || (qos === 0 && (flags & 8) !== 0)) throw new MqttProtocolError(`PUBLISH with flags ${flags}`);
  return qos;
}
