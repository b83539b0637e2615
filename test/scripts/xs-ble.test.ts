import { describe, expect, test } from 'vitest';
import type { Central, PeripheralConstructor } from '../../src/ports/bluetooth.js';
import { loadAdapter, type Native } from './xs-modules.js';

interface SdkOptions {
  readonly uuid: string;
  readonly properties: number;
  onRead?(connection: object): Uint8Array;
  onWrite?(value: ArrayBuffer, connection: object): void;
  onSubscribe?(connection: object): void;
  onUnsubscribe?(connection: object): void;
}

/** A central as the SDK shows it; `close` is not borne once it has subscribed, so there is none. */
class SdkConnection {
  readonly notified: [uuid: string, value: number[]][] = [];
  maximumWrite = 20;

  notify(characteristic: SdkOptions, value: Uint8Array): void {
    this.notified.push([characteristic.uuid, [...value]]);
  }
}

/** The SDK's GATT server as its C source behaves (modules/io/ble/server/esp32/bleserver.c). */
class SdkServer {
  static readonly properties = { read: 2, writeWithOutResponse: 4, write: 8, notify: 16 };
  static made: SdkServer | undefined;
  readonly options: {
    readonly mtu: number;
    readonly services: readonly { uuid: string; characteristics: readonly SdkOptions[] }[];
    onReady(): void;
    onConnect(connection: object): void;
    onDisconnect(connection: object): void;
  };
  readonly calls: unknown[] = [];
  ready = false;

  constructor(options: SdkServer['options']) {
    if (SdkServer.made !== undefined) throw new Error('only one');
    for (const { characteristics } of options.services) {
      for (const { properties, onRead, onWrite, onUnsubscribe } of characteristics) {
        if ((onRead === undefined) !== !(properties & 2)) throw new Error('inconsistent read');
        if ((onWrite === undefined) !== !(properties & 12)) throw new Error('inconsistent write');
        if ((onUnsubscribe === undefined) !== !(properties & 16)) throw new Error('inconsistent onSubscribe');
      }
    }
    SdkServer.made = this;
    this.options = options;
  }

  startAdvertising(data: object, response: object): void {
    if (!this.ready) throw new Error('invalid adv');
    this.calls.push([data, response]);
  }

  stopAdvertising(): void {
    this.calls.push('stop');
  }

  start(): void {
    this.ready = true;
    this.options.onReady();
  }

  characteristic(uuid: string): SdkOptions {
    return this.options.services.flatMap(({ characteristics }) => characteristics).find((one) => one.uuid === uuid)!;
  }

  subscribe(uuid: string, connection: object): void {
    const characteristic = this.characteristic(uuid);
    characteristic.onSubscribe!.call(characteristic, connection);
  }
}

const SERVICE = '0000ffe0-0000-1000-8000-00805f9b34fb';
const WRITE = '0000ffe1-0000-1000-8000-00805f9b34fb';
const NOTIFY = '0000ffe2-0000-1000-8000-00805f9b34fb';
const FLAGS = { type: 1, data: Uint8Array.of(6) };
const NAME = { type: 9, data: Uint8Array.of(65) };

