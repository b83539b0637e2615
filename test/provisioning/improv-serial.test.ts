import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { SimSerial } from '../../host-sim/world/sim-serial.js';
import { improvChecksum } from '../../src/core/improv.js';
import { ImprovFrameParser } from '../../src/core/improv-frame.js';
import { ImprovSerial } from '../../src/provisioning/improv-serial.js';
import { DeskBench } from './desk-bench.js';

const utf8 = (text: string): number[] => [...new TextEncoder().encode(text)];
const texts = (...values: string[]): number[] => values.map(utf8).flatMap((bytes) => [bytes.length, ...bytes]);

/** A packet as a client sends it; the standard's form, written down once more. */
function packet(type: number, data: readonly number[]): number[] {
  const head = [...utf8('IMPROV'), 1, type, data.length, ...data];
  return [...head, improvChecksum(Uint8Array.from(head), 0, head.length), 0x0a];
}

const rpc = (command: number, data: readonly number[] = []): number[] => packet(3, [command, data.length, ...data]);
const settings = (ssid: string, password: string): number[] => rpc(1, texts(ssid, password));
const result = (command: number, ...values: string[]): number[] => {
  const data = texts(...values);
  return packet(4, [command, data.length, ...data]);
};
const state = (value: number): number[] => packet(1, [value]);
const error = (value: number): number[] => packet(2, [value]);
const URL = 'http://cloud.example:8080';

let bench: DeskBench;
let line: SimSerial;
let received: number[];

function open(isProvisioned = false): void {
  line = new SimSerial();
  received = [];
  line.onBytes = (bytes) => received.push(...bytes);
  bench = new DeskBench(({ time, text }) => ({
    isProvisioned,
    serial: {
      names: ['serial'],
      open: (desk) => new ImprovSerial({ Serial: line.forBoot(time.timer), timer: time.timer, text, desk }),
    },
  }));
}

/** What the board has sent since this was asked last. */
const sent = (): number[] => received.splice(0);

/** Sends this, and says what comes back at once. */
function ask(bytes: readonly number[]): number[] {
  line.send(Uint8Array.from(bytes));
  bench.time.advance(0);
  return sent();
}

beforeEach(() => open());

