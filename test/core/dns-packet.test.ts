import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerDnsQuery, DNS_PACKET_BYTES } from '../../src/core/dns-packet.js';

const ADDRESS = Uint8Array.of(192, 168, 4, 1);
const A = 1;
const AAAA = 28;
const HTTPS = 65;

/** A query as resolvers send it (RFC 1035, 4.1), with an OPT record behind it where `edns` says so. */
function query(name: string, type: number, { flags = 0x0100, dnsClass = 1, edns = false } = {}): Buffer {
  const labels =
    name === '' ? [] : name.split('.').map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label)]));
  const numbers = (...values: number[]): Buffer =>
    Buffer.concat(values.map((value) => Buffer.of(value >> 8, value & 255)));
  return Buffer.concat([
    numbers(0xbeef, flags, 1, 0, 0, edns ? 1 : 0),
    ...labels,
    Buffer.of(0),
    numbers(type, dnsClass),
    edns ? Buffer.from('0000291000000000000000', 'hex') : Buffer.alloc(0),
  ]);
}

/** The answer's bytes in hex; empty: none. */
function answer(packet: Uint8Array): string {
  const buffer = new Uint8Array(DNS_PACKET_BYTES);
  buffer.set(packet);
  return Buffer.from(buffer.subarray(0, answerDnsQuery(buffer, packet.length, ADDRESS))).toString('hex');
}

const QUESTION = '0763617074697665056170706c6503636f6d00';

describe('a name server that knows one address', () => {
  it('gives it for every name, for ten seconds', () => {
    expect(answer(query('captive.apple.com', A))).toBe(
      `beef85800001000100000000${QUESTION}00010001c00c000100010000000a0004c0a80401`,
    );
    expect(answer(query('', A)).endsWith('c0a80401')).toBe(true);
  });

  it('says of other types that there is nothing', () => {
    for (const type of [AAAA, HTTPS, 255]) {
      const hex = type.toString(16).padStart(4, '0');
      expect(answer(query('captive.apple.com', type))).toBe(`beef85800001000000000000${QUESTION}${hex}0001`);
    }
    expect(answer(query('a', A, { dnsClass: 3 }))).toBe('beef8580000100000000000001610000010003');
  });

  it('asks back for recursion only where it was asked for', () => {
    expect(answer(query('a', A, { flags: 0 })).slice(4, 8)).toBe('8480');
  });

  it('drops what follows the question', () => {
    expect(answer(query('a', A, { edns: true }))).toBe(answer(query('a', A)));
  });

  it('takes a name of 255 bytes, and no longer one', () => {
    const longest = [63, 63, 63, 61].map((length) => 'x'.repeat(length)).join('.');
    expect(answer(query(longest, A)).endsWith('c0a80401')).toBe(true);
    expect(answer(query(`${longest}x`, A))).toBe('');
  });

  it('is silent to what is no query with one question', () => {
    expect(answer(query('a', A, { flags: 0x8180 }))).toBe('');
    expect(answer(query('a', A, { flags: 0x2100 }))).toBe('');
    expect(answer(query('a', A, { flags: 0x0300 }))).toBe('');
    for (const at of [5, 7]) {
      const packet = query('a', A);
      packet[at] = 2;
      expect(answer(packet)).toBe('');
    }
    // A label of 64 bytes and more is a pointer, or nothing yet (RFC 1035, 4.1.4).
    for (const length of [0x40, 0x80, 0xc0]) {
      const packet = query(`${'x'.repeat(63)}.${'y'.repeat(63)}.${'z'.repeat(63)}.${'w'.repeat(60)}`, A);
      packet[12] = length;
      packet[13 + length] = 0;
      packet.set([0, 1, 0, 1], 14 + length);
      expect(answer(packet.subarray(0, 18 + length))).toBe('');
    }
  });

  it('is silent to what breaks off', () => {
    const packet = query('captive.apple.com', A);
    for (let length = 0; length < packet.length; length++) expect(answer(packet.subarray(0, length))).toBe('');
  });
});

it('any packet gets silence, or an answer that repeats its question and holds nothing else (100,000 cases)', () => {
  const packet = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc
      .tuple(fc.uint8Array({ minLength: 1, maxLength: 30 }), fc.integer({ min: 0, max: 31 }), fc.nat(255))
      .map(([name, at, value]) => {
        const bytes = Buffer.concat([query('', A).subarray(0, 12), name, Buffer.of(0, 0, 1, 0, 1)]);
        bytes[at % bytes.length] = value;
        return Uint8Array.from(bytes);
      }),
  );
  fc.assert(
    fc.property(packet, (bytes) => {
      const buffer = new Uint8Array(DNS_PACKET_BYTES).fill(0xaa);
      buffer.set(bytes);
      const end = answerDnsQuery(buffer, bytes.length, ADDRESS);
      if (end === 0) return;
      const isAddress = buffer[7] === 1;
      const question = end - (isAddress ? 16 : 0);
      expect(question).toBeLessThanOrEqual(bytes.length);
      expect(buffer.subarray(12, question)).toEqual(bytes.subarray(12, question));
      expect(buffer.subarray(0, 2)).toEqual(bytes.subarray(0, 2));
      if (isAddress) expect(buffer.subarray(end - 4, end)).toEqual(ADDRESS);
    }),
    { numRuns: 100_000 },
  );
});
