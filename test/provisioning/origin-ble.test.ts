import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type AirCentral, BleAir, ON_THE_WAY_MS } from './ble-air.js';
import type { DeskBench } from './desk-bench.js';

const SERVICE = '0000ffe0-0000-1000-8000-00805f9b34fb';
const WRITE = '0000ffe1-0000-1000-8000-00805f9b34fb';
const NOTIFY = '0000ffe2-0000-1000-8000-00805f9b34fb';
const IMPROV_SERVICE = '00467768-6228-2272-4663-277478268000';
const IMPROV_COMMAND = '00467768-6228-2272-4663-277478268003';

const HOME = { ssid: 'home', password: 'password1' };
const RECEIVED = { status: 'received', message: 'Config received' };
const CONNECTING = { status: 'connecting', message: 'WiFi...' };
const CONNECTED = { status: 'wifi_connected', ip: '192.168.1.20' };
const ACTIVATED = { status: 'activated', deviceId: 'dev_0123456789' };
const error = (message: string): object => ({ status: 'error', message });

let air: BleAir;
let bench: DeskBench;

function open(originBle: 'compat' | 'strict' = 'compat', bleName?: string): void {
  air = new BleAir(originBle, false, bleName);
  bench = air.bench;
  bench.setup.open(true);
}

/** The app: asks for an MTU of 512, and listens. */
function connect(mtu = 512): AirCentral {
  return air.connect(mtu).subscribe(NOTIFY);
}

const bytes = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));

/** What the app has been told since this was asked last: one object a notification. */
function told(central: AirCentral): unknown[] {
  return central.take().map(({ value }) => JSON.parse(new TextDecoder().decode(value)));
}

/** In one write, unless no characteristic takes so much. */
function write(central: AirCentral, value: Uint8Array): void {
  if (value.length > 512) central.writePieces(WRITE, value);
  else central.write(WRITE, value);
}

/** What the app is told at once when it writes this. */
function send(central: AirCentral, value: unknown): unknown[] {
  write(central, bytes(value));
  return told(central);
}

beforeEach(() => open());

