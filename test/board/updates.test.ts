import { describe, expect, it } from 'vitest';
import { loadProduct } from '../../host-sim/products/load.js';
import { type FakePackage, fakePackage } from './fake-transfer.js';
import { benchKey, UpdateBench, type UpdateBenchOptions } from './update-bench.js';

const online = async (options: UpdateBenchOptions = {}): Promise<UpdateBench> => {
  const bench = new UpdateBench({ key: await benchKey(), ...options });
  return bench.until(() => bench.isOnline);
};
const PERCENTS = Array.from({ length: 20 }, (_, at) => `${5 * (at + 1)}`);

describe('a board that is offered a newer build', () => {
  it('gets it, tells how far it is at QoS 0, restarts with it, and is that build once it has come online', async () => {
    const bench = await online();
    expect(bench.informs).toEqual(['1.0.0']);
    bench.offer(fakePackage('2.0.0', { floor: '1.5.0' }));
    await bench.until(() => bench.informs.length > 1);
    expect(bench.progress).toEqual(PERCENTS);
    expect(bench.cloud.on(bench.cloud.topic('ota/device/progress')).map(({ qos }) => qos)).toEqual(
      PERCENTS.map(() => 0),
    );
    expect(bench.cloud.on(bench.cloud.topic('ota/device/inform')).map(({ qos }) => qos)).toEqual([1, 1]);
    expect(bench.informs).toEqual(['1.0.0', '2.0.0']);
    expect([bench.boots, bench.slots.isOnTrial]).toEqual([['1.0.0', '2.0.0'], false]);
    expect([bench.told('update_started'), bench.told('update_ready'), bench.told('update_proven')]).toEqual([
      [{ version: '2.0.0' }],
      [{ version: '2.0.0' }],
      [{ version: '2.0.0' }],
    ]);
    expect(bench.statuses().map(({ status }) => status)).toEqual(['online', 'offline', 'online']);
    expect(bench.record('update')).toEqual({ policy: { required: 1, floor: '1.5.0' }, failed: [] });
    expect(bench.record('download')).toBeUndefined();
    bench.reboot();
    await bench.until(() => bench.isOnline);
    expect(bench.version).toBe('2.0.0');
  });

  it('waits until no pulse runs before it begins, and again before it restarts', async () => {
    const bench = await online();
    bench.cloud.command('1', { action: 'pulse', duration: 20_000 });
    await bench.pass(1_000);
    bench.offer(fakePackage('2.0.0'));
    await bench.pass(15_000);
    expect(bench.progress).toEqual([]);
    await bench.until(() => bench.progress.includes('50'));
    bench.cloud.command('2', { action: 'pulse', duration: 20_000 });
    await bench.pass(15_000);
    expect([bench.progress.at(-1), bench.told('update_ready'), bench.version]).toEqual(['100', [], '1.0.0']);
    await bench.until(() => bench.version === '2.0.0');
    // The pulse has come to its end.
    expect(bench.told('output_settled').length).toBeGreaterThanOrEqual(2);
  });

  it('leaves its outputs as they are', async () => {
    const definition = { ...loadProduct('SW-RELAY-002'), interlocks: [] };
    const bench = await online({ definition });
    bench.cloud.command('1', { action: 'toggle', position: 'up', channel: 0 });
    await bench.pass(5_000);
    const levels: number[] = [];
    bench.host.pins.onChange((pin, _kind, value) => pin === 16 && levels.push(value));
    bench.offer(fakePackage('2.0.0'));
    await bench.until(() => bench.told('update_proven').length === 1);
    expect([bench.host.pins.level(16), levels.filter((level) => level === 0)]).toEqual([1, []]);
  });

  it('shows it by its LED for as long as that lasts', async () => {
    const bench = await online();
    const { pin } = loadProduct('SW-SERVO-001').statusLed!;
    const changes: { atMs: number; level: number }[] = [];
    bench.host.pins.onChange(
      (changed, _kind, level) => changed === pin && changes.push({ atMs: bench.time.nowMs, level }),
    );
    const failure = { step: -2, code: 'gone', message: 'the file is gone' } as const;
    bench.offer(fakePackage('2.0.0', { failures: [{ at: 95, failure }] }));
    await bench.until(() => bench.told('update_failed').length === 1);
    expect(changes.map(({ level }) => level)).toEqual([0, 1, 0, 1]);
    const lastMs = changes.at(-1)!.atMs;
    await bench.pass(10_000);
    expect(changes.at(-1)).toEqual({ atMs: lastMs, level: 1 });
  });

  it('takes it in safe mode, too', async () => {
    const bench = await online();
    for (let i = 0; i < 5; i++) {
      await bench.pass(10_000);
      bench.cut();
      bench.boot('crash');
    }
    await bench.until(() => bench.isOnline);
    expect(bench.told('booted').at(-1)).toMatchObject({ safeMode: true });
    bench.offer(fakePackage('2.0.0'));
    await bench.until(() => bench.informs.at(-1) === '2.0.0');
    await bench.pass(61_000);
    bench.cut();
    bench.boot('restart');
    expect(bench.told('booted').at(-1)).toMatchObject({ safeMode: false, version: '2.0.0' });
  });

  it('is not told the same twice: the offer that it is busy with changes nothing, another one takes its place', async () => {
    const bench = await online();
    const two = fakePackage('2.0.0');
    bench.offer(two);
    await bench.until(() => bench.progress.includes('25'));
    bench.offer(two);
    await bench.pass(100);
    expect(bench.transfer.started).toEqual(['http://cloud/2.0.0']);
    bench.offer(fakePackage('3.0.0'));
    await bench.until(() => bench.told('update_proven').length === 1);
    expect(bench.boots).toEqual(['1.0.0', '3.0.0']);
  });

  it('does not wear its flash out for a cloud that cannot make up its mind, and goes on with what it has begun', async () => {
    const bench = await online();
    const two = fakePackage('2.0.0');
    const three = fakePackage('3.0.0');
    for (let i = 0; i < 25; i++) {
      bench.offer(i % 2 === 0 ? two : three);
      await bench.pass(120);
    }
    // The first one, and ten in its place.
    expect(bench.transfer.started.length).toBeLessThanOrEqual(11);
    expect(new Set(bench.told('update_refused').map(({ code }) => code))).toEqual(new Set(['too_often']));
    await bench.until(() => bench.told('update_proven').length === 1);
    expect(bench.version).toBe('2.0.0');
  });

  it('is offered other packages again as time goes by', async () => {
    const bench = await online();
    const failure = { step: -2, code: 'gone', message: 'the file is gone' } as const;
    const bad = (): FakePackage => fakePackage('2.0.0', { failures: [{ at: 0, failure }] });
    for (let i = 0; i < 13; i++) {
      bench.offer(bad());
      await bench.pass(2_000);
    }
    expect(bench.transfer.started).toHaveLength(11);
    await bench.pass(3_600_000);
    bench.offer(bad());
    await bench.pass(2_000);
    expect(bench.transfer.started).toHaveLength(12);
  });

  it('is not kept from the right one by any number that come to nothing before they are written', async () => {
    const bench = await online();
    for (let i = 0; i < 30; i++) {
      bench.offer(fakePackage(`2.0.${i}`));
      bench.packages.delete(`http://cloud/2.0.${i}`);
      await bench.pass(1_000);
    }
    bench.offer(fakePackage('3.0.0'));
    await bench.until(() => bench.told('update_proven').length === 1);
    expect(bench.version).toBe('3.0.0');
  });

  it('refuses it where it is no newer, however often it is replayed, and comes to no harm', async () => {
    const bench = await online();
    for (const version of ['1.0.0', '0.9.9', '1.0.0-rc.1']) bench.offer(fakePackage(version));
    await bench.pass(5_000);
    expect(bench.told('update_refused').map(({ code }) => code)).toEqual(['not_newer', 'not_newer', 'not_newer']);
    expect(bench.progress).toEqual([
      '-1 not_newer: version 1.0.0 is not above 1.0.0, which runs',
      '-1 not_newer: version 0.9.9 is not above 1.0.0, which runs',
      '-1 not_newer: version 1.0.0-rc.1 is not above 1.0.0, which runs',
    ]);
    expect([bench.transfer.started, bench.record('update'), bench.isOnline]).toEqual([[], undefined, true]);
    for (let i = 0; i < 500; i++) bench.offer(fakePackage('1.0.0'));
    await bench.pass(1_000);
    expect(bench.told('update_refused').length).toBeLessThanOrEqual(13);
  });

  it('passes over what the broker has retained, and what is for another module', async () => {
    const bench = await online();
    bench.packages.set('http://cloud/x', fakePackage('2.0.0'));
    bench.say({}, {}, true);
    bench.say({ module: 'mcu' });
    await bench.pass(5_000);
    expect([bench.transfer.started, bench.progress]).toEqual([[], []]);
  });

  it('says which field of the offer it cannot use', async () => {
    const bench = await online();
    bench.say({ url: 'ftp://cloud/x' });
    bench.cloud.publish(bench.cloud.topic('ota/device/upgrade'), Uint8Array.of(0xff, 0xfe));
    await bench.pass(1_000);
    expect(bench.told('update_refused')).toEqual([
      { code: 'bad_offer', message: expect.stringMatching(/^data\.url must be/) },
      { code: 'bad_offer', message: 'the message must be UTF-8' },
    ]);
  });

  it('tells why it has not taken it, at the step where that was found out, and forgets it', async () => {
    const bench = await online();
    const failure = { step: -3, code: 'digest', message: 'the image is not the one that was signed' } as const;
    bench.offer(fakePackage('2.0.0', { failures: [{ at: 50, failure }] }));
    await bench.until(() => bench.told('update_failed').length === 1);
    expect(bench.progress.at(-1)).toBe('-3 digest: the image is not the one that was signed');
    expect(bench.told('update_failed')).toEqual([
      { version: '2.0.0', code: 'digest', message: 'the image is not the one that was signed' },
    ]);
    bench.reboot();
    await bench.pass(60_000);
    expect([bench.version, bench.progress.length]).toEqual(['1.0.0', 11]);
  });

  it('does not blame one build for what is wrong with the next', async () => {
    const bench = await online();
    bench.offer(fakePackage('2.0.0'));
    await bench.until(() => bench.progress.includes('25'));
    bench.say({ version: '3.0.0', url: 'http://cloud/nothing' });
    await bench.pass(2_000);
    expect([bench.told('update_failed'), bench.told('update_refused')]).toMatchObject([[], [{ code: 'not_found' }]]);
  });

  it('refuses one whose package nobody has', async () => {
    const bench = await online();
    bench.say({ url: 'http://cloud/nothing' });
    await bench.pass(2_000);
    expect(bench.progress).toEqual(['-2 not_found: the server has no such file']);
    expect(bench.told('update_refused')).toMatchObject([{ code: 'not_found' }]);
  });

  it('gives one up that the boot loader would not start', async () => {
    const bench = await online();
    bench.offer(fakePackage('2.0.0', { isBroken: true }));
    await bench.until(() => bench.told('update_failed').length === 1);
    expect(bench.progress.at(-1)).toBe('-4 not_startable: the boot loader does not take this image');
    await bench.pass(5_000);
    bench.reboot();
    await bench.until(() => bench.isOnline);
    expect([bench.boots, bench.record('update').trial]).toEqual([['1.0.0', '1.0.0'], undefined]);
  });
});

