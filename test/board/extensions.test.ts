import { describe, expect, it } from 'vitest';
import { MemoryStorage } from '../../host-sim/host/memory-storage.js';
import type { VirtualHostOptions } from '../../host-sim/world/virtual-host.js';
import { Bench } from './fixture.js';

const BUILT = Date.UTC(2026, 0, 10);

/** A board whose cloud announces every extension that it knows. */
function bench(options: Partial<VirtualHostOptions> = {}): Bench {
  const it = new Bench({ start: false, ...options });
  it.cloud.announceExtensions = true;
  it.boot();
  return it;
}

function online(options: Partial<VirtualHostOptions> = {}): Bench {
  const it = bench(options);
  it.untilOnline();
  return it;
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into messages of every shape
const said = (it: Bench, path: string): any[] => it.cloud.on(it.cloud.topic(path)).map(({ json }) => json);
const answers = (it: Bench, service: string) => said(it, `thing/service/${service.replace('.', '/')}_reply`);
const subscriptions = (it: Bench): string[] =>
  it.cloud.packets.flatMap((packet) =>
    packet.cmd === 'subscribe' ? packet.subscriptions.map(({ topic }) => topic) : [],
  );

describe('what the cloud announced', () => {
  it('is subscribed to in one packet, the time only where it is not known', () => {
    const paths = ['thing/service/property/set', 'thing/service/property/get', 'thing/service/+'];
    const it = online();
    expect(subscriptions(it)).toEqual(paths.map((path) => it.cloud.topic(path)));
    const unset = online({ hasTime: false, buildTimeMs: BUILT });
    expect(subscriptions(unset)).toEqual([...paths, 'ext/ntp/response'].map((path) => unset.cloud.topic(path)));
  });

  it('is kept over a restart without a new activation', () => {
    const it = online();
    it.cut();
    it.boot();
    it.untilOnline();
    expect(it.cloud.requests).toHaveLength(1);
    expect(subscriptions(it)).toHaveLength(6);
  });

  it('and nothing else is used: with an older cloud a board subscribes to its commands and posts no events', () => {
    const it = new Bench();
    it.untilOnline();
    it.cloud.command('1', { action: 'dance' });
    it.time.advance(1_000);
    it.cloud.drop();
    it.time.advance(60_000);
    expect(new Set(subscriptions(it))).toEqual(new Set([it.cloud.topic('thing/service/property/set')]));
    expect(new Set(it.cloud.messages.map(({ topic }) => topic))).toEqual(
      new Set(
        ['status', 'thing/event/property/post', 'thing/service/property/set_reply'].map((path) => it.cloud.topic(path)),
      ),
    );
    expect(it.posts().at(-1).params.outbox_dropped).toBeUndefined();
  });

  it('but refused by the broker is done without', () => {
    const it = bench();
    it.cloud.suback = undefined;
    it.time.runUntil(() => subscriptions(it).length > 0, 60_000);
    it.cloud.send(Uint8Array.of(0x90, 5, 0, 1, 1, 128, 128));
    it.untilOnline(5_000);
    it.cloud.command('1', { action: 'toggle' });
    it.time.advance(1_000);
    expect(it.replies()).toMatchObject([{ id: '1', code: 200 }]);
  });
});

describe('a property get', () => {
  it('is answered with the state, or the part of it that was asked for', () => {
    const it = online();
    it.cloud.command('1', { action: 'toggle', position: 'up' });
    it.time.advance(3_000);
    it.cloud.call('property.get', '2', {});
    it.cloud.call('property.get', '3', ['angle', 'nonsense', 1]);
    it.time.advance(1_000);
    expect(answers(it, 'property.get')).toEqual([
      { id: '2', code: 200, data: { position: 'up', angle: 180, wifi_rssi: expect.any(Number) } },
      { id: '3', code: 200, data: { angle: 180 } },
    ]);
  });
});

describe('a service call', () => {
  it.each(['dance', '__proto__'])('%s is refused: this board has no such service', (service) => {
    const it = online();
    it.cloud.call(service, '1', { name: 'test' });
    it.time.advance(1_000);
    expect(answers(it, service)).toEqual([{ id: '1', code: 460, message: 'unknown service', data: {} }]);
    expect(it.board.life.phase).toBe('online');
  });

  it('is not taken for a property set, nor a property set for a call', () => {
    const it = online();
    it.cloud.call('property.set', '1', { action: 'toggle', position: 'up' });
    it.time.advance(3_000);
    expect(it.replies()).toMatchObject([{ id: '1', code: 200 }]);
    it.cloud.publish(it.cloud.topic('thing/service/a/b'), JSON.stringify({ id: '2' }));
    it.cloud.publish(it.cloud.topic('thing/service/'), JSON.stringify({ id: '3' }));
    it.cloud.publish(it.cloud.topic('thing/servic/x'), JSON.stringify({ id: '4' }));
    it.time.advance(1_000);
    expect(it.cloud.messages.filter(({ topic }) => topic.endsWith('_reply'))).toHaveLength(1);
  });

  it("that is the board's own answer, which the broker sends back, is not answered", () => {
    const it = online();
    it.cloud.publish(it.cloud.topic('thing/service/dance_reply'), JSON.stringify({ id: '1', code: 460 }));
    it.time.advance(1_000);
    expect(it.cloud.messages.filter(({ topic }) => topic.includes('_reply'))).toEqual([]);
  });

  it('that is old, retained or malformed goes the way of such a command', () => {
    const it = online();
    it.cloud.call('restart', '1', {}, { time: it.time.clock.nowMs() - 61_000 });
    it.cloud.publish(it.cloud.topic('thing/service/restart'), JSON.stringify({ id: '2' }), { retain: true });
    it.cloud.publish(it.cloud.topic('thing/service/restart'), 'rubbish');
    it.time.advance(1_000);
    expect(answers(it, 'restart')).toMatchObject([
      { id: '1', code: 100_001 },
      { id: '2', code: 100_001 },
    ]);
    expect(it.data('message_dropped')).toEqual([{ reason: 'malformed', bytes: 7 }]);
    expect(it.host.restarts).toBe(0);
  });
});

describe('restart', () => {
  it('is answered, then offline is said, and the board starts anew, once', async () => {
    const it = online();
    it.cloud.call('restart', '1');
    it.cloud.call('restart', '2');
    it.time.advance(100);
    await it.board.stop();
    await Promise.resolve();
    expect(answers(it, 'restart')).toMatchObject([
      { id: '1', code: 200 },
      { id: '2', code: 200 },
    ]);
    expect(it.statuses().at(-1)!.status).toBe('offline');
    expect(it.cloud.packets.at(-1)!.cmd).toBe('disconnect');
    expect(it.host.restarts).toBe(1);
  });
});

describe('getLog', () => {
  it('says how many events there are and posts them, oldest first', () => {
    const it = online();
    it.cloud.call('getLog', '1', {});
    it.time.advance(1_000);
    const events = said(it, 'thing/log/post').flatMap(({ params }) => params);
    expect(events.map(({ name }) => name)).toEqual(it.board.events().map(({ name }) => name));
    expect(events[0]).toMatchObject({
      name: 'booted',
      level: 'info',
      at: expect.any(Number),
      data: expect.any(Object),
    });
    expect(answers(it, 'getLog')).toEqual([{ id: '1', code: 200, data: { count: events.length } }]);
    expect(said(it, 'thing/log/post')[0]).toMatchObject({
      method: 'thing.log.post',
      id: expect.stringMatching(/^\d+$/),
    });
  });

  it('posts what came after a time, and refuses a time that is none', () => {
    const it = online();
    const before = it.time.clock.nowMs();
    it.time.advance(1_000);
    it.cloud.command('x', { action: 'dance' });
    it.time.advance(1_000);
    it.cloud.call('getLog', '1', { since: before });
    it.cloud.call('getLog', '2', { since: 'yesterday' });
    it.time.advance(1_000);
    expect(
      said(it, 'thing/log/post')
        .flatMap(({ params }) => params)
        .map(({ name }) => name),
    ).toEqual(['command_refused']);
    expect(answers(it, 'getLog')).toMatchObject([
      { id: '1', data: { count: 1 } },
      { id: '2', code: 460 },
    ]);
  });

  it('sends a full ring of the longest events in packets that fit', () => {
    const it = online();
    for (let i = 0; i < 80; i++) {
      it.cloud.command(`${i}${'\u0001'.repeat(62)}`, { action: 'dance' });
      it.time.advance(10_100);
    }
    it.cloud.call('getLog', '1');
    it.time.advance(5_000);
    expect(said(it, 'thing/log/post').flatMap(({ params }) => params)).toHaveLength(64);
    expect(it.data('message_dropped')).toEqual([]);
  });
});

describe('events of level warn and up', () => {
  it('are posted with their level, data and time', () => {
    const it = online();
    it.cloud.command('x', { action: 'dance' });
    it.time.advance(1_000);
    const event = it.board.events().at(-1)!;
    expect(said(it, 'thing/event/command_refused/post')).toEqual([
      {
        id: expect.stringMatching(/^\d+$/),
        version: '1.0',
        params: { level: 'warn', value: event.data, time: event.at },
        method: 'thing.event.command_refused.post',
      },
    ]);
  });

  it('that happened without a session are posted after it, in their order, each once', () => {
    const it = online();
    it.time.advance(1_000);
    it.cloud.drop();
    it.cloud.connack = 3;
    it.time.runUntil(() => it.data('session_lost').length === 3, 600_000);
    it.cloud.connack = 0;
    it.untilOnline();
    it.time.advance(1_000);
    const posted = said(it, 'thing/event/session_lost/post');
    expect(posted.map(({ params }) => params.value)).toEqual(it.data('session_lost'));
    expect(new Set(posted.map(({ id }) => id)).size).toBe(3);
    expect(it.cloud.messages.filter(({ topic }) => topic.includes('clock_set'))).toEqual([]);
  });

  it('that were sent and never acknowledged are posted again after the reconnect, before those that came since', () => {
    const it = online();
    it.cloud.puback = false;
    for (const id of ['x', 'y']) it.cloud.command(id, { action: 'dance' });
    it.time.advance(1_000);
    it.cloud.drop();
    it.cloud.puback = true;
    it.time.advance(10);
    it.untilOnline();
    it.time.advance(1_000);
    const names = it.cloud.messages.filter(({ topic }) => topic.includes('/event/') && !topic.includes('property'));
    expect(names.map(({ topic, json }) => [topic.split('/').at(-2), json.params.value.id])).toEqual([
      ['command_refused', 'x'],
      ['command_refused', 'y'],
      ['command_refused', 'x'],
      ['command_refused', 'y'],
      ['session_lost', undefined],
    ]);
    expect(new Set(names.map(({ json }) => json.id)).size).toBe(5);
  });

  it('that were acknowledged are not posted again', () => {
    const it = online();
    it.cloud.command('x', { action: 'dance' });
    it.time.advance(1_000);
    it.cloud.drop();
    it.time.advance(10);
    it.untilOnline();
    it.time.advance(1_000);
    expect(said(it, 'thing/event/command_refused/post')).toHaveLength(1);
  });

  it('from before the time was known are posted with the time that it was', () => {
    const it = bench({ hasTime: false, buildTimeMs: BUILT });
    const real = Date.UTC(2026, 5, 1);
    it.cloud.activation = () => ({ ...it.cloud.activated(), headers: { Date: new Date(real).toUTCString() } });
    it.host.joinFailure = 'no_such_network';
    it.time.runUntil(() => it.data('network_lost').length === 1);
    const lostMs = it.time.nowMs;
    it.host.joinFailure = undefined;
    it.time.runUntil(() => it.data('clock_set').length === 1);
    const realLostMs = real - (it.time.nowMs - lostMs);
    it.untilOnline();
    it.time.advance(1_000);
    expect(said(it, 'thing/event/network_lost/post').map(({ params }) => params.time)).toEqual([realLostMs]);
  });

  it('from before there was anybody to tell them, such as of a record that cannot be written at boot, are posted', () => {
    const records = new MemoryStorage();
    const storage = {
      read: (key: string) => records.read(key),
      delete: (key: string) => records.delete(key),
      write: (key: string, value: Uint8Array) => {
        if (key === 'boot') throw new Error('worn out');
        records.write(key, value);
      },
    };
    const it = bench({ storage });
    it.cut();
    it.boot('crash');
    it.untilOnline();
    it.time.advance(1_000);
    expect(said(it, 'thing/event/storage_failed/post').map(({ params }) => params.value)).toContainEqual({
      record: 'boot',
    });
  });

  it('of a board that could not be activated are posted when it is', () => {
    const it = bench();
    const activate = it.cloud.activation;
    it.cloud.activation = (request, count) => (count < 3 ? { status: 500, body: '' } : activate(request, count));
    it.untilOnline();
    it.time.advance(1_000);
    expect(said(it, 'thing/event/activation_failed/post')).toHaveLength(2);
  });

  it('are bounded: the oldest go, and how many is reported', () => {
    const it = online();
    it.cloud.drop();
    it.cloud.connack = 3;
    it.time.runUntil(() => it.data('session_lost').length === 40, 4 * 3_600_000);
    it.cloud.connack = 0;
    it.untilOnline();
    it.time.advance(120_000);
    const lost = it.data('session_lost');
    const posted = said(it, 'thing/event/session_lost/post').map(({ params }) => params.value);
    expect(posted).toEqual(lost.slice(-32));
    expect(it.data('outbox_dropped')).toEqual([{ count: lost.length - 32 }]);
    expect(said(it, 'thing/event/outbox_dropped/post')).toHaveLength(1);
  });
});

describe('the time over MQTT', () => {
  const unset = () => online({ hasTime: false, buildTimeMs: BUILT });
  const REAL = Date.UTC(2026, 5, 1);
  const answer = (it: Bench, more: object = {}): void => {
    const { deviceSendTime } = said(it, 'ext/ntp/request').at(-1);
    const times = { deviceSendTime, serverRecvTime: String(REAL), serverSendTime: String(REAL + 10), ...more };
    it.cloud.publish(it.cloud.topic('ext/ntp/response'), JSON.stringify(times), { qos: 0 });
  };

  it('is asked for where the clock is not set, and taken with half of the round trip', () => {
    const it = unset();
    expect(said(it, 'ext/ntp/request')).toHaveLength(1);
    const askedMs = it.cloud.on(it.cloud.topic('ext/ntp/request'))[0]!.atMs;
    it.time.advance(2_000);
    answer(it);
    it.time.runUntil(() => it.data('clock_set').length === 1, 1_000);
    expect(it.data('clock_set')).toMatchObject([{ source: 'mqtt' }]);
    const roundTripMs = it.time.nowMs - askedMs;
    expect(Math.abs(it.host.clock.nowMs() - (REAL + 5 + roundTripMs / 2))).toBeLessThanOrEqual(2);
    it.cloud.command('stale', { action: 'toggle' }, { time: REAL - 61_000 });
    it.time.advance(70_000);
    expect(it.replies()).toMatchObject([{ id: 'stale', code: 100_001 }]);
    expect(said(it, 'ext/ntp/request')).toHaveLength(1);
  });

  it('is not asked for by a board that knows it', () => {
    expect(said(online(), 'ext/ntp/request')).toEqual([]);
  });

  it.each([
    ['of another question', { deviceSendTime: '1' }],
    ['without times', { serverRecvTime: undefined }],
    ['with times that are none', { serverSendTime: 'now' }],
    ['that was sent before it was asked', { serverSendTime: REAL - 1 }],
    ['of a day that no calendar has', { serverRecvTime: 9e15, serverSendTime: 9e15 }],
    ['from before the build', { serverRecvTime: BUILT - 86_400_000, serverSendTime: BUILT - 86_400_000 }],
  ])('is not taken from an answer %s', (_what, more) => {
    const it = unset();
    answer(it, more);
    it.time.advance(1_000);
    expect(it.data('clock_set')).toEqual([]);
  });

  it('is not taken from rubbish, nor from an answer that took over 10 s, and is asked for again every minute', () => {
    const it = unset();
    it.cloud.publish(it.cloud.topic('ext/ntp/response'), 'rubbish');
    it.cloud.publish(it.cloud.topic('ext/ntp/response'), Uint8Array.of(0xff));
    it.time.advance(11_000);
    answer(it);
    it.time.advance(1_000);
    expect(it.data('clock_set')).toEqual([]);
    it.time.runUntil(() => said(it, 'ext/ntp/request').length === 2, 61_000);
    answer(it);
    it.time.advance(1_000);
    expect(it.data('clock_set')).toMatchObject([{ source: 'mqtt' }]);
  });
});
