import { createHmac } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { createMemoryStores, MemoryStorage } from '../../host-sim/host/memory-storage.js';
import { createNodeText } from '../../host-sim/host/node-text.js';
import { loadProduct } from '../../host-sim/products/load.js';
import { SimFlash } from '../../host-sim/world/sim-flash.js';
import { ActivationCounter } from '../../src/activation/activation-counter.js';
import { forgetEverything } from '../../src/board/factory-reset.js';
import type { Product } from '../../src/core/product.js';
import type { RecordStores } from '../../src/ports/storage.js';
import { factoryRecord } from '../../src/records/factory-record.js';
import { JsonRecord } from '../../src/records/json-record.js';
import { startCloud, type TestCloud, temporaryDirectory } from '../cloud/support/fixture.js';
import { LiveBoard } from '../support/live-board.js';
import { bundleEngine, withoutXs } from '../xs/engines.js';
import { Bench, type BenchOptions } from './fixture.js';

const SERIAL = 'AABBCCDDEEFF';
const KEY = createHmac('sha256', 'ps_secret').update(SERIAL).digest('hex');
const shipped = loadProduct('SW-SERVO-001');
const SIGNED = { ...shipped, activationMode: 'signed' } as const;
/** The first counts of a board whose clock says this. */
const NOW_MS = 1_768_003_200_000;

/** Gives a board what the factory does. */
function withKey<S extends RecordStores>(stores: S, boardKey: string | undefined = KEY): S {
  factoryRecord(stores.secrets, createNodeText()).write({ serial: SERIAL, pop: 'MNBVCXZASDFG', boardKey });
  return stores;
}

function signedBench({ storage, secrets }: RecordStores, options: BenchOptions = {}): Bench {
  return new Bench({ definition: SIGNED, storage, secrets, ...options });
}

interface Sent {
  readonly productKey: string;
  readonly deviceSN: string;
  readonly firmwareVersion: string;
  readonly chipModel: string;
  readonly random: string;
  readonly sign: string;
}

const sentBy = (bench: Bench): Sent[] => bench.cloud.requests.map(({ json }) => json as Sent);
const countOf = ({ random }: Sent): number => Number.parseInt(random.slice(0, 16), 16);

describe('a board of a product whose activation is signed', () => {
  it('sends random and sign as the specification has them, and comes online', () => {
    const bench = signedBench(withKey(createMemoryStores()));
    bench.untilOnline();
    const [request] = sentBy(bench);
    const { productKey, deviceSN, firmwareVersion, chipModel, random, sign } = request!;
    expect(random).toMatch(/^[0-9a-f]{32}$/);
    const text = ['SLA1', productKey, deviceSN, firmwareVersion, chipModel, random].join('\n');
    expect(sign).toBe(createHmac('sha256', Buffer.from(KEY, 'hex')).update(text).digest('hex'));
    expect([deviceSN, firmwareVersion, chipModel]).toEqual([SERIAL, SIGNED.firmwareVersion, SIGNED.chipModel]);
  });

  it('raises the counter with each request, never uses a random twice, and starts at the time that it knows', () => {
    const bench = signedBench(withKey(createMemoryStores()), { hasTime: true });
    bench.cloud.activation = () => ({ status: 500, body: '' });
    bench.time.advance(600_000);
    const sent = sentBy(bench);
    expect(sent.length).toBeGreaterThan(5);
    const counts = sent.map(countOf);
    expect(counts).toEqual([...new Set(counts)].sort((a, b) => a - b));
    expect(counts[0]).toBeGreaterThanOrEqual(bench.time.clock.nowMs() - bench.time.nowMs);
    expect(new Set(sent.map(({ random }) => random.slice(16))).size).toBe(sent.length);
  });

  it('goes ahead of all that it has sent once it learns the time, as one whose flash was erased must', () => {
    const bench = signedBench(withKey(createMemoryStores()), { hasTime: false });
    bench.cloud.activation = () => ({
      status: 503,
      body: '',
      headers: { Date: new Date(NOW_MS + bench.time.nowMs).toUTCString() },
    });
    bench.time.advance(120_000);
    const [first, second] = sentBy(bench).map(countOf);
    expect(first).toBe(1);
    expect(second).toBeGreaterThanOrEqual(NOW_MS);
  });

  it('keeps its counter over a factory reset', () => {
    const flash = withKey(new SimFlash());
    const bench = signedBench(flash, { hasTime: false });
    bench.untilOnline();
    bench.cut();
    forgetEverything(flash);
    bench.boot('power_on');
    bench.untilOnline();
    const [first, second] = sentBy(bench).map(countOf);
    expect(second).toBeGreaterThan(first!);
  });

  it('asks for nothing without a board key, says why in one sentence, and looks again every quarter of an hour', () => {
    const stores = createMemoryStores();
    const bench = signedBench(stores);
    bench.time.advance(2_000_000);
    expect(bench.cloud.requests).toEqual([]);
    const failures = bench.data('activation_failed');
    expect(failures).toHaveLength(3);
    expect(failures[0]).toMatchObject({
      kind: 'unable',
      reason: 'this product signs its activation, and the board has no board key',
    });
    expect(failures[0]!.retryMs).toBeGreaterThanOrEqual(900_000);
    expect(bench.board.life.hopeless).toBe(true);
  });

  it('makes no request that it could not count', () => {
    const stores = withKey(createMemoryStores());
    stores.storage.write = (key) => {
      if (key === 'counter') throw new Error('flash is full');
    };
    const bench = signedBench(stores);
    bench.time.advance(300_000);
    expect(bench.cloud.requests).toEqual([]);
    expect(bench.data('activation_failed')[0]).toMatchObject({
      kind: 'broken',
      reason: 'the counter of signed activations could not be stored',
    });
  });

  it('never says its key', () => {
    const bench = signedBench(withKey(createMemoryStores()));
    bench.untilOnline();
    bench.time.advance(70_000);
    expect(JSON.stringify([bench.host.events, bench.cloud.requests, bench.cloud.messages])).not.toContain(KEY);
  });
});

