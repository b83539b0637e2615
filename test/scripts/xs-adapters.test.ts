import { describe, expect, test } from 'vitest';
import type { Clock } from '../../src/ports/clock.js';
import type { Pins } from '../../src/ports/pins.js';
import type { Resolver } from '../../src/ports/socket.js';
import type { System } from '../../src/ports/system.js';
import type { Text } from '../../src/ports/text.js';
import { loadAdapter, type Native } from './xs-modules.js';

describe('names on XS', async () => {
  const answers: ((host: string, address: string | undefined) => void)[] = [];
  const net = { resolve: (_host: string, callback: (typeof answers)[0]) => void answers.push(callback) };
  const { xsResolver } = await loadAdapter<{ xsResolver: Resolver }>('resolver.ts', { net });

  test.each([
    ['192.0.2.7', 'mqtt.example 192.0.2.7'],
    [undefined, 'error'],
    ['2001:db8::1', 'error'],
  ])('the answer %s calls exactly one callback', (address, expected) => {
    const log: string[] = [];
    xsResolver.resolve({
      host: 'mqtt.example',
      onResolved: (host, found) => log.push(`${host} ${found}`),
      onError: () => log.push('error'),
    });
    expect(log).toEqual([]);
    answers.shift()!('mqtt.example', address);
    expect(log).toEqual([expected]);
  });
});

describe('the clock on XS', async () => {
  const Time = { ticks: 0, delta: (start: number, end: number) => (end - start) | 0, set: (_seconds: number) => {} };
  const { XsClock } = await loadAdapter<{ XsClock: new () => Clock }>('clock.ts', { time: Time });

  test('goes on evenly where the 32-bit tick counter wraps', () => {
    Time.ticks = 0x7fff_fff0;
    const clock = new XsClock();
    const before = clock.monotonicMs();
    Time.ticks = 0x8000_0010 | 0;
    expect(clock.monotonicMs() - before).toBe(32);
    Time.ticks = -1;
    clock.monotonicMs();
    Time.ticks = 99;
    expect(clock.monotonicMs() - before).toBe(0x8000_0000 + 16 + 99);
  });

  test('is set to the millisecond, though the system takes whole seconds', () => {
    const clock = new XsClock();
    const system = Date.now;
    let now = system();
    Time.set = (seconds) => {
      now = seconds * 1_000;
    };
    Date.now = () => now;
    try {
      clock.setNow(1_800_000_000_123);
      expect(clock.nowMs()).toBe(1_800_000_000_123);
      expect(clock.hasTime).toBe(false);
    } finally {
      Date.now = system;
    }
  });
});

describe('text on XS', async () => {
  const { XsText } = await loadAdapter<{ XsText: new () => Text }>('text.ts', {
    'text/decoder': TextDecoder,
    'text/encoder': TextEncoder,
  });
  const text = new XsText();

  test('decodes a part and refuses malformed UTF-8', () => {
    expect(text.decode(Uint8Array.of(0x41, 0xe4, 0xb8, 0x8a, 0x42), 1, 4)).toBe('上');
    expect(() => text.decode(Uint8Array.of(0xe4, 0xb8), 0, 2)).toThrow(TypeError);
  });

  test('encodes in place, and says −1 where it does not fit to the end', () => {
    const into = new Uint8Array(6);
    expect(text.encode('a上😀', new Uint8Array(9), 1)).toBe(9);
    expect(text.encode('a上', into, 2)).toBe(6);
    expect(text.encode('a上b', into, 2)).toBe(-1);
    expect(text.encode('', into, 6)).toBe(6);
    expect(text.encode('\ud800', into, 0)).toBe(3);
  });
});

