import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MqttCollector, publishBytes, segmentation } from './mqtt-collector.js';

const PING = Uint8Array.of(0xd0, 0);
const TOPIC = '/sys/SW-SERVO-001/dev_a1b2c3d4/thing/service/property/set';

describe('a PUBLISH that is too large to be buffered', () => {
  it('is passed over with its id, and what follows is read, at any split of its head', () => {
    const large = publishBytes({ topic: TOPIC, payloadLength: 1_200, packetId: 0x1234 });
    const bytes = Buffer.concat([PING, large, PING]);
    for (let at = 1; at < 120; at++) {
      const { found } = new MqttCollector(200).feed(bytes, [at, 1, 50]);
      expect(found, `split at ${at}`).toEqual([
        { kind: 'pingresp' },
        { kind: 'skipped', packetId: 0x1234, bytes: 1_200 },
        { kind: 'pingresp' },
      ]);
    }
  });

  it('is passed over at any split near its end', () => {
    const bytes = Buffer.concat([publishBytes({ topic: TOPIC, payloadLength: 1_200, packetId: 9 }), PING]);
    for (let back = 1; back < 30; back++) {
      const { found } = new MqttCollector(200).feed(bytes, [bytes.length - back, 1]);
      expect(found).toEqual([{ kind: 'skipped', packetId: 9, bytes: 1_200 }, { kind: 'pingresp' }]);
    }
  });

  it('is passed over in segments of any lengths, several in a row, among others', () => {
    const one = fc.record({
      topic: fc.constantFrom('t', TOPIC),
      payloadLength: fc.integer({ min: 0, max: 3_000 }),
      packetId: fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 6 }), segmentation(), (messages, lengths) => {
        const bytes = Buffer.concat(
          messages.map(({ packetId, ...rest }) =>
            publishBytes({ ...rest, ...(packetId === undefined ? {} : { packetId }) }),
          ),
        );
        const { found } = new MqttCollector(300).feed(bytes, lengths);
        expect(found).toMatchObject(
          messages.map(({ payloadLength, packetId }) =>
            payloadLength > 300
              ? { kind: 'skipped', bytes: payloadLength, packetId: packetId ?? 0 }
              : { kind: 'publish', payload: '78'.repeat(payloadLength), packetId: packetId ?? 0 },
          ),
        );
      }),
    );
  });

  it('of 200 KB, and of the largest size there is, needs no more memory', () => {
    const collector = new MqttCollector(4_096);
    const room = collector.parser.buffer.length;
    collector.feed(publishBytes({ topic: TOPIC, payloadLength: 200_000, packetId: 7 }), [1_460]);
    expect(collector.found).toEqual([{ kind: 'skipped', packetId: 7, bytes: 200_000 }]);
    expect(collector.parser.buffer.length).toBe(room);

    const payloadLength = 268_435_455 - 3;
    collector.feed(Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0x7f, 0, 1, 0x74));
    const segment = new Uint8Array(room);
    let left = payloadLength;
    for (; left > room; left -= room) collector.feed(segment);
    expect(collector.found).toHaveLength(1);
    collector.feed(segment.subarray(0, left)).feed(PING);
    expect(collector.found.slice(1)).toEqual([
      { kind: 'skipped', packetId: 0, bytes: payloadLength },
      { kind: 'pingresp' },
    ]);
  });

  it('may be so for its topic alone, at any split', () => {
    const bytes = publishBytes({ topic: 'x'.repeat(590), payloadLength: 90, packetId: 3 });
    for (let at = 1; at < bytes.length; at++) {
      const { found } = new MqttCollector(100).feed(bytes, [at, bytes.length]);
      expect(found).toEqual([{ kind: 'skipped', packetId: 3, bytes: 90 }]);
    }
  });

  it('has a topic that fits into the buffer or breaks the protocol, and never stops the stream', () => {
    const { length } = new MqttCollector(100).parser.buffer;
    for (let topicLength = length - 20; topicLength < length + 5; topicLength++) {
      for (const packetId of [undefined, 7]) {
        for (const lengthBytes of [2, 4]) {
          const options = { topic: 'x'.repeat(topicLength), payloadLength: 600, lengthBytes };
          const bytes = publishBytes(packetId === undefined ? options : { ...options, packetId });
          const collector = new MqttCollector(100);
          if (collector.brokenBy(Buffer.concat([bytes, PING]), [13])) expect(topicLength).toBeGreaterThan(length - 13);
          else expect(collector.found).toEqual([expect.objectContaining({ bytes: 600 }), { kind: 'pingresp' }]);
        }
      }
    }
  });

  it('breaks the protocol with a topic that is longer than the buffer, or than the packet, or with id 0, or at QoS 2', () => {
    const collector = (): MqttCollector => new MqttCollector(100);
    expect(collector().brokenBy(publishBytes({ topic: 'x'.repeat(5_000), payloadLength: 1 }))).toBe(true);
    expect(collector().brokenBy(publishBytes({ topic: TOPIC, payloadLength: 900, packetId: 0 }))).toBe(true);
    expect(collector().brokenBy(publishBytes({ topic: TOPIC, payloadLength: 900, packetId: 1, flags: 4 }))).toBe(true);
    expect(collector().brokenBy(Uint8Array.of(0x32, 0xff, 0x0f, 0xff, 0xff, 0x41))).toBe(true);
  });
});
