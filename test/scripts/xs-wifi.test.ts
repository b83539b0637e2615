import { describe, expect, test } from 'vitest';
import type { Text } from '../../src/ports/text.js';
import type { AccessPointConstructor, WiFiConstructor } from '../../src/ports/wifi.js';
import { loadAdapter, type Native, TestClock } from './xs-modules.js';

const { XsText } = await loadAdapter<{ XsText: new () => Text }>('text.ts', {
  'text/decoder': TextDecoder,
  'text/encoder': TextEncoder,
});
const text = new XsText();

/** The SDK's station as its C source behaves (modules/io/wifi/esp32/wifi-esp32.c). */
class SdkWiFi {
  static last: SdkWiFi;
  /** A station of the chip is between `connect` and its end. */
  static connecting = false;
  static busy: SdkWiFi | undefined;
  readonly #onChanged: ((property: string) => void) | undefined;
  readonly calls: unknown[] = [];
  connection = 200;
  address: string | undefined;
  RSSI = -60;
  refuses = false;
  #scan: { onFound(network: unknown): void; onComplete(): void } | undefined;

  constructor(options: { onChanged?(property: string): void }) {
    this.#onChanged = options.onChanged;
    SdkWiFi.last = this;
  }

  connect(credentials: unknown): void {
    if (this.connection === 300) throw new Error('already connecting');
    if (this.refuses) throw new Error('connect failed');
    this.calls.push(credentials);
    this.connection = 300;
  }

  disconnect(): void {
    this.calls.push('disconnect');
    this.connection = 200;
    this.address = undefined;
  }

  scan(options: { onFound(network: unknown): void; onComplete(): void }): void {
    if (SdkWiFi.busy !== undefined) throw new Error('already scanning');
    if (SdkWiFi.connecting) throw new Error('scan failed');
    SdkWiFi.busy = this;
    this.#scan = options;
  }

  close(): void {
    this.calls.push('close');
    this.#scan = undefined;
    if (SdkWiFi.busy === this) SdkWiFi.busy = undefined;
  }

  /** The driver has been on all channels. */
  found(...networks: (readonly [ssid: string, rssi: number, security: string])[]): void {
    const scan = this.#scan;
    if (SdkWiFi.busy === this) SdkWiFi.busy = undefined;
    for (const [SSID, RSSI, security] of networks) scan?.onFound({ SSID, RSSI, security });
    scan?.onComplete();
  }

  become(connection: number, address?: string): void {
    this.connection = connection;
    this.address = address;
    this.#onChanged?.('connection');
  }
}

