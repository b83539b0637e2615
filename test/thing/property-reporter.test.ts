import { describe, expect, it } from 'vitest';
import { loadProduct } from '../../host-sim/products/load.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import type { Product, PropertySource } from '../../src/core/product.js';
import { PropertyReporter } from '../../src/thing/property-reporter.js';
import { productLike } from '../control/bench.js';

const NOW = Date.UTC(2026, 0, 10, 12);

/** A reporter whose posts are sent as soon as they are due, unless `blocked`. */
function setUp(firstId = 123_456) {
  const time = new VirtualTime({ epochMs: NOW });
  const posts: { at: number; id: string; params: Record<string, unknown>; time: number; method: string }[] = [];
  const state = { position: 'up' as string | undefined, angle: 180, rssi: -45 as number | undefined, blocked: false };
  const send = (): void => {
    if (state.blocked || !reporter.due) return;
    posts.push({ at: time.nowMs, ...JSON.parse(reporter.build()) });
    reporter.sent();
  };
  const reporter: PropertyReporter = new PropertyReporter({
    timer: time.timer,
    random: { uint32: () => firstId },
    product: loadProduct('SW-SERVO-001'),
    nowMs: () => time.clock.nowMs(),
    monotonicMs: () => time.clock.monotonicMs(),
    read: (source) => ('attribute' in source && source.attribute === 'position' ? state.position : state.angle),
    rssi: () => state.rssi,
    addDiagnostics: (params) => {
      params['uptime'] = 1;
    },
    onDue: send,
  });
  return { time, posts, state, reporter, send };
}

describe('a property post', () => {
  it("has the seed's form", () => {
    const { reporter, posts } = setUp();
    reporter.connected();
    expect(posts).toEqual([
      {
        at: 0,
        method: 'thing.event.property.post',
        id: '123456',
        params: { position: 'up', angle: 180, wifi_rssi: -45, uptime: 1 },
        time: NOW,
      },
    ]);
  });

  it('holds what outputs are and what inputs measure, each by its source', () => {
    const { time } = setUp();
    const asked: PropertySource[] = [];
    const product = loadProduct('SW-GEN-001');
    const reporter = new PropertyReporter({
      timer: time.timer,
      random: { uint32: () => 0 },
      product,
      nowMs: () => NOW,
      monotonicMs: () => time.nowMs,
      read: (source) => asked.push(source),
      rssi: () => undefined,
      addDiagnostics: () => {},
      onDue: () => {},
    });
    expect(Object.keys(reporter.state())).toEqual([...product.properties.map(({ key }) => key), 'wifi_rssi']);
    expect(asked).toEqual(product.properties.map(({ source }) => source));
    expect(asked.some((source) => 'input' in source)).toBe(true);
  });

  it("has the seed's keys of the first output also where the thing model does not name them", () => {
    const { time } = setUp();
    const posted = (product: Product): Record<string, unknown> => {
      const read = (source: PropertySource) => ('attribute' in source ? `${source.channel} ${source.attribute}` : 'in');
      return new PropertyReporter({
        timer: time.timer,
        random: { uint32: () => 0 },
        product,
        nowMs: () => NOW,
        monotonicMs: () => time.nowMs,
        read,
        rssi: () => -45,
        addDiagnostics: () => {},
        onDue: () => {},
      }).state();
    };
    const seed = { position: '0 position', angle: '0 angle', wifi_rssi: -45 };
    for (const key of ['SW-SERVO-001', 'SW-RELAY-002', 'SW-DIM-001', 'SW-GEN-001']) {
      expect(posted(loadProduct(key))).toMatchObject(seed);
    }
    expect(posted(productLike('SW-RELAY-002', { properties: [] }))).toEqual(seed);
    expect(posted(loadProduct('SW-SENSE-001'))).toEqual({ closed: 'in', moisture: 'in', wifi_rssi: -45 });
  });

  it('leaves out what is not known', () => {
    const { reporter, posts, state } = setUp();
    state.position = undefined;
    state.rssi = undefined;
    reporter.connected();
    expect(posts[0]!.params).toEqual({ angle: 180, uptime: 1 });
  });

  it('shows the state of the moment it is sent, once', () => {
    const { reporter, posts, state, send, time } = setUp();
    reporter.connected();
    state.blocked = true;
    time.advance(1_000);
    for (const angle of [10, 20, 30]) {
      state.angle = angle;
      reporter.changed();
      time.advance(1_000);
    }
    reporter.changed();
    state.blocked = false;
    send();
    time.advance(10_000);
    expect(posts.slice(1).map(({ at, params }) => [at, params['angle']])).toEqual([[4_000, 30]]);
  });

  it('numbers itself from a random id on, and wraps after the largest', () => {
    const { reporter, posts, time } = setUp(0xffff_fffe);
    reporter.connected();
    time.advance(180_000);
    expect(posts.map(({ id }) => id)).toEqual(['4294967294', '4294967295', '0', '1']);
  });

  it('keeps its id when it could not be sent', () => {
    const { reporter } = setUp(7);
    expect(JSON.parse(reporter.build()).id).toBe('7');
    expect(JSON.parse(reporter.build()).id).toBe('7');
    reporter.sent();
    expect(JSON.parse(reporter.build()).id).toBe('8');
  });
});

