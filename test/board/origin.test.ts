import { describe, expect, it } from 'vitest';
import { Bench } from './fixture.js';

/** The server that the API reference comes from, as its firmware meets it (`origin.md`). */
function origin(bench: Bench, server = 'broker:1883', port = 1_884): void {
  const { cloud } = bench;
  let known = false;
  cloud.announceReply = false;
  cloud.activation = () => {
    const { body } = cloud.activated();
    const { data } = body as { data: { mqtt: object } };
    const answer = { ...data, mqtt: { ...data.mqtt, server, port } };
    const again = known;
    known = true;
    return again
      ? { status: 409, body: { code: 409, message: 'device_already_activated', data: answer } }
      : { status: 200, body: { code: 200, message: 'success', data: answer } };
  };
}

describe('a board on the origin’s server', () => {
  it('takes the port inside mqtt.server before mqtt.port, and no TLS port without a trust anchor', () => {
    const bench = new Bench({ start: false });
    origin(bench);
    bench.boot();
    bench.untilOnline();
    expect(bench.board.life.phase).toBe('online');
  });

  it('takes a bare host with the port beside it', () => {
    const bench = new Bench({ start: false });
    origin(bench, 'broker', 1_883);
    bench.boot();
    bench.untilOnline();
  });

  it('takes 409 with full data, after its flash was wiped, for a success', () => {
    const bench = new Bench({ start: false });
    origin(bench);
    bench.boot();
    bench.untilOnline();
    bench.cut();
    bench.host.secrets.delete('activation');
    bench.boot('power_on');
    bench.untilOnline();
    expect(bench.cloud.requests).toHaveLength(2);
    expect(bench.data('activation_failed')).toEqual([]);
  });

  it('treats HTTP 401 invalid_product_key as what it means', () => {
    const bench = new Bench({ start: false });
    bench.cloud.activation = () => ({ status: 401, body: { code: 401, message: 'invalid_product_key', data: null } });
    bench.boot();
    bench.time.advance(5_000);
    expect(bench.data('activation_failed')[0]).toMatchObject({ kind: 'refused', reason: 'invalid_product_key' });
    expect(bench.data('activation_failed')[0]!.retryMs).toBeGreaterThanOrEqual(15 * 60_000);
  });

  it.each([
    ['timestamp and version instead of time', (now: number) => ({ timestamp: now, version: '1.0' })],
    ['a timestamp in seconds', (now: number) => ({ timestamp: Math.floor(now / 1_000) })],
    ['neither', () => ({})],
  ])('acts on a command with %s, and keeps its 19-digit id as text', (_what, more) => {
    const bench = new Bench({ start: false });
    origin(bench);
    bench.boot();
    bench.untilOnline();
    bench.cloud.command('1764938463123456789', { action: 'pulse' }, more(bench.time.clock.nowMs()));
    bench.time.advance(10_000);
    const post = bench.cloud.topic('thing/event/property/post');
    const answers = bench.cloud.on(post).filter(({ json }) => json.method === 'thing.service.property.set_reply');
    expect(answers.map(({ json }) => json)).toEqual([
      { method: 'thing.service.property.set_reply', id: '1764938463123456789', code: 200 },
    ]);
    // The product's own pulse: down for 500 ms, then the middle.
    expect(bench.data('output_settled')).toEqual([
      { channel: 0, value: 0 },
      { channel: 0, value: 90 },
    ]);
  });

  it('refuses a command whose timestamp is older than 60 s', () => {
    const bench = new Bench({ start: false });
    origin(bench);
    bench.boot();
    bench.untilOnline();
    bench.cloud.command('1', { action: 'toggle' }, { timestamp: bench.time.clock.nowMs() - 61_000 });
    bench.time.advance(5_000);
    expect(bench.data('output_settled')).toEqual([]);
    expect(bench.data('command_refused')).toMatchObject([{ id: '1', code: 100_001 }]);
  });

  it.each([
    [{ switch: true }, [180]],
    [{ switch: false }, [0]],
    [{ switch: true, angle: 45 }, [45]],
    [{ angle: 120 }, [120]],
    [{ wakeup: true }, [0, 90]],
    [{ action: 'trigger' }, [0, 90]],
  ])('does %j', (params, values) => {
    const bench = new Bench({ start: false });
    origin(bench);
    bench.boot();
    bench.untilOnline();
    bench.cloud.command('1', params, {});
    bench.time.advance(10_000);
    expect(bench.data('output_settled').map(({ value }) => value)).toEqual(values);
  });

  it('uses no topic beyond the three that were announced', () => {
    const bench = new Bench({ start: false });
    origin(bench);
    bench.boot();
    bench.untilOnline();
    bench.cloud.command('1', { action: 'toggle' }, {});
    bench.time.advance(200_000);
    const used = new Set(bench.cloud.messages.map(({ topic }) => topic));
    expect([...used].sort()).toEqual(
      [bench.cloud.topic('status'), bench.cloud.topic('thing/event/property/post')].sort(),
    );
  });
});

describe('the servo switch as its makers built it', () => {
  it('flips when its BOOT button (GPIO 0) is pressed, and pulses when it is pressed twice', () => {
    const bench = new Bench();
    bench.untilOnline();
    const { pins } = bench.host;
    const press = (): void => {
      pins.setInput(0, 0);
      bench.time.advance(60);
      pins.setInput(0, undefined);
    };
    press();
    bench.time.advance(5_000);
    expect(bench.posts().at(-1).params).toMatchObject({ position: 'up', angle: 180 });
    press();
    bench.time.advance(100);
    press();
    bench.time.advance(10_000);
    expect(bench.data('output_settled').map(({ value }) => value)).toEqual([180, 0, 90]);
  });
});