describe('Wi-Fi on XS', async () => {
  const clock = new TestClock();
  const { timer } = clock;
  const { xsWiFi } = await loadAdapter<{ xsWiFi(native: Native, text: Text): WiFiConstructor }>('wifi.ts', {
    timer,
    'embedded:network/interface/wifi': SdkWiFi,
  });
  const HOME = { ssid: 'Home', password: 'secret-word' };

  function station() {
    clock.reset();
    const log: string[] = [];
    const driver = { reason: 0 };
    const native = {
      smartlink_wifi_reason: () => {
        const { reason } = driver;
        driver.reason = 0;
        return reason;
      },
      smartlink_wifi_awake: () => {},
    };
    SdkWiFi.busy = undefined;
    SdkWiFi.connecting = false;
    const WiFi = xsWiFi(native, text);
    const wifi = new WiFi({ onConnected: () => log.push('connected'), onDisconnected: (reason) => log.push(reason) });
    return { wifi, radio: SdkWiFi.last, log, driver, advance: (ms: number) => clock.time.advance(ms) };
  }

  test('is connected once it has an IPv4 address, which the SDK reports late', () => {
    const { wifi, radio, log, advance } = station();
    wifi.connect(HOME);
    expect(radio.calls).toEqual([]);
    advance(0);
    expect(radio.calls).toEqual([{ SSID: 'Home', password: 'secret-word' }]);
    radio.become(400, 'fe80::1');
    expect(wifi.rssi).toBeUndefined();
    radio.address = '192.0.2.5';
    advance(250);
    expect(log).toEqual(['connected']);
    expect(wifi.rssi).toBe(-60);
    radio.become(500, '192.0.2.5');
    advance(60_000);
    expect(log).toEqual(['connected']);
  });

  test('an open network is joined without a password', () => {
    const { wifi, radio, advance } = station();
    wifi.connect({ ssid: 'Cafe' });
    advance(0);
    expect(radio.calls).toEqual([{ SSID: 'Cafe' }]);
  });

  test.each([
    [15, 'wrong_password'],
    [204, 'wrong_password'],
    [201, 'no_such_network'],
    [8, 'lost'],
    [0, 'lost'],
  ])('an attempt that ends with the driver’s reason %i is %s', (reason, expected) => {
    const { wifi, radio, log, driver, advance } = station();
    wifi.connect(HOME);
    advance(0);
    driver.reason = reason;
    radio.become(200);
    expect(log).toEqual([expected]);
    advance(60_000);
    expect(log).toEqual([expected]);
  });

  test('an attempt that comes to no end is given up after 15 s', () => {
    const { wifi, radio, log, advance } = station();
    wifi.connect(HOME);
    advance(14_999);
    expect(log).toEqual([]);
    advance(1);
    expect(log).toEqual(['lost']);
    expect(radio.calls.at(-1)).toBe('disconnect');
  });

  test('a network that gives no address is left after 15 s', () => {
    const { wifi, radio, log, advance } = station();
    wifi.connect(HOME);
    advance(0);
    radio.become(400);
    advance(15_000);
    expect(log).toEqual(['no_address']);
    expect(radio.calls.at(-1)).toBe('disconnect');
  });

  test('a link that goes is lost, whatever the driver says; an address that goes is reported too', () => {
    const first = station();
    first.wifi.connect(HOME);
    first.advance(0);
    first.radio.become(500, '192.0.2.5');
    first.driver.reason = 15;
    first.radio.become(200);
    expect(first.log).toEqual(['connected', 'lost']);
    const second = station();
    second.wifi.connect(HOME);
    second.advance(0);
    second.radio.become(500, '192.0.2.5');
    second.radio.address = undefined;
    second.advance(10_000);
    expect(second.log).toEqual(['connected', 'no_address']);
  });

  test('a new attempt waits until the driver has told of the end of the old one', () => {
    const { wifi, radio, log, advance } = station();
    wifi.connect(HOME);
    advance(1_000);
    wifi.connect({ ssid: 'Other' });
    expect(radio.calls.at(-1)).toBe('disconnect');
    radio.become(200);
    advance(299);
    expect(radio.calls).toHaveLength(2);
    advance(1);
    expect(radio.calls.at(-1)).toEqual({ SSID: 'Other' });
    expect(log).toEqual([]);
  });

  test('a driver that refuses is reported, but not from inside a method', () => {
    const { wifi, radio, log, advance } = station();
    radio.refuses = true;
    wifi.connect(HOME);
    expect(log).toEqual([]);
    advance(0);
    expect(log).toEqual(['lost']);
  });

  test('disconnect is silent; close twice is fine, and nothing is called after it', () => {
    const { wifi, radio, log, advance } = station();
    wifi.connect(HOME);
    advance(0);
    wifi.disconnect();
    advance(60_000);
    wifi.connect(HOME);
    advance(1_000);
    wifi.close();
    wifi.close();
    radio.become(500, '192.0.2.5');
    advance(60_000);
    expect(log).toEqual([]);
    expect(radio.calls.at(-1)).toBe('close');
    expect(() => wifi.connect(HOME)).toThrow('closed');
  });

  test('has an address while it is connected, and no other', () => {
    const { wifi, radio, advance } = station();
    wifi.connect(HOME);
    advance(0);
    radio.become(400, 'fe80::1');
    expect(wifi.address).toBeUndefined();
    radio.become(500, '192.0.2.5');
    expect(wifi.address).toBe('192.0.2.5');
    wifi.disconnect();
    expect(wifi.address).toBeUndefined();
  });

  describe('a scan', () => {
    function scan() {
      const bench = station();
      const heard: unknown[] = [];
      bench.wifi.scan((networks) => heard.push(networks.map(({ ssid, rssi, secured }) => [ssid, rssi, secured])));
      return { ...bench, scanner: SdkWiFi.last, heard };
    }

    test('tells each name once, with its strongest signal, the strongest first', () => {
      const { scanner, heard } = scan();
      scanner.found(
        ['Home', -70, 'wpa2_psk'],
        ['Cafe', -60, 'none'],
        ['Home', -50, 'wpa2_psk'],
        ['Home', -80, 'wpa2_psk'],
      );
      expect(heard).toEqual([
        [
          ['Home', -50, true],
          ['Cafe', -60, false],
        ],
      ]);
      expect(scanner.calls).toEqual(['close']);
    });

    test('leaves out hidden networks and names that are no UTF-8, and keeps 20', () => {
      const { scanner, heard } = scan();
      const many = Array.from({ length: 25 }, (_, i) => [`N${i}`, -40 - i, 'wpa2_psk'] as const);
      scanner.found(
        ['', -30, 'none'],
        ['\ud800', -31, 'none'],
        ['x'.repeat(33), -32, 'none'],
        ['💡'.repeat(8), -33, 'none'],
        ...many,
      );
      const [networks] = heard as [[string][]];
      expect(networks).toHaveLength(20);
      expect(networks[0]![0]).toBe('💡'.repeat(8));
      expect(networks[19]![0]).toBe('N18');
    });

    test('of a station that is connecting hears nothing, but does not say so from inside the method', () => {
      const { wifi, advance } = station();
      SdkWiFi.connecting = true;
      const heard: unknown[] = [];
      wifi.scan((networks) => heard.push(networks));
      expect(heard).toEqual([]);
      advance(0);
      expect(heard).toEqual([[]]);
      expect(SdkWiFi.busy).toBeUndefined();
    });

    test('that a connect or another scan interrupts hears nothing, and makes way for it', () => {
      const { wifi, scanner, heard, advance } = scan();
      wifi.scan((networks) => heard.push(networks.length));
      expect(heard).toEqual([]);
      scanner.found(['Home', -50, 'none']);
      SdkWiFi.last.found(['Home', -50, 'none']);
      expect(heard).toEqual([1]);
      advance(0);
      expect(heard).toEqual([1, []]);
      wifi.scan((networks) => heard.push(networks.length));
      wifi.connect(HOME);
      advance(1_000);
      expect(heard).toEqual([1, [], 0]);
    });

    test('whose end the driver does not tell is over after 8 s', () => {
      const { heard, advance } = scan();
      advance(7_999);
      expect(heard).toEqual([]);
      advance(1);
      expect(heard).toEqual([[]]);
      advance(60_000);
      expect(heard).toEqual([[]]);
    });

    test('of a station that is closed says nothing any more', () => {
      const { wifi, scanner, heard, advance } = scan();
      wifi.scan((networks) => heard.push(networks));
      wifi.close();
      scanner.found(['Home', -50, 'none']);
      advance(60_000);
      expect(heard).toEqual([]);
      expect(() => wifi.scan(() => {})).toThrow('closed');
    });
  });
});

