import { describe, expect, it } from 'vitest';
import { SimButton } from '../../host-sim/world/sim-button.js';
import { PROOF_MS } from '../../src/board/firmware-trial.js';
import { type BundleKey, bundleOf, sign } from '../support/bundles.js';
import { type FakePackage, fakePackage, imageOf } from './fake-transfer.js';
import { benchKey, UpdateBench, type UpdateBenchOptions } from './update-bench.js';

const online = async (options: UpdateBenchOptions = {}): Promise<UpdateBench> => {
  const bench = new UpdateBench({ key: await benchKey(), ...options });
  return bench.until(() => bench.isOnline);
};
/** Until the board runs that build. */
const switchTo = async (bench: UpdateBench, found: FakePackage): Promise<UpdateBench> => {
  const boots = bench.boots.length;
  bench.offer(found);
  return bench.when(() => bench.boots.length > boots);
};
const backOnline = (bench: UpdateBench): Promise<UpdateBench> =>
  bench.until(() => bench.version === '1.0.0' && bench.isOnline);

describe('a new build that does not come online', () => {
  it('goes back after 90 s and says why; the build before it tells that, and does not try again by itself', async () => {
    const bench = await online();
    await switchTo(bench, fakePackage('2.0.0', { character: 'mute', floor: '2.0.0' }));
    const startedMs = bench.time.nowMs;
    await bench.until(() => bench.boots.length === 3);
    expect(bench.time.nowMs - startedMs).toBeGreaterThan(PROOF_MS - 1_000);
    expect(bench.time.nowMs - startedMs).toBeLessThan(PROOF_MS + 10_000);
    expect(bench.boots).toEqual(['1.0.0', '2.0.0', '1.0.0']);
    await backOnline(bench);
    const message = 'not online within 90 s: network lost';
    expect(bench.told('update_failed')).toEqual([{ version: '2.0.0', code: 'rolled_back', message }]);
    expect(bench.progress.at(-1)).toBe(`-1 rolled_back: ${message}`);
    expect(bench.informs).toEqual(['1.0.0', '1.0.0']);
    expect(bench.record('update')).toMatchObject({ policy: {}, failed: [{ count: 1 }] });
    bench.reboot();
    await backOnline(bench);
    await bench.pass(120_000);
    expect([bench.boots.length, bench.told('update_failed').length]).toEqual([4, 1]);
  });

  it('is tried again when it is offered again, and after three times never again, by whatever way it comes', async () => {
    const bench = await online();
    const bad = fakePackage('2.0.0', { character: 'mute' });
    for (let i = 0; i < 3; i++) {
      await switchTo(bench, bad);
      await backOnline(bench);
    }
    expect(bench.boots).toEqual(['1.0.0', '2.0.0', '1.0.0', '2.0.0', '1.0.0', '2.0.0', '1.0.0']);
    bench.offer(bad, 'http://cloud/again');
    await bench.pass(10_000);
    expect(bench.told('update_failed').at(-1)).toMatchObject({ code: 'failed_before' });
    expect(bench.progress.at(-1)).toMatch(/^-1 failed_before: version 2.0.0 has failed 3 times/);
    await bench.pass(10_000);
    expect(bench.boots).toHaveLength(7);
    bench.offer(fakePackage('2.0.1'));
    await bench.until(() => bench.told('update_proven').length === 1);
    expect(bench.version).toBe('2.0.1');
  });

  it('since it crashes is taken back at once', async () => {
    const bench = await online();
    await switchTo(bench, fakePackage('2.0.0', { character: 'crashes' }));
    // It would have been online before it crashes.
    bench.cloud.connack = undefined;
    await bench.until(() => bench.boots.length === 3);
    bench.cloud.connack = 0;
    await backOnline(bench);
    await bench.pass(30_000);
    expect(bench.boots).toEqual(['1.0.0', '2.0.0', '1.0.0']);
    expect(bench.told('update_failed')).toEqual([
      { version: '2.0.0', code: 'rolled_back', message: 'it crashed before it was online' },
    ]);
    expect(bench.told('booted').at(-1)).toMatchObject({ reason: 'crash', safeMode: false });
  });

  it('since it crashes before the first line of it is taken back at once, and not tried again by itself', async () => {
    const bench = await online();
    await switchTo(bench, fakePackage('2.0.0', { character: 'stillborn' }));
    await backOnline(bench);
    await bench.pass(60_000);
    expect(bench.boots).toEqual(['1.0.0', '2.0.0', '1.0.0']);
    expect(bench.told('update_failed')).toEqual([
      { version: '2.0.0', code: 'rolled_back', message: 'it crashed before it was online' },
    ]);
  });

  it('since its power goes is tried again by itself, and kept once it is online', async () => {
    const bench = await online();
    await switchTo(bench, fakePackage('2.0.0'));
    bench.reboot();
    expect(bench.version).toBe('1.0.0');
    await bench.until(() => bench.told('update_proven').length === 1);
    expect(bench.boots).toEqual(['1.0.0', '2.0.0', '1.0.0', '2.0.0']);
    expect([bench.told('update_failed'), bench.transfer.started]).toEqual([[], []]);
  });

  it('since its power goes every time is tried ten times, and then no more until it is offered again', async () => {
    const bench = await online();
    const found = fakePackage('2.0.0');
    bench.offer(found);
    for (let i = 0; i < 10; i++) {
      await bench.when(() => bench.version === '2.0.0');
      bench.reboot();
    }
    await bench.until(() => bench.told('update_failed').length === 1);
    expect(bench.told('update_failed')).toMatchObject([{ code: 'no_power' }]);
    await bench.pass(60_000);
    expect(bench.boots.filter((version) => version === '2.0.0')).toHaveLength(10);
    bench.offer(found);
    await bench.until(() => bench.told('update_proven').length === 1);
  });

  it('is not blamed for what the build before it does: a crash of that one, or a power cut, is none of the new one', async () => {
    const bench = await online();
    await switchTo(bench, fakePackage('2.0.0'));
    bench.reboot();
    bench.cut();
    bench.boot('crash');
    await bench.until(() => bench.told('update_proven').length === 1);
    expect(bench.told('update_failed')).toEqual([]);
  });

  it('leaves the board to itself when it is stopped, and is tried again', async () => {
    const bench = await online();
    await switchTo(bench, fakePackage('2.0.0'));
    const stopped = bench.board.stop();
    await bench.pass(5_000);
    await stopped;
    expect([bench.host.timers, bench.host.sockets]).toEqual([0, 0]);
    bench.host.powerOff();
    bench.boot('restart');
    expect(bench.version).toBe('1.0.0');
    await bench.until(() => bench.told('update_proven').length === 1);
  });

  it('takes no offer, and is not confirmed, where the boot loader cannot note it: it goes back', async () => {
    const bench = await online();
    await switchTo(bench, fakePackage('2.0.0'));
    bench.slots.confirm = () => {
      throw new Error('a block of the flash is worn out');
    };
    await bench.until(() => bench.isOnline);
    bench.offer(fakePackage('3.0.0'));
    await bench.when(() => bench.boots.length === 3);
    expect([bench.told('storage_failed'), bench.informs, bench.told('update_started')]).toEqual([
      [{ record: 'firmware' }],
      ['1.0.0'],
      [{ version: '2.0.0' }],
    ]);
    await backOnline(bench);
    expect(bench.told('update_failed')).toMatchObject([
      { message: 'not online within 90 s: it could not be confirmed' },
    ]);
  });
});

