import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createMemoryStores } from '../../host-sim/host/memory-storage.js';
import { NodePhone } from '../../host-sim/host/node-phone.js';
import { createReceiveBuffer } from '../../host-sim/host/node-sockets.js';
import type { Crash } from '../../host-sim/host/reboot-delay.js';
import { loadProduct } from '../../host-sim/products/load.js';
import { createDeskRadio, DESK_NETWORK } from '../../host-sim/world/sim-wifi.js';
import {
  findXsEngine,
  loadXsEngine,
  XsBoard,
  type XsEngine,
  XsEngineMissingError,
} from '../../host-sim/xs/xs-board.js';
import type { BoardEvent } from '../../src/core/events.js';
import type { RelayDefinition } from '../../src/core/product.js';
import type { Label } from '../../src/ports/host.js';
import type { Environment } from '../../src/ports/settings.js';
import { freePorts } from '../support/ports.js';
import { RealNetwork } from '../support/real-network.js';
import { ScriptedCloud } from '../support/scripted-cloud.js';
import { bundleEngine, SERVO, withoutXs } from './engines.js';

describe.skipIf(withoutXs)('a board in XS on the desktop', () => {
  let engine: XsEngine;
  const open: { close(): void }[] = [];

  beforeAll(async () => {
    engine = await bundleEngine();
  });

  afterEach(() => {
    for (const each of open.splice(0)) each.close();
  });

  async function createCloud(): Promise<ScriptedCloud> {
    const network = new RealNetwork();
    open.push(network);
    const [apiPort, mqttPort] = await freePorts(2);
    return new ScriptedCloud(network, { apiHost: '127.0.0.1', apiPort, mqttHost: '127.0.0.1', mqttPort });
  }

  function createXsBoard(cloud: ScriptedCloud, stores = createMemoryStores(), product = SERVO, isSetUp = true) {
    const events: BoardEvent[] = [];
    const crashes: Crash[] = [];
    const labels: Label[] = [];
    const radio = createDeskRadio();
    const environment: Environment = { name: 'dev', apiUrl: cloud.apiUrl };
    const board = new XsBoard({
      engine,
      shared: { radio, receiveBuffer: createReceiveBuffer() },
      product,
      serial: 'AABBCCDDEEFF',
      settings: { environment, ...(isSetUp && { wifi: DESK_NETWORK }) },
      ...stores,
      buildTimeMs: Date.UTC(2026, 0, 1),
      onEvent: (event) => events.push(event),
      onLabel: (label) => labels.push(label),
      onCrash: (crash) => crashes.push(crash),
    });
    open.push({ close: () => board.powerCut() });
    return { board, events, crashes, stores, labels, radio };
  }

  const reached = (check: () => boolean): Promise<void> => expect.poll(check, { interval: 5 }).toBe(true);
  const statuses = (cloud: ScriptedCloud): string[] => cloud.on(cloud.topic('status')).map(({ json }) => json.status);

  test('shows its label, and a phone sets it up through its page', async () => {
    const cloud = await createCloud();
    const { board, crashes, labels, radio } = createXsBoard(cloud, createMemoryStores(), SERVO, false);
    await reached(() => labels.length > 0);
    const phone = new NodePhone({ radio, ports: board.ports });
    open.push(phone);
    const wrong = await phone.setUp({ label: labels[0]!, request: { ...DESK_NETWORK, password: 'not this one' } });
    expect(wrong).toMatchObject({ kind: 'told', state: { stage: 'failed', reason: 'wrong_password' } });
    const right = await phone.setUp({ label: labels[0]!, request: DESK_NETWORK });
    expect(right).toMatchObject({ kind: 'told', state: { stage: 'done', ssid: DESK_NETWORK.ssid } });
    await reached(() => statuses(cloud).includes('online'));
    expect(crashes).toEqual([]);
  });

  test('a press of its button lights its lamp, before it has ever been online', async () => {
    const product = loadProduct('SW-DIM-001');
    const { board, events, crashes } = createXsBoard(await createCloud(), createMemoryStores(), product);
    // From here on it has all its pins open, and works.
    await reached(() => events.some(({ name }) => name === 'state_changed'));
    board.world.button().press();
    await reached(() => board.world.lamp().perceivedLevel > 50);
    expect(crashes).toEqual([]);
  });

  test('comes online over real sockets, turns its servo, and says goodbye when it is stopped', async () => {
    const cloud = await createCloud();
    const { board, events, crashes } = createXsBoard(cloud);
    await reached(() => statuses(cloud).includes('online'));
    expect(board.deviceId).toBe('dev_0000000000000001');
    cloud.command('1', { angle: 100 });
    await reached(() => cloud.on(cloud.topic('thing/event/property/post')).at(-1)?.json.params.angle === 100);
    expect(board.pins.duty(18)).toBeGreaterThan(0);
    const { pid } = board;
    await board.stop();
    await reached(() => statuses(cloud).at(-1) === 'offline');
    expect(cloud.packets.at(-1)?.cmd).toBe('disconnect');
    expect(events.at(-1)?.name).toBe('stopped');
    expect(crashes).toEqual([]);
    expect(isAlive(pid)).toBe(false);
  });

  test('loses its power at once and stays off; the next one on its records is the same device', async () => {
    const cloud = await createCloud();
    const first = createXsBoard(cloud);
    await reached(() => statuses(cloud).includes('online'));
    cloud.command('1', { action: 'toggle', position: 'up' });
    await reached(() => first.board.pins.duty(18) > 0);
    const { pid } = first.board;
    first.board.powerCut();
    expect(first.board.pins.duty(18)).toBe(0);
    const said = first.events.length;
    await reached(() => !isAlive(pid));
    await reached(() => !cloud.connected);
    expect(first.events.length).toBe(said);
    const second = createXsBoard(cloud, first.stores);
    await reached(() => statuses(cloud).length === 2);
    expect(cloud.requests.length).toBe(1);
    expect(second.board.deviceId).toBe('dev_0000000000000001');
  });

  test('takes the death of its engine for a crash: safe pins, a report, and a new boot that knows why', async () => {
    const cloud = await createCloud();
    const { board, events, crashes } = createXsBoard(cloud);
    await reached(() => statuses(cloud).includes('online'));
    cloud.command('1', { action: 'toggle', position: 'up' });
    await reached(() => board.pins.duty(18) > 0);
    // The very process that this board started.
    process.kill(board.pid!, 'SIGKILL');
    await reached(() => crashes.length === 1);
    expect(String(crashes[0]?.error)).toContain('SIGKILL');
    expect(board.pins.duty(18)).toBe(0);
    await reached(() => statuses(cloud).length === 2);
    expect(
      events.filter(({ name }) => name === 'booted').map(({ data }) => (data as { reason: string }).reason),
    ).toEqual(['power_on', 'crash']);
    await board.stop();
  });

  test('holds its relay when its engine dies, and lets go of it when its power does', async () => {
    const [relay] = loadProduct('SW-RELAY-002').outputs as [RelayDefinition];
    const product = { ...loadProduct('SW-RELAY-002'), outputs: [{ ...relay, powerOn: 'on' as const }], interlocks: [] };
    const { board, events, crashes } = createXsBoard(await createCloud(), createMemoryStores(), product);
    const boots = (): number => events.filter(({ name }) => name === 'booted').length;
    await reached(() => boots() === 1);
    const changes: unknown[] = [];
    board.pins.onChange((pin, kind) => pin === relay.pin && changes.push(kind));
    process.kill(board.pid!, 'SIGKILL');
    await reached(() => boots() === 2);
    expect([crashes.length, board.pins.level(relay.pin), changes]).toEqual([1, 1, []]);
    board.powerCut();
    expect([board.pins.level(relay.pin), changes]).toEqual([undefined, ['undriven']]);
  });

  test('stops while it is still starting', async () => {
    const { board, crashes } = createXsBoard(await createCloud());
    const { pid } = board;
    await board.stop();
    await board.stop();
    expect(crashes).toEqual([]);
    expect(isAlive(pid)).toBe(false);
  });
});

test('without the engine there is one sentence that says what to install', () => {
  const nowhere = 'file:///nowhere/smartlink.js';
  expect(findXsEngine(nowhere)).toBeUndefined();
  try {
    loadXsEngine(nowhere);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(XsEngineMissingError);
    expect(error).toMatchObject({
      code: 'xs_engine_missing',
      message: expect.stringContaining('npm install @agoric/xsnap'),
    });
  }
});

function isAlive(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}
