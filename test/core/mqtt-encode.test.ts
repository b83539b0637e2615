import fc from 'fast-check';
import { parser as mqttPacketParser, type Packet } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { createNodeText } from '../../host-sim/host/node-text.js';
import {
  type ConnectPacket,
  DISCONNECT,
  encodeConnect,
  encodeEmpty,
  encodePuback,
  encodePublish,
  encodeSubscribe,
  PINGREQ,
} from '../../src/core/mqtt-encode.js';

const text = createNodeText();
const GUARD = 0xa5;

/** Runs an encoder into `size` bytes that lie between two guarded areas. */
function encodeInto(size: number, offset: number, encode: (into: Uint8Array, offset: number) => number) {
  const memory = new Uint8Array(size + 64).fill(GUARD);
  const into = memory.subarray(32, 32 + size);
  const end = encode(into, offset);
  const untouched =
    memory.subarray(0, 32 + Math.min(offset, size)).every((byte) => byte === GUARD) &&
    memory.subarray(32 + size).every((byte) => byte === GUARD);
  return { end, bytes: into.slice(offset, Math.max(offset, end)), untouched };
}

/** What `mqtt-packet` reads in `bytes`: exactly one packet, with nothing left over. */
function decode(bytes: Uint8Array): Packet {
  const packets: Packet[] = [];
  const oracle = mqttPacketParser({ protocolVersion: 4 });
  oracle.on('packet', (packet) => packets.push(packet));
  oracle.on('error', (error) => {
    throw error;
  });
  const left = oracle.parse(Buffer.from(bytes));
  expect(left).toBe(0);
  expect(packets).toHaveLength(1);
  return packets[0]!;
}

/** Every buffer that is too small is refused without a byte outside it; the first that is not gives the same packet. */
function expectRefusedUntilItFits(needed: number, encode: (into: Uint8Array, offset: number) => number): void {
  const whole = encodeInto(needed + 16, 0, encode).bytes;
  expect(whole.length).toBe(needed);
  for (const offset of [0, 7]) {
    for (let size = 0; size < needed + offset + 8; size++) {
      const { end, bytes, untouched } = encodeInto(size, offset, encode);
      expect(untouched, `size ${size}, offset ${offset}`).toBe(true);
      if (size < needed + offset) expect(end, `size ${size}, offset ${offset}`).toBe(-1);
      else if (end >= 0) expect(bytes).toEqual(whole);
    }
    expect(encodeInto(needed + offset + 4, offset, encode).end).toBe(offset + needed);
  }
}

const plain = fc.string({ unit: fc.constantFrom(...'abcXYZ019_-&/{}":,é中🙂 '), minLength: 1, maxLength: 200 });
const topicName = fc.string({ unit: fc.constantFrom(...'abc019_-/&é中'), minLength: 1, maxLength: 300 });
const connectPacket: fc.Arbitrary<ConnectPacket> = fc.record({
  clientId: plain,
  username: plain,
  password: plain,
  keepAliveS: fc.integer({ min: 0, max: 65_535 }),
  will: fc.record({ topic: topicName, payload: plain }),
});

