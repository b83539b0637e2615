import fc from 'fast-check';
import mqttPacket from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { type WireEntry, WireTap } from '../../host-sim/wire/wire-tap.js';

const ORIGIN = 'http://10.0.0.9:8080';
const REQUEST = Buffer.from('GET /time HTTP/1.1\r\nHost: cloud:8080\r\n\r\n');
const CONNECT = mqttPacket.generate({ cmd: 'connect', clientId: 'c' });

function tap() {
  let nowMs = 1_000;
  const wire = new WireTap({ nowMs: () => nowMs, monotonicMs: () => nowMs });
  const entries: WireEntry[] = [];
  wire.onEntry((entry) => entries.push({ ...entry }));
  return {
    wire,
    entries,
    wait: (ms: number) => {
      nowMs += ms;
    },
  };
}

/** Gives bytes away in pieces of these sizes, in turn. */
function inPieces(bytes: Uint8Array, sizes: readonly number[], take: (piece: Uint8Array) => void): void {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length]!;
    take(bytes.subarray(at, at + size));
    at += size;
  }
}

describe('what a tap tells of a connection', () => {
  it('is one exchange, complete with what was measured, however the bytes come and whatever way the answer ends', () => {
    const answer = JSON.stringify({ code: 200, message: 'success', data: { angle: 12 } });
    const sizes = fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(sizes, sizes, fc.constantFrom('length', 'chunked', 'close'), (up, down, ends) => {
        const { wire, entries, wait } = tap();
        const connection = wire.connection(ORIGIN);
        inPieces(REQUEST, up, (piece) => connection.sent(piece));
        wait(40);
        const how = {
          length: `Content-Length: ${answer.length}\r\n`,
          chunked: 'Transfer-Encoding: chunked\r\n',
          close: '',
        }[ends];
        const body = ends === 'chunked' ? `${answer.length.toString(16)}\r\n${answer}\r\n0\r\n\r\n` : answer;
        const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n${how}\r\n`;
        inPieces(Buffer.from(head + body), down, (piece) => connection.received(piece));
        connection.ended();
        connection.ended();
        expect(entries).toMatchObject([
          {
            kind: 'http',
            at: 1_000,
            method: 'GET',
            url: 'http://cloud:8080/time',
            requestHeaders: [['Host', 'cloud:8080']],
            requestBody: '',
            status: 200,
            responseBody: answer,
            responseBytes: answer.length,
            durationMs: 40,
            bytes: REQUEST.length + head.length + body.length,
            raw: REQUEST.toString('base64'),
          },
        ]);
      }),
    );
  });

  it('is nothing of an answer’s body that is no JSON, or compressed, or broken, but its size', () => {
    for (const [type, more, body, hidden] of [
      ['application/octet-stream', '', '{"a":1}', ''],
      ['application/json', 'Content-Encoding: br\r\n', '{"a":1}', ''],
      ['application/json', '', '{"a":1', '******'],
    ] as const) {
      const { wire, entries } = tap();
      const connection = wire.connection(ORIGIN);
      connection.sent(REQUEST);
      const head = `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n${more}\r\n`;
      connection.received(Buffer.from(head + body));
      expect(entries).toMatchObject([{ responseBody: hidden, responseBytes: body.length }]);
    }
  });

  it('is the beginning of what is long, and all of its size', () => {
    const { wire, entries } = tap();
    const connection = wire.connection(ORIGIN);
    connection.sent(REQUEST);
    const body = JSON.stringify({ list: Array.from({ length: 20_000 }, (_, index) => index) });
    connection.received(
      Buffer.from(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
    );
    const [entry] = entries;
    if (entry?.kind !== 'http') throw new Error('no exchange');
    expect([entry.responseBytes, entry.responseBody.length]).toEqual([body.length, 4_096]);
    expect(body.startsWith(entry.responseBody)).toBe(true);
  });

  it('is each packet, in its order, and what it says', () => {
    const { wire, entries } = tap();
    const connection = wire.connection(ORIGIN);
    connection.sent(CONNECT);
    connection.received(mqttPacket.generate({ cmd: 'connack', returnCode: 0, sessionPresent: false }));
    connection.sent(
      mqttPacket.generate({ cmd: 'publish', topic: 't', payload: '{"a":"ü"}', qos: 0, dup: false, retain: true }),
    );
    expect(entries).toMatchObject([
      { direction: 'out', packet: 'CONNECT', fields: { clientId: 'c' } },
      { direction: 'in', packet: 'CONNACK', fields: { returnCode: 0, sessionPresent: false } },
      {
        direction: 'out',
        packet: 'PUBLISH',
        topic: 't',
        payload: '{"a":"ü"}',
        fields: { qos: 0, retain: true, dup: false },
      },
    ]);
    expect(entries.map((entry) => 'topic' in entry)).toEqual([false, false, true]);
  });

  it('is nothing where it cannot tell what is spoken, and while nobody listens', () => {
    const { wire, entries } = tap();
    const unknown = wire.connection(ORIGIN);
    unknown.sent(Buffer.from('\x16\x03\x01 secret'));
    unknown.received(REQUEST);
    unknown.ended();
    expect(entries).toEqual([]);
    const late = new WireTap({ nowMs: () => 0, monotonicMs: () => 0 });
    const connection = late.connection(ORIGIN);
    connection.sent(CONNECT.subarray(0, 13));
    late.onEntry((entry) => entries.push(entry));
    // Whoever comes in the middle of a packet hears it whole, and all that follow.
    connection.sent(Buffer.concat([CONNECT.subarray(13), Buffer.of(0xc0, 0)]));
    expect(entries).toMatchObject([{ packet: 'CONNECT' }, { packet: 'PINGREQ', bytes: 2 }]);
  });

  it('never throws, whatever is said', () => {
    const piece = fc.tuple(fc.boolean(), fc.uint8Array({ maxLength: 300 }));
    fc.assert(
      fc.property(fc.constantFrom(REQUEST, CONNECT), fc.array(piece, { maxLength: 10 }), (first, pieces) => {
        const { wire } = tap();
        const connection = wire.connection(ORIGIN);
        connection.sent(first);
        for (const [isSent, bytes] of pieces) isSent ? connection.sent(bytes) : connection.received(bytes);
        connection.ended();
        wire.powerOff();
      }),
    );
  });
});
