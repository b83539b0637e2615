import fc from 'fast-check';
import { generate, type Packet } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { type Found, hex, MqttCollector, publishBytes, segmentation } from './mqtt-collector.js';

interface Sample {
  readonly packet: Packet;
  readonly found: Found;
}

const packetId = fc.integer({ min: 1, max: 65_535 });
const topicName = fc.string({ unit: fc.constantFrom(...'abcXYZ019_-/&é中'), minLength: 1, maxLength: 200 });
const payload = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.integer({ min: 0, max: 4_096 }).map((length) => 'p'.repeat(length)),
);

const publish: fc.Arbitrary<Sample> = fc
  .record({
    topic: topicName,
    payload,
    messageId: packetId,
    qos: fc.constantFrom(0, 1),
    retain: fc.boolean(),
    dup: fc.boolean(),
  })
  .map(({ topic, payload, messageId, qos, retain, dup }) => {
    const again = qos === 1 && dup;
    return {
      packet: {
        cmd: 'publish',
        topic,
        payload,
        qos: qos as 0 | 1,
        retain,
        dup: again,
        ...(qos === 1 ? { messageId } : {}),
      },
      found: {
        kind: 'publish',
        flags: (again ? 8 : 0) | (qos << 1) | (retain ? 1 : 0),
        topic: hex(topic),
        packetId: qos === 0 ? 0 : messageId,
        payload: hex(payload),
      },
    };
  });
const connack: fc.Arbitrary<Sample> = fc
  .record({ returnCode: fc.integer({ min: 0, max: 5 }), sessionPresent: fc.boolean() })
  .map((fields) => ({ packet: { cmd: 'connack', ...fields }, found: { kind: 'connack', ...fields } }));
const suback: fc.Arbitrary<Sample> = fc
  .record({ messageId: packetId, granted: fc.array(fc.constantFrom(0, 1, 2, 128), { minLength: 1, maxLength: 8 }) })
  .map(({ messageId, granted }) => ({
    packet: { cmd: 'suback', messageId, granted: granted as (0 | 1 | 2)[] },
    found: { kind: 'suback', packetId: messageId, codes: granted },
  }));
const puback: fc.Arbitrary<Sample> = packetId.map((messageId) => ({
  packet: { cmd: 'puback', messageId },
  found: { kind: 'puback', packetId: messageId },
}));
const pingresp: fc.Arbitrary<Sample> = fc.constant({ packet: { cmd: 'pingresp' }, found: { kind: 'pingresp' } });
const sample = fc.oneof(publish, connack, suback, puback, pingresp);

function bytesOf(samples: readonly Sample[]): Buffer {
  return Buffer.concat(samples.map(({ packet }) => generate(packet)));
}

function foundOf(samples: readonly Sample[]): Found[] {
  return samples.map(({ found }) => found);
}

describe('what mqtt-packet writes, the parser reads field by field', () => {
  it('one packet in a segment', () => {
    fc.assert(
      fc.property(sample, (one) => {
        expect(new MqttCollector().feed(generate(one.packet)).found).toEqual([one.found]);
      }),
    );
  });

  it('several packets in a segment', () => {
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 8 }), (samples) => {
        expect(new MqttCollector().feed(bytesOf(samples)).found).toEqual(foundOf(samples));
      }),
    );
  });

  it('in segments of any lengths', () => {
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 8 }), segmentation(), (samples, lengths) => {
        expect(new MqttCollector().feed(bytesOf(samples), lengths).found).toEqual(foundOf(samples));
      }),
    );
  });

  it('split at every byte, with the packets around it whole', () => {
    const samples = fc.sample(fc.oneof(connack, suback, puback, pingresp, publish), { numRuns: 12, seed: 7 });
    const short = samples.filter(({ packet }) => generate(packet).length < 700);
    const bytes = bytesOf(short);
    for (let at = 1; at < bytes.length; at++) {
      expect(new MqttCollector().feed(bytes, [at, bytes.length]).found, `split at ${at}`).toEqual(foundOf(short));
    }
    expect(new MqttCollector().feed(bytes, [1]).found).toEqual(foundOf(short));
  });

  it('an UNSUBACK is passed over', () => {
    const bytes = Buffer.concat([generate({ cmd: 'unsuback', messageId: 3 } as Packet), generate({ cmd: 'pingresp' })]);
    expect(new MqttCollector().feed(bytes).found).toEqual([{ kind: 'pingresp' }]);
  });
});