describe('an update that is broken off', () => {
  it('waits without a network, and goes on where it was', async () => {
    const bench = await online();
    bench.offer(fakePackage('2.0.0'));
    await bench.until(() => bench.progress.includes('50'));
    bench.host.loseWiFi();
    await bench.until(() => !bench.isOnline);
    expect(bench.told('update_paused')).toMatchObject([{ code: 'offline' }]);
    await bench.until(() => bench.told('update_proven').length === 1);
    expect(bench.transfer.started).toEqual([]);
    expect(bench.progress).toHaveLength(20);
  });

  it('goes on without its session, but restarts only when the cloud is there again', async () => {
    const bench = await online();
    bench.offer(fakePackage('2.0.0'));
    await bench.until(() => bench.progress.includes('50'));
    bench.cloud.connack = undefined;
    bench.cloud.drop();
    await bench.pass(30_000);
    expect(bench.told('update_progress').at(-1)).toEqual({ percent: 100 });
    expect([bench.version, bench.told('update_paused')]).toEqual(['1.0.0', []]);
    bench.cloud.connack = 0;
    await bench.until(() => bench.told('update_proven').length === 1);
    // What had no session to be told in is not told later.
    expect(bench.progress.length).toBeLessThan(20);
  });

  it('goes on by itself after a power cut', async () => {
    const bench = await online();
    bench.offer(fakePackage('2.0.0'));
    await bench.until(() => bench.progress.includes('80'));
    bench.reboot();
    await bench.until(() => bench.told('update_proven').length === 1);
    expect(bench.progress.filter((step) => step === '50')).toHaveLength(1);
    expect(bench.transfer.started).toEqual([]);
  });

  it('goes on after the time that the transfer wants', async () => {
    const bench = await online();
    const failure = { step: -2, code: 'idle', message: 'the server says nothing', retryMs: 40_000 } as const;
    bench.offer(fakePackage('2.0.0', { failures: [{ at: 50, failure }] }));
    await bench.until(() => bench.told('update_paused').length === 1);
    expect(bench.told('update_paused')).toEqual([
      { code: 'idle', message: 'the server says nothing', retryMs: 40_000 },
    ]);
    await bench.pass(35_000);
    expect(bench.progress.at(-1)).toBe('50');
    await bench.until(() => bench.told('update_proven').length === 1);
    expect(bench.progress).toEqual(PERCENTS);
  });

  it('goes on no sooner because the network was away in between', async () => {
    const bench = await online();
    const failure = { step: -2, code: 'http_503', message: 'the server is busy', retryMs: 120_000 } as const;
    bench.offer(fakePackage('2.0.0', { failures: [{ at: 50, failure }] }));
    await bench.until(() => bench.told('update_paused').length === 1);
    bench.host.loseWiFi();
    await bench.until(() => !bench.isOnline);
    await bench.until(() => bench.isOnline);
    await bench.pass(60_000);
    expect([bench.progress.at(-1), bench.told('update_ready')]).toEqual(['50', []]);
    await bench.until(() => bench.told('update_proven').length === 1);
  });
});