describe('the BLE peripheral on XS', async () => {
  const { xsPeripheral } = await loadAdapter<{ xsPeripheral(native: Native): PeripheralConstructor }>('peripheral.ts', {
    'embedded:io/bluetoothle/peripheral': { GATTServer: SdkServer },
  });

  function boot() {
    SdkServer.made = undefined;
    const calls: string[] = [];
    const chip = { heap: 100_000, room: 24 };
    const Peripheral = xsPeripheral({
      esp_get_free_heap_size: () => chip.heap,
      esp_wifi_set_ps: (mode: number) => calls.push(`sleep ${mode}`),
      smartlink_ble_guard: () => calls.push('guard'),
      smartlink_ble_known: () => calls.push('known'),
      smartlink_ble_room: () => chip.room,
      smartlink_ble_disconnect: () => calls.push('disconnect'),
    });
    const open = (name = '') => {
      const log: unknown[] = [];
      const peripheral = new Peripheral({
        mtu: 512,
        services: [
          {
            uuid: SERVICE,
            characteristics: [
              {
                uuid: WRITE,
                properties: ['write', 'writeWithoutResponse'],
                onWrite: (value, central: Central) => log.push([`${name}write`, [...value], central]),
              },
              { uuid: NOTIFY, properties: ['read', 'notify'], onRead: () => Uint8Array.of(name.length, 1) },
            ],
          },
        ],
        onConnect: (central) => log.push([`${name}connect`, central]),
        onDisconnect: (central) => log.push([`${name}disconnect`, central]),
      });
      return { peripheral, log };
    };
    return { open, calls, chip, sdk: () => SdkServer.made! };
  }

  function connected() {
    const bench = boot();
    const { peripheral, log } = bench.open();
    const sdk = bench.sdk();
    sdk.start();
    const central = new SdkConnection();
    sdk.options.onConnect(central);
    return { ...bench, peripheral, log, sdk, central };
  }

  test('Wi-Fi may sleep before the stack comes up, and the guard stands once it has', () => {
    const { open, calls, sdk } = boot();
    open();
    expect(calls).toEqual(['sleep 1']);
    sdk().start();
    expect(calls).toEqual(['sleep 1', 'guard']);
    expect(sdk().options.mtu).toBe(512);
  });

  test('what is to be advertised waits for the stack, and goes on after a reset of the controller', () => {
    const { open, sdk } = boot();
    open().peripheral.advertise([FLAGS], [NAME]);
    expect(sdk().calls).toEqual([]);
    sdk().start();
    sdk().start();
    expect(sdk().calls).toEqual([
      [{ 1: FLAGS.data }, { 9: NAME.data }],
      [{ 1: FLAGS.data }, { 9: NAME.data }],
    ]);
  });

  test('a central is told of, writes whole values, reads, and goes', () => {
    const { sdk, log, central, calls } = connected();
    expect(calls.at(-1)).toBe('known');
    sdk.characteristic(WRITE).onWrite!(Uint8Array.of(1, 2).buffer, central);
    expect([...sdk.characteristic(NOTIFY).onRead!(central)]).toEqual([0, 1]);
    sdk.options.onDisconnect(central);
    expect(log).toEqual([
      ['connect', central],
      ['write', [1, 2], central],
      ['disconnect', central],
    ]);
  });

  test('only who has subscribed is notified, up to the MTU, and not when the stack is short of buffers', () => {
    const { peripheral, sdk, central, chip } = connected();
    expect(peripheral.notify(NOTIFY, Uint8Array.of(1))).toBe(false);
    sdk.subscribe(NOTIFY, central);
    expect(peripheral.notify(NOTIFY, Uint8Array.of(1))).toBe(true);
    central.maximumWrite = 2;
    expect(peripheral.maxNotification).toBe(2);
    expect(peripheral.notify(NOTIFY, Uint8Array.of(1, 2, 3))).toBe(true);
    chip.room = 3;
    expect(peripheral.notify(NOTIFY, Uint8Array.of(4))).toBe(false);
    expect(central.notified).toEqual([
      [NOTIFY, [1]],
      [NOTIFY, [1, 2]],
    ]);
    chip.room = 24;
    sdk.characteristic(NOTIFY).onUnsubscribe!(central);
    expect(peripheral.notify(NOTIFY, Uint8Array.of(1))).toBe(false);
  });

  test('the next central has subscribed to nothing yet', () => {
    const { peripheral, sdk, central } = connected();
    sdk.subscribe(NOTIFY, central);
    sdk.options.onDisconnect(central);
    expect([peripheral.notify(NOTIFY, Uint8Array.of(1)), peripheral.maxNotification]).toEqual([false, 20]);
    sdk.options.onConnect(new SdkConnection());
    expect(peripheral.notify(NOTIFY, Uint8Array.of(1))).toBe(false);
  });

  test('a central is sent away through the stack, and its end is told when it comes', () => {
    const { peripheral, sdk, central, calls, log } = connected();
    peripheral.disconnect();
    expect(calls.at(-1)).toBe('disconnect');
    expect(log).toHaveLength(1);
    sdk.options.onDisconnect(central);
    expect(log.at(-1)).toEqual(['disconnect', central]);
  });

  test('close twice is fine: it stops advertising, sends the central away, and is silent from then on', () => {
    const { peripheral, sdk, central, calls, log } = connected();
    peripheral.advertise([FLAGS], []);
    peripheral.close();
    peripheral.close();
    expect(sdk.calls.at(-1)).toBe('stop');
    expect(calls.filter((call) => call === 'disconnect')).toHaveLength(1);
    sdk.characteristic(WRITE).onWrite!(Uint8Array.of(1).buffer, central);
    sdk.options.onDisconnect(central);
    sdk.options.onConnect(new SdkConnection());
    expect(calls.at(-1)).toBe('disconnect');
    sdk.start();
    expect(log).toEqual([['connect', central]]);
    expect([...sdk.characteristic(NOTIFY).onRead!(central)]).toEqual([]);
    expect(sdk.calls.at(-1)).toBe('stop');
    expect(() => peripheral.notify(NOTIFY, Uint8Array.of(1))).toThrow('closed');
    expect(() => peripheral.advertise([], [])).toThrow('closed');
  });

  test('a second peripheral of a boot has the same server, and hears nothing of the first one’s central', () => {
    const { peripheral, sdk, central, open, log } = connected();
    peripheral.close();
    const second = open('second ');
    second.peripheral.advertise([FLAGS], []);
    sdk.characteristic(WRITE).onWrite!(Uint8Array.of(1).buffer, central);
    sdk.options.onDisconnect(central);
    const next = new SdkConnection();
    sdk.options.onConnect(next);
    sdk.characteristic(WRITE).onWrite!(Uint8Array.of(2).buffer, next);
    expect(log).toHaveLength(1);
    expect(second.log).toEqual([
      ['second connect', next],
      ['second write', [2], next],
    ]);
    peripheral.close();
    expect(second.peripheral.notify(NOTIFY, Uint8Array.of(1))).toBe(false);
  });

  test('without the memory for it, it is as one that nobody finds', () => {
    const { open, chip, sdk } = boot();
    chip.heap = 60_000;
    const { peripheral } = open();
    expect(sdk()).toBeUndefined();
    peripheral.advertise([FLAGS], []);
    peripheral.disconnect();
    expect([peripheral.notify(NOTIFY, Uint8Array.of(1)), peripheral.maxNotification]).toEqual([false, 0]);
    peripheral.close();
  });
});
