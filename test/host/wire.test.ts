import { X509Certificate } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createMemoryStores } from '../../host-sim/host/memory-storage.js';
import { createNodeText } from '../../host-sim/host/node-text.js';
import type { WireEntry } from '../../host-sim/wire/wire-tap.js';
import type { XsEngine } from '../../host-sim/xs/engine.js';
import { activationRecord } from '../../src/activation/activation-store.js';
import { networkRecord } from '../../src/records/network-record.js';
import { startCloud } from '../cloud/support/fixture.js';
import { caOf, startTlsCloud } from '../cloud/support/tls.js';
import { LiveBoard, type LiveBoardOptions } from '../support/live-board.js';
import { freePorts } from '../support/ports.js';
import { RealNetwork } from '../support/real-network.js';
import { ScriptedCloud } from '../support/scripted-cloud.js';
import { bundleEngine, withoutXs } from '../xs/engines.js';

const open: { close(): unknown }[] = [];

afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

/** A board, and what went over its wire, read at once. */
function listen(apiUrl: string, options: LiveBoardOptions = {}): { live: LiveBoard; entries: WireEntry[] } {
  const live = new LiveBoard(apiUrl, options);
  open.push({ close: () => live.board.powerCut() });
  const entries: WireEntry[] = [];
  live.board.wire.onEntry((entry) => entries.push({ ...entry }));
  return { live, entries };
}

/** Everything that an entry shows, in bytes and in text. */
const shown = (entries: readonly WireEntry[]): string =>
  entries.map((entry) => `${JSON.stringify(entry)}${Buffer.from(entry.raw, 'base64').toString('latin1')}`).join('\n');

const named = (entry: WireEntry): string =>
  entry.kind === 'mqtt' ? `${entry.direction} ${entry.packet}` : `${entry.method} ${entry.status}`;

describe.each([
  ['Node', false],
  ['Node, over TLS', true],
  ['XS', false],
] as const)('the wire of a board on %s at the real cloud', (where, isSecure) => {
  const skipped = where === 'XS' && withoutXs !== undefined;
  let engine: XsEngine | undefined;

  beforeAll(async () => {
    if (where === 'XS' && !skipped) engine = await bundleEngine();
  });

  test.skipIf(skipped)('shows its activation and its session, and none of the secrets in them', async () => {
    const t = isSecure ? await startTlsCloud() : await startCloud();
    const apiUrl = isSecure ? (t as Awaited<ReturnType<typeof startTlsCloud>>).cloud.tls.httpsUrl : t.cloud.apiUrl;
    const stores = createMemoryStores();
    const { bindToken } = (await t.as('POST', '/projects/proj_default/bind-tokens')).body.data;
    networkRecord(stores.secrets, createNodeText()).write({ bindToken });
    const anchors = isSecure
      ? [new X509Certificate(caOf(t as Awaited<ReturnType<typeof startTlsCloud>>)).raw.toString('base64')]
      : undefined;
    const { live, entries } = listen(apiUrl, { stores, engine, ...(anchors && { anchors }) });
    await live.online();
    await vi.waitUntil(
      () => entries.some((entry) => entry.kind === 'mqtt' && entry.topic?.endsWith('/property/post')),
      { timeout: 60_000 },
    );

    const [activation, connect] = entries;
    expect(activation).toMatchObject({
      kind: 'http',
      method: 'POST',
      url: `${apiUrl}/api/v1/devices/activate`,
      status: 200,
    });
    expect(entries.map(named).slice(0, 4)).toEqual(['POST 200', 'out CONNECT', 'in CONNACK', 'out SUBSCRIBE']);
    const record = activationRecord(stores.secrets, createNodeText()).read()!;
    expect(connect).toMatchObject({ fields: { clientId: record.mqtt.clientId, username: record.mqtt.username } });
    if (activation?.kind !== 'http') throw new Error('no exchange came first');
    expect(JSON.parse(activation.requestBody)).toMatchObject({
      deviceSN: 'AABBCCDDEEFF',
      bindToken: '*'.repeat(bindToken.length),
    });
    expect(JSON.parse(activation.responseBody).data).toMatchObject({
      deviceId: record.deviceId,
      deviceSecret: '*'.repeat(record.deviceSecret.length),
    });
    expect(entries.filter((entry) => entry.kind === 'mqtt' && entry.topic !== undefined).length).toBeGreaterThan(0);
    for (const secret of [record.deviceSecret, record.mqtt.password, bindToken]) {
      expect(secret.length).toBeGreaterThan(8);
      expect(shown(entries)).not.toContain(secret);
    }
    expect(live.crashes).toEqual([]);
  });
});