describe('a change', () => {
  it('is posted at once, without the diagnostics of the heartbeat', () => {
    const { reporter, posts, state, time } = setUp();
    reporter.connected();
    time.advance(5_000);
    state.angle = 90;
    reporter.changed();
    expect(posts).toHaveLength(1);
    time.advance(0);
    expect(posts[1]).toMatchObject({ at: 5_000, params: { position: 'up', angle: 90, wifi_rssi: -45 } });
    expect(posts[1]!.params).not.toHaveProperty('uptime');
  });

  it('is merged with others within 100 ms of the post before', () => {
    const { reporter, posts, state, time } = setUp();
    reporter.connected();
    time.advance(1_000);
    for (let i = 1; i <= 25; i++) {
      state.angle = i;
      reporter.changed();
      time.advance(10);
    }
    time.advance(1_000);
    expect(posts.slice(1).map(({ at, params }) => [at, params['angle']])).toEqual([
      [1_000, 1],
      [1_100, 10],
      [1_200, 20],
      [1_300, 25],
    ]);
  });

  it('while there is no session is left to the post after the connect', () => {
    const { reporter, posts, state, time } = setUp();
    reporter.changed();
    expect(time.pending).toBe(0);
    state.angle = 5;
    reporter.connected();
    expect(posts.map(({ params }) => params['angle'])).toEqual([5]);
  });
});

describe('the heartbeat', () => {
  it('posts everything every 60 s, for as long as the session lasts', () => {
    const { reporter, posts, time } = setUp();
    reporter.connected();
    time.advance(180_000);
    expect(posts.map(({ at }) => at)).toEqual([0, 60_000, 120_000, 180_000]);
    for (const { params } of posts) expect(params).toHaveProperty('uptime');
    reporter.disconnected();
    expect(time.pending).toBe(0);
    time.advance(500_000);
    expect(posts).toHaveLength(4);
  });

  it('keeps its diagnostics when a change is merged into it before it can be sent', () => {
    const { reporter, posts, state, time, send } = setUp();
    reporter.connected();
    time.advance(59_950);
    reporter.changed();
    time.advance(10);
    reporter.changed();
    state.blocked = true;
    time.advance(1_000);
    state.blocked = false;
    send();
    expect(posts).toHaveLength(3);
    expect(posts[2]!.params).toHaveProperty('uptime');
  });

  it('begins anew with every session, and there is one of them', () => {
    const { reporter, posts, time } = setUp();
    reporter.connected();
    time.advance(50_000);
    reporter.connected();
    time.advance(65_000);
    expect(posts.map(({ at }) => at)).toEqual([0, 50_000, 110_000]);
    expect(time.pending).toBe(1);
  });
});

describe('the end of a session', () => {
  it('drops a post that was due: the next session posts anyway', () => {
    const { reporter, posts, state, time } = setUp();
    state.blocked = true;
    reporter.connected();
    reporter.changed();
    expect(reporter.due).toBe(true);
    reporter.disconnected();
    reporter.disconnected();
    expect(reporter.due).toBe(false);
    expect(time.pending).toBe(0);
    state.blocked = false;
    reporter.connected();
    expect(posts).toHaveLength(1);
    expect(posts[0]!.params).toHaveProperty('uptime');
  });

  it('within a merge leaves no timer', () => {
    const { reporter, time } = setUp();
    reporter.connected();
    reporter.changed();
    expect(time.pending).toBe(2);
    reporter.disconnected();
    expect(time.pending).toBe(0);
  });
});
