import { describe, expect, test } from 'vitest';
import { ENVELOPE_BYTES, sealRecord } from '../../src/core/record-envelope.js';
import type { SerialConstructor } from '../../src/ports/serial.js';
import type { RecordStorage } from '../../src/ports/storage.js';
import { loadAdapter, type Native, TestClock } from './xs-modules.js';

describe('the serial line on XS', async () => {
  const clock = new TestClock();
  const { xsSerial } = await loadAdapter<{ xsSerial(native: Native): SerialConstructor }>('serial.ts', {
    timer: clock.timer,
  });

  function open() {
    clock.reset();
    const cable = { came: [] as number[], went: [] as number[], failure: 0 };
    const log: number[] = [];
    const Serial = xsSerial({
      smartlink_serial_open: () => cable.failure,
      smartlink_serial_read: (into: ArrayBuffer, length: number) => {
        const bytes = cable.came.splice(0, length);
        new Uint8Array(into).set(bytes);
        return bytes.length;
      },
      smartlink_serial_write: (bytes: ArrayBuffer, length: number) =>
        cable.went.push(...new Uint8Array(bytes, 0, length)),
    });
    const make = () => new Serial({ onReadable: (count) => log.push(count) });
    return { make, cable, log, advance: (ms: number) => clock.time.advance(ms) };
  }

  test('tells of bytes soon, and gives them in the pieces that a reader wants', () => {
    const { make, cable, log, advance } = open();
    const serial = make();
    cable.came.push(1, 2, 3, 4, 5);
    advance(40);
    expect(log).toEqual([5]);
    const into = new Uint8Array(3);
    expect([serial.read(into), [...into]]).toEqual([3, [1, 2, 3]]);
    expect([serial.read(into), [...into]]).toEqual([2, [4, 5, 3]]);
    expect(serial.read(into)).toBe(0);
    advance(400);
    expect(log).toEqual([5]);
  });

  test('more than one piece is read to its end in one go', () => {
    const { make, cable, advance } = open();
    const serial = make();
    cable.came.push(...Array.from({ length: 300 }, (_, i) => i & 255));
    advance(40);
    const all: number[] = [];
    const into = new Uint8Array(64);
    for (let count = serial.read(into); count > 0; count = serial.read(into)) all.push(...into.subarray(0, count));
    expect(all).toEqual(Array.from({ length: 300 }, (_, i) => i & 255));
  });

  test('sends all bytes as they are, in order', () => {
    const { make, cable } = open();
    const bytes = Uint8Array.from({ length: 265 }, (_, i) => i & 255);
    make().write(bytes);
    expect(cable.went).toEqual([...bytes]);
  });

  test('close twice is fine, nothing is called after it, and other methods throw', () => {
    const { make, cable, log, advance } = open();
    const serial = make();
    serial.close();
    serial.close();
    cable.came.push(1);
    advance(1_000);
    expect(log).toEqual([]);
    expect(() => serial.read(new Uint8Array(1))).toThrow('closed');
    expect(() => serial.write(new Uint8Array(1))).toThrow('closed');
  });

  test('a driver that cannot be installed throws', () => {
    const { make, cable } = open();
    cable.failure = 257;
    expect(make).toThrow('257');
  });
});

describe('records on XS', async () => {
  const nvs = new Map<string, Uint8Array>();
  const chip: { partition: Uint8Array | undefined; opened: number } = { partition: undefined, opened: 0 };
  type StorageClass = new () => RecordStorage;
  const { XsStorage, XsSecrets } = await loadAdapter<{ XsStorage: StorageClass; XsSecrets: StorageClass }>(
    'storage.ts',
    {
      'embedded:storage/key-value': {
        open: ({ path }: { path: string }) => ({
          read: (key: string) => nvs.get(`${path} ${key}`)?.slice().buffer,
          write: (key: string, value: Uint8Array) => nvs.set(`${path} ${key}`, value.slice()),
          delete: (key: string) => nvs.delete(`${path} ${key}`),
        }),
      },
      'embedded:storage/flash': {
        open: ({ path }: { path: string }) => {
          const { partition } = chip;
          if (partition === undefined || path !== 'factory') throw new Error("can't find partition");
          chip.opened++;
          return {
            read: (length: number, offset: number) => {
              if (offset + length > partition.length) throw new Error('read failed');
              return partition.slice(offset, offset + length).buffer;
            },
            close: () => chip.opened--,
          };
        },
      },
    },
  );

  function sealed(payload: string): Uint8Array {
    const bytes = new Uint8Array(ENVELOPE_BYTES + payload.length);
    new TextEncoder().encodeInto(payload, bytes.subarray(ENVELOPE_BYTES));
    sealRecord(bytes, payload.length);
    return bytes;
  }

  function storageOn(head: Uint8Array | undefined): RecordStorage {
    nvs.clear();
    chip.partition = head && Uint8Array.from({ length: 0x3000 }, (_, at) => head[at] ?? 0xff);
    return new XsSecrets();
  }

  test('the factory’s record is read from its partition, before one in NVS', () => {
    const storage = storageOn(sealed('{"serial":"A"}'));
    storage.write('factory', sealed('{"serial":"B"}'));
    expect(storage.read('factory')).toEqual(sealed('{"serial":"A"}'));
    expect(nvs.get('smartlink-keys factory')).toEqual(sealed('{"serial":"B"}'));
    expect(chip.opened).toBe(0);
  });

  const damaged = sealed('{"serial":"A"}');
  damaged[ENVELOPE_BYTES] = 0x5b;
  const endless = sealed('');
  endless.set([0xff, 0xff, 0xff, 0x7f], 4);
  test.each([
    ['no such partition', undefined],
    ['an erased partition', new Uint8Array(0)],
    ['a damaged record', damaged],
    ['a length beyond the partition', endless],
  ])('with %s the board has the record that it made itself', (_, head) => {
    const storage = storageOn(head);
    expect(storage.read('factory')).toBeUndefined();
    storage.write('factory', sealed('{}'));
    expect(storage.read('factory')).toEqual(sealed('{}'));
    expect(chip.opened).toBe(0);
  });

  test('secrets and the other records do not see each other', () => {
    const secrets = storageOn(sealed('{}'));
    const storage = new XsStorage();
    expect(storage.read('factory')).toBeUndefined();
    storage.write('network', Uint8Array.of(1));
    expect(secrets.read('network')).toBeUndefined();
    secrets.write('network', Uint8Array.of(2));
    secrets.delete('network');
    expect([...nvs.keys()]).toEqual(['smartlink network']);
  });

  test('other records do not look there', () => {
    const storage = storageOn(sealed('{}'));
    expect(storage.read('network')).toBeUndefined();
    storage.write('network', Uint8Array.of(1));
    expect(storage.read('network')).toEqual(Uint8Array.of(1));
    storage.delete('network');
    expect(storage.read('network')).toBeUndefined();
  });
});
