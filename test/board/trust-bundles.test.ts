import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TRIAL_MS } from '../../src/board/environment-trial.js';
import { networkRecord } from '../../src/records/network-record.js';
import { type BundleKey, bundleOf, makeBundleKey, sign, updateKeys } from '../support/bundles.js';
import { BenchPki, MovingBench } from './moving-bench.js';

const pki = new BenchPki();
let key: BundleKey;
beforeAll(async () => {
  key = await makeBundleKey();
});
afterAll(() => pki.close());

const RELEASE = 'https://release:8443';
const NEXT = { api: RELEASE, ca: [pki.anchor('next')] };
const BOTH = { api: RELEASE, ca: [pki.anchor('release'), pki.anchor('next')] };
const DEV = { api: 'https://dev:8443', ca: [pki.anchor('dev')] };

function online(): MovingBench {
  return new MovingBench(pki, { updateKeys: updateKeys(key) }).boot().untilOnline();
}

describe('a signed bundle', () => {
  it('gives the environment of the board another CA: proven at the API before the broker is tried, with the old credentials', async () => {
    const bench = online();
    const { release } = bench.clouds;
    const bundle = await sign(bundleOf(1, { release: NEXT }), key);
    expect(bench.call(release, 'setTrust', { bundle })).toMatchObject({ code: 200 });
    bench.shown['release'] = 'next';
    bench.until('environment_kept');
    expect(bench.data('environment_kept')).toEqual([{ name: 'release', version: 1 }]);
    expect(release.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /api/v1/devices/activate',
      'GET /healthz',
    ]);
    bench.reboot().untilOnline();
    expect([bench.online, release.activations]).toEqual([['release'], 1]);
  });

  it('whose CA is the wrong one leaves the board where it was after three minutes, and may be sent again when it is right', async () => {
    const bench = online();
    const { release } = bench.clouds;
    const bundle = await sign(bundleOf(1, { release: NEXT }), key);
    bench.call(release, 'setTrust', { bundle });
    bench.until('environment_refused', 1, TRIAL_MS + 1_000);
    expect(bench.data('environment_refused')).toEqual([
      { name: 'release', reason: 'not online within 180 s: untrusted' },
    ]);
    expect([bench.online, release.activations]).toEqual([['release'], 1]);
    bench.call(release, 'setTrust', { bundle });
    bench.shown['release'] = 'next';
    bench.until('environment_kept');
    expect(bench.online).toEqual(['release']);
  });

  it('that adds a CA carries the board over its rotation', async () => {
    const bench = online();
    bench.call(bench.clouds.release, 'setTrust', { bundle: await sign(bundleOf(1, { release: BOTH }), key) });
    bench.until('environment_kept');
    bench.shown['release'] = 'next';
    bench.clouds.release.drop();
    bench.time.advance(1_000);
    bench.untilOnline();
    expect([bench.online, bench.clouds.release.activations]).toEqual([['release'], 1]);
  });

  it('brings an environment that the board did not know, which is tried when it goes there', async () => {
    const bench = online();
    const { release, dev } = bench.clouds;
    expect(bench.call(release, 'setEnvironment', { name: 'dev' })).toMatchObject({ code: 460 });
    bench.call(release, 'setTrust', { bundle: await sign(bundleOf(3, { dev: DEV }), key) });
    expect([bench.data('trust_kept'), bench.data('environment_tried')]).toEqual([[{ version: 3 }], []]);
    bench.reboot().untilOnline();
    bench.call(release, 'setEnvironment', { name: 'dev' });
    bench.until('environment_kept');
    expect([bench.online, dev.activations]).toEqual([['dev'], 1]);
    bench.reboot().untilOnline();
    expect(bench.online).toEqual(['dev']);
  });

  it('is taken once: no bundle is taken that is as old as one that was kept, or older', async () => {
    const bench = online();
    const { release } = bench.clouds;
    const [older, newer] = await Promise.all([1, 2].map((version) => sign(bundleOf(version, { dev: DEV }), key)));
    expect(bench.call(release, 'setTrust', { bundle: newer })).toMatchObject({ code: 200 });
    bench.reboot().untilOnline();
    for (const bundle of [older, newer]) {
      expect(bench.call(release, 'setTrust', { bundle })).toMatchObject({
        code: 460,
        message: 'bundle.version must be higher than 2, which this board has kept',
      });
    }
  });

  it('that is not signed by a key of the board is refused with a sentence, and nothing is tried', async () => {
    const bench = online();
    const { release } = bench.clouds;
    const stranger = await sign(bundleOf(1, { release: NEXT }), await makeBundleKey());
    expect(bench.call(release, 'setTrust', { bundle: stranger })).toMatchObject({
      code: 460,
      message: expect.stringMatching(/^bundle\.signatures\[0\] does not hold/),
    });
    expect(bench.call(release, 'setTrust', {})).toMatchObject({
      code: 460,
      message: expect.stringMatching(/^bundle /),
    });
    expect([bench.online, bench.data('environment_tried')]).toEqual([['release'], []]);
  });

  it('is refused by a board that knows no key', async () => {
    const bench = new MovingBench(pki).boot().untilOnline();
    const bundle = await sign(bundleOf(1, { dev: DEV }), key);
    expect(bench.call(bench.clouds.release, 'setTrust', { bundle })).toMatchObject({ code: 460 });
  });

  it('that the flash does not take is refused', async () => {
    const bench = online();
    const { release } = bench.clouds;
    const bundle = await sign(bundleOf(1, { dev: DEV }), key);
    bench.flash.isWornOut = true;
    expect(bench.call(release, 'setTrust', { bundle })).toMatchObject({ code: 100_002 });
    bench.flash.isWornOut = false;
    expect(bench.call(release, 'setEnvironment', { name: 'dev' })).toMatchObject({ code: 460 });
  });

  it('of the environment of the board that the flash does not take leaves it where it was', async () => {
    const bench = online();
    const { release } = bench.clouds;
    const bundle = await sign(bundleOf(1, { release: BOTH }), key);
    bench.flash.isWornOut = true;
    expect(bench.call(release, 'setTrust', { bundle })).toMatchObject({ code: 200 });
    bench.until('environment_refused');
    expect(bench.data('environment_refused')).toEqual([{ name: 'release', reason: 'it could not be stored' }]);
    bench.flash.isWornOut = false;
    bench.untilOnline();
    expect(bench.online).toEqual(['release']);
    bench.shown['release'] = 'next';
    bench.reboot().time.advance(60_000);
    expect(bench.online).toEqual([]);
  });

  it.each(['activation', 'environment'])(
    'that secures an environment for the first time leaves it in the clear where the flash fails once, at the record %s',
    async (record) => {
      const bench = new MovingBench(pki, {
        environment: { name: 'release', apiUrl: 'http://release:8443' },
        updateKeys: updateKeys(key),
      });
      bench.boot().untilOnline();
      const { release } = bench.clouds;
      const bundle = await sign(bundleOf(1, { release: { api: RELEASE, ca: [pki.anchor('release')] } }), key);
      failOnce(bench, record);
      bench.call(release, 'setTrust', { bundle });
      bench.until('environment_refused').untilOnline();
      expect(bench.data('storage_failed')).toEqual([{ record }]);
      expect([bench.online, release.activations]).toEqual([['release'], 2]);
      expect(bench.call(release, 'setTrust', { bundle })).toMatchObject({ code: 200 });
      bench.until('environment_kept');
      expect(bench.online).toEqual(['release']);
    },
  );

  it('that secures the environment of a board which somebody has led to a cloud in the clear is refused: it would not be tried', async () => {
    const bench = new MovingBench(pki, {
      environment: { name: 'release', apiUrl: 'http://release:8443' },
      updateKeys: updateKeys(key),
    });
    bench.boot();
    networkRecord(bench.flash.secrets, bench.host.text).write({ apiUrl: 'http://test:8443' });
    bench.reboot().untilOnline();
    const { test } = bench.clouds;
    const wrong = { api: 'https://no-such-host:8443', ca: [pki.anchor('test')] };
    const bundle = await sign(bundleOf(1, { release: wrong }), key);
    expect(bench.call(test, 'setTrust', { bundle })).toMatchObject({
      code: 460,
      message: expect.stringMatching(/^bundle: environment release has its API at https:/),
    });
    expect([bench.online, bench.data('environment_tried')]).toEqual([['test'], []]);
  });

  it('mends a board whose build has lost the CA of an environment that was secured', async () => {
    const bench = online();
    bench.call(bench.clouds.release, 'setTrust', { bundle: await sign(bundleOf(1, { release: BOTH }), key) });
    bench.until('environment_kept');
    bench.settings = { ...bench.settings, environment: { name: 'release', apiUrl: 'http://release:8443' } };
    bench.reboot().untilOnline();
    expect(bench.online).toEqual(['release']);
  });

  it('is forgotten by a factory reset', async () => {
    const bench = online();
    bench.call(bench.clouds.release, 'setTrust', { bundle: await sign(bundleOf(1, { dev: DEV }), key) });
    bench.call(bench.clouds.release, 'reset', {});
    await bench.turn();
    bench.reboot().untilOnline();
    expect(bench.call(bench.clouds.release, 'setEnvironment', { name: 'dev' })).toMatchObject({ code: 460 });
  });
});

/** The next write of a record fails, and it alone. */
function failOnce({ flash }: MovingBench, record: string): void {
  let failed = false;
  for (const store of [flash.storage, flash.secrets]) {
    const write = store.write.bind(store);
    store.write = (key, value) => {
      if (key === record && !failed) {
        failed = true;
        throw new Error('a page of the flash has failed');
      }
      write(key, value);
    };
  }
}
