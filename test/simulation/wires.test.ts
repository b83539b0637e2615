import mqttPacket from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { KINDS } from '../../host-sim/simulation/catalogue.js';
import { MqttTap, readPackets, readPublish } from '../../host-sim/simulation/mqtt-tap.js';
import { Obstacles } from '../../host-sim/simulation/obstacles.js';
import { Overlays } from '../../host-sim/simulation/overlays.js';
import { planOf } from '../../host-sim/simulation/run.js';
import { short } from '../../host-sim/simulation/scenarios/short.js';
import { Scissors } from '../../host-sim/simulation/scissors.js';
import { SeededRandom } from '../../host-sim/simulation/seeded-random.js';
import { Shares } from '../../host-sim/simulation/shares.js';
import type { VirtualPeer } from '../../host-sim/world/virtual-network.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';

describe('faults that want the same thing', () => {
  it('have it in the order they came: the latest first, and at last nobody', () => {
    const overlays = new Overlays();
    const seen: (number | undefined)[] = [];
    const apply = (value: number | undefined): void => void seen.push(value);
    const first = overlays.put('x', 1, apply);
    const second = overlays.put('x', 2, apply);
    overlays.put('y', 9, () => {});
    first();
    expect(overlays.current('x')).toBe(2);
    second();
    second();
    expect(seen).toEqual([1, 2, undefined]);
  });

  it('that end the other way round leave what was before', () => {
    const overlays = new Overlays();
    const seen: unknown[] = [];
    overlays.put('x', 1, (value) => seen.push(value));
    overlays.put('x', 2, (value) => seen.push(value))();
    expect(seen).toEqual([1, 2, 1]);
  });

  it('are obstacles until the last of them is gone', () => {
    const { clock } = new VirtualTime();
    const obstacles = new Obstacles(clock, 1);
    obstacles.release(0, 'no power');
    obstacles.put(0, 'dns');
    obstacles.put(0, 'dns');
    obstacles.release(0, 'dns', 5_000);
    expect(obstacles.clearSinceMs(0)).toBeUndefined();
    obstacles.release(0, 'dns');
    expect(obstacles.clearSinceMs(0)).toBe(5_000);
  });
});

describe('an obstacle', () => {
  it('that was never there gives no new time when it goes', () => {
    const time = new VirtualTime();
    const obstacles = new Obstacles(time.clock, 1);
    obstacles.release(0, 'no power');
    time.advance(9_000);
    obstacles.release(0, 'no power');
    expect(obstacles.clearSinceMs(0)).toBe(0);
  });
});

describe('a connection that is cut', () => {
  it('passes so many bytes, then nothing, and ends for both', () => {
    const time = new VirtualTime();
    const told: string[] = [];
    const peer = {
      onClosed: (how: string) => told.push(`server ${how}`),
      reset: () => told.push('board reset'),
    } as unknown as VirtualPeer;
    const scissors = new Scissors((callback, delayMs) => time.timer.set(callback, delayMs));
    scissors.cutAfter('up', 5, 'reset');
    const pass = (text: string, way: 'up' | 'down') =>
      Buffer.from(scissors.pass(peer, way, Buffer.from(text))).toString();
    expect([pass('abc', 'up'), pass('whole', 'down'), pass('defg', 'up')]).toEqual(['abc', 'whole', 'de']);
    expect([pass('more', 'up'), pass('more', 'down')]).toEqual(['', '']);
    time.advance(2_000);
    expect(told).toEqual(['board reset', 'server reset']);
    expect(Buffer.from(scissors.pass({} as VirtualPeer, 'up', Buffer.from('next'))).toString()).toBe('next');
  });
});

