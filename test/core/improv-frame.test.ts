import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  closeImprovFrame,
  IMPROV_DATA_AT,
  IMPROV_FRAME_BYTES,
  ImprovFrameParser,
} from '../../src/core/improv-frame.js';

/** What a parser has found: packets as `[type, ...data]`, and `bad` for a wrong checksum. */
type Found = readonly number[] | 'bad';

function parser(): { readonly found: Found[]; readonly parser: ImprovFrameParser } {
  const found: Found[] = [];
  const it = new ImprovFrameParser({
    onFrame: (type, bytes, start, end) => found.push([type, ...bytes.subarray(start, end)]),
    onBadChecksum: () => found.push('bad'),
  });
  return { found, parser: it };
}

function frame(type: number, ...data: number[]): Uint8Array {
  const bytes = new Uint8Array(IMPROV_FRAME_BYTES);
  bytes.set(data, IMPROV_DATA_AT);
  return bytes.slice(0, closeImprovFrame(bytes, type, IMPROV_DATA_AT + data.length));
}

/** What is found in these bytes, cut as `sizes` says, when nothing comes after them. */
function found(bytes: Uint8Array, sizes: readonly number[] = [bytes.length]): Found[] {
  const one = parser();
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const piece = bytes.subarray(at, at + Math.max(1, sizes[i % sizes.length]!));
    one.parser.push(piece, piece.length);
    at += piece.length;
  }
  one.parser.giveUp();
  expect(one.parser.isWaiting).toBe(false);
  return one.found;
}

/** The same by the shortest way there is: whatever place may be the first of a packet, one after the other. */
function packetsIn(bytes: Uint8Array): Found[] {
  const packets: Found[] = [];
  for (let at = 0; at < bytes.length; at++) {
    const end = at + 9 + (bytes[at + 8] ?? Number.NaN);
    if (String.fromCharCode(...bytes.subarray(at, at + 7)) !== 'IMPROV\x01' || !(end < bytes.length)) continue;
    const sum = bytes.subarray(at, end).reduce((total, byte) => total + byte, 0) % 256;
    packets.push(sum === bytes[end] ? [bytes[at + 7]!, ...bytes.subarray(at + 9, end)] : 'bad');
    if (sum === bytes[end]) at = end;
  }
  return packets;
}

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
const join = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));
const STATE = frame(3, 2, 0);

describe('a packet on a serial line', () => {
  it('has the form of the standard: a request for the current state', () => {
    expect([...STATE]).toEqual([...ascii('IMPROV'), 1, 3, 2, 2, 0, 0xe5, 0x0a]);
  });

  it('is found among console lines, rubbish and half packets', () => {
    const noise = join(ascii('{"name":"booted"}\r\n'), ascii('IMPIMPROVE I'), Uint8Array.of(0, 255, 10));
    expect(found(join(noise, STATE, noise, STATE, ascii('IMPROV')))).toEqual([
      [3, 2, 0],
      [3, 2, 0],
    ]);
  });

  it('is told as broken when its checksum is another one, and the next is found', () => {
    const broken = STATE.slice();
    broken[11]! ^= 1;
    expect(found(join(broken, STATE))).toEqual(['bad', [3, 2, 0]]);
  });

  it('of another version is none', () => {
    const other = STATE.slice();
    other[6] = 2;
    expect(found(other)).toEqual([]);
  });

  it('is not lost to one that breaks off before it', () => {
    const half = frame(3, ...new Array(40).fill(7)).subarray(0, 20);
    expect(found(join(half, STATE, STATE))).toEqual([
      [3, 2, 0],
      [3, 2, 0],
    ]);
    expect(found(join(half, frame(3, ...new Array(30).fill(1)), STATE))).toEqual([
      'bad',
      [3, ...new Array(30).fill(1)],
      [3, 2, 0],
    ]);
  });
});

describe('a stream', () => {
  const data = fc.uint8Array({ maxLength: 255 });
  const packet = fc.tuple(fc.nat(255), data).map(([type, bytes]) => frame(type, ...bytes));
  const rubbish = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.constantFrom('IMPROV', 'IMPROV\x01', 'IMPROV\x01\x03', 'IMPROV\x01\x03\xff', 'I', '\n').map(ascii),
    packet.chain((bytes) => fc.nat(bytes.length - 1).map((end) => bytes.subarray(0, end))),
  );
  const sizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 });

  it('of packets gives each of them, however it is cut', () => {
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 6 }), sizes, (packets, cuts) => {
        const expected = packets.map((bytes) => [bytes[7]!, ...bytes.subarray(9, -2)]);
        expect(found(join(...packets), cuts)).toEqual(expected);
      }),
      { numRuns: 1_000 },
    );
  });

  it('of anything gives what is in it, however it is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(rubbish, packet), { maxLength: 8 }), sizes, (parts, cuts) => {
        const bytes = join(...parts, STATE);
        expect(found(bytes, cuts)).toEqual(packetsIn(bytes));
      }),
      { numRuns: 40_000 },
    );
  });
});