describe('what a build brings', () => {
  const changeOf = async (
    bench: UpdateBench,
    key: BundleKey,
    ...ids: readonly number[]
  ): Promise<{ code: number; message?: string }> => {
    const dev = { api: 'https://test:8443', ca: [] };
    const bundle = await sign(bundleOf(1, { test: dev }), ...ids.map((id) => ({ ...key, id })));
    bench.cloud.call('setTrust', `trust ${ids}`, { bundle });
    await bench.pass(500);
    return bench.cloud.on(bench.cloud.topic('thing/service/setTrust_reply')).at(-1)!.json;
  };

  it('counts once it has proven itself: who signs, also bundles, and the lowest version', async () => {
    const key = await benchKey();
    const bench = await online({ knows: (version) => (version === '1.0.0' ? [0] : [0, 1]) });
    // Both are refused for what is in them, and not for who has signed them.
    expect((await changeOf(bench, key, 0)).message).toMatch(/^bundle\.environments/);
    await switchTo(bench, fakePackage('2.0.0', { required: 0b10, floor: '1.9.0' }));
    expect(bench.record('update').policy).toEqual({});
    await bench.until(() => bench.told('update_proven').length === 1);
    expect(bench.record('update').policy).toEqual({ required: 0b10, floor: '1.9.0' });
    expect((await changeOf(bench, key, 0)).message).toMatch(/lacks that of a key which this board wants: 1$/);
    expect((await changeOf(bench, key, 1)).message).toMatch(/^bundle\.environments/);
    bench.offer(fakePackage('3.0.0'));
    await bench.until(() => bench.told('update_refused').length === 1);
    expect(bench.told('update_refused')).toMatchObject([{ code: 'not_signed' }]);
  });

  it('keeps out who signed before only where it knows who signs from then on; else that stays, and the board says so', async () => {
    const bench = await online();
    await switchTo(bench, fakePackage('2.0.0', { required: 0b110, floor: '2.0.0' }));
    await bench.until(() => bench.told('update_proven').length === 1);
    expect(bench.told('update_keys_unknown')).toEqual([{ required: 0b110 }]);
    expect(bench.record('update').policy).toEqual({ floor: '2.0.0' });
    bench.offer(fakePackage('3.0.0'));
    await bench.until(() => bench.told('update_proven').length === 2);
  });

  it('goes back, online or not, where it knows none of the keys that could sign the next: nobody could ever mend that from afar', async () => {
    // It brings 1, which it does not know, and would leave 0, which it does not know either.
    const bench = await online({ knows: (version) => (version === '1.0.0' ? [0] : [2]) });
    await switchTo(bench, fakePackage('2.0.0', { required: 0b10 }));
    await bench.until(() => bench.told('update_failed').length === 1);
    expect(bench.told('update_failed')).toMatchObject([
      { version: '2.0.0', code: 'rolled_back', message: 'it knows no key for the next update' },
    ]);
    expect([bench.version, bench.told('update_proven'), bench.record('update').policy]).toEqual(['1.0.0', [], {}]);
  });

  it('never lowers the lowest version', async () => {
    const bench = await online();
    await switchTo(bench, fakePackage('2.0.0', { floor: '1.9.0' }));
    await bench.until(() => bench.told('update_proven').length === 1);
    await switchTo(bench, fakePackage('3.0.0', { floor: '1.0.0' }));
    await bench.until(() => bench.told('update_proven').length === 2);
    expect(bench.record('update').policy).toEqual({ required: 1, floor: '1.9.0' });
  });

  it('is taken over at the next boot, where the power went between the proof and that', async () => {
    const bench = await online();
    await switchTo(bench, fakePackage('2.0.0', { floor: '1.9.0' }));
    bench.slots.confirm();
    bench.reboot();
    expect([bench.version, bench.record('update').policy]).toEqual(['2.0.0', { required: 1, floor: '1.9.0' }]);
    await bench.until(() => bench.isOnline);
    expect([bench.informs.at(-1), bench.record('download'), bench.told('update_failed')]).toEqual([
      '2.0.0',
      undefined,
      [],
    ]);
  });

  it('stays over a factory reset, which forgets what was on its way', async () => {
    const bench = await online();
    await switchTo(bench, fakePackage('2.0.0', { floor: '1.9.0' }));
    await bench.until(() => bench.told('update_proven').length === 1);
    bench.offer(fakePackage('3.0.0'));
    await bench.until(() => bench.progress.includes('50'));
    await bench.until(() => bench.record('download') !== undefined);
    bench.cloud.call('reset', '1');
    await bench.until(() => bench.boots.length === 3);
    expect([bench.version, bench.record('download')]).toEqual(['2.0.0', undefined]);
    await bench.pass(60_000);
    expect(bench.record('update').policy).toEqual({ required: 1, floor: '1.9.0' });
    expect(bench.boots).toHaveLength(3);
  });

  it('is not lost where the flash cannot be read for a while: nothing is written over it', async () => {
    const bench = await online();
    await switchTo(bench, fakePackage('2.0.0', { floor: '1.9.0' }));
    await bench.until(() => bench.told('update_proven').length === 1);
    bench.offer(fakePackage('3.0.0'));
    await bench.when(() => bench.progress.at(-1) === '95');
    bench.flash.isUnreadable = true;
    await bench.until(() => bench.told('update_failed').length === 1);
    bench.flash.isUnreadable = false;
    expect(bench.told('update_failed')).toMatchObject([{ code: 'not_stored' }]);
    expect([bench.version, bench.record('update').policy.floor]).toEqual(['2.0.0', '1.9.0']);
  });
});

