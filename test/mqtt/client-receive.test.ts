import fc from 'fast-check';
import { generate, type Packet } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { segmentation } from '../core/mqtt-collector.js';
import { CONNACK, type Fixture, message, PINGRESP, SUBACK, setUp } from './client-fixture.js';

describe('a message', () => {
  it('at QoS 1 is acknowledged after it was handled, at QoS 0 not at all', () => {
    const heardWhileHandling: string[][] = [];
    const fixture: Fixture = setUp({
      onMessage: () => {
        heardWhileHandling.push(fixture.heardShort());
      },
    }).ready();
    fixture.say(message('one', 7));
    expect(heardWhileHandling).toEqual([[]]);
    expect(fixture.heardShort()).toEqual(['puback 7']);
    fixture.say(message('two'));
    expect(heardWhileHandling).toHaveLength(2);
    expect(fixture.heardShort()).toEqual([]);
  });

  it('says whether the broker had retained it', () => {
    const { say, log } = setUp().ready();
    say(message('old', 1, undefined, true), message('new', 2));
    expect(log).toEqual(['message 0 retained old', 'message 0 new']);
  });

  it('fits a topic that ends in + by any one level, unless another topic of the list names it, with the place of the level', () => {
    const topics = ['/a/service/property/set', '/a/service/property/get', '/a/service/+', '/a/service/named'];
    const { network, say, log } = setUp({
      subscriptions: topics,
      onMessage: (subscription, _retained, bytes, _start, _end, topicStart, topicEnd) =>
        log.push(`${subscription} ${Buffer.from(bytes.subarray(topicStart, topicEnd)).toString()}`),
    });
    network.tcp.makeRoom();
    say(CONNACK, { cmd: 'suback', messageId: 1, granted: [1, 1, 1, 1] });
    const heard = [...topics.slice(0, 2), '/a/service/x', '/a/service/', '/a/service/named', '/a/service/set_reply'];
    const unheard = ['/a/service', '/a/service/x/y', '/a/service/x/', '/b/service/x', '/a/service/property/sex', 'x'];
    for (const topic of [...heard, ...unheard]) say(message('x', 5, topic));
    expect(log.slice(1)).toEqual([
      '0 /a/service/property/set',
      '1 /a/service/property/get',
      '2 /a/service/x',
      '2 /a/service/',
      '3 /a/service/named',
      '2 /a/service/set_reply',
    ]);
  });

  it('is waited for on the first topic at least: others may be refused', () => {
    const topics = ['/a/set', '/a/+'];
    const { network, say, log } = setUp({ subscriptions: topics });
    network.tcp.makeRoom();
    say(CONNACK, { cmd: 'suback', messageId: 1, granted: [1, 128] }, message('x', 1, '/a/set'));
    expect(log).toEqual(['ready', 'message 0 x']);
    const refused = setUp({ subscriptions: topics });
    refused.network.tcp.makeRoom();
    refused.say(CONNACK, { cmd: 'suback', messageId: 1, granted: [128, 1] });
    expect(refused.log).toEqual(['ended subscribe_refused']);
  });

  it('names the subscription that it belongs to', () => {
    const topics = ['/a/set', '/a/get', '/b/set'];
    const { network, say, log } = setUp({ subscriptions: topics });
    network.tcp.makeRoom();
    say(CONNACK, { cmd: 'suback', messageId: 1, granted: [1, 1, 1] });
    for (const topic of topics) say(message(topic, 5, topic));
    expect(log.slice(1)).toEqual(['message 0 /a/set', 'message 1 /a/get', 'message 2 /b/set']);
  });

  it('on a topic that nobody subscribed to is acknowledged and passed over', () => {
    const { say, log, heardShort } = setUp().ready();
    say(message('x', 3, '/other'), message('y', 4, 'x'.repeat(57)));
    expect(log).toEqual([]);
    expect(heardShort()).toEqual(['puback 3', 'puback 4']);
  });

  it('that is too large is passed over and acknowledged, and the session goes on', () => {
    const { say, log, heardShort } = setUp().ready();
    say(message('x'.repeat(513), 3), message('y'.repeat(200_000), 4), message('z'.repeat(600)), message('next', 5));
    expect(log).toEqual(['skipped 513', 'skipped 200000', 'skipped 600', 'message 0 next']);
    expect(heardShort()).toEqual(['puback 3', 'puback 4', 'puback 5']);
  });

  it('may come in any segmentation, among others', () => {
    const one: fc.Arbitrary<Packet> = fc.oneof(
      fc
        .tuple(fc.nat({ max: 1_200 }), fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined }))
        .map(([length, id]) => message('m'.repeat(length), id)),
      fc.constant(PINGRESP),
    );
    fc.assert(
      fc.property(fc.array(one, { maxLength: 8 }), segmentation(), (packets, lengths) => {
        const whole = setUp().ready();
        whole.say(...packets);
        const parts = setUp().ready();
        const bytes = Buffer.concat(packets.map((packet) => generate(packet)));
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const length = lengths[i % lengths.length]!;
          parts.network.tcp.deliver(bytes.subarray(at, at + length));
          at += length;
        }
        expect(parts.log).toEqual(whole.log);
        expect(parts.heardShort()).toEqual(whole.heardShort());
      }),
    );
  });
});