describe('pins on XS', async () => {
  class SdkDigital {
    static readonly Input = 0;
    static readonly InputPullUp = 1;
    static readonly Output = 8;
    static readonly Rising = 1;
    static readonly Falling = 2;
    static last: SdkDigital;
    readonly options: unknown;
    closed = false;
    constructor(options: { edge?: number; onReadable?: () => void }) {
      if (options.onReadable !== undefined && !options.edge) throw new RangeError('invalid edges');
      this.options = options;
      SdkDigital.last = this;
    }
    read(): 0 | 1 {
      if (this.closed || (this.options as { mode: number }).mode === 8) throw new Error("can't read output");
      return 1;
    }
    write(): void {}
    close(): void {
      this.closed = true;
    }
  }
  class SdkPwm {
    static closed = 0;
    readonly hz: number;
    readonly resolution: number;
    constructor(options: { hz: number; resolution: number }) {
      this.hz = options.hz;
      this.resolution = options.resolution;
    }
    write(): void {}
    close(): void {
      SdkPwm.closed++;
    }
  }
  class SdkAnalog {
    static reading: number | undefined = 2_000;
    readonly resolution = 12;
    closed = 0;
    read(): number | undefined {
      return SdkAnalog.reading;
    }
    close(): void {
      this.closed++;
    }
  }
  const { xsPins } = await loadAdapter<{ xsPins: Pins }>('pins.ts', {
    'embedded:io/analog': SdkAnalog,
    'embedded:io/digital': SdkDigital,
    'embedded:io/pwm': SdkPwm,
  });

  test('an output is opened at its first level, and reads as what it was written', () => {
    const pin = new xsPins.Digital({ pin: 5, mode: xsPins.Digital.Output, initialValue: 1 });
    expect(SdkDigital.last.options).toEqual({ pin: 5, mode: 8, initialValue: 1 });
    expect(pin.read()).toBe(1);
    pin.write(0);
    expect(pin.read()).toBe(0);
    pin.close();
    pin.close();
    expect(() => pin.read()).toThrow();
    expect(() => pin.write(1)).toThrow();
  });

  test('a closed output goes on giving its level until the restart: a relay does not drop', () => {
    new xsPins.Digital({ pin: 5, mode: xsPins.Digital.Output, initialValue: 1 }).close();
    expect(SdkDigital.last.closed).toBe(false);
  });

  test.each([true, false])('a PWM that keeps its duty (%s) is left running when it is closed', (keepsDuty) => {
    SdkPwm.closed = 0;
    const pwm = new xsPins.PWM({ pin: 5, hz: 1_000, keepsDuty });
    pwm.write(7);
    pwm.close();
    pwm.close();
    expect(SdkPwm.closed).toBe(keepsDuty ? 0 : 1);
    expect(() => pwm.write(8)).toThrow();
  });

  test('an input reads the pin, and lets it go when it is closed', () => {
    const pin = new xsPins.Digital({ pin: 0, mode: xsPins.Digital.InputPullUp });
    expect(pin.read()).toBe(1);
    pin.close();
    expect(SdkDigital.last.closed).toBe(true);
  });

  test('an input that is to tell of its edges asks the SDK for both kinds, and is silent once it is closed', () => {
    const log: number[] = [];
    const pin = new xsPins.Digital({
      pin: 0,
      mode: xsPins.Digital.InputPullUp,
      onReadable: () => log.push(pin.read()),
    });
    const { edge, onReadable } = SdkDigital.last.options as { edge: number; onReadable: () => void };
    expect(edge).toBe(3);
    onReadable();
    pin.close();
    onReadable();
    expect(log).toEqual([1]);
  });

  test('an analog input gives its last reading where the converter gives none', () => {
    const pin = new xsPins.Analog({ pin: 34 });
    expect([pin.read(), pin.resolution]).toEqual([2_000, 12]);
    SdkAnalog.reading = undefined;
    expect(pin.read()).toBe(2_000);
    pin.close();
    pin.close();
    expect(() => pin.read()).toThrow('closed');
  });

  test.each([
    [50, 14],
    [1_000, 14],
    [5_000, 12],
    [25_000, 10],
    [200_000, 8],
  ])('PWM at %i Hz has %i bits', (hz, bits) => {
    expect(new xsPins.PWM({ pin: 5, hz }).resolution).toBe(bits);
  });
});

describe('the chip on XS', async () => {
  const { XsSystem } = await loadAdapter<{ XsSystem: new (native: Native, buildTimeMs: number) => System }>(
    'system.ts',
    {},
  );
  const native = (reason: number): Native => ({
    smartlink_boot_reason: () => reason,
    esp_read_mac: (mac: ArrayBuffer) => {
      new Uint8Array(mac).set([0x0a, 0xb0, 0x00, 0xff, 0x12, 0x34]);
      return 0;
    },
  });

  test('the serial is the station MAC in upper-case hex', () => {
    expect(new XsSystem(native(1), 5)).toMatchObject({ serial: '0AB000FF1234', buildTimeMs: 5 });
  });

  test.each([
    [0, 'power_on'],
    [1, 'power_on'],
    [2, 'power_on'],
    [3, 'restart'],
    [4, 'crash'],
    [5, 'watchdog'],
    [6, 'watchdog'],
    [7, 'watchdog'],
    [9, 'brown_out'],
    [15, 'crash'],
  ])('reset reason %i is %s', (reason, expected) => {
    expect(new XsSystem(native(reason), 0).bootReason).toBe(expected);
  });
});