describe('the access point on XS', async () => {
  const clock = new TestClock();
  const { xsAccessPoint } = await loadAdapter<{ xsAccessPoint(native: Native): AccessPointConstructor }>(
    'access-point.ts',
    { timer: clock.timer, 'embedded:network/interface/wifi': SdkWiFi },
  );

  function open() {
    clock.reset();
    const calls: unknown[] = [];
    const log: number[] = [];
    const driver = { stations: 0 };
    const AccessPoint = xsAccessPoint({
      smartlink_ap_start: (...values: unknown[]) => calls.push(values),
      smartlink_ap_stations: () => driver.stations,
      smartlink_ap_stop: () => calls.push('stop'),
    });
    const accessPoint = new AccessPoint({
      ssid: 'SmartLink-00FF',
      password: 'proof-of-it',
      maxStations: 4,
      onStations: (count) => log.push(count),
    });
    return { accessPoint, calls, log, driver, advance: (ms: number) => clock.time.advance(ms) };
  }

  test('starts the driver, leaves the SDK’s object, and opens with the address that it tells', () => {
    const { accessPoint, calls } = open();
    expect(SdkWiFi.last.calls).toEqual(['close']);
    expect(calls).toEqual([['SmartLink-00FF', 'proof-of-it', accessPoint.address, 4]]);
    expect(accessPoint.address).toMatch(/^198\.1[89]\.\d+\.1$/);
  });

  test('tells how many stations are there when that changes', () => {
    const { log, driver, advance } = open();
    advance(2_000);
    driver.stations = 2;
    advance(2_000);
    driver.stations = 0;
    advance(2_000);
    expect(log).toEqual([2, 0]);
  });

  test('close twice is fine, and nothing is called after it', () => {
    const { accessPoint, calls, log, driver, advance } = open();
    accessPoint.close();
    accessPoint.close();
    driver.stations = 1;
    advance(2_000);
    expect(log).toEqual([]);
    expect(calls.slice(1)).toEqual(['stop']);
  });
});
