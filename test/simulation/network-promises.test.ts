import { describe, expect, it } from 'vitest';
import { backoffHonoured } from '../../host-sim/simulation/promises/backoff-honoured.js';
import { bounded } from '../../host-sim/simulation/promises/bounded.js';
import { clockRight } from '../../host-sim/simulation/promises/clock-right.js';
import { eventsInOrder } from '../../host-sim/simulation/promises/events-in-order.js';
import { noLeftover } from '../../host-sim/simulation/promises/no-leftover.js';
import { noStampede } from '../../host-sim/simulation/promises/no-stampede.js';
import { nothingLost } from '../../host-sim/simulation/promises/nothing-lost.js';
import { online } from '../../host-sim/simulation/promises/online.js';
import { staysOnline } from '../../host-sim/simulation/promises/stays-online.js';
import type { Asked } from '../../host-sim/simulation/witness.js';
import { backoffCeilingMs } from '../../src/core/backoff.js';
import { FakeWorld } from './fake-world.js';

const MINUTE_MS = 60_000;

describe('stays-online', () => {
  const lost = { kind: 'failed', reason: 'closed', retryMs: 1_000 };

  it('is broken by a session that ends long after anything has happened, whatever people did', () => {
    const world = new FakeWorld(staysOnline);
    world.says('state_changed', { from: 'connecting', to: 'online' });
    world.pass(5 * MINUTE_MS);
    world.witness.happening?.('{"atMs":1,"what":"command","board":0}');
    world.pass(MINUTE_MS);
    world.says('session_lost', lost);
    // What is tried after it, and refused, is no session.
    world.says('session_lost', lost);
    expect(world.told).toEqual(['Nothing has happened to anything for 360 s, and it loses its session: closed.']);
  });

  it('bears it soon after a fault has begun or ended, and while something is in the way', () => {
    const world = new FakeWorld(staysOnline);
    const isOnline = { from: 'connecting', to: 'online' };
    world.says('state_changed', isOnline);
    world.pass(10 * MINUTE_MS);
    world.witness.happening?.('{"atMs":1,"what":"half-open","board":0}');
    world.says('session_lost', lost);
    world.says('state_changed', isOnline);
    world.pass(10 * MINUTE_MS);
    world.witness.happening?.('no uplink in 0: over');
    world.says('session_lost', lost);
    world.says('state_changed', isOnline);
    world.pass(10 * MINUTE_MS);
    world.clearSinceMs = undefined;
    world.says('session_lost', lost);
    expect(world.told).toEqual([]);
  });
});

describe('online', () => {
  it('is broken by a board that nothing is in the way of for more than five minutes', () => {
    const world = new FakeWorld(online);
    world.pass(5 * MINUTE_MS);
    expect(world.told).toEqual([]);
    world.pass(10_000);
    expect(world.told).toEqual(['Nothing has been in its way for 5 minutes: it is connecting.']);
  });

  it('counts from when the last obstacle has gone, and its aftermath is over', () => {
    const world = new FakeWorld(online);
    world.clearSinceMs = undefined;
    world.pass(60 * MINUTE_MS);
    world.clearSinceMs = 70 * MINUTE_MS;
    world.pass(15 * MINUTE_MS);
    expect(world.told).toEqual([]);
    world.pass(MINUTE_MS);
    expect(world.told).not.toEqual([]);
  });

  it('bears with a board whose credentials are refused, three times and no more', () => {
    const world = new FakeWorld(online);
    for (let refusals = 1; refusals <= 4; refusals++) {
      world.pass(4 * MINUTE_MS);
      world.says('session_lost', { kind: 'refused', reason: 'CONNACK 4', retryMs: 60_000 });
    }
    expect(world.told).toEqual([]);
    world.pass(3 * MINUTE_MS);
    expect(world.told).not.toEqual([]);
  });

  it('lets one wait that was told to, through whatever comes between, and not beyond its next start', () => {
    const world = new FakeWorld(online);
    world.clearSinceMs = undefined;
    world.says('activation_failed', { kind: 'refused', reason: 'product_disabled', retryMs: 15 * MINUTE_MS });
    world.pass(MINUTE_MS);
    world.clearSinceMs = MINUTE_MS;
    world.pass(18 * MINUTE_MS);
    expect(world.told).toEqual([]);
    world.says('activation_failed', { kind: 'refused', reason: 'product_disabled', retryMs: 15 * MINUTE_MS });
    world.witness.boot?.(world.real(), 'power_on');
    world.pass(6 * MINUTE_MS);
    expect(world.told).not.toEqual([]);
  });

  it('does not take a board’s word for it: the cloud must see it as well', () => {
    const world = new FakeWorld(online);
    world.device(0).isOnline = true;
    world.witness.cloud?.('deviceOnline', { deviceId: 'dev_0', productKey: '', deviceSN: '', at: 0 });
    world.pass(60 * MINUTE_MS);
    expect(world.told).toEqual([]);
    world.witness.cloudUp?.();
    world.pass(6 * MINUTE_MS);
    expect(world.told[0]).toContain('the cloud has not');
  });
});

