import { crc32 } from '../../src/core/crc32.js';

/** What a frame of the model of TLS is. Data and alerts have the numbers of TLS's records (RFC 8446, 5.1). */
export const Frame = {
  clientHello: 1,
  serverHello: 2,
  clientFinished: 3,
  serverFinished: 4,
  alert: 21,
  data: 23,
} as const;

/** Longest body, bytes: as long as a record of TLS may be. */
const MOST_BYTES = 16_384;
/** Data of one frame that is written, bytes. */
const DATA_BYTES = 4_096;
/** Type and length before a body, and the tag after it, bytes. */
const HEAD_BYTES = 3;
const TAG_BYTES = 4;
export const RANDOM_BYTES = 16;

/** A frame that nobody may have sent like that. */
export class FrameError extends Error {}

/**
 * One side's frames. Each carries a tag over its number, its body and both sides' random numbers, so that a frame which was changed, left
 * out, repeated, or comes from another connection ends this one. It is a model: nothing is secret, and nobody who meddles makes tags.
 */
export class TlsFrames {
  #begun: Uint8Array = new Uint8Array(0);
  #sent = 0;
  #taken = 0;
  /** Goes into every tag from the hellos on. */
  binding: Uint8Array = new Uint8Array(0);

  /** The bytes of a frame. */
  frame(type: number, body: Uint8Array): Uint8Array {
    const bytes = new Uint8Array(HEAD_BYTES + body.length + TAG_BYTES);
    bytes[0] = type;
    bytes[1] = body.length >>> 8;
    bytes[2] = body.length & 0xff;
    bytes.set(body, HEAD_BYTES);
    new DataView(bytes.buffer).setUint32(HEAD_BYTES + body.length, this.#tag(this.#sent++, type, body));
    return bytes;
  }

  /** Data in as many frames as it takes. */
  data(bytes: Uint8Array): Uint8Array[] {
    const frames: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += DATA_BYTES) {
      frames.push(this.frame(Frame.data, bytes.subarray(at, at + DATA_BYTES)));
    }
    return frames;
  }

  /** Takes bytes of the other side, until `onFrame` says that it wants no more. @throws FrameError */
  take(bytes: Uint8Array, onFrame: (type: number, body: Uint8Array) => boolean): void {
    let rest = joined([this.#begun, bytes]);
    while (rest.length >= HEAD_BYTES) {
      const length = rest[1]! * 256 + rest[2]!;
      if (length > MOST_BYTES) throw new FrameError('a frame is too long');
      const end = HEAD_BYTES + length + TAG_BYTES;
      if (rest.length < end) break;
      const body = rest.subarray(HEAD_BYTES, HEAD_BYTES + length);
      const tag = new DataView(rest.buffer, rest.byteOffset + HEAD_BYTES + length).getUint32(0);
      if (tag !== this.#tag(this.#taken++, rest[0]!, body)) throw new FrameError('a frame was damaged');
      const type = rest[0]!;
      rest = rest.subarray(end);
      if (!onFrame(type, body)) break;
    }
    this.#begun = rest;
  }

  #tag(number: number, type: number, body: Uint8Array): number {
    return crc32(joined([this.binding, Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number, type), body]));
  }
}

/** The types of the whole frames at the beginning of what somebody has said. */
export function frameTypes(bytes: Uint8Array): number[] {
  const types: number[] = [];
  for (
    let at = 0;
    at + HEAD_BYTES <= bytes.length;
    at += HEAD_BYTES + bytes[at + 1]! * 256 + bytes[at + 2]! + TAG_BYTES
  ) {
    types.push(bytes[at]!);
  }
  return types;
}

/** Parts one after the other, each behind its length. */
export function packed(parts: readonly Uint8Array[]): Uint8Array {
  return joined(parts.flatMap((part) => [Uint8Array.of(part.length >>> 8, part.length & 0xff), part]));
}

/** What `packed` made. @throws FrameError where it did not make this */
export function unpacked(bytes: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 2 + bytes[at]! * 256 + (bytes[at + 1] ?? 0);
    if (end > bytes.length || at + 2 > bytes.length) throw new FrameError('a handshake is malformed');
    parts.push(bytes.slice(at + 2, end));
    at = end;
  }
  return parts;
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
