import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NTP_BYTES, readNtpReply, writeNtpRequest } from '../../src/core/ntp-packet.js';

const HIGH = 0xdeadbeef;
const LOW = 0x01020304;

/** A server's honest answer to the request with nonce (HIGH, LOW), as RFC 4330 builds it. */
function reply(epochMs: number, change: (view: DataView) => void = () => {}): Uint8Array {
  const bytes = new Uint8Array(NTP_BYTES);
  const view = new DataView(bytes.buffer);
  const seconds = Math.floor(epochMs / 1_000) + 2_208_988_800;
  view.setUint8(0, 0x24);
  view.setUint8(1, 2);
  view.setUint32(24, HIGH);
  view.setUint32(28, LOW);
  view.setUint32(40, seconds % 0x1_0000_0000);
  view.setUint32(44, Math.ceil(((epochMs % 1_000) / 1_000) * 0x1_0000_0000));
  change(view);
  return bytes;
}

const read = (bytes: Uint8Array): number | undefined => readNtpReply(bytes, bytes.length, HIGH, LOW);

describe('an NTP request', () => {
  it('is a client packet of version 4 that carries the nonce and nothing of the buffer before', () => {
    const bytes = new Uint8Array(NTP_BYTES + 2).fill(0xff);
    writeNtpRequest(bytes, HIGH, LOW);
    const view = new DataView(bytes.buffer);
    expect(bytes[0]).toBe(0x23);
    expect(bytes.subarray(1, 40).every((byte) => byte === 0)).toBe(true);
    expect([view.getUint32(40), view.getUint32(44)]).toEqual([HIGH, LOW]);
    expect([bytes[48], bytes[49]]).toEqual([0xff, 0xff]);
  });
});

describe('an NTP reply', () => {
  it('gives the time to the millisecond, also after the era ends in 2036', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2100, 0) }), (epochMs) => {
        fc.pre(Math.floor(epochMs / 1_000) + 2_208_988_800 !== 0x1_0000_0000);
        expect(read(reply(epochMs))).toBe(epochMs);
      }),
    );
    expect(read(reply(Date.UTC(2036, 1, 7, 6, 28, 15)))).toBe(Date.UTC(2036, 1, 7, 6, 28, 15));
    expect(read(reply(Date.UTC(2036, 1, 7, 6, 28, 17)))).toBe(Date.UTC(2036, 1, 7, 6, 28, 17));
  });

  it.each<[string, (view: DataView) => void]>([
    ['another high nonce', (view) => view.setUint32(24, HIGH ^ 1)],
    ['another low nonce', (view) => view.setUint32(28, LOW ^ 0x8000_0000)],
    ['an unsynchronised server', (view) => view.setUint8(0, 0xe4)],
    ['a client', (view) => view.setUint8(0, 0x23)],
    ['a broadcast', (view) => view.setUint8(0, 0x25)],
    ["a kiss o' death", (view) => view.setUint8(1, 0)],
    ['stratum 16', (view) => view.setUint8(1, 16)],
    [
      'no transmit time',
      (view) => {
        view.setUint32(40, 0);
        view.setUint32(44, 0);
      },
    ],
  ])('with %s is none', (_name, change) => {
    expect(read(reply(Date.UTC(2026, 0), change))).toBeUndefined();
  });

  it('that is cut is none', () => {
    const bytes = reply(Date.UTC(2026, 0));
    for (let length = 0; length < NTP_BYTES; length++) expect(readNtpReply(bytes, length, HIGH, LOW)).toBeUndefined();
  });

  it('is not what random bytes are', () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 48, maxLength: 48 }), (bytes) => read(bytes) === undefined));
  });
});