describe('no-stampede', () => {
  const online = { from: 'connecting', to: 'online' };

  function fleetOf(boards: number, spreadS = 10): FakeWorld {
    const world = new FakeWorld(noStampede, boards);
    world.reconnectSpreadS = spreadS;
    for (let board = 0; board < boards; board++) world.says('state_changed', online, board, 'info');
    return world;
  }

  function connect(world: FakeWorld, boards: number, everyMs: number): void {
    for (let board = 0; board < boards; board++) {
      world.witness.connected?.(world.real(board), 'mqtt', false);
      world.nowMs += everyMs;
    }
  }

  it('is broken by more than 15 % of the boards in any second after a bare drop', () => {
    const world = fleetOf(200);
    connect(world, 30, 1);
    expect(world.told).toEqual([]);
    connect(world, 1, 0);
    expect(world.told).toEqual(['31 of 200 boards have connected within a second: at most 15 % may.']);
  });

  it('is broken by more than 5 % after an outage of a minute', () => {
    const world = fleetOf(200);
    world.witness.cloudDown?.();
    world.nowMs += MINUTE_MS;
    world.witness.cloudUp?.();
    connect(world, 11, 1);
    expect(world.told).toHaveLength(1);
  });

  it('is broken by more than 5 % where a spread of a minute was announced', () => {
    const world = fleetOf(200, 60);
    connect(world, 11, 1);
    expect(world.told).toHaveLength(1);
  });

  it('slides: what came more than a second ago does not count, nor does who was just switched on', () => {
    const world = fleetOf(200);
    connect(world, 200, 40);
    world.nowMs += 10_000;
    for (let board = 0; board < 200; board++) {
      world.witness.boot?.(world.real(board), 'power_on');
      connect(world, 1, 0);
    }
    expect(world.told).toEqual([]);
  });
});

describe('backoff-honoured', () => {
  const lost = (world: FakeWorld, retryMs: number, board = 0) =>
    world.says('session_lost', { kind: 'failed', reason: 'closed', retryMs }, board);

  it('is broken by a board that is back before the wait after a refusal is over', () => {
    for (const [early, told] of [
      [true, 1],
      [false, 0],
    ] as const) {
      const world = new FakeWorld(backoffHonoured);
      world.says('session_lost', { kind: 'refused', reason: 'CONNACK 5', retryMs: 30_500 });
      world.nowMs += early ? 29_000 : 30_000;
      world.witness.connected?.(world.real(), 'api', false);
      expect(world.told).toHaveLength(told);
    }
  });

  it('is broken by a board that says it will be', () => {
    const world = new FakeWorld(backoffHonoured);
    world.says('activation_failed', { kind: 'refused', reason: 'product_disabled', retryMs: 31_000 });
    expect(world.told[0]).toContain('from 900000');
  });

  it('is broken by a board that does not honour Retry-After, also over the loss of its network', () => {
    const world = new FakeWorld(backoffHonoured);
    world.awayUntilMs.set(world.device(0), 600_000);
    world.nowMs = 500_000;
    world.witness.connected?.(world.real(), 'api', false);
    expect(world.told).toEqual(['Retry-After asked it to stay away for 100000 ms more.']);
  });

  it('is broken by waits that are always as long as they may be, and by such that do not grow', () => {
    const longest = new FakeWorld(backoffHonoured);
    for (let failures = 0; failures < 24; failures++) lost(longest, backoffCeilingMs(failures));
    expect(longest.told[0]).toContain('1.00 of its range');
    const short = new FakeWorld(backoffHonoured);
    for (let failures = 0; failures < 30; failures++)
      lost(short, (failures * 37) % Math.min(1_000, backoffCeilingMs(0)));
    expect(short.told[0]).toContain('of its range on average');
  });

  it('is broken by two boards that wait alike three times', () => {
    const world = new FakeWorld(backoffHonoured, 2);
    for (const retryMs of [123, 1_456, 3_111]) for (const board of [0, 1]) lost(world, retryMs, board);
    expect(world.told).toEqual(['It waits just as board 0: 123, 1456, 3111 ms.']);
  });

  it('begins anew after a minute of being online, and not before', () => {
    const world = new FakeWorld(backoffHonoured);
    for (let failures = 0; failures < 6; failures++) lost(world, 10);
    world.says('state_changed', { from: 'connecting', to: 'online' }, 0, 'info');
    world.nowMs += MINUTE_MS;
    world.says('state_changed', { from: 'online', to: 'connecting' }, 0, 'info');
    lost(world, 11_000);
    expect(world.told[0]).toContain('from 0 to 10000 would be right');
  });
});

