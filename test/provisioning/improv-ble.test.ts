import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { improvChecksum } from '../../src/core/improv.js';
import { type AirCentral, BleAir, ON_THE_WAY_MS } from './ble-air.js';
import type { DeskBench } from './desk-bench.js';

const SERVICE = '00467768-6228-2272-4663-277478268000';
const STATE = '00467768-6228-2272-4663-277478268001';
const ERROR = '00467768-6228-2272-4663-277478268002';
const COMMAND = '00467768-6228-2272-4663-277478268003';
const RESULT = '00467768-6228-2272-4663-277478268004';
const CAPABILITIES = '00467768-6228-2272-4663-277478268005';
const CLOUD = 'http://cloud.example:8080';

const utf8 = (text: string): number[] => [...new TextEncoder().encode(text)];
const texts = (...values: string[]): number[] => values.map(utf8).flatMap((bytes) => [bytes.length, ...bytes]);

function packet(command: number, data: readonly number[] = []): Uint8Array {
  const body = [command, data.length, ...data];
  return Uint8Array.from([...body, improvChecksum(Uint8Array.from(body), 0, body.length)]);
}

const settings = (ssid: string, password: string): Uint8Array => packet(1, texts(ssid, password));

let air: BleAir;
let bench: DeskBench;

function open(isProvisioned = false): void {
  air = new BleAir('strict', isProvisioned);
  bench = air.bench;
  bench.setup.open(false);
}

/** A central that hears everything. */
function connect(mtu = 512): AirCentral {
  return air.connect(mtu).subscribe(STATE, ERROR, RESULT);
}

/** What the central has heard since this was asked last: `state 3`, `error 1`, `result 1 http://…`. */
function heard(central: AirCentral): string[] {
  return central.take().map(({ uuid, value }) => {
    if (uuid === STATE) return `state ${value[0]}`;
    return uuid === ERROR ? `error ${value[0]}` : `result ${read(value)}`;
  });
}

/** A result with its texts; anything else in hex. */
function read(value: Uint8Array): string {
  const [command = -1, length = -1] = value;
  if (value.length !== length + 3 || value.at(-1) !== improvChecksum(value, 0, value.length - 1)) {
    return Buffer.from(value).toString('hex');
  }
  const values: (number | string)[] = [command];
  for (let at = 2; at < length + 2; at += value[at]! + 1) {
    values.push(new TextDecoder().decode(value.subarray(at + 1, at + 1 + value[at]!)));
  }
  return values.join(' ');
}

beforeEach(() => open());

describe('the advertisement', () => {
  it('has flags, the UUID and the service data of Improv, 31 bytes in all', () => {
    expect(Buffer.from(air.advertisement).toString('hex')).toBe(
      ['020106', '110700802678742763467222286268774600', '0916774601 07 00000000'].join('').replaceAll(' ', ''),
    );
    expect(air.advertisement).toHaveLength(31);
    expect(air.services).toEqual([SERVICE]);
  });

  it('shows the state as it changes', () => {
    const state = (): number | undefined => air.advertisement[25];
    expect(state()).toBe(1);
    bench.setup.pressed(false);
    expect(state()).toBe(2);
    const central = connect();
    central.write(COMMAND, settings('home', 'password1'));
    central.disconnect();
    expect(state()).toBe(3);
    bench.joined();
    expect(state()).toBe(4);
  });

  it('has the name in the scan response', () => {
    expect(Buffer.from(air.scanResponse).toString('latin1')).toBe('\x10\x09IoT-Switch-E5F6');
  });
});

