import { describe, expect, it } from 'vitest';
import { MemoryStorage } from '../../host-sim/host/memory-storage.js';
import { loadProduct } from '../../host-sim/products/load.js';
import type { CutMoment } from '../../host-sim/world/flash-power.js';
import { SimFlash } from '../../host-sim/world/sim-flash.js';
import { Bench } from './fixture.js';

/** A flash that counts what is written to it, deletions included. */
class CountingFlash extends SimFlash {
  writes = 0;

  constructor(onCut?: () => void) {
    super({ onWrite: () => this.writes++, ...(onCut && { onCut }) });
  }
}

/** The stores of a flash, as a host takes them. */
const storesOf = ({ storage, secrets }: SimFlash) => ({ storage, secrets });

describe('a board whose power goes', () => {
  it('is activated once, and the same device after any number of cuts', () => {
    const bench = new Bench();
    bench.untilOnline();
    for (let i = 0; i < 5; i++) {
      bench.cut();
      bench.boot('power_on');
      bench.untilOnline();
    }
    expect(bench.cloud.requests).toHaveLength(1);
  });

  it('remembers where its servo was, and does not move it at boot', () => {
    const bench = new Bench();
    bench.untilOnline();
    bench.cloud.command('1', { angle: 33 });
    bench.time.advance(5_000);
    bench.cut();
    const moved: number[] = [];
    bench.host.pins.onChange((pin, kind, value) => {
      if (pin === 18 && kind === 'pwm' && value > 0) moved.push(value);
    });
    bench.boot('power_on');
    bench.untilOnline();
    bench.time.advance(60_000);
    expect(moved).toEqual([]);
    expect(bench.posts().at(-1).params).toMatchObject({ angle: 33 });
  });

  it('comes back in the direction that it was last told, also where the change of direction was all that was stored', () => {
    const shipped = loadProduct('SW-RELAY-002');
    const outputs = shipped.outputs.map(
      (output) => ({ ...output, powerOn: 'last' }) as (typeof shipped.outputs)[number],
    );
    const bench = new Bench({ definition: { ...shipped, outputs } });
    bench.untilOnline();
    bench.cloud.command('1', { action: 'toggle', position: 'up', channel: 0 });
    bench.time.advance(70_000);
    bench.cloud.command('2', { action: 'toggle', position: 'up', channel: 1 });
    bench.time.advance(5_000);
    bench.cut();
    bench.boot('power_on');
    bench.time.advance(5_000);
    expect([bench.host.pins.level(16), bench.host.pins.level(17)]).toEqual([0, 1]);
  });

  it('writes its outputs at most once a minute, whatever it is told, and once at a clean stop', async () => {
    const flash = new CountingFlash();
    const bench = new Bench(storesOf(flash));
    bench.untilOnline();
    const before = flash.writes;
    for (let i = 0; i < 100; i++) {
      bench.cloud.command(`c${i}`, { angle: i % 2 === 0 ? 80 : 100 });
      bench.time.advance(3_000);
    }
    // Five minutes: outputs and events, at most one each a minute and one to begin with.
    expect(flash.writes - before).toBeLessThanOrEqual(2 * 6 + 1);
    bench.cloud.command('last', { angle: 91 });
    bench.time.advance(2_000);
    const stopped = bench.board.stop();
    for (let i = 0; i < 50; i++) {
      bench.time.advance(100);
      await Promise.resolve();
    }
    await stopped;
    bench.boot('restart');
    bench.untilOnline();
    expect(bench.posts().at(-1).params).toMatchObject({ angle: 91 });
  });

  it('comes back from a cut before or after every single flash write of its first minutes', () => {
    const script = (bench: Bench): void => {
      bench.untilOnline();
      bench.cloud.command('1', { angle: 40 });
      bench.time.advance(5_000);
      bench.cloud.command('2', { angle: 140 });
      bench.time.advance(130_000);
    };
    const dry = new CountingFlash();
    script(new Bench(storesOf(dry)));
    expect(dry.writes).toBeGreaterThan(4);
    for (let write = 1; write <= dry.writes; write++) {
      for (const moment of ['before', 'after'] satisfies CutMoment[]) {
        let cut = false;
        // A write that throws is reported and survived; here the power goes with it.
        const flash = new CountingFlash(() => {
          cut = true;
          bench.host?.powerOff();
        });
        flash.cutAtWrite(write, moment);
        const bench = new Bench({ ...storesOf(flash), start: false });
        bench.boot();
        for (let seconds = 0; seconds < 200 && !cut; seconds++) {
          bench.time.advance(1_000);
          if (seconds === 5) bench.cloud.connected && bench.cloud.command('1', { angle: 40 });
          if (seconds === 10) bench.cloud.connected && bench.cloud.command('2', { angle: 140 });
        }
        expect(cut).toBe(true);
        bench.cut();
        bench.boot('power_on');
        bench.untilOnline();
        expect(bench.board.deviceId, `cut ${moment} write ${write}`).toBe('dev_0000000000000001');
        expect([40, 90, 140]).toContain(bench.posts().at(-1).params.angle);
      }
    }
  });

  it('starts from its defaults when a record is damaged, and activates again', () => {
    const flash = new SimFlash();
    const bench = new Bench(storesOf(flash));
    bench.untilOnline();
    bench.time.advance(20_000);
    bench.cut();
    flash.storage.write('outputs', new Uint8Array([1, 2, 3]));
    for (const key of flash.keys) flash.rot(key, 20, 4);
    bench.boot('power_on');
    bench.untilOnline();
    expect(bench.cloud.requests).toHaveLength(2);
  });

  it('starts, and takes a record that its flash cannot read for a missing one', () => {
    const flash = new SimFlash();
    flash.isUnreadable = true;
    const bench = new Bench(storesOf(flash));
    bench.untilOnline();
  });

  it('goes on without a flash that takes writes, and says so', () => {
    const storage = new MemoryStorage();
    storage.write = () => {
      throw new Error('flash is full');
    };
    const bench = new Bench({ storage });
    bench.untilOnline();
    bench.cloud.command('1', { angle: 10 });
    bench.time.advance(5_000);
    expect(bench.posts().at(-1).params).toMatchObject({ angle: 10 });
    expect(bench.data('storage_failed').map(({ record }) => record)).toContain('outputs');
  });

  it('does not use an activation that it could not store, and tries again with a wait', () => {
    const secrets = new MemoryStorage();
    secrets.write = (key) => {
      if (key === 'activation') throw new Error('flash is full');
    };
    const bench = new Bench({ secrets });
    bench.time.advance(600_000);
    expect(bench.board.life.phase).toBe('activating');
    expect(bench.cloud.packets).toEqual([]);
    expect(bench.cloud.requests.length).toBeGreaterThan(5);
    expect(bench.cloud.requests.length).toBeLessThan(40);
  });

  it('keeps its last 64 events over a restart', async () => {
    const bench = new Bench();
    bench.untilOnline();
    bench.time.advance(20_000);
    bench.cut();
    bench.boot('power_on');
    const names = bench.board.events().map(({ name }) => name);
    expect(names.filter((name) => name === 'booted')).toHaveLength(2);
    expect(names).toContain('activated');
    for (let i = 0; i < 200; i++) {
      bench.untilOnline();
      bench.cloud.command(`x${i}`, { action: 'no' });
      bench.time.advance(10_000);
    }
    expect(bench.board.events()).toHaveLength(64);
  });
});