describe('the wire of a simulated board', () => {
  async function createCloud(): Promise<ScriptedCloud> {
    const network = new RealNetwork();
    open.push(network);
    const [apiPort, mqttPort] = await freePorts(2);
    return new ScriptedCloud(network, { apiHost: '127.0.0.1', apiPort, mqttHost: '127.0.0.1', mqttPort });
  }

  test('has a download as one entry, with its size and without its bytes or its token', async () => {
    const cloud = await createCloud();
    cloud.announceExtensions = true;
    const body = Buffer.alloc(100_000, 'not a package ');
    const server = createServer((_request, response) => {
      response.writeHead(200, {
        ETag: '"1"',
        'Content-Length': body.length,
        'Content-Type': 'application/octet-stream',
      });
      response.end(body);
    });
    open.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { live, entries } = listen(cloud.apiUrl);
    await live.online();
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/api/v1/ota/files/kJ8vQ2zXkJ8vQ2zX`;
    const data = { version: '9.0.0', size: body.length, url, isDiff: 0, module: 'default', sign: 'aB3dE5fG7' };
    cloud.publish(cloud.topic('ota/device/upgrade'), JSON.stringify({ code: '1000', id: 1, message: 'success', data }));
    const download = (): WireEntry | undefined =>
      entries.find((entry) => entry.kind === 'http' && entry.method === 'GET');
    await vi.waitUntil(download, { timeout: 60_000 });
    expect(download()).toMatchObject({
      url: `http://127.0.0.1:${port}/api/v1/ota/files/****************`,
      status: 200,
      responseBody: '',
    });
    expect(entries.filter((entry) => entry.kind === 'mqtt' && entry.topic?.endsWith('upgrade'))).toHaveLength(1);
    for (const hidden of ['kJ8vQ2zX', 'aB3dE5fG7', 'not a package']) expect(shown(entries)).not.toContain(hidden);
  });

  test('has a request that nobody answered once its connection ends, by a power cut too', async () => {
    const cloud = await createCloud();
    cloud.activation = () => undefined;
    const { live, entries } = listen(cloud.apiUrl);
    await vi.waitUntil(() => cloud.requests.length === 1, { timeout: 60_000 });
    expect(entries).toEqual([]);
    live.board.powerCut();
    expect(entries).toMatchObject([{ kind: 'http', method: 'POST', status: null, responseBytes: 0 }]);
    expect(entries[0]!.bytes).toBeGreaterThan(100);
  });

  test('goes on over boots, and tells nobody who has stopped listening or listens badly', async () => {
    const cloud = await createCloud();
    const { live, entries } = listen(cloud.apiUrl);
    let calls = 0;
    live.board.wire.onEntry(() => {
      calls++;
      throw new Error('a listener is broken');
    });
    const end = live.board.wire.onEntry(() => expect.unreachable());
    end();
    await live.online();
    live.board.powerCut();
    const [before, booted] = [entries.length, live.events.length];
    live.board.powerOn();
    await live.online(booted);
    expect(entries.slice(before).map(named)).toContain('in CONNACK');
    expect(calls).toBe(entries.length);
    expect(live.crashes).toEqual([]);
  });

  test('is listened to by so many and no more', async () => {
    const { live } = listen('http://127.0.0.1:1');
    for (let count = 1; count < 16; count++) live.board.wire.onEntry(() => {});
    expect(() => live.board.wire.onEntry(() => {})).toThrow(RangeError);
  });
});
