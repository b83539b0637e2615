import { afterAll, describe, expect, it } from 'vitest';
import { decodeImage } from '../../host-sim/image/sim-image.js';
import { BootLoader } from '../../host-sim/world/boot-loader.js';
import { BLOCK_BYTES } from '../../host-sim/world/nor-flash.js';
import { SimFirmwareSlots } from '../../host-sim/world/sim-firmware-slots.js';
import { BenchPki, MovingBench } from '../board/moving-bench.js';
import { FileServer } from '../support/ota/file-server.js';
import { packageOf, updateKey } from '../support/ota/package.js';
import { buildOf, FieldBench } from './field-bench.js';

const pki = new BenchPki();
afterAll(() => pki.close());
const KEY = updateKey(0);

describe('complaint 7: an update dies for lack of heap', () => {
  it('a board that has memory for one connection over TLS leaves its session for the download, and comes back with the new build', async () => {
    const point = Buffer.from(KEY.point).toString('base64');
    const bench = new MovingBench(pki, { updateKeys: { keys: { '0': point } } });
    const server = new FileServer(bench.network, packageOf(buildOf('1.1.0'), [KEY]), 'release', 9_443);
    const loader = new BootLoader({ slotBytes: 16 * BLOCK_BYTES });
    loader.flashByCable(buildOf('1.0.0'));
    const boot = (reason: 'power_on' | 'restart'): boolean => {
      const booted = loader.boot()!;
      bench.product = decodeImage(booted.body).build!.product;
      bench.hostOptions = {
        createSlots: (restart) => new SimFirmwareSlots(loader, booted, restart),
        hasRoom: () => bench.host.sockets === 0,
      };
      bench.boot(reason).untilOnline();
      return booted.isOnTrial;
    };
    expect(boot('power_on')).toBe(false);
    const { release } = bench.clouds;
    const data = { size: server.file.length, version: '1.1.0', url: 'https://release:9443/x', module: 'default' };
    const offer = { code: '1000', data, id: 1 };
    release.publish(release.topic('ota/device/upgrade'), JSON.stringify(offer));
    for (let left = 6_000; left > 0 && bench.host.restarts === 0; left--) {
      bench.time.advance(100);
      for (let turn = 0; turn < 6; turn++) await Promise.resolve();
    }
    expect(bench.host.restarts).toBe(1);
    expect(bench.data('state_changed').map(({ to }) => to)).toContain('updating');
    expect(release.statuses.filter((status) => status === 'offline').length).toBeGreaterThan(0);
    bench.cut();
    expect(boot('restart')).toBe(true);
    expect(bench.host.firmware?.isOnTrial).toBe(false);
  });

  // What it takes of XS, in slots: test/xs/transfer.test.ts.
});

describe('complaint 14: a corrupt configuration, and no safe mode from afar', () => {
  it.each(['boot', 'outputs', 'events', 'update', 'download', 'clock', 'environment', 'factory'])(
    'a record "%s" that has rotted keeps no board from its network, nor from the update that mends it',
    async (record) => {
      const bench = new FieldBench({ key: KEY });
      bench.offers = false;
      await bench.pass(120_000, () => bench.device.isOnline);
      await bench.pass(90_000);
      bench.device.flash.rot(record, 20, 3);
      bench.device.cut();
      await bench.pass(120_000, () => bench.device.isOnline);
      bench.offers = true;
      bench.offer(bench.version, bench.server.url, bench.server.file.length);
      await bench.settle();
      expect([bench.isUpdated, bench.device.version]).toEqual([true, '1.1.0']);
    },
  );

  it('a build that crashes again and again, long after it has proven itself, is replaced from afar', async () => {
    const bench = new FieldBench({ key: KEY });
    bench.offers = false;
    await bench.pass(120_000, () => bench.device.isOnline);
    for (let crash = 0; crash < 5; crash++) {
      bench.device.reset('crash');
      await bench.pass(30_000, () => bench.device.isOnline);
    }
    expect(bench.data('booted').at(-1)).toMatchObject({ safeMode: true });
    bench.offer(bench.version, bench.server.url, bench.server.file.length);
    await bench.settle();
    expect([bench.isUpdated, bench.device.version]).toEqual([true, '1.1.0']);
    expect(bench.data('booted').at(-1)).toMatchObject({ version: '1.1.0', safeMode: false });
  });
});