describe('a board whose firmware crashes', () => {
  it('starts in safe mode after 5 crashes in a row before 60 s, stays reachable, and takes no commands', () => {
    const bench = new Bench({ product: 'SW-SERVO-001' });
    for (let i = 0; i < 5; i++) {
      bench.time.advance(10_000);
      bench.cut();
      bench.boot('crash');
    }
    bench.untilOnline();
    expect(bench.data('booted').at(-1)).toMatchObject({ reason: 'crash', safeMode: true });
    bench.cloud.command('1', { action: 'toggle', position: 'up' });
    bench.time.advance(5_000);
    expect(bench.replies().at(-1)).toMatchObject({ id: '1', code: 100_002 });
    expect(bench.data('output_settled')).toEqual([]);
  });

  it('does not count power-on, brown-out and wanted restarts, nor a crash after the first minute', () => {
    const bench = new Bench();
    for (const [reason, lastsMs] of [
      ['crash', 5_000],
      ['crash', 5_000],
      ['power_on', 5_000],
      ['crash', 5_000],
      ['crash', 61_000],
      ['crash', 5_000],
      ['crash', 5_000],
      ['brown_out', 5_000],
      ['watchdog', 5_000],
      ['crash', 5_000],
      ['crash', 5_000],
      ['restart', 5_000],
      ['crash', 5_000],
      ['crash', 5_000],
      ['crash', 5_000],
      ['crash', 5_000],
    ] as const) {
      bench.time.advance(5_000);
      bench.cut();
      bench.boot(reason);
      expect(bench.data('booted')[0]).toMatchObject({ safeMode: false });
      bench.time.advance(lastsMs);
    }
  });

  it('leaves safe mode after a minute without a crash and a restart', () => {
    const bench = new Bench();
    for (let i = 0; i < 5; i++) {
      bench.time.advance(10_000);
      bench.cut();
      bench.boot('crash');
    }
    bench.time.advance(61_000);
    bench.cut();
    bench.boot('restart');
    expect(bench.data('booted')[0]).toMatchObject({ safeMode: false });
  });
});

