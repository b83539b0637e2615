import fc from 'fast-check';
import mqttPacket, { type Packet } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { MqttReader, packetName } from '../../host-sim/wire/decode-mqtt.js';
import { bodyStart, MqttFramer } from '../../host-sim/wire/mqtt-framer.js';

const text = fc.string({ minLength: 1, maxLength: 40 }).filter((one) => !/[\0+#]/.test(one));
const messageId = fc.integer({ min: 1, max: 65_535 });
const payload = fc
  .tuple(fc.constantFrom(0, 1, 100, 130, 5_000, 20_000), fc.integer({ min: 0, max: 255 }))
  .map(([length, byte]) => Buffer.alloc(length, byte));
/** Packets of others, of every kind that a board and a broker send each other. */
const packet: fc.Arbitrary<Packet> = fc.oneof(
  fc.record({
    cmd: fc.constant('connect' as const),
    clientId: text,
    username: text,
    password: payload,
    keepalive: fc.nat(60),
  }),
  fc.record({
    cmd: fc.constant('publish' as const),
    topic: text,
    payload,
    qos: fc.constant(0 as const),
    dup: fc.constant(false),
    retain: fc.boolean(),
  }),
  fc.record({
    cmd: fc.constant('publish' as const),
    topic: text,
    payload,
    qos: fc.constant(1 as const),
    dup: fc.boolean(),
    retain: fc.boolean(),
    messageId,
  }),
  fc.record({
    cmd: fc.constant('subscribe' as const),
    messageId,
    subscriptions: fc.array(fc.record({ topic: text, qos: fc.constantFrom(0 as const, 1 as const) }), {
      minLength: 1,
      maxLength: 5,
    }),
  }),
  fc.record({
    cmd: fc.constant('suback' as const),
    messageId,
    granted: fc.array(fc.constantFrom(0, 1, 128), { minLength: 1, maxLength: 5 }),
  }),
  fc.record({
    cmd: fc.constant('connack' as const),
    returnCode: fc.integer({ min: 0, max: 5 }),
    sessionPresent: fc.boolean(),
  }),
  fc.record({ cmd: fc.constant('puback' as const), messageId }),
  fc.constantFrom<Packet>({ cmd: 'pingreq' }, { cmd: 'pingresp' }, { cmd: 'disconnect' }),
) as fc.Arbitrary<Packet>;

/** What a framer finds in bytes that come in pieces of these sizes, in turn. */
function framed(bytes: Uint8Array, sizes: readonly number[]): { kept: Uint8Array; bytes: number }[] {
  const found: { kept: Uint8Array; bytes: number }[] = [];
  const framer = new MqttFramer((kept, size) => found.push({ kept: Uint8Array.from(kept), bytes: size }));
  let at = 0;
  for (let turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length]!;
    framer.take(bytes.subarray(at, at + size));
    at += size;
  }
  return found;
}

describe('finding MQTT packets', () => {
  it('finds each packet that another library has written, however its bytes come, and of a long one the beginning', () => {
    fc.assert(
      fc.property(
        fc.array(packet, { maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 6_000 }), { minLength: 1, maxLength: 8 }),
        (packets, sizes) => {
          const written = packets.map((one) => mqttPacket.generate(one));
          const found = framed(Buffer.concat(written), sizes);
          expect(found.map(({ bytes }) => bytes)).toEqual(written.map(({ length }) => length));
          for (const [index, { kept }] of found.entries()) {
            expect(Buffer.compare(kept, written[index]!.subarray(0, 4_096))).toBe(0);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('finds nothing any more after a length that is none, and never throws', () => {
    const ping = [0xc0, 0];
    expect(
      framed(Uint8Array.of(...ping, 0x30, 0xff, 0xff, 0xff, 0xff, 1, ...ping), [3]).map(({ bytes }) => bytes),
    ).toEqual([2]);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 50 }), (bytes, size) => {
        const whole = framed(bytes, [bytes.length + 1]);
        expect(framed(bytes, [size])).toEqual(whole);
      }),
    );
  });
});

describe('reading MQTT packets', () => {
  it('says what another library says', () => {
    fc.assert(
      fc.property(packet, (one) => {
        const bytes = mqttPacket.generate(one);
        const reading = new MqttReader().read(bytes.subarray(0, 4_096));
        expect(packetName(bytes)).toBe(one.cmd.toUpperCase());
        const isCut = bytes.length > 4_096;
        if (one.cmd === 'publish') {
          expect(reading.topic).toBe(one.topic);
          expect(one.payload.toString().startsWith(reading.payload.replace(/\ufffd+$/, ''))).toBe(true);
          expect(reading.fields).toMatchObject({ qos: one.qos, retain: one.retain, dup: one.dup });
        } else if (isCut) expect(reading.fields).toEqual({ malformed: true });
        else if (one.cmd === 'connect') {
          expect(reading.fields).toMatchObject({
            clientId: one.clientId,
            username: one.username,
            keepalive: one.keepalive,
          });
          expect(reading.fields).not.toHaveProperty('password');
        } else if (one.cmd === 'subscribe')
          expect(reading.fields).toEqual({ messageId: one.messageId, subscriptions: one.subscriptions });
        else if (one.cmd === 'suback')
          expect(reading.fields).toEqual({ messageId: one.messageId, granted: one.granted });
        else if (one.cmd === 'connack')
          expect(reading.fields).toEqual({ returnCode: one.returnCode, sessionPresent: one.sessionPresent });
        else if (one.cmd === 'puback') expect(reading.fields).toEqual({ messageId: one.messageId });
        else expect(reading.fields).toEqual({});
      }),
    );
  });

  it('says of what is none that it is malformed, and never throws', () => {
    expect(new MqttReader().read(Uint8Array.of(0x30, 5, 0, 9, 1, 2, 3)).fields).toEqual({ malformed: true });
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 2, maxLength: 60 }), (bytes) => {
        expect(() => [new MqttReader().read(bytes), packetName(bytes), bodyStart(bytes)]).not.toThrow();
      }),
    );
  });
});
