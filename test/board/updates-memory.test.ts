import { afterAll, describe, expect, it } from 'vitest';
import { loadProduct } from '../../host-sim/products/load.js';
import { BootLoader } from '../../host-sim/world/boot-loader.js';
import { BLOCK_BYTES } from '../../host-sim/world/nor-flash.js';
import { SimButton } from '../../host-sim/world/sim-button.js';
import { SimFirmwareSlots } from '../../host-sim/world/sim-firmware-slots.js';
import type { Product } from '../../src/core/product.js';
import { updateKeys } from '../support/bundles.js';
import { type FakePackage, FakeTransfer, fakePackage, imageOf } from './fake-transfer.js';
import { BenchPki, MovingBench } from './moving-bench.js';
import { benchKey } from './update-bench.js';

const pki = new BenchPki();
afterAll(() => pki.close());

const KB = 1_024;
const CLOUD = 'https://release:8443';

/** A board with TLS, so much free heap, and a package to get. */
class TightBench extends MovingBench {
  readonly packages = new Map<string, FakePackage>();
  readonly loader = new BootLoader({ slotBytes: 4 * BLOCK_BYTES });
  freeHeap: number | undefined;
  transfer!: FakeTransfer;

  static async online(freeHeap: number | undefined, seed = 1, product?: Product): Promise<TightBench> {
    const bench = new TightBench(pki, { updateKeys: updateKeys(await benchKey()) }, product);
    bench.freeHeap = freeHeap;
    bench.loader.flashByCable(imageOf('1.0.0', 'good'));
    const booted = bench.loader.boot()!;
    bench.hostOptions = {
      seed,
      createSlots: (restart) => new SimFirmwareSlots(bench.loader, booted, restart),
      freeHeap: () => bench.freeHeap,
    };
    bench.createTransfer = (options) => {
      bench.transfer = new FakeTransfer(options, bench.packages);
      return bench.transfer;
    };
    bench.boot().untilOnline();
    return bench;
  }

  offer(found: FakePackage): this {
    const url = `${CLOUD}/${found.version}`;
    this.packages.set(url, found);
    const { release } = this.clouds;
    const data = { size: 1_000, version: found.version, isDiff: 0, url, module: 'default' };
    release.publish(release.topic('ota/device/upgrade'), JSON.stringify({ code: '1000', data, id: 1 }));
    return this;
  }

  get progress(): string[] {
    const { release } = this.clouds;
    return release.on(release.topic('ota/device/progress')).map(({ json }) => json.params.step);
  }

  get phases(): string[] {
    return this.data('state_changed').map(({ to }) => to);
  }
}

const connectFailed = { step: -2, code: 'connect_failed', message: 'the server could not be reached', retryMs: 1_000 };

describe('a board with TLS', () => {
  it('that has room for two sessions stays online while it gets a build', async () => {
    const bench = await TightBench.online(90 * KB);
    bench.offer(fakePackage('2.0.0'));
    bench.until('update_ready');
    expect([bench.phases.includes('updating'), bench.progress.length]).toEqual([false, 20]);
  });

  it('whose engine cannot tell what room there is begins beside its session', async () => {
    const bench = await TightBench.online(undefined);
    bench.offer(fakePackage('2.0.0'));
    bench.until('update_ready');
    expect(bench.phases).not.toContain('updating');
  });

  it('that has no room beside its session says `offline`, gets the build, and restarts with it', async () => {
    const bench = await TightBench.online(30 * KB);
    bench.offer(fakePackage('2.0.0')).time.advance(1_000);
    const { release } = bench.clouds;
    expect([bench.board.life.phase, bench.online, release.statuses.at(-1)]).toEqual(['updating', [], 'offline']);
    expect(release.packets.at(-1)?.cmd).toBe('disconnect');
    bench.until('update_ready');
    await bench.turn();
    expect([bench.host.restarts, bench.progress]).toEqual([1, []]);
    expect([bench.host.timers, bench.host.sockets]).toEqual([0, 0]);
  });

  it('is online again where nothing comes of it, and can say so', async () => {
    const bench = await TightBench.online(30 * KB);
    const failure = { step: -3, code: 'wrong_digest', message: 'the image is another one' } as const;
    bench.offer(fakePackage('2.0.0', { failures: [{ at: 50, failure }] }));
    bench.until('update_failed').untilOnline(5_000);
    expect([bench.progress, bench.phases.slice(-3)]).toEqual([['-3'], ['updating', 'connecting', 'online']]);
  });

  it('is online while it waits to go on, and leaves again for that', async () => {
    const bench = await TightBench.online(30 * KB);
    const failure = { step: -2, code: 'idle_timeout', message: 'the server fell silent', retryMs: 60_000 } as const;
    bench.offer(fakePackage('2.0.0', { failures: [{ at: 50, failure }] }));
    bench.until('update_paused');
    bench.untilOnline(5_000).time.advance(50_000);
    expect(bench.online).toEqual(['release']);
    bench.until('update_ready');
    expect(bench.phases.filter((phase) => phase === 'updating')).toHaveLength(2);
    expect(bench.transfer.started).toHaveLength(1);
  });

  it('finds out that it has no room by a connection that it cannot have, and tries without its session', async () => {
    const bench = await TightBench.online(undefined);
    const failures = [{ at: 0, failure: { ...connectFailed, step: -2 as const } }];
    bench.offer(fakePackage('2.0.0', { failures }));
    bench.until('update_ready');
    expect(bench.phases.filter((phase) => phase === 'updating')).toHaveLength(1);
  });

  it('is online while it waits for the end of a pulse that somebody at the board has begun', async () => {
    const servo = loadProduct('SW-SERVO-001');
    const [output] = servo.outputs;
    const pulse = { ...output!.pulse, durationMs: 60_000, maxMs: 60_000 };
    const outputs = [{ ...output!, pulse }] as Product['outputs'];
    const bench = await TightBench.online(30 * KB, 1, { ...servo, controlMode: 'pulse', outputs });
    bench.offer(fakePackage('2.0.0')).time.advance(1_500);
    expect(bench.board.life.phase).toBe('updating');
    const button = new SimButton({ timer: bench.time.timer, random: bench.host.random });
    button.connect(bench.host.pins, 0);
    button.press(200);
    bench.time.advance(20_000);
    expect([bench.online, bench.data('update_ready')]).toEqual([['release'], []]);
    bench.until('update_ready');
  });

  it('that loses its network meanwhile goes on once it is online again', async () => {
    const bench = await TightBench.online(30 * KB);
    bench.offer(fakePackage('2.0.0')).time.advance(1_000);
    bench.host.loseWiFi();
    bench.time.advance(100);
    expect(bench.board.life.phase).toBe('joining');
    bench.until('update_ready');
    expect(bench.phases.filter((phase) => phase === 'updating')).toHaveLength(2);
  });

  it('does not mind a network that goes, or comes back, while it takes its leave', async () => {
    let backInTime = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const bench = await TightBench.online(30 * KB, seed);
      bench.clouds.release.puback = false;
      bench.offer(fakePackage('2.0.0')).time.advance(100);
      bench.host.loseWiFi();
      bench.time.advance(500);
      if (bench.board.life.phase === 'online') backInTime++;
      bench.clouds.release.puback = true;
      bench.until('update_ready');
    }
    expect(backInTime).toBeGreaterThan(0);
  });
});
