import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryStorage } from '../../host-sim/host/memory-storage.js';
import { loadProduct } from '../../host-sim/products/load.js';
import { createVirtualHost } from '../../host-sim/world/virtual-host.js';
import { VirtualNetwork } from '../../host-sim/world/virtual-network.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import { OutputStore } from '../../src/board/output-store.js';
import type { Product } from '../../src/core/product.js';
import { ENVELOPE_BYTES, sealRecord } from '../../src/core/record-envelope.js';
import type { RecordStorage } from '../../src/ports/storage.js';

const relays = loadProduct('SW-RELAY-002');
const [relay] = relays.outputs;
const lamp = loadProduct('SW-DIM-001').outputs[0]!;
const sensor = loadProduct('SW-SENSE-001');

/** The store of one boot, and what it could not write. */
function boot(storage: RecordStorage, product: Product, values: number[] = []) {
  const time = new VirtualTime();
  const host = createVirtualHost({ time, network: new VirtualNetwork(time), serial: 'AABBCCDDEEFF', storage });
  const failed: string[] = [];
  const store = new OutputStore(
    host,
    product,
    () => values,
    (record) => failed.push(record),
  );
  return { store, failed };
}

/** A flash on which a clean stop of two relays has left `[1, 0]`. */
function leftByRelays(): MemoryStorage {
  const storage = new MemoryStorage();
  boot(storage, relays, [1, 0]).store.close(true);
  return storage;
}

/** A record that is whole and says `value`. */
function sealed(value: unknown): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(value));
  const bytes = new Uint8Array(ENVELOPE_BYTES + json.length);
  bytes.set(json, ENVELOPE_BYTES);
  sealRecord(bytes, json.length);
  return bytes;
}

describe('stored outputs', () => {
  it('come back to their product, also in a newer version on other pins', () => {
    const newer = {
      ...relays,
      firmwareVersion: '9.0.0',
      outputs: relays.outputs.map((output) => ({ ...output, pin: 4 })),
    };
    const { store } = boot(leftByRelays(), newer);
    expect([store.restored, store.wasLeftSo]).toEqual([[1, 0], true]);
  });

  it.each([
    ['of another key', { ...relays, productKey: 'OTHER' }],
    ['whose outputs are of other kinds', { ...relays, outputs: [relay!, lamp] }],
    ['with fewer outputs', { ...relays, outputs: [relay!] }],
    ['with more outputs', { ...relays, outputs: [...relays.outputs, relay!] }],
    ['without outputs', sensor],
  ])('are nothing to a product %s, nor to their own after it', (_what, other) => {
    const storage = leftByRelays();
    const { store } = boot(storage, other);
    expect([store.restored, store.wasLeftSo]).toEqual([[], false]);
    const back = boot(storage, relays).store;
    expect([back.restored, back.wasLeftSo]).toEqual([[], false]);
  });

  it('of another product are missing also where the flash does not erase them, which is told', () => {
    const storage = leftByRelays();
    storage.delete = () => {
      throw new Error('flash is worn');
    };
    const { store, failed } = boot(storage, sensor);
    expect([store.restored, failed]).toEqual([[], ['outputs']]);
  });

  it('were left so for one boot only', () => {
    const storage = leftByRelays();
    boot(storage, relays);
    expect(boot(storage, relays).store).toMatchObject({ restored: [1, 0], wasLeftSo: false });
  });

  it.each([
    { values: [1, 0] },
    { of: 'SW-RELAY-002 relay relay' },
    { of: 'SW-RELAY-002 relay relay', values: [1] },
    { of: 'SW-RELAY-002 relay relay', values: [1, 0, 1], left: true },
    { of: 'SW-RELAY-002 relay relay', values: [1, '0'] },
    { of: 'SW-RELAY-002 relay relay', values: [1, null] },
    { of: ['SW-RELAY-002 relay relay'], values: [1, 0] },
    [1, 0],
  ])('that are whole but make no sense are missing: %j', (value) => {
    const storage = new MemoryStorage();
    storage.write('outputs', sealed(value));
    const { store, failed } = boot(storage, relays);
    expect([store.restored, store.wasLeftSo, failed]).toEqual([[], false, []]);
  });

  it('that are damaged anywhere are missing', () => {
    const whole = leftByRelays().read('outputs')!;
    const damaged = fc.oneof(
      fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, mask]) => {
        const bytes = whole.slice();
        bytes[at] = bytes[at]! ^ mask;
        return bytes;
      }),
      fc.nat(whole.length - 1).map((length) => whole.slice(0, length)),
    );
    fc.assert(
      fc.property(damaged, (bytes) => {
        const storage = new MemoryStorage();
        storage.write('outputs', bytes);
        const { store, failed } = boot(storage, relays);
        expect([store.restored, store.wasLeftSo, failed]).toEqual([[], false, []]);
      }),
    );
  });
});
