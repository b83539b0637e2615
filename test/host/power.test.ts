import { afterEach, describe, expect, it, vi } from 'vitest';
import { BOARD_CLOCK } from '../support/board-clock.js';
import { LiveBoard, type LiveBoardOptions } from '../support/live-board.js';
import { freePorts } from '../support/ports.js';
import { RealNetwork } from '../support/real-network.js';
import { ScriptedCloud } from '../support/scripted-cloud.js';

describe('the power of a simulated board', () => {
  const open: { close(): unknown }[] = [];

  afterEach(() => {
    for (const one of open.splice(0)) one.close();
  });

  async function createCloud(): Promise<ScriptedCloud> {
    const network = new RealNetwork();
    open.push(network);
    const [apiPort, mqttPort] = await freePorts(2);
    return new ScriptedCloud(network, { apiHost: '127.0.0.1', apiPort, mqttHost: '127.0.0.1', mqttPort });
  }

  function start(apiUrl = 'http://127.0.0.1:1', options: LiveBoardOptions = {}): LiveBoard {
    const live = new LiveBoard(apiUrl, options);
    open.push({ close: () => live.board.powerCut() });
    return live;
  }

  it('comes back as it was taken: the same device boots anew, and knows why', async () => {
    const cloud = await createCloud();
    const live = start(cloud.apiUrl);
    await live.online();
    const { deviceId, surroundings, pins, world } = live.board;
    expect([live.board.powered, live.board.rssi]).toEqual([true, -45]);
    live.board.powerCut();
    const said = live.events.length;
    expect([live.board.powered, live.board.rssi, live.board.deviceId]).toEqual([false, undefined, deviceId]);
    await vi.waitUntil(() => !cloud.connected, { timeout: 60_000 });
    expect(live.events).toHaveLength(said);
    surroundings.set({ rssi: -70 });
    live.board.powerOn();
    expect(live.board.powered).toBe(true);
    const booted = await live.event('booted', () => true, said);
    expect(booted.data).toMatchObject({ reason: 'power_on' });
    await live.online(said);
    expect(cloud.requests).toHaveLength(1);
    expect(live.board.rssi).toBe(-70);
    expect([live.board.deviceId, live.board.pins, live.board.world]).toEqual([deviceId, pins, world]);
    expect(live.crashes).toEqual([]);
  });

  it('boots once, however often it is switched on or off', async () => {
    const live = start();
    live.board.powerOn();
    live.board.powerCut();
    live.board.powerCut();
    live.board.powerOn();
    live.board.powerOn();
    await live.event('state_changed', ({ to }) => to !== 'boot', live.events.length);
    expect(live.events.filter(({ name }) => name === 'booted')).toHaveLength(2);
  });

  it('does not come back by itself where it is cut between a crash or a restart and the next boot', async () => {
    vi.useFakeTimers({ toFake: BOARD_CLOCK });
    try {
      const live = start();
      live.board.pins.onChange((_pin, kind) => {
        if (kind === 'digital') throw new Error('a pin is broken');
      });
      vi.advanceTimersByTime(2_000);
      expect(live.crashes.length).toBeGreaterThan(0);
      expect(live.board.powered).toBe(true);
      live.board.powerCut();
      const crashes = live.crashes.length;
      vi.advanceTimersByTime(60_000);
      expect([live.board.powered, live.crashes.length]).toEqual([false, crashes]);
      live.board.powerOn();
      vi.advanceTimersByTime(100);
      expect(live.crashes.length).toBe(crashes + 1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('is gone for good once the board has been stopped, whether it had power then or not', async () => {
    const live = start();
    await live.board.stop();
    live.board.powerOn();
    expect(live.board.powered).toBe(false);
    const cut = start();
    cut.board.powerCut();
    await cut.board.stop();
    cut.board.powerOn();
    expect(cut.board.powered).toBe(false);
    expect(cut.events.filter(({ name }) => name === 'booted')).toHaveLength(1);
  });

  it('may be cut while the board is being stopped: it has stopped then', async () => {
    const cloud = await createCloud();
    const live = start(cloud.apiUrl);
    await live.online();
    const stopped = live.board.stop();
    live.board.powerCut();
    await stopped;
    expect(live.board.stop()).toBe(live.board.stop());
    expect(live.crashes).toEqual([]);
  });

  it('lights and darkens its status LED, which blinks as its state has it', async () => {
    vi.useFakeTimers({ toFake: BOARD_CLOCK });
    try {
      const live = start();
      live.board.surroundings.set({ wifi: false });
      vi.advanceTimersByTime(10_000);
      expect(live.board.led?.cycle).toEqual([500, 500]);
      live.board.powerCut();
      expect([live.board.led?.on, live.board.led?.cycle]).toEqual([false, []]);
    } finally {
      vi.useRealTimers();
    }
  });
});