describe('the answers to one segment', () => {
  it('leave in one write', () => {
    const fixture: Fixture = setUp({
      onMessage: () => {
        fixture.client.publish(Buffer.from('/reply'), '{"code":200}', false);
      },
    }).ready();
    fixture.say(message('one', 1), message('two', 2), message('three'), PINGRESP);
    expect(fixture.network.tcp.writes).toHaveLength(1);
    expect(fixture.heardShort()).toEqual(['publish 2', 'puback 1', 'publish 3', 'puback 2', 'publish 4']);
  });
});

describe('a segment whose answers are more than the send buffer holds', () => {
  it('is acknowledged whole all the same', () => {
    const fixture: Fixture = setUp({
      onMessage: () => {
        fixture.client.publish(Buffer.from('/reply'), 'x'.repeat(235), false);
      },
    }).ready();
    const ids = Array.from({ length: 40 }, (_, i) => 100 + i);
    fixture.say(...ids.map((id) => message('m', id)));
    expect(fixture.heardShort().filter((packet) => packet.startsWith('puback'))).toEqual(
      ids.map((id) => `puback ${id}`),
    );
  });
});

describe('a broker that sends and takes nothing', () => {
  it('is not read from until there is room for the answers, and none of them is lost', () => {
    const fixture = setUp({ sendBuffer: new Uint8Array(256) });
    fixture.network.tcp.makeRoom(200);
    fixture.say(CONNACK, SUBACK);
    const ids = Array.from({ length: 200 }, (_, i) => 100 + i);
    for (const id of ids) fixture.say(message('m', id));
    const handled = fixture.log.filter((entry) => entry.startsWith('message')).length;
    expect(handled).toBeLessThan(60);
    for (let i = 0; i < 20; i++) {
      fixture.network.tcp.makeRoom(1_000);
      fixture.time.advance(1);
    }
    expect(fixture.log.filter((entry) => entry.startsWith('message'))).toHaveLength(200);
    expect(fixture.heardShort().filter((packet) => packet.startsWith('puback'))).toEqual(
      ids.map((id) => `puback ${id}`),
    );
    expect(fixture.log.filter((entry) => entry.startsWith('ended'))).toEqual([]);
  });
});

describe('a client that is closed while it handles a message', () => {
  it.each(['close', 'disconnect'] as const)(
    'by %s handles nothing of the rest of the segment and acknowledges nothing',
    (how) => {
      const sendBuffer = new Uint8Array(2_048);
      const fixture: Fixture = setUp({
        sendBuffer,
        onMessage: () => {
          fixture.log.push('message');
          fixture.client[how]();
          // The buffer is the next session's from now on.
          sendBuffer.fill(0xee);
        },
      }).ready();
      fixture.say(message('one', 1), message('two', 2), message('x'.repeat(2_000), 3), PINGRESP, CONNACK, SUBACK);
      expect(fixture.log).toEqual(['message']);
      expect(fixture.heardShort()).toEqual(how === 'close' ? [] : ['disconnect']);
      expect(fixture.network.tcp.closed).toBe(true);
      expect(fixture.time.pending).toBe(0);
      fixture.time.advance(1_000_000);
      expect(fixture.log).toEqual(['message']);
      expect(sendBuffer.every((byte) => byte === 0xee)).toBe(true);
    },
  );

  it('while it is told that it is ready is silent from then on', () => {
    const fixture: Fixture = setUp({ onReady: () => fixture.client.close() });
    fixture.network.tcp.makeRoom();
    fixture.say(CONNACK, SUBACK, message('x', 1));
    fixture.time.advance(1_000_000);
    expect(fixture.log).toEqual([]);
    expect(fixture.time.pending).toBe(0);
  });

  it('while a large one was passed over is silent from then on', () => {
    const fixture: Fixture = setUp({ onSkipped: () => fixture.client.close() }).ready();
    fixture.say(message('x'.repeat(2_000), 3), message('next', 4));
    expect(fixture.log).toEqual([]);
    expect(fixture.heardShort()).toEqual([]);
    expect(fixture.time.pending).toBe(0);
  });
});

describe('an error in a handler', () => {
  it('is not swallowed, and leaves the client able to send and to end', () => {
    const fixture: Fixture = setUp({
      onMessage: () => {
        throw new Error('a bug');
      },
    }).ready();
    expect(() => fixture.say(message('one', 1))).toThrow('a bug');
    fixture.time.advance(45_000);
    expect(fixture.heardShort()).toContain('pingreq');
    fixture.client.close();
    expect(fixture.time.pending).toBe(0);
  });
});

describe('malformed bytes', () => {
  it('end the session once, with what came before them handled', () => {
    const { network, log, time } = setUp().ready();
    network.tcp.deliver(
      Buffer.concat([generate(message('good', 1)), Buffer.of(0xff, 0), generate(message('late', 2))]),
    );
    expect(log).toEqual(['message 0 good', 'ended malformed_packet']);
    expect(network.tcp.closed).toBe(true);
    expect(time.pending).toBe(0);
  });

  it('of any kind end it or change nothing, and never throw', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 8 }), (segments) => {
        const { network, log, time, client } = setUp({ maxMessageBytes: 16 }).ready();
        for (const segment of segments) network.tcp.deliver(segment);
        const ends = log.filter((entry) => entry.startsWith('ended'));
        expect(ends.length).toBeLessThanOrEqual(1);
        if (ends.length > 0) expect(ends).toEqual(['ended malformed_packet']);
        client.close();
        expect(time.pending).toBe(0);
      }),
      { numRuns: 500 },
    );
  });
});