describe('a wanted restart', () => {
  const stop = async (bench: Bench): Promise<void> => {
    const stopped = bench.board.stop();
    for (let i = 0; i < 50; i++) {
      bench.time.advance(100);
      await Promise.resolve();
    }
    await stopped;
  };
  const up = (bench: Bench, id: string, channel: number): void => {
    bench.cloud.command(id, { action: 'toggle', position: 'up', channel });
    bench.time.advance(5_000);
  };

  it('keeps relays as they were, and switches none on that safe mode had off', async () => {
    const definition = { ...loadProduct('SW-RELAY-002'), interlocks: [] };
    const bench = new Bench({ definition });
    bench.untilOnline();
    up(bench, '1', 0);
    bench.time.advance(70_000);
    await stop(bench);
    bench.boot('restart');
    expect(bench.host.pins.level(16)).toBe(1);
    for (let i = 0; i < 5; i++) {
      bench.time.advance(10_000);
      bench.cut();
      bench.boot('crash');
    }
    expect(bench.data('booted').at(-1)).toMatchObject({ safeMode: true });
    bench.untilOnline();
    bench.time.advance(70_000);
    await stop(bench);
    bench.boot('restart');
    bench.time.advance(70_000);
    expect(bench.data('booted').at(-1)).toMatchObject({ safeMode: false });
    expect(bench.host.pins.level(16)).toBe(0);
  });

  it('whose values could not be stored trusts no older ones: of an interlocked pair none comes on', async () => {
    const storage = new MemoryStorage();
    const bench = new Bench({ product: 'SW-RELAY-002', storage });
    bench.untilOnline();
    up(bench, '1', 0);
    await stop(bench);
    bench.boot('restart');
    bench.untilOnline();
    up(bench, '2', 1);
    const together: string[] = [];
    bench.host.pins.onChange(() => {
      if (bench.host.pins.level(16) === 1 && bench.host.pins.level(17) === 1) together.push('both');
    });
    const write = storage.write.bind(storage);
    storage.write = (key, bytes) => {
      if (key === 'outputs') throw new Error('flash is full');
      write(key, bytes);
    };
    await stop(bench);
    expect(bench.host.pins.level(17)).toBe(1);
    bench.boot('restart');
    bench.time.advance(5_000);
    expect(together).toEqual([]);
    expect(bench.host.pins.level(16)).toBe(0);
  });
});