describe('a board of a product whose activation is open', () => {
  it('signs nothing, whatever its factory record holds', () => {
    const { storage, secrets } = withKey(createMemoryStores());
    const bench = new Bench({ storage, secrets });
    bench.untilOnline();
    expect(Object.keys(sentBy(bench)[0]!)).toEqual(['productKey', 'deviceSN', 'firmwareVersion', 'chipModel']);
    expect(storage.read('counter')).toBeUndefined();
  });
});

describe('the counter of signed activations', () => {
  const text = createNodeText();
  const DAY_MS = 86_400_000;

  it('gives no count twice, whenever the power goes', () => {
    const flash = new SimFlash();
    let last = 0;
    for (let boot = 0; boot < 60; boot++) {
      flash.powered = true;
      const counter = new ActivationCounter(flash.storage, text);
      // The power goes around the first write, or the second, or after some counts.
      flash.cutAtWrite(1 + (boot % 2), (['before', 'during', 'after'] as const)[boot % 3]!);
      for (let request = 0; request < 20 + boot; request++) {
        try {
          const count = counter.take(undefined);
          expect(count).toBeGreaterThan(last);
          last = count;
        } catch {
          break;
        }
      }
    }
    expect(last).toBeGreaterThan(60);
  });

  it('is written at most 80 times in a day of one request a minute, and never falls far behind the clock', () => {
    const storage = new MemoryStorage();
    const write = vi.spyOn(storage, 'write');
    const counter = new ActivationCounter(storage, text);
    for (let atMs = NOW_MS; atMs < NOW_MS + DAY_MS; atMs += 60_000) {
      const count = counter.take(atMs);
      expect(count).toBeLessThanOrEqual(atMs + 64);
      expect(atMs - count).toBeLessThanOrEqual(1_800_000);
    }
    expect(write.mock.calls.length).toBeLessThanOrEqual(80);
  });

  it('of a board whose flash was erased is higher than every one before, where it knows the time', () => {
    const before = new ActivationCounter(new MemoryStorage(), text);
    const last = Array.from({ length: 200 }, (_, request) => before.take(NOW_MS + 10_000 * request)).at(-1)!;
    expect(new ActivationCounter(new MemoryStorage(), text).take(NOW_MS + 10_000 * 200)).toBeGreaterThan(last);
  });

  it.each([
    ['no number', { next: 'x' }],
    ['a fraction', { next: 1.5 }],
    ['below 1', { next: 0 }],
    ['more than can be counted on', { next: 2 ** 53 }],
  ])('starts anew where the record is %s', (_what, value) => {
    const storage = new MemoryStorage();
    new JsonRecord<object>(storage, text, 'counter', () => undefined).write(value);
    expect(new ActivationCounter(storage, text).take(undefined)).toBe(1);
  });
});