describe('what a proven build has brought', () => {
  it('lets nobody sign while the flash cannot be read, and least of all whom it has retired', async () => {
    const bench = await online({ knows: (version) => (version === '1.0.0' ? [0] : [0, 1]) });
    await switchTo(bench, fakePackage('2.0.0', { required: 0b10, floor: '2.0.0' }));
    await bench.until(() => bench.told('update_proven').length === 1);
    // The flash comes back as soon as the package has been judged.
    bench.flash.isUnreadable = true;
    bench.offer(fakePackage('3.0.0'));
    await bench.when(() => bench.told('update_started').length === 2 || bench.told('update_refused').length === 1);
    bench.flash.isUnreadable = false;
    await bench.pass(60_000);
    expect([bench.version, bench.told('update_refused')]).toMatchObject(['2.0.0', [{ code: 'not_signed' }]]);
  });
});

describe('a build that the power has kept from proving itself', () => {
  it('is told of once, where nothing comes of it', async () => {
    const failure = { step: -4, code: 'flash_differs', message: 'the flash holds something else' } as const;
    const bench = await online();
    const found = fakePackage('2.0.0');
    await switchTo(bench, found);
    found.failures.push({ at: 100, failure });
    bench.reboot();
    await bench.until(() => bench.told('update_failed').length === 1);
    bench.reboot();
    await bench.pass(60_000);
    expect(bench.told('update_failed').map(({ code }) => code)).toEqual(['flash_differs']);
    expect(bench.record('update').trial).toBeUndefined();
  });

  it('is forgotten where a cable has brought one that is above it', async () => {
    const bench = await online();
    await switchTo(bench, fakePackage('2.0.0'));
    bench.cut();
    bench.loader.flashByCable(imageOf('3.0.0', 'good'));
    for (let boot = 0; boot < 3; boot++) {
      bench.boot();
      await bench.until(() => bench.isOnline);
      bench.cut();
    }
    expect([bench.version, bench.told('update_failed')]).toEqual(['3.0.0', []]);
    expect(bench.record('update')).toEqual({ policy: {}, failed: [] });
  });
});