describe('a packet that is not whole', () => {
  it('is not reported, whatever the byte it ends at', () => {
    fc.assert(
      fc.property(sample, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (one, part) => {
        const bytes = generate(one.packet);
        const collector = new MqttCollector();
        collector.feed(bytes.subarray(0, Math.floor(part * bytes.length)));
        expect(collector.found).toEqual([]);
      }),
    );
    const bytes = generate({
      cmd: 'publish',
      topic: 'a/b',
      payload: 'payload',
      qos: 1,
      retain: false,
      dup: false,
      messageId: 9,
    });
    for (let length = 0; length < bytes.length; length++) {
      const collector = new MqttCollector().feed(bytes.subarray(0, length), [1]);
      expect(collector.found).toEqual([]);
      expect(collector.parser.end).toBe(length);
    }
  });
});

describe('remaining length', () => {
  it.each([0, 1, 127, 128, 129, 16_383, 16_384, 16_385])('of %i bytes is read right', (length) => {
    const payloadLength = Math.max(0, length - 3);
    const bytes = publishBytes({ topic: 't', payloadLength });
    for (const lengths of [[1], [2, 1_000], [100_000]]) {
      const { found } = new MqttCollector(20_000).feed(bytes, lengths);
      expect(found).toEqual([
        { kind: 'publish', flags: 0, topic: hex('t'), packetId: 0, payload: hex('x'.repeat(payloadLength)) },
      ]);
    }
  });

  it('may be written longer than it need be, in up to four bytes', () => {
    const { found } = new MqttCollector().feed(publishBytes({ topic: 't', payloadLength: 1, lengthBytes: 4 }), [1]);
    expect(found).toMatchObject([{ kind: 'publish', payload: '78' }]);
  });

  it('of five bytes breaks the protocol as soon as the fourth says so', () => {
    expect(new MqttCollector().brokenBy(Uint8Array.of(0x30, 0x80, 0x80, 0x80))).toBe(false);
    expect(new MqttCollector().brokenBy(Uint8Array.of(0x30, 0x80, 0x80, 0x80, 0x80))).toBe(true);
    expect(new MqttCollector().brokenBy(Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0xff, 0x7f))).toBe(true);
  });
});

describe('a payload', () => {
  it('of exactly the largest size is taken, and one byte more is skipped', () => {
    for (const topic of ['t', 'x'.repeat(400)]) {
      const taken = new MqttCollector(100).feed(publishBytes({ topic, payloadLength: 100, packetId: 5 }), [7]);
      expect(taken.found).toMatchObject([{ kind: 'publish', packetId: 5 }]);
      const skipped = new MqttCollector(100).feed(publishBytes({ topic, payloadLength: 101, packetId: 5 }), [7]);
      expect(skipped.found).toEqual([{ kind: 'skipped', packetId: 5, bytes: 101 }]);
    }
  });

  it('may be empty, at QoS 0 and 1', () => {
    const { found } = new MqttCollector().feed(
      Buffer.concat([
        publishBytes({ topic: 't', payloadLength: 0 }),
        publishBytes({ topic: 't', payloadLength: 0, packetId: 1 }),
      ]),
    );
    expect(found).toMatchObject([{ payload: '' }, { payload: '', packetId: 1 }]);
  });

  it('has room for the longest message it takes, however it is cut, and gives it back after that', () => {
    const topic = 'a/long/topic';
    const bytes = Buffer.concat([
      publishBytes({ topic, payloadLength: 4_096, packetId: 7 }),
      publishBytes({ topic, payloadLength: 1, packetId: 8 }),
    ]);
    fc.assert(
      fc.property(segmentation(), (lengths) => {
        const collector = new MqttCollector(4_096);
        const usual = collector.parser.buffer.length;
        collector.feed(bytes, lengths);
        expect(collector.found.map((one) => one.kind === 'publish' && one.payload.length / 2)).toEqual([4_096, 1]);
        expect(collector.parser.buffer.length).toBe(usual);
      }),
    );
  });
});