describe('Improv over the serial line', () => {
  it('says that it is ready to whoever asks, byte by byte as the standard has it', () => {
    expect(ask(rpc(2))).toEqual([
      ...[0x49, 0x4d, 0x50, 0x52, 0x4f, 0x56, 1, 2, 1, 0, 0xe1, 0x0a],
      ...[0x49, 0x4d, 0x50, 0x52, 0x4f, 0x56, 1, 1, 1, 2, 0xe2, 0x0a],
    ]);
  });

  it('says what the board is', () => {
    expect(ask(rpc(3))).toEqual([...error(0), ...result(3, 'SmartLink', '1.0.0', 'ESP32', 'Servo switch')]);
  });

  it('fits the longest name that a product may have', () => {
    bench.name = '开'.repeat(64);
    expect(ask(rpc(3))).toEqual([...error(0), ...result(3, 'SmartLink', '1.0.0', 'ESP32', bench.name)]);
  });

  it('gives the networks that the board hears one by one, and an empty result at the end', () => {
    expect(ask(rpc(4))).toEqual(error(0));
    bench.time.advance(2_000);
    expect(sent()).toEqual([
      ...result(4, 'MyWirelessNetwork', '-60', 'YES'),
      ...result(4, '咖啡🍵', '-71', 'NO'),
      ...result(4),
    ]);
  });

  it('answers two requests for a scan that come together with one', () => {
    bench.networks = [];
    ask([...rpc(4), ...rpc(4)]);
    bench.time.advance(20_000);
    expect(sent()).toEqual(result(4));
  });

  it('sets the board up: provisioning, provisioned, and where to go from here', () => {
    expect(ask(settings('MyWirelessAP', 'mysecurepassword'))).toEqual([...error(0), ...state(3)]);
    expect(bench.requests()).toEqual([{ ssid: 'MyWirelessAP', password: 'mysecurepassword' }]);
    bench.joined();
    expect(sent()).toEqual([...state(4), ...result(1, URL)]);
    bench.activated();
    expect(sent()).toEqual([]);
    expect(ask(rpc(2))).toEqual([...error(0), ...state(4), ...result(2, URL)]);
  });

  it('counts as done what only the cloud is missing from', () => {
    ask(settings('MyWirelessAP', 'mysecurepassword'));
    bench.joined();
    sent();
    bench.failed('cloud_unreachable', 'no route');
    expect(sent()).toEqual([]);
    expect(ask(rpc(2))).toEqual([...error(0), ...state(4), ...result(2, URL)]);
  });

  it.each([
    ['wrong_password', 3],
    ['no_such_network', 3],
    ['no_address', 3],
    ['lost', 3],
    ['not_stored', 0xff],
  ] as const)('says that %s is error %i, is ready again, and takes a second try', (reason, code) => {
    ask(settings('home', 'password1'));
    bench.failed(reason);
    expect(sent()).toEqual([...error(code), ...state(2)]);
    expect(ask(settings('home', 'password2'))).toEqual([...error(0), ...state(3)]);
    bench.joined();
    expect(sent()).toEqual([...state(4), ...result(1, URL)]);
  });

  it('sets a board up anew that has a network, and a failure leaves it provisioned', () => {
    open(true);
    expect(ask(rpc(2))).toEqual([...error(0), ...state(4), ...result(2, URL)]);
    expect(ask(settings('elsewhere', 'password1'))).toEqual([...error(0), ...state(3)]);
    bench.failed('wrong_password');
    expect(sent()).toEqual([...error(3), ...state(4)]);
    expect(ask(settings('elsewhere', 'password2'))).toEqual([...error(0), ...state(3)]);
    bench.joined();
    expect(sent()).toEqual([...state(4), ...result(1, URL)]);
  });

  it.each([
    ['32 bytes of emoji', '🏠🏠🏠🏠🏠🏠🏠🏠', 'password1'],
    ['63 characters', 'home', 'x'.repeat(63)],
    ['64 hex digits', 'home', '0123456789abcdefABCDEF0123456789'.repeat(2)],
    ['quotes', '"home\\', '"\\\'"{}"\\"'],
    ['an open network', 'home', ''],
  ])('takes %s', (_, ssid, password) => {
    expect(ask(settings(ssid, password))).toEqual([...error(0), ...state(3)]);
    expect(bench.requests()).toEqual([password === '' ? { ssid } : { ssid, password }]);
  });

  it.each([
    ['no name of a network', settings('', 'password1'), 1],
    ['a name of 33 bytes', settings('x'.repeat(33), 'password1'), 1],
    ['a name with a zero in it', settings('a\0b', 'password1'), 1],
    ['a name that is no UTF-8', rpc(1, [1, 0xff, 0]), 1],
    ['a password that no network takes', settings('home', 'short'), 3],
    ['a password of 65 characters', settings('home', 'a'.repeat(65)), 3],
    ['lengths that do not fit', rpc(1, [9, 0x61, 0]), 1],
    ['a request with data', rpc(2, [0]), 1],
    ['a body that says it is longer', packet(3, [2, 1]), 1],
    ['no body', packet(3, []), 1],
    ['a host name, which is optional', rpc(5), 2],
    ['a device name, which is optional', rpc(6, utf8('x')), 2],
    ['the state of the network, which is optional', rpc(7), 2],
    ['command 0', rpc(0), 2],
    ['command 255', rpc(255, [1, 2, 3]), 2],
  ])('refuses %s', (_, bytes, code) => {
    expect(ask(bytes)).toEqual([...error(0), ...error(code)]);
    expect(bench.requests()).toEqual([]);
  });

  it('says that a packet with a wrong checksum is error 1', () => {
    const bytes = rpc(2);
    bytes[11]! ^= 0xff;
    expect(ask(bytes)).toEqual(error(1));
    expect(ask(rpc(2))).toEqual([...error(0), ...state(2)]);
  });

  it('bears console lines, its own echo, and packets of the other direction', () => {
    expect(ask([...utf8('help\r\nIMPROVE\n'), ...state(2), ...error(1), ...result(1, URL), 0xff])).toEqual([]);
    expect(ask(rpc(2))).toEqual([...error(0), ...state(2)]);
  });

  it('answers a client that begins anew after one that stopped half-way', () => {
    const half = settings('MyWirelessAP', 'mysecurepassword').slice(0, 20);
    expect(ask([...half, ...rpc(2)])).toEqual([]);
    bench.time.advance(1_000);
    expect(sent()).toEqual([...error(0), ...state(2)]);
    expect(ask(half)).toEqual([]);
    bench.time.advance(1_000);
    expect(ask(rpc(2))).toEqual([...error(0), ...state(2)]);
    expect(bench.time.pending).toBe(0);
  });

  it('tells what another client of the board does, and does not take settings meanwhile', () => {
    bench.setup.open(true);
    bench.setup.submit('portal', { ssid: 'home' });
    expect(ask(settings('other', 'password1'))).toEqual([...state(3), ...error(0), ...error(0xff)]);
    bench.joined();
    expect(sent()).toEqual(state(4));
    expect(bench.requests()).toEqual([{ ssid: 'home' }]);
  });

  it('takes the board over from a client without a cable', () => {
    bench.setup.open(true);
    expect(bench.setup.claim('portal')).toBe(true);
    expect(ask(settings('home', 'password1'))).toEqual([...error(0), ...state(3)]);
    expect(bench.setup.claim('portal')).toBe(false);
  });

  it('is quiet once it is closed', () => {
    ask(rpc(4));
    bench.setup.end();
    line.send(Uint8Array.from(rpc(2)));
    bench.time.advance(60_000);
    expect(sent()).toEqual([]);
    expect(bench.time.pending).toBe(0);
  });

  it('tells no secret of a network to anybody', () => {
    const answer = ask(settings('home', 'my secret 1'));
    bench.joined();
    bench.activated();
    expect(bench.states.join()).not.toContain('secret');
    expect(Buffer.from([...answer, ...sent()]).toString('latin1')).not.toContain('secret');
  });
});