describe('a factory reset by hand', () => {
  const hold = async (bench: UpdateBench): Promise<void> => {
    const button = new SimButton({ timer: bench.time.timer, random: bench.host.random });
    button.connect(bench.host.pins, 0);
    button.press(11_000);
    await bench.pass(16_000);
  };

  it('while a build is on trial leaves a whole board: the build before it, which does not switch again', async () => {
    const bench = await online();
    await switchTo(bench, fakePackage('2.0.0', { floor: '2.0.0' }));
    bench.cloud.connack = undefined;
    await hold(bench);
    expect([bench.version, bench.told('factory_reset').length]).toEqual(['1.0.0', 1]);
    bench.cloud.connack = 0;
    await backOnline(bench);
    await bench.pass(60_000);
    expect([bench.boots.length, bench.cloud.requests.length]).toEqual([3, 2]);
    expect(bench.record('update')).toEqual({ policy: {}, failed: [] });
    expect(bench.told('update_failed')).toMatchObject([{ version: '2.0.0', code: 'lost' }]);
    bench.offer(fakePackage('2.0.0'), 'http://cloud/again');
    await bench.until(() => bench.told('update_proven').length === 1);
  });

  it('while an update waits to go on after a power cut leaves the build that runs, for good', async () => {
    const bench = await online();
    await switchTo(bench, fakePackage('2.0.0'));
    bench.cloud.connack = undefined;
    bench.reboot();
    expect([bench.version, bench.record('update').trial.mayHaveRun]).toEqual(['1.0.0', false]);
    await hold(bench);
    bench.cloud.connack = 0;
    await bench.pass(60_000);
    expect([bench.version, bench.isOnline, bench.record('update').trial]).toEqual(['1.0.0', true, undefined]);
  });
});
