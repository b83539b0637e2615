import { beforeEach, describe, expect, test } from 'vitest';
import { SimBluetooth } from '../../host-sim/world/sim-bluetooth.js';
import { VirtualCentral } from '../../host-sim/world/virtual-central.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import type { Central, Peripheral } from '../../src/ports/bluetooth.js';

const SERVICE = '0000ffe0-0000-1000-8000-00805f9b34fb';
const BOTH = '0000ffe1-0000-1000-8000-00805f9b34fb';
const READ_ONLY = '00000001-0000-1000-8000-00805f9b34fb';
const bytes = (count: number): Uint8Array => Uint8Array.from({ length: count }, (_, index) => index & 255);

describe('a board’s Bluetooth and a central', () => {
  let time: VirtualTime;
  let bluetooth: SimBluetooth;
  let peripheral: Peripheral;
  let board: string[];
  let written: Uint8Array[];
  let phone: string[];
  let centrals: Central[];

  beforeEach(() => {
    time = new VirtualTime();
    bluetooth = new SimBluetooth();
    board = [];
    written = [];
    phone = [];
    centrals = [];
    boot();
  });

  function boot(): void {
    const Peripheral = bluetooth.forBoot(time.timer);
    peripheral = new Peripheral({
      mtu: 247,
      services: [
        {
          uuid: SERVICE,
          characteristics: [
            {
              uuid: BOTH,
              properties: ['write', 'writeWithoutResponse', 'notify'],
              onWrite: (value, central) => {
                expect(central).toBe(centrals.at(-1));
                written.push(Uint8Array.from(value));
              },
            },
            { uuid: READ_ONLY, properties: ['read'], onRead: () => bytes(300) },
          ],
        },
      ],
      onConnect: (central) => {
        centrals.push(central);
        board.push('connected');
      },
      onDisconnect: (central) => {
        expect(central).toBe(centrals.at(-1));
        board.push('disconnected');
      },
    });
  }

  function central(mtu?: number): VirtualCentral {
    return new VirtualCentral({
      timer: time.timer,
      ...(mtu === undefined ? {} : { mtu }),
      onConnected: () => phone.push('connected'),
      onDisconnected: () => phone.push('disconnected'),
      onNotified: (uuid, value) => phone.push(`${uuid.slice(4, 8)} ${value.length}`),
    });
  }

  function connected(mtu?: number): VirtualCentral {
    peripheral.advertise([{ type: 1, data: Uint8Array.of(6) }], []);
    const one = central(mtu);
    one.connect(bluetooth);
    time.runUntil(() => phone.includes('connected'), 1_000);
    return one;
  }

  test('find each other once the board advertises, agree on the smaller MTU, and nobody else finds it meanwhile', () => {
    expect(bluetooth.advertisement).toBeUndefined();
    const one = connected(517);
    expect(one.mtu).toBe(247);
    expect(peripheral.maxNotification).toBe(244);
    expect(board).toEqual(['connected']);
    expect(bluetooth.advertisement).toBeUndefined();
    one.disconnect();
    time.advance(100);
    expect(board).toEqual(['connected', 'disconnected']);
    expect(phone).toEqual(['connected']);
    expect(bluetooth.advertisement?.data).toEqual([{ type: 1, data: Uint8Array.of(6) }]);
    expect(peripheral.maxNotification).toBe(20);
  });

  test('what does not fit an advertisement is refused', () => {
    const structure = { type: 9, data: bytes(29) };
    peripheral.advertise([structure], [structure]);
    expect(() => peripheral.advertise([structure, { type: 1, data: Uint8Array.of(6) }], [])).toThrow(RangeError);
  });

  test('a central finds nobody in 10 s where nobody advertises', () => {
    central().connect(bluetooth);
    time.advance(9_999);
    expect(phone).toEqual([]);
    time.advance(1);
    expect(phone).toEqual(['disconnected']);
  });

  test('writes arrive whole and in order: short, long, and without response; what is too long does not', () => {
    const one = connected(23);
    const errors: unknown[] = [];
    const onDone = (error: unknown): number => errors.push(error);
    one.write(BOTH, bytes(20), onDone);
    one.write(BOTH, bytes(200), onDone);
    one.writeWithoutResponse(BOTH, bytes(20), onDone);
    one.writeWithoutResponse(BOTH, bytes(21), onDone);
    one.write(BOTH, bytes(513), onDone);
    one.write(READ_ONLY, bytes(1), onDone);
    one.write(SERVICE, bytes(1), onDone);
    time.advance(10_000);
    expect(written).toEqual([bytes(20), bytes(200), bytes(20)]);
    expect(errors).toEqual([
      undefined,
      undefined,
      undefined,
      'invalid_length',
      'invalid_length',
      'write_not_permitted',
      'attribute_not_found',
    ]);
  });

  test('a long value is read whole', () => {
    let read: Uint8Array | undefined;
    const one = connected();
    one.read(READ_ONLY, (error, value) => {
      expect(error).toBeUndefined();
      read = value;
    });
    one.read(BOTH, (error) => phone.push(String(error)));
    time.advance(1_000);
    expect(read).toEqual(bytes(300));
    expect(phone.at(-1)).toBe('read_not_permitted');
  });

  test('notifications reach who has subscribed, cut to what fits, and nobody else', () => {
    const one = connected(23);
    expect(peripheral.notify(BOTH, bytes(5))).toBe(false);
    one.subscribe(BOTH);
    time.advance(100);
    expect(peripheral.notify(BOTH, bytes(5))).toBe(true);
    expect(peripheral.notify(BOTH, bytes(50))).toBe(true);
    time.advance(100);
    expect(phone).toEqual(['connected', 'ffe1 5', 'ffe1 20']);
    one.subscribe(BOTH, undefined, false);
    time.advance(100);
    expect(peripheral.notify(BOTH, bytes(5))).toBe(false);
  });

  test('out of range for a moment nothing is lost; for longer both sides notice', () => {
    const one = connected();
    one.subscribe(BOTH);
    time.advance(100);
    bluetooth.isInRange = false;
    peripheral.notify(BOTH, bytes(1));
    one.write(BOTH, bytes(2));
    time.advance(3_000);
    expect([phone, written]).toEqual([['connected'], []]);
    bluetooth.isInRange = true;
    time.advance(200);
    expect([phone, written]).toEqual([['connected', 'ffe1 1'], [bytes(2)]]);
    bluetooth.isInRange = false;
    let error: unknown;
    one.write(BOTH, bytes(3), (why) => {
      error = why;
    });
    time.advance(4_100);
    expect(phone.at(-1)).toBe('disconnected');
    expect(board).toEqual(['connected', 'disconnected']);
    expect(error).toBe('not_connected');
    expect(time.pending).toBe(0);
  });

  test('the board sends a central away, and is there for the next one', () => {
    connected();
    peripheral.disconnect();
    time.advance(100);
    expect(phone).toEqual(['connected', 'disconnected']);
    expect(board).toEqual(['connected', 'disconnected']);
    phone.length = 0;
    connected();
    expect(board).toEqual(['connected', 'disconnected', 'connected']);
  });

  test('a board without power is missed after seconds, says nothing, and is found again after its boot', () => {
    connected();
    bluetooth.powerOff();
    time.advance(3_999);
    expect(phone).toEqual(['connected']);
    time.advance(1);
    expect(phone).toEqual(['connected', 'disconnected']);
    expect(board).toEqual(['connected']);
    boot();
    phone.length = 0;
    connected();
  });

  test('closed, it is silent, and its methods throw', () => {
    connected();
    peripheral.close();
    peripheral.close();
    expect(() => peripheral.notify(BOTH, bytes(1))).toThrow();
    expect(() => peripheral.advertise([], [])).toThrow();
    time.advance(10_000);
    expect(phone).toEqual(['connected', 'disconnected']);
    expect(board).toEqual(['connected']);
    boot();
  });
});