describe('bounded', () => {
  it('is broken by timers, sockets, records and rows that pile up', () => {
    const world = new FakeWorld(bounded);
    const device = world.device(0);
    world.pass(10_000);
    expect(world.told).toEqual([]);
    device.timers = 41;
    device.sockets = 4;
    device.flash.keys = Array.from({ length: 11 }, String);
    world.found = [{ device_seq: 1, count: 20_000 }];
    world.pass(10_000);
    expect(world.told).toHaveLength(3);
    [device.timers, device.sockets, device.flash.keys] = [0, 0, []];
    world.pass(60 * MINUTE_MS);
    expect(world.told).toContain('A board has 20000 rows in property_points: at most 10000 are kept.');
  });
});

describe('clock-right', () => {
  const to = (world: FakeWorld, from: string, phase: string) =>
    world.says('state_changed', { from, to: phase }, 0, 'info');

  it('is broken by a board that waits for the time', () => {
    const world = new FakeWorld(clockRight);
    to(world, 'joining', 'clock');
    world.nowMs += 5_001;
    to(world, 'clock', 'connecting');
    expect(world.told).toEqual(['It waited 5001 ms for the time.']);
    to(world, 'joining', 'clock');
    world.pass(20_000);
    expect(world.told).toHaveLength(2);
  });

  it('is broken by a wrong clock on a board that has been online for some minutes', () => {
    const world = new FakeWorld(clockRight);
    to(world, 'connecting', 'online');
    world.device(0).clockMs = world.wallMs - 30_000_000;
    world.pass(2 * MINUTE_MS);
    expect(world.told).toEqual([]);
    world.pass(MINUTE_MS);
    expect(world.told).not.toEqual([]);
  });

  it('bears with a board that was lied to for a day, and no longer', () => {
    const world = new FakeWorld(clockRight);
    world.ntp.offMs = 60_000;
    to(world, 'connecting', 'online');
    world.pass(MINUTE_MS);
    world.ntp.offMs = 0;
    world.pass(24 * 60 * MINUTE_MS);
    expect(world.told).toEqual([]);
    world.pass(15 * MINUTE_MS);
    expect(world.told).not.toEqual([]);
  });
});