describe('which build this is', () => {
  it('is told once a boot, daily, and when the cloud asks for it', async () => {
    const bench = await online();
    bench.cloud.drop();
    await bench.pass(1_000);
    await bench.until(() => bench.isOnline);
    expect(bench.informs).toEqual(['1.0.0']);
    bench.cloud.call('checkUpdate', '1');
    await bench.pass(1_000);
    expect(bench.informs).toHaveLength(2);
    bench.time.advance(24 * 60 * 60_000);
    expect(bench.informs).toHaveLength(3);
  });

  it('is told again after a session that was lost before the cloud had it', async () => {
    const bench = new UpdateBench();
    bench.cloud.puback = false;
    await bench.until(() => bench.informs.length === 1);
    bench.cloud.puback = true;
    bench.cloud.drop();
    await bench.until(() => bench.informs.length === 2);
    bench.cloud.drop();
    await bench.pass(60_000);
    expect(bench.informs).toHaveLength(2);
  });

  it('is not told to a cloud that has announced no topic for it, and `checkUpdate` says so', async () => {
    const bench = new UpdateBench();
    const topics = {
      propertyPost: bench.cloud.topic('thing/event/property/post'),
      propertySet: bench.cloud.topic('thing/service/property/set'),
      status: bench.cloud.topic('status'),
      serviceInvoke: bench.cloud.topic('thing/service/+'),
    };
    bench.cloud.activation = () => bench.cloud.activated({ topics });
    await bench.until(() => bench.isOnline);
    bench.cloud.call('checkUpdate', '1');
    await bench.pass(1_000);
    expect(bench.cloud.on(bench.cloud.topic('thing/service/checkUpdate_reply'))).toMatchObject([
      { json: { id: '1', code: 100_002, message: 'the cloud has announced no topic for updates' } },
    ]);
    expect(bench.informs).toEqual([]);
  });
});
