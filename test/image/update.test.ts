import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ownBundle } from '../../host-sim/image/bundle.js';
import { makeSimulatorImage } from '../../host-sim/image/make-image.js';
import { encodeImage } from '../../host-sim/image/sim-image.js';
import { loadProduct } from '../../host-sim/products/load.js';
import { MemoryMedium } from '../../host-sim/world/flash-medium.js';
import type { XsEngine } from '../../host-sim/xs/engine.js';
import { LiveBoard, type LiveBoardOptions } from '../support/live-board.js';
import { packageOf, updateKey } from '../support/ota/package.js';
import { freePorts } from '../support/ports.js';
import { RealNetwork } from '../support/real-network.js';
import { ScriptedCloud } from '../support/scripted-cloud.js';
import { bundleEngine, withoutXs } from '../xs/engines.js';

const OLD = loadProduct('SW-SERVO-001');
const NEW = { ...OLD, firmwareVersion: '9.0.0' };
const buildTimeMs = Date.UTC(2026, 6, 1);
const KEY = updateKey(0);
const updateKeys = { keys: { '0': Buffer.from(KEY.point).toString('base64') } };

describe.each(['node', 'xs'] as const)('an update of a board on %s, from a cloud to code that runs', (kind) => {
  const skipped = kind === 'xs' && withoutXs !== undefined;
  const open: (() => void)[] = [];
  let engine: XsEngine | undefined;

  beforeAll(async () => {
    if (kind === 'xs' && !skipped) engine = await bundleEngine();
  });

  afterEach(() => {
    for (const close of open.splice(0)) close();
  });

  async function createCloud(): Promise<ScriptedCloud> {
    const network = new RealNetwork();
    open.push(() => network.close());
    const [apiPort, mqttPort] = await freePorts(2);
    const cloud = new ScriptedCloud(network, { apiHost: '127.0.0.1', apiPort, mqttHost: '127.0.0.1', mqttPort });
    cloud.announceExtensions = true;
    return cloud;
  }

  /** Serves a package; its URL. */
  async function serve(body: Uint8Array): Promise<string> {
    const server: Server = createServer((_request, response) => {
      response.writeHead(200, { ETag: '"1"', 'Content-Length': body.length }).end(body);
    });
    open.push(() => server.close());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/package`;
  }

  function start(cloud: ScriptedCloud, more: LiveBoardOptions = {}): LiveBoard {
    const live = new LiveBoard(cloud.apiUrl, { engine, settings: { updateKeys }, ...more });
    open.push(() => live.board.powerCut());
    return live;
  }

  function offer(cloud: ScriptedCloud, url: string, size: number): void {
    const data = { version: NEW.firmwareVersion, size, url, isDiff: 0, module: 'default' };
    cloud.publish(cloud.topic('ota/device/upgrade'), JSON.stringify({ code: '1000', id: 1, message: 'success', data }));
  }

  const informed = (cloud: ScriptedCloud): unknown[] =>
    cloud.on(cloud.topic('ota/device/inform')).map(({ json }) => json.params.version);

  test.skipIf(skipped)('ends with the new one, which says so, and stays over restarts of the program', async () => {
    const cloud = await createCloud();
    const medium = new MemoryMedium();
    const live = start(cloud, { medium });
    await live.online();
    const image = makeSimulatorImage({ product: NEW, buildTimeMs, updateKeys });
    offer(cloud, await serve(packageOf(image, [KEY], { version: NEW.firmwareVersion })), image.length);
    await live.event('update_proven', ({ version }) => version === NEW.firmwareVersion);
    await expect.poll(() => informed(cloud)).toEqual([OLD.firmwareVersion, NEW.firmwareVersion]);
    await live.board.stop();
    expect(live.crashes).toEqual([]);
    const again = start(cloud, { medium });
    await again.event('booted', ({ version }) => version === NEW.firmwareVersion);
  });

  test.skipIf(skipped)('to a build that cannot start ends with the old one, which says why', async () => {
    const cloud = await createCloud();
    const live = start(cloud);
    await live.online();
    const bundle = `${ownBundle()}\nsmartlinkFirmware = null;`;
    const image = encodeImage({ build: { product: NEW, buildTimeMs, updateKeys }, bundle });
    offer(cloud, await serve(packageOf(image, [KEY], { version: NEW.firmwareVersion })), image.length);
    await live.event('update_failed', ({ version }) => version === NEW.firmwareVersion);
    expect(live.crashes.length).toBeGreaterThan(0);
    await expect.poll(() => live.board.deviceId).toBeDefined();
  });
});
