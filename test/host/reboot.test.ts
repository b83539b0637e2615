import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RebootDelay } from '../../host-sim/host/reboot-delay.js';
import { loadProduct } from '../../host-sim/products/load.js';
import type { Product } from '../../src/core/product.js';
import { LiveBoard } from '../support/live-board.js';
import { freePorts } from '../support/ports.js';
import { RealNetwork } from '../support/real-network.js';
import { ScriptedCloud } from '../support/scripted-cloud.js';

/** Two outputs on one pin: the firmware fails before it has started. */
function impossible(): Product {
  const product = loadProduct('SW-SERVO-001');
  return { ...product, outputs: [product.outputs[0]!, product.outputs[0]!] };
}

describe('a board that crashes over and over', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('waits twice as long each time, up to 10 s, and says so', async () => {
    const live = new LiveBoard('http://127.0.0.1:1', { product: impossible() });
    const atMs: number[] = [];
    for (let nowMs = 0; nowMs < 40_000; nowMs += 100) {
      while (atMs.length < live.crashes.length) atMs.push(nowMs);
      vi.advanceTimersByTime(100);
    }
    expect(atMs).toEqual([0, 300, 900, 2_100, 4_500, 9_300, 18_900, 28_900, 38_900]);
    expect(live.crashes.map(({ crashes, retryMs }) => [crashes, retryMs])).toEqual([
      [1, 300],
      [2, 600],
      [3, 1_200],
      [4, 2_400],
      [5, 4_800],
      [6, 9_600],
      [7, 10_000],
      [8, 10_000],
      [9, 10_000],
    ]);
    expect(String(live.crashes[0]!.error)).toContain('pin 18 is in use');
    await live.board.stop();
    vi.advanceTimersByTime(60_000);
    expect(live.crashes).toHaveLength(9);
  });

  it('starts with the short wait again after a boot that lasted a minute, or a restart that was wanted', () => {
    let nowMs = 0;
    const delay = new RebootDelay(() => nowMs);
    const crashAfter = (ms: number): number => {
      delay.booted();
      nowMs += ms;
      return delay.crashed(new Error('crash')).retryMs;
    };
    expect([crashAfter(10), crashAfter(59_999), crashAfter(60_000), crashAfter(10)]).toEqual([300, 600, 300, 600]);
    expect(delay.restarted()).toBe(300);
    expect(crashAfter(10)).toBe(300);
  });
});

describe('a board that crashes while it runs', () => {
  it('has its last events after the restart, the crash among them', async () => {
    const network = new RealNetwork();
    const [apiPort, mqttPort] = await freePorts(2);
    const cloud = new ScriptedCloud(network, { apiHost: '127.0.0.1', apiPort, mqttHost: '127.0.0.1', mqttPort });
    cloud.announceExtensions = true;
    const live = new LiveBoard(cloud.apiUrl);
    await live.online();
    let broken = true;
    live.board.pins.onChange((_pin, kind) => {
      if (broken && kind === 'pwm') throw new Error('a pin is broken');
    });
    cloud.command('1', { angle: 0 });
    await live.event('crashed', ({ message }) => message === 'Error: a pin is broken');
    broken = false;
    const rebooted = live.events.length;
    await live.online(rebooted);
    cloud.call('getLog', '2');
    const log = (): { name: string }[] =>
      cloud.on(cloud.topic('thing/log/post')).flatMap(({ json }) => json.params as { name: string }[]);
    await expect.poll(() => log().filter(({ name }) => name === 'booted').length).toBe(2);
    const names = log().map(({ name }) => name);
    expect(names.indexOf('crashed')).toBeGreaterThan(names.indexOf('activated'));
    expect(names.indexOf('crashed')).toBeLessThan(names.lastIndexOf('booted'));
    await live.board.stop();
    network.close();
  });
});

describe('a board that is stopped', () => {
  it('has stopped also where its firmware crashes meanwhile', async () => {
    const network = new RealNetwork();
    const [apiPort, mqttPort] = await freePorts(2);
    const cloud = new ScriptedCloud(network, { apiHost: '127.0.0.1', apiPort, mqttHost: '127.0.0.1', mqttPort });
    const live = new LiveBoard(cloud.apiUrl);
    await live.online();
    const moving = new Promise<void>((resolve) => {
      live.board.pins.onChange((_pin, kind) => {
        resolve();
        if (stopping !== undefined && kind === 'pwm') throw new Error('a pin is broken');
      });
    });
    let stopping: Promise<void> | undefined;
    cloud.command('1', { angle: 0 });
    await moving;
    stopping = live.board.stop();
    await stopping;
    expect(live.crashes).toMatchObject([{ error: { message: 'a pin is broken' } }]);
    network.close();
  });
});
