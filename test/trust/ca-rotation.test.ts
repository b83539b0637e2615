import { X509Certificate } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { DataDirectory } from '../../host-sim/cloud/data-directory.js';
import { createNodeEnvironment } from '../../host-sim/cloud/environment.js';
import { equipBoard } from '../../host-sim/cloud/factory.js';
import { readAuthority, rotateAuthority } from '../../host-sim/cloud/pki/authority-files.js';
import { createMemoryStores } from '../../host-sim/host/memory-storage.js';
import { createNodeText } from '../../host-sim/host/node-text.js';
import type { RecordStores } from '../../src/ports/storage.js';
import { factoryRecord } from '../../src/records/factory-record.js';
import { temporaryDirectory } from '../cloud/support/fixture.js';
import { caOf, startTlsCloud, type TlsCloud } from '../cloud/support/tls.js';
import { bundleOf, makeBundleKey, sign, updateKeys } from '../support/bundles.js';
import { LiveBoard } from '../support/live-board.js';
import { freePorts } from '../support/ports.js';

const BOARDS = 100;

const live: LiveBoard[] = [];
afterEach(() => {
  for (const { board } of live.splice(0)) board.powerCut();
});

const caNow = (t: TlsCloud): string => new X509Certificate(caOf(t)).raw.toString('base64');

/** Where a cloud is to listen, and each that takes its place. */
async function somePorts() {
  const [apiPort, mqttPort, httpsPort, mqttsPort, mtlsPort] = await freePorts(5);
  return { apiPort, mqttPort, tls: { httpsPort, mqttsPort, mtlsPort } };
}

/** `smartlink ca rotate`: a new CA, and nobody's word for the one before the present one any more. */
function rotate(dataDir: string): void {
  const directory = DataDirectory.open(dataDir);
  rotateAuthority(directory, readAuthority(dataDir)!, createNodeEnvironment());
  directory.close();
}

describe('a board with a client certificate', () => {
  test('lives through two rotations, though no listener takes its certificate any more', async () => {
    const dataDir = temporaryDirectory();
    const options = { dataDir, reconnectSpread: 0, activationRate: 0, ...(await somePorts()) };
    let t = await startTlsCloud(options);
    const api = t.cloud.tls.httpsUrl;
    const first = caNow(t);
    await t.cloud.close();
    const board = { productKey: 'SW-SERVO-001', deviceSN: 'AABBCCDDEEFF' };
    const { client, deviceId } = await equipBoard(dataDir, readAuthority(dataDir)!, board);
    t = await startTlsCloud(options);

    const stores = createMemoryStores();
    factoryRecord(stores.secrets, createNodeText()).write({
      serial: board.deviceSN,
      pop: 'MNBVCXZASDFG',
      certificate: [client.certificate.raw.toString('base64')],
      key: client.privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
    });
    const key = await makeBundleKey();
    const boot = (): LiveBoard => {
      const one = new LiveBoard(api, { anchors: [first], settings: { updateKeys: updateKeys(key) }, stores });
      live.push(one);
      return one;
    };
    let one = boot();
    await one.online();
    expect(one.board.deviceId).toBe(deviceId);
    for (const version of [1, 2]) {
      // Without a restart it doubts what it knows of its broker after a quarter of an hour, with one after some seconds.
      one.board.powerCut();
      await t.cloud.close();
      rotate(dataDir);
      t = await startTlsCloud(options);
      one = boot();
      await one.online();
      const bundle = await sign(bundleOf(version, { dev: { api, ca: [caNow(t)] } }), key);
      await t.as('POST', `/devices/${deviceId}/services/setTrust`, { bundle });
      await one.event('environment_kept', (kept) => kept.version === version);
    }
    expect(one.board.deviceId).toBe(deviceId);
    expect((await t.as('GET', '/devices')).body.data.list).toMatchObject([{ deviceId, status: 'online' }]);
    expect(one.crashes).toEqual([]);
  });
});

describe('complaint 11: CA rotation cuts off whole fleets', () => {
  test('100 boards that know one CA alone live through two rotations, told of the new CA from afar', async () => {
    const dataDir = temporaryDirectory();
    const options = { dataDir, reconnectSpread: 1, activationRate: 0, ...(await somePorts()) };
    let t = await startTlsCloud(options);
    const api = t.cloud.tls.httpsUrl;
    const first = caNow(t);
    const key = await makeBundleKey();

    const stores: RecordStores[] = Array.from({ length: BOARDS }, createMemoryStores);
    const boot = (index: number): LiveBoard => {
      const serial = `A0B0C0${index.toString(16).toUpperCase().padStart(6, '0')}`;
      const settings = { updateKeys: updateKeys(key) };
      live[index] = new LiveBoard(api, { serial, anchors: [first], settings, stores: stores[index]! });
      return live[index]!;
    };
    for (let index = 0; index < BOARDS; index++) boot(index);
    const all = (from: readonly number[] = live.map(() => 0)) =>
      Promise.all(live.map((board, index) => board.online(from[index])));
    const marks = (): number[] => live.map(({ events }) => events.length);
    await all();

    /** The cloud stops, its CA is rotated, it starts again; whoever trusts the CA of before comes back by himself. */
    const rotateUnderThem = async (): Promise<void> => {
      const before = marks();
      await t.cloud.close();
      rotate(dataDir);
      t = await startTlsCloud(options);
      await all(before);
    };
    await rotateUnderThem();
    expect(caNow(t)).not.toBe(first);

    // All but the last, which is off: for it the cross-certificate has to do.
    const last = BOARDS - 1;
    live[last]!.board.powerCut();
    const bundle = await sign(bundleOf(1, { dev: { api, ca: [first, caNow(t)] } }), key);
    const { list } = (await t.as('GET', '/devices?size=100')).body.data;
    const told = list.filter(
      ({ deviceSN }: { deviceSN: string }) => !deviceSN.endsWith(last.toString(16).toUpperCase()),
    );
    expect(told).toHaveLength(last);
    await Promise.all(
      told.map(({ deviceId }: { deviceId: string }) =>
        t.as('POST', `/devices/${deviceId}/services/setTrust`, { bundle }),
      ),
    );
    await Promise.all(
      live.slice(0, last).map((board) => board.event('environment_kept', ({ version }) => version === 1)),
    );
    await boot(last).online();
    const { deviceId } = list.find(
      ({ deviceSN }: { deviceSN: string }) => !told.some((one: { deviceSN: string }) => one.deviceSN === deviceSN),
    );
    await t.as('POST', `/devices/${deviceId}/services/setTrust`, { bundle });
    await live[last]!.event('environment_kept', ({ version }) => version === 1);

    // From here on nobody vouches for the first CA any more.
    await rotateUnderThem();
    // What they were told outlives their power.
    for (const { board } of live) board.powerCut();
    for (let index = 0; index < BOARDS; index++) boot(index);
    await all();
    expect(live.flatMap(({ events }) => events.filter(({ name }) => name === 'activated'))).toEqual([]);
    expect(live.flatMap(({ crashes }) => crashes)).toEqual([]);

    // A board that slept through all of it is the one that an operator is warned of.
    const asleep = new LiveBoard(api, { serial: 'A0B0C0FFFFFF', anchors: [first] });
    live.push(asleep);
    expect((await asleep.event('server_refused')).data).toMatchObject({ code: 'untrusted' });
  });
});