describe('Improv over BLE', () => {
  it('shows capabilities, state, no error and no result to who reads', () => {
    const central = air.connect();
    expect([...central.read(CAPABILITIES)]).toEqual([0b111]);
    expect([...central.read(STATE)]).toEqual([1]);
    expect([...central.read(ERROR)]).toEqual([0]);
    expect([...central.read(RESULT)]).toEqual([]);
  });

  it('takes no settings from who is not authorised, and keeps nobody out for his sake', () => {
    const central = connect();
    central.write(COMMAND, settings('home', 'password1'));
    expect(heard(central)).toEqual(['error 4']);
    expect([...central.read(ERROR)]).toEqual([4]);
    expect(bench.requests()).toEqual([]);
    expect(bench.setup.claim('portal')).toBe(true);
  });

  it('blinks, says what the board is, and scans also for who is not', () => {
    const central = connect();
    central.write(COMMAND, packet(2));
    expect(bench.identified).toBe(1);
    expect(heard(central)).toEqual([]);
    central.write(COMMAND, packet(3));
    expect(heard(central)).toEqual(['result 3 SmartLink 1.0.0 ESP32 Servo switch']);
    central.write(COMMAND, packet(4));
    bench.time.advance(2_000);
    expect(heard(central)).toEqual(['result 4 MyWirelessNetwork -60 WPA2 咖啡🍵 -71 NO']);
    expect(read(central.read(RESULT))).toBe('4 MyWirelessNetwork -60 WPA2 咖啡🍵 -71 NO');
  });

  it('says in one empty result that no network is heard', () => {
    bench.networks = [];
    const central = connect();
    central.write(COMMAND, packet(4));
    bench.time.advance(2_000);
    expect(central.take().map(({ value }) => [...value])).toEqual([[4, 0, 4]]);
  });

  it('is authorised by the button for a minute', () => {
    const central = connect();
    bench.setup.pressed(false);
    expect(heard(central)).toEqual(['state 2']);
    bench.time.advance(60_000 - 3 * ON_THE_WAY_MS);
    expect(heard(central)).toEqual([]);
    bench.time.advance(2 * ON_THE_WAY_MS);
    expect(heard(central)).toEqual(['state 1']);
  });

  it('sets the board up: authorised, provisioning, provisioned, and where to go from here', () => {
    const central = connect();
    bench.setup.pressed(false);
    central.write(COMMAND, settings('MyWirelessAP', 'mysecurepassword'));
    expect(bench.requests()).toEqual([{ ssid: 'MyWirelessAP', password: 'mysecurepassword' }]);
    expect(heard(central)).toEqual(['state 2', 'state 3']);
    bench.joined();
    expect(heard(central)).toEqual(['state 4', `result 1 ${CLOUD}`]);
    bench.activated();
    expect(heard(central)).toEqual([]);
    bench.time.advance(10_000);
    expect(air.isOpen(central)).toBe(false);
  });

  it('goes on without a client who has left', () => {
    bench.setup.pressed(false);
    const central = connect();
    central.write(COMMAND, settings('home', 'password1'));
    central.disconnect();
    bench.joined();
    bench.activated();
    expect([...connect().read(STATE)]).toEqual([4]);
  });

  it('says that it could not connect, is authorised again, and takes a second try', () => {
    const central = connect();
    bench.setup.pressed(false);
    central.write(COMMAND, settings('home', 'password1'));
    bench.failed('wrong_password');
    expect(heard(central)).toEqual(['state 2', 'state 3', 'error 3', 'state 2']);
    central.write(COMMAND, settings('home', 'password2'));
    expect(heard(central)).toEqual(['error 0', 'state 3']);
    bench.joined();
    expect(heard(central)).toEqual(['state 4', `result 1 ${CLOUD}`]);
  });

  it('can set a board up anew that has a network', () => {
    open(true);
    bench.setup.pressed(true);
    const central = connect();
    expect([...central.read(STATE)]).toEqual([2]);
    central.write(COMMAND, settings('elsewhere', 'password1'));
    expect(heard(central)).toEqual(['state 3']);
  });

  it('puts together a command that comes in pieces of 20 bytes', () => {
    bench.setup.pressed(false);
    const central = air.connect().subscribe(STATE);
    central.writePieces(COMMAND, settings('🏠🏠🏠🏠🏠🏠🏠🏠', 'x'.repeat(63)));
    expect(bench.requests()).toEqual([{ ssid: '🏠🏠🏠🏠🏠🏠🏠🏠', password: 'x'.repeat(63) }]);
    expect(heard(central)).toEqual(['state 3']);
  });

  it('calls a command broken whose rest has not come for 5 s, and takes the next', () => {
    const central = connect();
    central.write(COMMAND, settings('home', 'password1').subarray(0, 10));
    bench.time.advance(5_000 - 3 * ON_THE_WAY_MS);
    expect(heard(central)).toEqual([]);
    bench.time.advance(3 * ON_THE_WAY_MS);
    expect(heard(central)).toEqual(['error 1']);
    central.write(COMMAND, packet(2));
    expect(heard(central)).toEqual(['error 0']);
    expect(bench.identified).toBe(1);
  });

  it.each([
    ['a wrong checksum', Uint8Array.of(2, 0, 3), 1],
    ['more bytes than it says', Uint8Array.of(2, 0, 2, 2), 1],
    ['data where none belong', packet(2, [1]), 1],
    ['lengths that do not fit', packet(1, [9, 0x61, 0]), 1],
    ['no name of a network', settings('', 'password1'), 1],
    ['a password that no network takes', settings('home', 'short'), 3],
    ['a command for a host name, a capability that it has not', packet(5), 2],
    ['a command for a device name', packet(6), 2],
    ['an unknown command', packet(0xaa, [1, 2]), 2],
  ])('refuses %s', (_, bytes, code) => {
    bench.setup.pressed(false);
    const central = connect();
    central.write(COMMAND, bytes);
    central.write(COMMAND, bytes);
    expect(heard(central)).toEqual([`error ${code}`, 'error 0', `error ${code}`]);
    expect(bench.requests()).toEqual([]);
  });

  it('says that a request is under way', () => {
    bench.setup.pressed(false);
    const central = connect();
    central.write(COMMAND, settings('home', 'password1'));
    central.write(COMMAND, settings('home', 'password2'));
    expect(heard(central)).toEqual(['state 3', 'error 255']);
    bench.joined();
    expect(heard(central)).toEqual(['state 4', `result 1 ${CLOUD}`]);
    expect(bench.requests()).toHaveLength(1);
  });

  it('is not for two clients at once: who is authorised and writes has the board', () => {
    bench.setup.pressed(false);
    const central = connect();
    central.write(COMMAND, packet(3));
    expect(bench.setup.claim('portal')).toBe(false);
    expect(bench.setup.claim('origin_ble')).toBe(false);
    expect(() => air.connect()).toThrow('nobody answers');
  });

  it('shows to the next central nothing of the one before', () => {
    const first = connect();
    first.write(COMMAND, packet(3));
    first.write(COMMAND, packet(9));
    first.write(COMMAND, packet(4));
    first.write(COMMAND, settings('home', 'password1').subarray(0, 9));
    first.disconnect();
    const second = connect();
    expect([second.read(ERROR)[0], second.read(RESULT).length]).toEqual([0, 0]);
    bench.time.advance(3_000);
    second.write(COMMAND, packet(2));
    expect(heard(second)).toEqual([]);
    expect(bench.identified).toBe(1);
  });

  it('is gone without a word when the desk closes', () => {
    const central = connect();
    central.write(COMMAND, packet(4));
    central.write(COMMAND, Uint8Array.of(1));
    bench.setup.end();
    bench.time.advance(60_000);
    expect(air.isOpen(central)).toBe(false);
    expect(central.take()).toEqual([]);
    expect(bench.time.pending).toBe(0);
  });
});