describe('hostile bytes on the serial line', () => {
  const command = fc
    .tuple(fc.integer({ min: 0, max: 8 }), fc.uint8Array({ maxLength: 40 }), fc.integer({ min: -2, max: 2 }))
    .map(([id, data, wrong]) => packet(3, [id, (data.length + (wrong === 1 ? 1 : 0)) & 0xff, ...data]));
  const noise = fc.uint8Array({ maxLength: 40 }).map((bytes) => [...bytes]);
  const wifi = fc
    .tuple(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.string({ unit: 'grapheme', maxLength: 16 }))
    .map(([ssid, password]) => settings(ssid, password));

  it('are answered with packets that are whole, and the next request is answered', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(command, noise, wifi), { maxLength: 10 }), (parts) => {
        open();
        for (const part of parts) line.send(Uint8Array.from(part));
        bench.time.advance(20_000);
        for (const { ssid } of bench.requests()) expect(utf8(ssid).length).toBeLessThanOrEqual(32);
        const answers = sent();
        const packets: number[] = [];
        const parser = new ImprovFrameParser({
          onFrame: (type, bytes, start, end) => packets.push(...packet(type, [...bytes.subarray(start, end)])),
          onBadChecksum: () => expect.unreachable(),
        });
        parser.push(Uint8Array.from(answers), answers.length);
        expect(answers).toEqual(packets);
        expect(ask(rpc(9))).toEqual([...error(0), ...error(2)]);
        bench.setup.end();
        expect(bench.time.pending).toBe(0);
      }),
      { numRuns: 5_000 },
    );
  });
});
