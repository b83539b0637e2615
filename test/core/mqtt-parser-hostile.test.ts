import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MqttParser, MqttProtocolError } from '../../src/core/mqtt-parser.js';
import { MqttCollector, publishBytes, segmentation } from './mqtt-collector.js';

describe('hostile bytes', () => {
  it('are packets or a protocol error and nothing else, and say the same in any segmentation', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), segmentation(), (bytes, lengths) => {
        const whole = new MqttCollector(64);
        const parts = new MqttCollector(64);
        const broken = whole.brokenBy(bytes);
        expect(parts.brokenBy(bytes, lengths)).toBe(broken);
        expect(parts.found).toEqual(whole.found);
        if (!broken) expect(whole.parser.end).toBeLessThan(whole.parser.buffer.length);
      }),
      { numRuns: 2_000 },
    );
  });

  it('that look like packets are no worse', () => {
    const headed = fc
      .tuple(
        fc.constantFrom(0x20, 0x30, 0x31, 0x32, 0x33, 0x3a, 0x40, 0x90, 0xb0, 0xd0),
        fc.uint8Array({ maxLength: 40 }),
        fc.integer({ min: -2, max: 3 }),
      )
      .map(([first, body, error]) => Buffer.from([first, Math.max(0, body.length + error), ...body]));
    fc.assert(
      fc.property(fc.array(headed, { maxLength: 12 }), segmentation(), (packets, lengths) => {
        const bytes = Buffer.concat(packets);
        const whole = new MqttCollector(16);
        const parts = new MqttCollector(16);
        expect(parts.brokenBy(bytes, lengths)).toBe(whole.brokenBy(bytes));
        expect(parts.found).toEqual(whole.found);
      }),
      { numRuns: 2_000 },
    );
  });

  it('with one byte changed in a good stream are no worse', () => {
    const good = Buffer.concat([
      Uint8Array.of(0x20, 2, 0, 0),
      Uint8Array.of(0x90, 3, 0, 1, 1),
      publishBytes({ topic: 'a/b', payloadLength: 20, packetId: 1 }),
      publishBytes({ topic: 'a/b', payloadLength: 900, packetId: 2 }),
      Uint8Array.of(0x40, 2, 0, 9, 0xd0, 0),
    ]);
    fc.assert(
      fc.property(fc.nat({ max: good.length - 1 }), fc.nat({ max: 255 }), segmentation(), (at, value, lengths) => {
        const bytes = Uint8Array.from(good);
        bytes[at] = value;
        const whole = new MqttCollector(64);
        const parts = new MqttCollector(64);
        expect(parts.brokenBy(bytes, lengths)).toBe(whole.brokenBy(bytes));
        expect(parts.found).toEqual(whole.found);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the protocol is broken by', () => {
  const cases: [string, number[]][] = [
    ['packet type 0', [0x00, 0]],
    ['packet type 15', [0xf0, 0]],
    ['a CONNECT from the server', [0x10, 0]],
    ['a SUBSCRIBE from the server', [0x82, 5, 0, 1, 0, 0, 0]],
    ['a PUBREC', [0x50, 2, 0, 1]],
    ['a PUBREL', [0x62, 2, 0, 1]],
    ['a PUBCOMP', [0x70, 2, 0, 1]],
    ['a PINGREQ from the server', [0xc0, 0]],
    ['a DISCONNECT from the server', [0xe0, 0]],
    ['a CONNACK of one byte', [0x20, 1, 0]],
    ['a CONNACK of three bytes', [0x20, 3, 0, 0, 0]],
    ['a CONNACK with reserved flags', [0x20, 2, 2, 0]],
    ['a CONNACK with flags in its header', [0x21, 2, 0, 0]],
    ['a PUBACK of one byte', [0x40, 1, 0]],
    ['a PUBACK with id 0', [0x40, 2, 0, 0]],
    ['a PUBACK with flags', [0x42, 2, 0, 1]],
    ['a SUBACK without a return code', [0x90, 2, 0, 1]],
    ['a SUBACK with id 0', [0x90, 3, 0, 0, 1]],
    ['a SUBACK with flags', [0x92, 3, 0, 1, 1]],
    ['a PINGRESP with a body', [0xd0, 1, 0]],
    ['a PINGRESP with flags', [0xd8, 0]],
    ['an UNSUBACK of three bytes', [0xb0, 3, 0, 1, 0]],
    ['a control packet of 65 bytes, at once', [0x90, 65]],
    ['a PUBLISH without room for its topic length', [0x30, 1, 0]],
    ['an empty PUBLISH', [0x30, 0]],
    ['a PUBLISH whose topic is longer than itself', [0x30, 3, 0, 2, 0x61]],
    ['a PUBLISH at QoS 1 without room for its id', [0x32, 4, 0, 1, 0x61, 0]],
    ['a PUBLISH at QoS 1 with id 0', [0x32, 5, 0, 1, 0x61, 0, 0]],
    ['a PUBLISH at QoS 2', [0x34, 5, 0, 1, 0x61, 0, 1]],
    ['a PUBLISH at QoS 3', [0x36, 5, 0, 1, 0x61, 0, 1]],
    ['a duplicate at QoS 0', [0x38, 3, 0, 1, 0x61]],
  ];

  it.each(cases)('%s', (_name, bytes) => {
    expect(new MqttCollector().brokenBy(Uint8Array.from(bytes))).toBe(true);
    expect(new MqttCollector().brokenBy(Uint8Array.from(bytes), [1])).toBe(true);
  });

  it('and the error has a stable code', () => {
    const parser = new MqttParser(16, new MqttCollector());
    parser.buffer.set([0xf0, 0]);
    let thrown: unknown;
    try {
      parser.take(2);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(MqttProtocolError);
    expect(thrown).toMatchObject({ code: 'malformed_packet' });
  });
});
