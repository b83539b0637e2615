import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNodeText } from '../../host-sim/host/node-text.js';
import { encodeImprovResult, improvChecksum, isImprovBody, readWifiSettings } from '../../src/core/improv.js';
import { closeImprovPacket, IMPROV_PACKET_BYTES, ImprovPacketReader } from '../../src/core/improv-packet.js';

const text = createNodeText();
const utf8 = (value: string): number[] => [...new TextEncoder().encode(value)];

/** The body of a command or of a result with these texts. */
function body(command: number, ...values: string[]): number[] {
  const data = values.map(utf8).flatMap((bytes) => [bytes.length, ...bytes]);
  return [command, data.length, ...data];
}

function settings(bytes: readonly number[]): unknown {
  return readWifiSettings(text, Uint8Array.from(bytes), 0, bytes.length);
}

function result(command: number, values: readonly string[], columns?: number, maxBytes?: number): number[] {
  const into = new Uint8Array(IMPROV_PACKET_BYTES);
  return [...into.subarray(0, encodeImprovResult(text, into, 0, command, values, columns, maxBytes))];
}

const packet = (bytes: readonly number[]): Uint8Array =>
  Uint8Array.from([...bytes, improvChecksum(Uint8Array.from(bytes), 0, bytes.length)]);

describe("the standard's own example of Wi-Fi settings", () => {
  // 01 1E 0C {MyWirelessAP} 10 {mysecurepassword}
  const example = [0x01, 0x1e, 0x0c, ...utf8('MyWirelessAP'), 0x10, ...utf8('mysecurepassword')];

  it('is read', () => {
    expect(isImprovBody(Uint8Array.from(example), 0, example.length)).toBe(true);
    expect(settings(example)).toEqual({ ssid: 'MyWirelessAP', password: 'mysecurepassword' });
  });

  it('is a whole packet over BLE once its checksum is there, in one write or byte by byte', () => {
    const whole = packet(example);
    expect(whole.at(-1)).toBe(0xc0);
    const reader = new ImprovPacketReader();
    expect(reader.push(whole)).toBe('whole');
    expect([...reader.bytes.subarray(0, reader.bodyEnd)]).toEqual(example);
    const states = [...whole].map((byte) => reader.push(Uint8Array.of(byte)));
    expect(states).toEqual([...new Array(whole.length - 1).fill('part'), 'whole']);
  });
});

describe('Wi-Fi settings', () => {
  it.each([
    ['an open network', 'Café', ''],
    ['32 bytes of emoji', '🏠🏠🏠🏠🏠🏠🏠🏠', '12345678'],
    ['63 characters', 'home', 'x'.repeat(63)],
    ['64 hex digits', 'home', '0123456789abcdef'.repeat(4)],
    ['quotes and backslashes', `"\\'`, `"\\'"\\'"\\'`],
    ['nothing at all', '', ''],
  ])('may be %s', (_, ssid, password) => {
    expect(settings(body(1, ssid, password))).toEqual({ ssid, password });
  });

  it.each([
    ['are empty', [1, 0]],
    ['lack the password', [1, 3, 2, 0x61, 0x62]],
    ['have a name that is longer than they are', [1, 4, 9, 0x61, 0x62, 0]],
    ['have a password that is longer than they are', [1, 4, 1, 0x61, 2, 0x62]],
    ['have bytes behind the password', [1, 5, 1, 0x61, 1, 0x62, 0x63]],
    ['are no UTF-8', [1, 4, 1, 0xff, 1, 0x62]],
  ])('that %s are none', (_, bytes) => {
    expect(settings(bytes)).toBeUndefined();
  });

  it('of any bytes are two texts that fill them, or none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 255 }), (data) => {
        const read = settings([1, data.length, ...data]) as { ssid: string; password: string } | undefined;
        if (read) expect([...data]).toEqual(body(1, read.ssid, read.password).slice(2));
      }),
      { numRuns: 30_000 },
    );
  });
});