describe("the origin's service", () => {
  it('is advertised with the name in the scan response, beside Improv', () => {
    expect(air.services).toEqual([IMPROV_SERVICE, SERVICE]);
    expect(Buffer.from(air.scanResponse).toString('latin1')).toBe('\x10\x09IoT-Switch-E5F6\x03\x03\xe0\xff');
  });

  it('has room for the longest prefix that a product may have', () => {
    open('compat', '智能开关智能开');
    expect(air.scanResponse).toHaveLength(31);
    expect(Buffer.from(air.scanResponse.subarray(2, 27)).toString()).toBe('智能开关智能开E5F6');
  });

  it('sets the board up, and tells how far it is in its words and its order', () => {
    const app = connect();
    expect(send(app, { ...HOME, apiUrl: 'http://10.0.0.5:8080/' })).toEqual([RECEIVED, CONNECTING]);
    expect(bench.requests()).toEqual([{ ...HOME, apiUrl: 'http://10.0.0.5:8080' }]);
    bench.joined();
    expect(told(app)).toEqual([CONNECTED]);
    bench.activated();
    expect(told(app)).toEqual([ACTIVATED]);
    expect(JSON.parse(new TextDecoder().decode(app.read(NOTIFY)))).toEqual(ACTIVATED);
  });

  it('keeps the link for a second at least after the last word, and lets it go then', () => {
    const app = connect();
    send(app, HOME);
    bench.joined();
    bench.activated();
    bench.time.advance(1_000 + ON_THE_WAY_MS);
    expect(app.isConnected).toBe(true);
    bench.time.advance(10_000);
    expect(air.isOpen(app)).toBe(false);
  });

  it('takes what comes in many writes without response, cut inside of a character too', () => {
    const app = connect(23);
    const config = bytes({ ssid: '🏠🏠🏠🏠🏠🏠🏠🏠', password: `"}\\{${'x'.repeat(59)}` });
    app.writePieces(WRITE, config, 19);
    expect(bench.requests()).toEqual([{ ssid: '🏠🏠🏠🏠🏠🏠🏠🏠', password: `"}\\{${'x'.repeat(59)}` }]);
  });

  it.each([
    ['white space around it', ' \n{"ssid":"home","password":"password1"}\r\n'],
    ['other fields', '{"ssid":"home","password":"password1","version":{"app":[1]}}'],
    ['the zero that ends a text in its language', '{"ssid":"home","password":"password1"}\0'],
  ])('takes %s', (_, config) => {
    const app = connect();
    expect(send(app, config)).toEqual([RECEIVED, CONNECTING]);
    expect(send(app, '\n')).toEqual([]);
    bench.time.advance(5_000);
    expect(told(app)).toEqual([]);
    expect(bench.requests()).toEqual([HOME]);
  });

  it('takes an open network', () => {
    expect(send(connect(), { ssid: 'home', password: '' })).toEqual([RECEIVED, CONNECTING]);
    expect(bench.requests()).toEqual([{ ssid: 'home' }]);
  });

  it.each([
    ['no JSON', 'ssid=home', 'Invalid JSON format'],
    ['no object', '["home","password1"]', 'Invalid JSON format'],
    ['broken JSON', '{"ssid":"home",}', 'Invalid JSON format'],
    ['a text', '"home"', 'Invalid JSON format'],
    ['more than 1 KiB', `{"ssid":"${'x'.repeat(1_100)}`, 'Invalid JSON format'],
    ['nesting', `{"ssid":${'['.repeat(400)}${']'.repeat(400)}}`, 'Invalid JSON format'],
    ['nothing in it', '{}', 'Missing ssid or password'],
    ['an empty ssid', { ssid: '', password: 'password1' }, 'Missing ssid or password'],
    ['no password', { ssid: 'home' }, 'Missing ssid or password'],
    ['no text', { ssid: 1, password: 'password1' }, 'ssid must be text.'],
    ['a short password', { ssid: 'home', password: 'x' }, /^password is too short/],
    ['no address', { ...HOME, apiUrl: 'cloud' }, /^apiUrl is not the address of a cloud/],
  ])('answers %s with an error, and a second write works', (_, config, message) => {
    const app = connect();
    const [answer, ...more] = send(app, config) as { status: string; message: string }[];
    expect([answer!.status, more]).toEqual(['error', []]);
    expect(answer!.message).toMatch(typeof message === 'string' ? new RegExp(`^${message}$`) : message);
    expect(bench.requests()).toEqual([]);
    expect(send(app, HOME)).toEqual([RECEIVED, CONNECTING]);
  });

  it('waits for the rest of a write for 2 s, and takes the next as a new one', () => {
    const app = connect();
    expect(send(app, '{"ssid":"home",')).toEqual([]);
    bench.time.advance(2_000 - 3 * ON_THE_WAY_MS);
    expect(told(app)).toEqual([]);
    bench.time.advance(3 * ON_THE_WAY_MS);
    expect(told(app)).toEqual([error('Invalid JSON format')]);
    expect(send(app, HOME)).toEqual([RECEIVED, CONNECTING]);
  });

  it.each([
    ['wrong_password', undefined, 'Timeout'],
    ['no_such_network', undefined, 'Timeout'],
    ['no_address', undefined, 'Timeout'],
    ['lost', undefined, 'Timeout'],
    ['not_stored', undefined, 'Could not be stored'],
  ] as const)('calls %s an error, and a second write works', (reason, detail, message) => {
    const app = connect();
    send(app, HOME);
    bench.failed(reason, detail);
    expect(told(app)).toEqual([error(message)]);
    expect(send(app, { ...HOME, password: 'password2' })).toEqual([RECEIVED, CONNECTING]);
    bench.joined();
    bench.activated();
    expect(told(app)).toEqual([CONNECTED, ACTIVATED]);
  });

  it.each([
    ['cloud_unreachable', 'no route', 'HTTP request failed: no route'],
    ['cloud_refused', 'invalid_product_key', 'invalid_product_key'],
  ] as const)('tells of %s, and that it went well after all', (reason, detail, message) => {
    const app = connect();
    send(app, HOME);
    bench.joined();
    bench.failed(reason, detail);
    expect(told(app)).toEqual([CONNECTED, error(message)]);
    bench.activated();
    expect(told(app)).toEqual([ACTIVATED]);
  });

  it('fits into notifications of 182 bytes whatever the server says, and of 20 in pieces', () => {
    const app = connect(185);
    send(app, HOME);
    bench.joined();
    bench.failed('cloud_refused', 'x'.repeat(300));
    expect(told(app)).toEqual([CONNECTED, error('x'.repeat(140))]);
    app.disconnect();
    const small = connect(23);
    small.write(WRITE, bytes('?'));
    const pieces = small.take();
    expect(pieces.length).toBeGreaterThan(1);
    const joined = Buffer.concat(pieces.map(({ value }) => value)).toString();
    expect(JSON.parse(joined)).toEqual(error('Invalid JSON format'));
  });

  it('leads the board nowhere where it would not go: what it has against a cloud is told', () => {
    bench.problem = { field: 'apiUrl', code: 'not_secure', message: 'apiUrl is http://.' };
    expect(send(connect(), { ...HOME, apiUrl: 'http://cloud' })).toEqual([error('apiUrl is http://.')]);
    expect(bench.requests()).toEqual([]);
  });

  it('says that a request is under way, or that another client has the board', () => {
    const app = connect();
    send(app, HOME);
    expect(send(app, HOME)).toEqual([RECEIVED, error('A request is under way')]);
    open();
    bench.setup.pressed(false);
    const other = connect();
    other.write(IMPROV_COMMAND, Uint8Array.of(2, 0, 2));
    expect(send(other, HOME)).toEqual([error('Somebody else sets the board up')]);
    expect(bench.requests()).toEqual([]);
  });

  it('closes the other ways once it is written to', () => {
    send(connect(), HOME);
    expect(bench.setup.claim('portal')).toBe(false);
    expect(bench.setup.claim('improv_ble')).toBe(false);
  });

  it('goes on without an app that stops half-way, and is there for the next', () => {
    const app = connect();
    send(app, '{"ssid":"home","pass');
    app.disconnect();
    const next = connect();
    bench.time.advance(60_000);
    expect(told(next)).toEqual([]);
    expect(send(next, HOME)).toEqual([RECEIVED, CONNECTING]);
    next.disconnect();
    bench.joined();
    bench.activated();
    bench.time.advance(10_000);
    expect(air.isOpen()).toBe(false);
  });

  it('tells no secret', () => {
    const app = connect();
    send(app, { ssid: 'home', password: 'my secret 1', apiUrl: 'http://10.0.0.5:8080' });
    bench.failed('wrong_password');
    send(app, { ssid: 'home', password: 'secret' });
    expect(bench.states.join()).not.toContain('secret');
    expect(new TextDecoder().decode(app.read(NOTIFY))).not.toContain('secret');
  });
});