describe('what sits between the broker and a board', () => {
  const publish = (payload: string, messageId: number) =>
    mqttPacket.generate({ cmd: 'publish', topic: 't', payload, qos: 1, retain: false, dup: false, messageId });

  function tap() {
    const sent: Buffer[] = [];
    const acknowledged: string[] = [];
    const passed = { count: 0 };
    const peer = { open: true, write: (bytes: Uint8Array) => sent.push(Buffer.from(bytes)) };
    const made = new MqttTap({
      peer: peer as unknown as VirtualPeer,
      onAcknowledged: (topic, payload) => acknowledged.push(`${topic} ${payload}`),
      onPacket: () => passed.count++,
    });
    return { made, sent, acknowledged, passed, peer };
  }

  it('keeps packets whole, whatever the pieces they come in', () => {
    const { made } = tap();
    const whole = publish('hello', 7);
    expect(made.down(whole.subarray(0, 4))).toEqual([]);
    expect(Buffer.concat(made.down(whole.subarray(4)))).toEqual(whole);
  });

  it('tells what the broker has acknowledged', () => {
    const { made, acknowledged } = tap();
    made.up(publish('one', 1));
    made.up(publish('two', 2));
    made.down(mqttPacket.generate({ cmd: 'puback', messageId: 2 }));
    expect(acknowledged).toEqual(['t two']);
  });

  it('lets messages overtake each other', () => {
    const { made } = tap();
    made.holdBack(1);
    const passed = made.down(Buffer.concat([publish('a', 1), publish('b', 2)]));
    expect(passed.map((packet) => readPublish(Buffer.from(packet)).payload.toString())).toEqual(['b', 'a']);
  });

  it('repeats a message with an id that no broker uses, and keeps the acknowledgement of that to itself', () => {
    const { made, sent } = tap();
    made.down(publish('again', 3));
    made.repeat(made.publishes[0]!, { dup: true, retain: true });
    const { packetId, payload, topic } = readPublish(sent[0]!);
    expect([topic, payload.toString(), sent[0]![0]]).toEqual(['t', 'again', 0x3b]);
    expect(packetId).toBeGreaterThanOrEqual(0xf000);
    expect(made.up(mqttPacket.generate({ cmd: 'puback', messageId: packetId! }))).toHaveLength(0);
    expect(made.up(mqttPacket.generate({ cmd: 'puback', messageId: 3 }))).toHaveLength(4);
  });

  it('sends nothing on a connection that has ended, and tells of nothing', () => {
    const { made, sent, passed, peer } = tap();
    peer.open = false;
    made.publish('t', Buffer.from('too late'));
    expect([sent.length, passed.count]).toEqual([0, 0]);
  });

  it('knows a packet by its length', () => {
    const [one, other] = [publish('x'.repeat(300), 1), publish('', 2)];
    expect(readPackets(Buffer.concat([one, other, one.subarray(0, 9)]))).toEqual([one, other]);
  });
});

describe('shares of a range', () => {
  it('that are spread evenly are taken, those at one end are not', () => {
    const [even, low] = [new Shares('even'), new Shares('low')];
    const random = new SeededRandom(1);
    for (let count = 0; count < 2_400; count++) expect(even.add(random.fraction())).toBeUndefined();
    const wrong = Array.from({ length: 24 }, () => low.add(random.fraction() / 10)).filter(Boolean);
    expect(wrong[0]).toMatch(/^Of 24, low took 0\.0\d of its range on average/);
  });
});

describe('the short scenario', () => {
  const scenario = short(KINDS);

  it('has a part of all kinds happen under each seed, and every kind under some', () => {
    const kinds = new Set<string>();
    for (let seed = 1; seed <= 60; seed++) {
      const here = new Set(planOf(scenario, seed).map(({ what }) => what));
      expect(here.size).toBeLessThan(KINDS.length);
      for (const what of here) kinds.add(what);
    }
    expect([...kinds].sort()).toEqual(KINDS.map(({ what }) => what).sort());
  });

  it('draws the same plan from the same seed, and plain JSON', () => {
    const plan = planOf(scenario, 5);
    expect(planOf(scenario, 5)).toEqual(plan);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    expect(planOf(scenario, 6)).not.toEqual(plan);
  });
});