describe('at the dev cloud', () => {
  const startSigned = (): Promise<TestCloud> => startCloud({ products: [SIGNED] });
  const keyOf = (t: TestCloud, serial: string): string =>
    Buffer.from(t.cloud.boardKey(SIGNED.productKey, serial)!).toString('hex');

  it('a board with its key comes online, and again with a higher count', async () => {
    const t = await startSigned();
    const stores = withKey(createMemoryStores(), keyOf(t, SERIAL));
    const live = new LiveBoard(t.cloud.apiUrl, { product: SIGNED, stores });
    await live.online();
    await live.board.stop();
    stores.secrets.delete('activation');
    const again = new LiveBoard(t.cloud.apiUrl, { product: SIGNED, stores });
    await again.online();
    expect(again.board.deviceId).toBe(live.board.deviceId);
    await again.board.stop();
  });

  it.skipIf(withoutXs !== undefined)('a board that runs in XS signs the same', async () => {
    const t = await startSigned();
    const stores = withKey(createMemoryStores(), keyOf(t, SERIAL));
    const live = new LiveBoard(t.cloud.apiUrl, { product: SIGNED, stores, engine: await bundleEngine() });
    await live.online();
    await live.board.stop();
    expect(live.crashes).toEqual([]);
  });

  it('one with another board’s key is refused, and waits', async () => {
    const t = await startSigned();
    const stores = withKey(createMemoryStores(), keyOf(t, 'OTHER'));
    const live = new LiveBoard(t.cloud.apiUrl, { product: SIGNED, stores });
    const { data } = await live.event('activation_failed');
    expect(data).toMatchObject({ kind: 'refused', reason: 'forbidden' });
    expect(data.retryMs).toBeGreaterThanOrEqual(900_000);
    await live.board.stop();
  });

  it('what a board has sent is good once, and no field of it may be another', async () => {
    const t = await startSigned();
    const bench = signedBench(withKey(createMemoryStores(), keyOf(t, SERIAL)));
    bench.untilOnline();
    const [sent] = sentBy(bench);
    const forgeries = (Object.keys(sent!) as (keyof Sent)[]).flatMap((field) => {
      const value = sent![field];
      const other = `${value.slice(0, -1)}${value.endsWith('0') ? '1' : '0'}`;
      return field === 'productKey'
        ? []
        : [
            { ...sent, [field]: other },
            { ...sent, [field]: undefined },
          ];
    });
    expect(forgeries).toHaveLength(10);
    for (const forged of forgeries) {
      const { status, body } = await t.call('POST', '/devices/activate', forged);
      // A serial number is wanted of every request.
      expect([status, body.message]).toEqual(
        forged.deviceSN === undefined ? [400, 'invalid_parameter'] : [403, 'forbidden'],
      );
    }
    expect((await t.call('POST', '/devices/activate', sent)).status).toBe(200);
    expect((await t.call('POST', '/devices/activate', sent)).status).toBe(403);
  });

  it('a definition makes the product signed, at first start and when it changes; what a user sets stays until then', async () => {
    const dataDir = temporaryDirectory();
    const started = async (product: Product): Promise<TestCloud> => startCloud({ dataDir, products: [product] });
    const modeAt = async (t: TestCloud) => {
      const mode = (await t.as('GET', `/products/${SIGNED.productKey}`)).body.data.activationMode;
      return [mode, t.cloud.boardKey(SIGNED.productKey, SERIAL)?.length];
    };
    const changes: [Product, 'open' | 'signed' | undefined, unknown[]][] = [
      [SIGNED, undefined, ['signed', 32]],
      [SIGNED, 'open', [undefined, undefined]],
      [SIGNED, undefined, [undefined, undefined]],
      [shipped, undefined, [undefined, undefined]],
      [shipped, 'signed', ['signed', 32]],
      [{ ...shipped, category: 'lamp' }, undefined, ['signed', 32]],
      [SIGNED, undefined, ['signed', 32]],
      [shipped, undefined, [undefined, undefined]],
    ];
    for (const [product, activationMode, expected] of changes) {
      const t = await started(product);
      if (activationMode) await t.as('PUT', `/products/${product.productKey}`, { activationMode });
      expect(await modeAt(t)).toEqual(expected);
      expect(t.cloud.boardKey('NONE', SERIAL)).toBeUndefined();
      await t.cloud.close();
    }
  });
});