describe('events-in-order', () => {
  const DATA = { reason: 'lost' };
  const post = (world: FakeWorld, value: object, time: number) =>
    world.witness.cloud?.('eventPosted', {
      deviceId: 'dev_0',
      productKey: '',
      deviceSN: '',
      name: 'network_lost',
      params: { level: 'warn', value, time },
      reportedAt: time,
      at: 0,
    });

  it('is broken by an event that never comes, unless the board says that it dropped one', () => {
    for (const [dropped, told] of [
      [0, 1],
      [1, 0],
    ] as const) {
      const world = new FakeWorld(eventsInOrder);
      world.device(0).isOnline = true;
      world.says('network_lost', DATA);
      world.says('outbox_dropped', { count: dropped }, 0, 'info');
      void world.witness.end?.();
      expect(world.told, 'just after its boot').toEqual([]);
      world.nowMs += 31_000;
      void world.witness.end?.();
      expect(world.told).toHaveLength(told);
    }
  });

  it('is broken by an event that is told after a later one', () => {
    const world = new FakeWorld(eventsInOrder);
    const times = [world.wallMs, world.wallMs + 1_000];
    world.says('network_lost', { reason: 'a' });
    world.nowMs += 1_000;
    world.says('network_lost', { reason: 'b' });
    post(world, { reason: 'b' }, times[1]!);
    post(world, { reason: 'a' }, times[0]!);
    expect(world.told[0]).toContain('after what came later');
  });

  it('takes an event that comes again after a reconnect', () => {
    const world = new FakeWorld(eventsInOrder);
    world.device(0).isOnline = true;
    world.says('network_lost', DATA);
    post(world, DATA, world.wallMs);
    world.witness.connected?.(world.real(), 'mqtt', false);
    post(world, DATA, world.wallMs);
    void world.witness.end?.();
    expect(world.told).toEqual([]);
  });

  it('is broken by a time that is not when it was', () => {
    const world = new FakeWorld(eventsInOrder);
    world.says('clock_set', { source: 'ntp', shiftMs: 0 }, 0, 'info');
    world.nowMs += 31_000;
    world.says('network_lost', DATA);
    const event = { deviceId: 'dev_0', productKey: '', deviceSN: '', name: 'network_lost', at: 0 };
    const params = { level: 'warn', value: DATA, time: world.wallMs };
    world.witness.cloud?.('eventPosted', { ...event, params, reportedAt: world.wallMs + 60_000 });
    expect(world.told[0]).toContain('60000 ms off');
  });
});

describe('no-leftover', () => {
  it('is broken by a dead connection that a board holds for more than keep alive and patience', () => {
    const world = new FakeWorld(noLeftover);
    world.peer = { isFrozen: true, isHeld: true, owner: 'SN0' };
    world.pass(80_000);
    expect(world.told).toEqual([]);
    world.pass(10_000);
    expect(world.told).toEqual(['It has held a dead connection for 80000 ms.']);
  });

  it('is broken by one that the cloud holds', () => {
    const world = new FakeWorld(noLeftover);
    world.cloud.connections.set({ isFrozen: true, isHeld: false, owner: 'SN0' }, 'mqtt');
    world.pass(120_000);
    expect(world.told[0]).toContain('The cloud has held');
  });
});

describe('nothing-lost', () => {
  const asked = (world: FakeWorld): Asked => ({
    device: world.real(),
    params: { action: 'pulse' },
    atMs: world.nowMs,
    answer: { status: 200, code: 200, data: {} },
  });
  const sent = { deviceId: 'dev_0', id: '7', params: { action: 'pulse' }, repeated: false, at: 0 };

  it('is broken by a command that was answered with success, and that nobody heard of again', () => {
    const world = new FakeWorld(nothingLost);
    world.witness.answered?.(asked(world));
    world.pass(80_000);
    expect(world.told[0]).toContain('of which nobody ever heard');
  });

  it('is broken by one that was sent and neither acted on nor dropped', () => {
    const world = new FakeWorld(nothingLost);
    world.witness.cloud?.('commandSent', sent);
    world.witness.answered?.(asked(world));
    world.pass(80_000);
    expect(world.told[0]).toContain('(7)');
  });

  it('is kept where the board accepted it, or the cloud tells that it dropped it', () => {
    for (const settle of ['board', 'cloud'] as const) {
      const world = new FakeWorld(nothingLost);
      world.witness.cloud?.('commandSent', sent);
      world.witness.answered?.(asked(world));
      world.pass(20_000);
      if (settle === 'board') world.says('command_accepted', { id: '7' }, 0, 'debug');
      const data = { deviceId: 'dev_0', id: '7' };
      if (settle === 'cloud') world.witness.log?.({ name: 'command_dropped', level: 'info', at: 0, data });
      world.pass(120_000);
      expect(world.told).toEqual([]);
    }
  });

  it('is broken by a post that was acknowledged and is gone after a restart', () => {
    const world = new FakeWorld(nothingLost);
    const payload = Buffer.from('{"params":{"position":"up"},"method":"thing.event.property.post"}');
    world.witness.acknowledged?.(world.real(), '/sys/p/dev_0/thing/event/property/post', payload);
    world.found = [{ 1: 1 }];
    world.witness.cloudUp?.();
    expect(world.told).toEqual([]);
    world.witness.acknowledged?.(world.real(), '/sys/p/dev_0/thing/event/property/post', payload);
    world.found = [];
    world.witness.cloudUp?.();
    expect(world.told[0]).toContain('position = "up"');
  });
});
