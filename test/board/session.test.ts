import { describe, expect, it } from 'vitest';
import { loadProduct } from '../../host-sim/products/load.js';
import { Bench } from './fixture.js';

describe('a board in its session', () => {
  it('goes from boot to online, and says online only after its subscription is acknowledged', () => {
    const bench = new Bench();
    bench.untilOnline();
    expect(bench.phases()).toEqual(['joining', 'clock', 'activating', 'connecting', 'online']);
    expect(bench.cloud.packets.map(({ cmd }) => cmd).slice(0, 4)).toEqual([
      'connect',
      'subscribe',
      'publish',
      'publish',
    ]);
    expect(bench.cloud.packets[0]).toMatchObject({
      clean: true,
      keepalive: 60,
      protocolVersion: 4,
      will: { topic: bench.cloud.topic('status'), qos: 1, retain: true },
    });
    expect(bench.cloud.packets[1]).toMatchObject({
      subscriptions: [{ topic: bench.cloud.topic('thing/service/property/set'), qos: 1 }],
    });
    expect(bench.cloud.packets[2]).toMatchObject({ topic: bench.cloud.topic('status'), qos: 1, retain: true });
    expect(bench.cloud.packets[3]).toMatchObject({
      topic: bench.cloud.topic('thing/event/property/post'),
      qos: 1,
      retain: false,
    });
  });

  it('sends the activation request of the API reference, 4.1', () => {
    const bench = new Bench();
    bench.untilOnline();
    expect(bench.cloud.requests).toHaveLength(1);
    expect(bench.cloud.requests[0]).toMatchObject({ method: 'POST', path: '/api/v1/devices/activate' });
    expect(bench.cloud.requests[0]!.json).toEqual({
      productKey: 'SW-SERVO-001',
      deviceSN: 'AABBCCDDEEFF',
      firmwareVersion: '1.0.0',
      chipModel: 'ESP32',
    });
  });

  it('gives the will the time of the connect, so that it is never newer than online', () => {
    const bench = new Bench();
    bench.untilOnline();
    const connect = bench.cloud.packets[0] as unknown as { will: { payload: Buffer } };
    const will = JSON.parse(connect.will.payload.toString()) as { status: string; time: number };
    expect(will.status).toBe('offline');
    expect(will.time).toBeLessThanOrEqual(bench.statuses()[0]!.time);
  });

  it('answers a command at once, acts, and posts the outcome within 100 ms of the end of the motion', () => {
    const bench = new Bench();
    bench.untilOnline();
    bench.cloud.command('789012', { action: 'toggle', position: 'up' });
    bench.time.runUntil(() => bench.replies().length === 1, 50);
    expect(bench.replies()).toEqual([{ id: '789012', code: 200, data: {} }]);
    bench.time.runUntil(() => bench.data('output_settled').length === 1, 5_000);
    const settledMs = bench.time.nowMs;
    bench.time.runUntil(() => bench.posts().some(({ params }) => params.angle === 180), 100);
    expect(bench.time.nowMs - settledMs).toBeLessThanOrEqual(100);
    expect(bench.posts().at(-1).params).toMatchObject({ position: 'up', angle: 180 });
  });

  it('acts on a repeated id once and answers it again, until 120 s have passed', () => {
    const bench = new Bench();
    bench.untilOnline();
    for (let i = 0; i < 3; i++) {
      bench.cloud.command('1', { action: 'toggle' });
      bench.time.advance(5_000);
    }
    expect(bench.data('output_settled')).toHaveLength(1);
    expect(bench.replies().map(({ code }) => code)).toEqual([200, 200, 200]);
    bench.time.advance(121_000);
    bench.cloud.command('1', { action: 'toggle' });
    bench.time.advance(5_000);
    expect(bench.data('output_settled')).toHaveLength(2);
  });

  it('answers on the property post topic where no reply topic was announced, as the origin firmware does', () => {
    const bench = new Bench({ start: false });
    bench.cloud.announceReply = false;
    bench.boot();
    bench.untilOnline();
    bench.cloud.command(
      '1764938463000000123',
      { action: 'toggle', position: 'down' },
      { timestamp: bench.time.clock.nowMs(), version: '1.0' },
    );
    bench.time.advance(5_000);
    const answers = bench.cloud
      .on(bench.cloud.topic('thing/event/property/post'))
      .filter(({ json }) => json.method === 'thing.service.property.set_reply');
    expect(answers.map(({ json }) => json)).toEqual([
      { method: 'thing.service.property.set_reply', id: '1764938463000000123', code: 200 },
    ]);
    expect(bench.posts().at(-1).params).toMatchObject({ position: 'down', angle: 0 });
  });

  it('posts at least every 60 s, with diagnostics, and pings', () => {
    const bench = new Bench();
    bench.untilOnline();
    bench.time.advance(600_000);
    const times = bench.posts().map(({ time }) => time as number);
    for (let i = 1; i < times.length; i++) expect(times[i]! - times[i - 1]!).toBeLessThanOrEqual(60_000);
    expect(bench.posts().at(-1).params).toMatchObject({
      boot_reason: 'power_on',
      reconnects: 0,
      uptime: expect.any(Number),
    });
    expect(bench.cloud.packets.filter(({ cmd }) => cmd === 'pingreq').length).toBeGreaterThan(10);
    expect(bench.board.life.phase).toBe('online');
  });

  it('merges changes that follow each other within 100 ms', () => {
    const bench = new Bench({ product: 'SW-RELAY-002' });
    bench.untilOnline();
    bench.time.advance(1_000);
    const before = bench.posts().length;
    bench.cloud.command('a', { action: 'toggle', position: 'down', channel: 0 });
    bench.cloud.command('b', { action: 'toggle', position: 'down', channel: 1 });
    bench.time.advance(1_000);
    expect(bench.posts().length - before).toBeLessThanOrEqual(2);
  });

  it('makes a post good after the reconnect, with the state as it then is', () => {
    const bench = new Bench();
    bench.untilOnline();
    bench.cloud.command('1', { angle: 10 });
    bench.time.runUntil(() => bench.replies().length === 1);
    bench.cloud.drop('freeze');
    bench.time.advance(3_000);
    bench.time.runUntil(() => bench.board.life.phase !== 'online', 120_000);
    const seen = bench.cloud.messages.length;
    bench.untilOnline();
    const posts = bench.cloud.messages.slice(seen).filter(({ json }) => json.method === 'thing.event.property.post');
    expect(posts[0]!.json.params).toMatchObject({ angle: 10 });
  });

  it('skips a message over 4 KiB, acknowledges it, and goes on', () => {
    const bench = new Bench();
    bench.untilOnline();
    bench.cloud.publish(bench.cloud.topic('thing/service/property/set'), 'x'.repeat(200_000), {
      messageId: 77,
      segmentBytes: 1_400,
    });
    bench.cloud.command('after', { angle: 20 });
    bench.time.advance(5_000);
    expect(bench.cloud.packets.filter(({ cmd, messageId }) => cmd === 'puback' && messageId === 77)).toHaveLength(1);
    expect(bench.data('message_dropped')).toEqual([{ reason: 'too_large', bytes: 200_000 }]);
    expect(bench.replies()).toMatchObject([{ id: 'after', code: 200 }]);
  });

  it.each([
    ['an unknown action', { action: 'spin' }, 460, /action/],
    ['an angle outside 0 to 180', { angle: 181 }, 460, /angle/],
    ['a duration of the wrong type', { action: 'pulse', duration: '500' }, 460, /duration/],
    ['a channel that is not there', { action: 'toggle', channel: 3 }, 460, /channel/],
    ['nothing it knows', { colour: 'red' }, 460, /params/],
  ])('refuses %s, names the field, and moves nothing', (_what, params, code, message) => {
    const bench = new Bench();
    bench.untilOnline();
    bench.cloud.command('1', params);
    bench.time.advance(5_000);
    expect(bench.replies()).toMatchObject([{ id: '1', code, message: expect.stringMatching(message) }]);
    expect(bench.data('output_settled')).toEqual([]);
  });

  it.each([
    ['an ISO text', '2026-01-10T00:00:00Z'],
    ['an object', {}],
    ['true', true],
  ])('refuses a command whose time is %s: nobody can say whether it is stale', (_what, time) => {
    const bench = new Bench();
    bench.untilOnline();
    bench.cloud.command('1', { action: 'toggle' }, { time });
    bench.time.advance(5_000);
    expect(bench.replies()).toMatchObject([{ id: '1', code: 460, message: expect.stringContaining('time') }]);
    expect(bench.data('output_settled')).toEqual([]);
  });

  it('loses a message that outgrows its send buffer, and not the session', () => {
    const shipped = loadProduct('SW-SERVO-001');
    const properties = Array.from({ length: 90 }, (_, i) => ({
      ...shipped.properties[0]!,
      key: `property_with_a_long_name_${i}`,
    }));
    const bench = new Bench({ definition: { ...shipped, properties } });
    bench.untilOnline();
    bench.cloud.command('1', { angle: 10 });
    bench.time.advance(5_000);
    expect(bench.replies()).toMatchObject([{ id: '1', code: 200 }]);
    expect(bench.data('message_dropped')[0]).toMatchObject({ reason: 'too_large' });
    expect(bench.board.life.phase).toBe('online');
  });

  it('names unknown keys in the answer and ignores them', () => {
    const bench = new Bench();
    bench.untilOnline();
    bench.cloud.command('1', { action: 'toggle', position: 'up', colour: 'red' });
    bench.time.advance(100);
    expect(bench.replies()).toEqual([{ id: '1', code: 200, data: { ignored: ['colour'] } }]);
  });

  it('answers on the reply topic also what comes before its subscription is acknowledged', () => {
    const bench = new Bench({ start: false });
    bench.cloud.suback = undefined;
    bench.boot();
    bench.time.runUntil(() => bench.cloud.packets.some(({ cmd }) => cmd === 'subscribe'));
    bench.cloud.command('early', { angle: 30 });
    bench.time.advance(20);
    bench.cloud.send(Buffer.from('9003000101', 'hex'));
    bench.untilOnline();
    expect(bench.replies()).toEqual([{ id: 'early', code: 200, data: {} }]);
    expect(bench.posts().every(({ method }) => method === 'thing.event.property.post')).toBe(true);
  });

  it('neither acts on nor acknowledges a command that comes while it says goodbye', async () => {
    const bench = new Bench();
    bench.untilOnline();
    bench.cloud.puback = false;
    void bench.board.stop();
    bench.time.advance(10);
    bench.cloud.command('late', { angle: 30 });
    bench.time.advance(50);
    await Promise.resolve();
    expect(bench.replies()).toEqual([]);
    expect(bench.cloud.packets.filter(({ cmd }) => cmd === 'puback')).toEqual([]);
    bench.time.advance(5_000);
    expect(bench.data('output_settled')).toEqual([]);
  });

  it('stops within 2.1 s with a broker that has frozen and a servo on its way', async () => {
    const bench = new Bench();
    bench.untilOnline();
    bench.cloud.command('1', { action: 'toggle', position: 'up' });
    bench.time.runUntil(() => bench.replies().length === 1);
    bench.cloud.drop('freeze');
    let stopped = false;
    void bench.board.stop().then(() => {
      stopped = true;
    });
    for (let i = 0; i < 21; i++) {
      bench.time.advance(100);
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    }
    expect(stopped).toBe(true);
  });

  it('tells of a flood of rubbish with its counts, and not with an event for each', () => {
    const bench = new Bench();
    bench.untilOnline();
    const topic = bench.cloud.topic('thing/service/property/set');
    for (let i = 0; i < 500; i++) {
      bench.cloud.publish(topic, '{"method":');
      bench.cloud.command(`c${i}`, { angle: 999 });
      bench.time.advance(10);
    }
    const told = bench.data('message_dropped').length + bench.data('command_refused').length;
    expect(told).toBeGreaterThanOrEqual(10);
    expect(told).toBeLessThan(20);
    expect(bench.replies()).toHaveLength(500);
    bench.time.advance(61_000);
    expect(bench.posts().at(-1).params).toMatchObject({ messages_dropped: 500, commands_refused: 500 });
  });

  it('looks after a quiet connection every 60 s, whatever its keep alive', () => {
    for (const keepAlive of [0, 65_535]) {
      const bench = new Bench({ start: false });
      const usual = bench.cloud.activated().body as { data: { mqtt: object } };
      bench.cloud.activation = () => bench.cloud.activated({ mqtt: { ...usual.data.mqtt, keepAlive } });
      bench.boot();
      bench.untilOnline();
      expect(bench.cloud.packets[0]).toMatchObject({ cmd: 'connect', keepalive: keepAlive });
      bench.time.advance(10 * 60_000);
      expect(bench.cloud.packets.filter(({ cmd }) => cmd === 'pingreq')).toHaveLength(10);
      bench.cloud.drop('freeze');
      bench.time.runUntil(() => bench.board.life.phase !== 'online', 75_000);
    }
  });

  it('says offline, frees everything and leaves no timer behind at a clean stop', async () => {
    const bench = new Bench();
    bench.untilOnline();
    const stopped = bench.board.stop();
    expect(bench.board.stop()).toBe(stopped);
    for (let i = 0; i < 50; i++) {
      bench.time.advance(100);
      await Promise.resolve();
    }
    await stopped;
    expect(bench.statuses().at(-1)).toMatchObject({ status: 'offline' });
    expect(bench.cloud.packets.at(-1)).toMatchObject({ cmd: 'disconnect' });
    expect(bench.time.pending).toBe(0);
  });
});