describe('what the encoder writes, mqtt-packet reads field by field', () => {
  it('CONNECT', () => {
    fc.assert(
      fc.property(connectPacket, fc.integer({ min: 0, max: 50 }), (packet, offset) => {
        const { end, bytes, untouched } = encodeInto(8_192, offset, (into, at) =>
          encodeConnect(text, into, at, packet),
        );
        expect(end).toBeGreaterThan(offset);
        expect(untouched).toBe(true);
        expect(decode(bytes)).toMatchObject({
          cmd: 'connect',
          protocolId: 'MQTT',
          protocolVersion: 4,
          clean: true,
          keepalive: packet.keepAliveS,
          clientId: packet.clientId,
          username: packet.username,
          password: Buffer.from(packet.password),
          will: { topic: packet.will.topic, payload: Buffer.from(packet.will.payload), qos: 1, retain: true },
        });
      }),
    );
  });

  it('PUBLISH at QoS 0 and 1, retained or not, never a duplicate', () => {
    fc.assert(
      fc.property(
        topicName,
        fc.string({ unit: 'binary', maxLength: 3_000 }),
        fc.integer({ min: 0, max: 65_535 }),
        fc.boolean(),
        (topic, payload, packetId, retain) => {
          const { bytes } = encodeInto(16_384, 3, (into, at) =>
            encodePublish(text, into, at, Buffer.from(topic), payload, packetId, retain),
          );
          expect(decode(bytes)).toMatchObject({
            cmd: 'publish',
            topic,
            payload: Buffer.from(payload),
            qos: packetId === 0 ? 0 : 1,
            retain,
            dup: false,
            ...(packetId === 0 ? {} : { messageId: packetId }),
          });
        },
      ),
    );
  });

  it('SUBSCRIBE at either QoS', () => {
    fc.assert(
      fc.property(
        fc.array(topicName, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 65_535 }),
        fc.constantFrom(0, 1),
        (topics, packetId, qos) => {
          const { bytes } = encodeInto(8_192, 0, (into, at) => encodeSubscribe(text, into, at, packetId, topics, qos));
          const packet = decode(bytes);
          expect(packet).toMatchObject({ cmd: 'subscribe', messageId: packetId });
          expect('subscriptions' in packet && packet.subscriptions).toEqual(topics.map((topic) => ({ topic, qos })));
        },
      ),
    );
  });

  it('PUBACK for every packet id', () => {
    const into = new Uint8Array(4);
    const wrong: number[] = [];
    for (let id = 1; id <= 65_535; id++) {
      const end = encodePuback(into, 0, id);
      const asWritten = (into[0]! << 24) | (into[1]! << 16) | (into[2]! << 8) | into[3]!;
      if (end !== 4 || asWritten !== 0x4002_0000 + id) wrong.push(id);
    }
    expect(wrong).toEqual([]);
    expect(decode(into)).toMatchObject({ cmd: 'puback', messageId: 65_535 });
  });

  it('PINGREQ and DISCONNECT', () => {
    const into = new Uint8Array(2);
    encodeEmpty(into, 0, PINGREQ);
    expect(decode(into)).toMatchObject({ cmd: 'pingreq' });
    encodeEmpty(into, 0, DISCONNECT);
    expect(decode(into)).toMatchObject({ cmd: 'disconnect' });
  });
});

describe('remaining length', () => {
  it.each([127, 128, 16_383, 16_384, 2_097_151])('is written in its shortest form for a body of %i bytes', (length) => {
    const topic = Buffer.from('t');
    const { bytes } = encodeInto(length + 16, 0, (into, at) =>
      encodePublish(text, into, at, topic, 'x'.repeat(length - 3), 0, false),
    );
    expect(bytes.length).toBe(length + (length < 128 ? 2 : length < 16_384 ? 3 : 4));
    expect(decode(bytes)).toMatchObject({ cmd: 'publish', length, topic: 't' });
  });
});

describe('a buffer that is too small', () => {
  const packet: ConnectPacket = {
    clientId: 'SW-SERVO-001&dev_a1b2c3d4',
    username: 'SW-SERVO-001&dev_a1b2c3d4',
    password: 'tk_xyz中789',
    keepAliveS: 60,
    will: { topic: '/sys/SW-SERVO-001/dev_a1b2c3d4/status', payload: '{"status":"offline"}' },
  };
  const topic = Buffer.from('/sys/SW-SERVO-001/dev_a1b2c3d4/thing/event/property/post');

  it('is refused at every size by CONNECT', () => {
    const needed = encodeInto(1_024, 0, (into, at) => encodeConnect(text, into, at, packet)).end;
    expectRefusedUntilItFits(needed, (into, at) => encodeConnect(text, into, at, packet));
  });

  it.each([0, 77])('is refused at every size by PUBLISH with packet id %i', (packetId) => {
    for (const payload of ['', 'a', '{"id":"é中🙂"}', 'x'.repeat(200)]) {
      const encode = (into: Uint8Array, at: number) => encodePublish(text, into, at, topic, payload, packetId, true);
      expectRefusedUntilItFits(encodeInto(1_024, 0, encode).end, encode);
    }
  });

  it('is refused at every size by SUBSCRIBE, PUBACK and PINGREQ', () => {
    const name = Buffer.from(topic).toString();
    expectRefusedUntilItFits(2 + 2 + 2 * (topic.length + 3), (into, at) =>
      encodeSubscribe(text, into, at, 1, [name, name], 1),
    );
    expectRefusedUntilItFits(4, (into, at) => encodePuback(into, at, 513));
    expectRefusedUntilItFits(2, (into, at) => encodeEmpty(into, at, PINGREQ));
  });

  it('is one for a string of more than 65,535 bytes', () => {
    const into = new Uint8Array(300_000);
    expect(encodeConnect(text, into, 0, { ...packet, password: 'x'.repeat(65_535) })).toBeGreaterThan(0);
    expect(encodeConnect(text, into, 0, { ...packet, password: 'x'.repeat(65_536) })).toBe(-1);
    expect(encodeConnect(text, into, 0, { ...packet, will: { topic: 'a/b', payload: '中'.repeat(21_846) } })).toBe(-1);
  });
});