describe('a result', () => {
  it('is the list of its texts, and may be empty', () => {
    expect(result(1, [])).toEqual([1, 0]);
    expect(result(3, ['ESPHome', '2021.11.0', 'ESP32-C3', 'Temperature Monitor'], 4)).toEqual(
      body(3, 'ESPHome', '2021.11.0', 'ESP32-C3', 'Temperature Monitor'),
    );
    expect(result(4, ['MyWirelessNetwork', '-60', 'YES'])).toEqual(body(4, 'MyWirelessNetwork', '-60', 'YES'));
  });

  it('leaves out the rows that do not fit', () => {
    const rows = ['one', '-40', 'NO', 'two', '-50', 'NO'];
    const one = body(4, ...rows.slice(0, 3));
    const both = body(4, ...rows);
    expect(result(4, rows, 3, both.length)).toEqual(both);
    expect(result(4, rows, 3, both.length - 1)).toEqual(one);
    expect(result(4, rows, 3, one.length - 1)).toEqual([4, 0]);
    expect(result(1, ['x'.repeat(255)])).toEqual([1, 0]);
    expect(result(1, ['x'.repeat(254)])).toHaveLength(257);
  });

  it('of any texts is a body of whole rows that fits, the first ones', () => {
    const list = fc.array(fc.string({ unit: 'grapheme', maxLength: 80 }), { maxLength: 12 });
    fc.assert(
      fc.property(list, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 2, max: 300 }), (values, columns, max) => {
        const bytes = result(7, values, columns, max);
        expect(bytes.length).toBeLessThanOrEqual(Math.min(max, 257));
        expect(isImprovBody(Uint8Array.from(bytes), 0, bytes.length)).toBe(true);
        const all = body(7, ...values);
        expect(all.slice(2, bytes.length)).toEqual(bytes.slice(2));
        if (values.length % columns === 0 && all.length <= Math.min(max, 257)) expect(bytes).toEqual(all);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a packet over BLE', () => {
  it.each([
    ['has another checksum', [2, 0, 3]],
    ['is longer than it says', [2, 0, 2, 2]],
    ['says less than it is', [2, 1, 0, 3, 3]],
    ['is longer than any', new Array(IMPROV_PACKET_BYTES + 1).fill(0xff)],
  ])('that %s is broken, and the next one is read', (_, bytes) => {
    const reader = new ImprovPacketReader();
    expect(reader.push(Uint8Array.from(bytes))).toBe('broken');
    expect(reader.push(Uint8Array.of(2, 0, 2))).toBe('whole');
  });

  it('whose rest does not come is forgotten', () => {
    const reader = new ImprovPacketReader();
    expect(reader.push(Uint8Array.of(1, 30, 12))).toBe('part');
    reader.reset();
    expect(reader.push(Uint8Array.of(2, 0, 2))).toBe('whole');
  });

  it('is read however it is cut', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.nat(255), fc.uint8Array({ maxLength: 255 }), cuts, (command, data, sizes) => {
        const into = new Uint8Array(IMPROV_PACKET_BYTES);
        into.set([command, data.length, ...data]);
        const bytes = into.subarray(0, closeImprovPacket(into, data.length + 2));
        const reader = new ImprovPacketReader();
        let at = 0;
        for (let i = 0; at < bytes.length; i++) {
          const next = Math.min(at + sizes[i % sizes.length]!, bytes.length);
          expect(reader.push(bytes.subarray(at, next))).toBe(next === bytes.length ? 'whole' : 'part');
          at = next;
        }
        expect(reader.bytes.subarray(0, reader.bodyEnd)).toEqual(bytes.subarray(0, -1));
      }),
      { numRuns: 2_000 },
    );
  });

  it('of hostile bytes is whole only with its length and its checksum', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }), (writes) => {
        const reader = new ImprovPacketReader();
        for (const write of writes) {
          if (reader.push(write) !== 'whole') continue;
          expect(isImprovBody(reader.bytes, 0, reader.bodyEnd)).toBe(true);
          expect(reader.bytes[reader.bodyEnd]).toBe(improvChecksum(reader.bytes, 0, reader.bodyEnd));
        }
      }),
      { numRuns: 30_000 },
    );
  });
});