describe("the policy for the origin's service", () => {
  it('strict: it is not there at all', () => {
    open('strict');
    expect(air.services).toEqual([IMPROV_SERVICE]);
    expect(Buffer.from(air.scanResponse).toString('latin1')).toBe('\x10\x09IoT-Switch-E5F6');
    expect(() => connect()).toThrow('attribute_not_found');
  });

  it('compat: it is closed where the board opened without a person at it, and opens with the button', () => {
    bench.setup.close();
    bench.setup.open(false);
    expect(air.scanResponse).toHaveLength(17);
    const app = connect();
    expect(send(app, HOME)).toEqual([error('Closed: press the button of the board, or switch it off and on')]);
    app.disconnect();
    bench.setup.pressed(false);
    expect(air.scanResponse).toHaveLength(21);
    expect(send(connect(), HOME)).toEqual([RECEIVED, CONNECTING]);
  });
});

describe('hostile writes', () => {
  const config = fc.record(
    { ssid: fc.anything(), password: fc.anything(), apiUrl: fc.anything() },
    { requiredKeys: [] },
  );
  const text = fc.oneof(
    fc.json(),
    config.map((value) => JSON.stringify(value) ?? ''),
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constantFrom('{', '}', '{"', '"\\', '{"ssid":"a"'),
  );
  const piece = fc.oneof(text.map(bytes), fc.uint8Array({ maxLength: 80 }), fc.uint8Array({ maxLength: 1_200 }));

  it('are answered with JSON that fits, and the next one is taken', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (writes) => {
        open();
        const app = connect(185);
        for (const value of writes) write(app, value);
        bench.time.advance(5_000);
        for (const { status } of told(app) as { status: string }[]) {
          expect(['received', 'connecting', 'error']).toContain(status);
        }
        bench.failed('lost');
        told(app);
        expect(send(app, HOME)).toEqual([RECEIVED, CONNECTING]);
        bench.setup.end();
        bench.time.advance(ON_THE_WAY_MS);
        expect(bench.time.pending).toBe(0);
      }),
      { numRuns: 5_000 },
    );
  });
});
