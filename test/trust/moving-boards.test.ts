import { X509Certificate } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { createMemoryStores } from '../../host-sim/host/memory-storage.js';
import type { Environment } from '../../src/ports/settings.js';
import { caOf, startTlsCloud, type TlsCloud } from '../cloud/support/tls.js';
import { bundleOf, makeBundleKey, sign, updateKeys } from '../support/bundles.js';
import { LiveBoard } from '../support/live-board.js';

const boards: LiveBoard[] = [];
afterEach(() => {
  for (const { board } of boards.splice(0)) board.powerCut();
});

function boot(...args: ConstructorParameters<typeof LiveBoard>): LiveBoard {
  const live = new LiveBoard(...args);
  boards.push(live);
  return live;
}

const anchorOf = (cloud: TlsCloud): string => new X509Certificate(caOf(cloud)).raw.toString('base64');

function environmentOf(name: Environment['name'], t: TlsCloud): Environment {
  return { name, apiUrl: t.cloud.tls.httpsUrl, anchors: [anchorOf(t)] };
}

/** Calls a service of the one board of that cloud, by its API. */
async function call(t: TlsCloud, service: string, params: object): Promise<unknown> {
  const { list } = (await t.as('GET', '/devices')).body.data;
  const path = `/devices/${list[0].deviceId}/services/${service}?wait=5000`;
  return (await t.as('POST', path, params)).body.data?.reply;
}

async function statusAt(t: TlsCloud): Promise<string> {
  return (await t.as('GET', '/devices')).body.data.list[0].status;
}

describe('a board on real sockets, between two real clouds', () => {
  test('is moved to the other by its name and back, and keeps what each has given it', async () => {
    const [dev, other] = [await startTlsCloud(), await startTlsCloud()];
    const stores = createMemoryStores();
    const settings = { environments: [environmentOf('test', other)] };
    const options = { anchors: [anchorOf(dev)], settings, stores };
    const live = boot(dev.cloud.tls.httpsUrl, options);
    await live.online();
    expect(await call(dev, 'setEnvironment', { name: 'test' })).toMatchObject({ code: 200 });
    await live.event('environment_kept', ({ name }) => name === 'test');
    expect([await statusAt(dev), await statusAt(other)]).toEqual(['offline', 'online']);

    const from = live.events.length;
    expect(await call(other, 'setEnvironment', { name: 'dev' })).toMatchObject({ code: 200 });
    await live.event('environment_kept', ({ name }) => name === 'dev', from);
    expect([await statusAt(dev), await statusAt(other)]).toEqual(['online', 'offline']);
    expect(live.events.filter(({ name }) => name === 'activated')).toHaveLength(2);
    expect(live.crashes).toEqual([]);

    live.board.powerCut();
    const again = boot(dev.cloud.tls.httpsUrl, options);
    await again.online();
    expect(again.events.filter(({ name }) => name === 'activated')).toEqual([]);
  });

  test('takes a CA by a bundle that jose has signed, and keeps the one it has where the new one is wrong', async () => {
    const [dev, stranger] = [await startTlsCloud(), await startTlsCloud()];
    const key = await makeBundleKey();
    const settings = { updateKeys: updateKeys(key) };
    const options = { anchors: [anchorOf(dev)], settings, stores: createMemoryStores() };
    const live = boot(dev.cloud.tls.httpsUrl, options);
    await live.online();
    const api = dev.cloud.tls.httpsUrl;
    const right = await sign(bundleOf(1, { dev: { api, ca: [anchorOf(dev), anchorOf(stranger)] } }), key);
    expect(await call(dev, 'setTrust', { bundle: right })).toMatchObject({ code: 200 });
    await live.event('environment_kept', ({ version }) => version === 1);

    // Who rotates a CA is told.
    const { deviceId } = (await dev.as('GET', '/devices')).body.data.list[0];
    const told = async () => JSON.stringify((await dev.as('GET', `/devices/${deviceId}/events`)).body.data.list);
    await expect.poll(told).toContain('environment_kept');

    const wrong = await sign(bundleOf(2, { dev: { api, ca: [anchorOf(stranger)] } }), key);
    const from = live.events.length;
    expect(await call(dev, 'setTrust', { bundle: wrong })).toMatchObject({ code: 200 });
    expect((await live.event('server_refused', () => true, from)).data).toMatchObject({ code: 'untrusted' });
    // A power cut is as good as three minutes: nothing of the trial is left.
    live.board.powerCut();
    const again = boot(dev.cloud.tls.httpsUrl, options);
    await again.online();
    expect(again.events.filter(({ name }) => name === 'activated')).toEqual([]);
  });
});