describe('results and the MTU', () => {
  const many = Array.from({ length: 20 }, (_, at) => ({ ssid: `network number ${at}`, rssi: -40 - at, secured: true }));

  it.each([512, 185, 64])('shows in one notification as many networks as fit into an MTU of %i', (mtu) => {
    bench.networks = many;
    const central = connect(mtu);
    central.write(COMMAND, packet(4));
    bench.time.advance(2_000);
    const [only, ...more] = central.take();
    expect(more).toEqual([]);
    const shown = read(only!.value)
      .split(' WPA2')
      .filter((row) => row !== '');
    const next = texts('network number 19', '-59', 'WPA2').length;
    expect(only!.value.length + next).toBeGreaterThan(Math.min(mtu - 3, 258));
    expect(shown[0]).toBe('4 network number 0 -40');
    expect(read(central.read(RESULT))).toBe(read(only!.value));
  });

  it('leaves out an address that is too long for a notification', () => {
    bench.setup.pressed(false);
    const central = connect(23);
    central.write(COMMAND, settings('home', 'password1'));
    bench.joined();
    expect(heard(central)).toEqual(['state 3', 'state 4', 'result 1']);
  });

  it('sends what the board is in pieces where the MTU is too small for it', () => {
    const central = connect(23);
    central.write(COMMAND, packet(3));
    const pieces = central.take();
    expect(pieces.map(({ value }) => value.length)).toEqual([20, 18]);
    const joined = Uint8Array.from(pieces.flatMap(({ value }) => [...value]));
    expect(read(joined)).toBe('3 SmartLink 1.0.0 ESP32 Servo switch');
    expect(central.read(RESULT)).toEqual(joined);
  });
});

describe('hostile writes', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.tuple(fc.nat(9), fc.uint8Array({ maxLength: 60 })).map(([command, data]) => packet(command, [...data])),
    fc
      .tuple(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.string({ unit: 'grapheme', maxLength: 20 }))
      .map(([ssid, password]) => settings(ssid, password)),
  );

  it('are answered with errors and results that fit, and the next command is taken', () => {
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 8 }),
        fc.boolean(),
        fc.integer({ min: 23, max: 600 }),
        (writes, isAuthorized, mtu) => {
          open();
          if (isAuthorized) bench.setup.pressed(false);
          const central = connect(mtu);
          for (const write of writes) central.write(COMMAND, write);
          bench.time.advance(20_000);
          if (!isAuthorized) expect(bench.requests()).toEqual([]);
          const before = bench.identified;
          central.write(COMMAND, packet(2));
          expect(bench.identified).toBe(before + 1);
          bench.setup.end();
          bench.time.advance(ON_THE_WAY_MS);
          expect(bench.time.pending).toBe(0);
        },
      ),
      { numRuns: 5_000 },
    );
  });
});
