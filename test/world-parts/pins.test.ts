import { describe, expect, test } from 'vitest';
import { PinBank } from '../../host-sim/host/pins.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';

function bench() {
  const time = new VirtualTime();
  const bank = new PinBank({ clock: time.clock, timer: time.timer });
  const changes: unknown[] = [];
  bank.onChange((...change) => changes.push(change));
  return { time, bank, changes, Digital: bank.Digital, PWM: bank.PWM, Analog: bank.Analog };
}

describe('a bank of pins', () => {
  test('an output drives its initial value from the first instant and tells changes with their time', () => {
    const { time, bank, changes, Digital } = bench();
    const pin = new Digital({ pin: 4, mode: Digital.Output, initialValue: 1 });
    time.advance(10);
    pin.write(1);
    pin.write(0);
    expect(changes).toEqual([
      [4, 'digital', 1, 0],
      [4, 'digital', 0, 10],
    ]);
    expect([pin.read(), bank.level(4)]).toEqual([0, 0]);
  });

  test('an input reads what the world gives it, or its pull-up', () => {
    const { bank, Digital } = bench();
    const button = new Digital({ pin: 0, mode: Digital.InputPullUp });
    const wire = new Digital({ pin: 4, mode: Digital.Input });
    expect([button.read(), wire.read()]).toEqual([1, 0]);
    bank.setInput(0, 0);
    bank.setInput(4, 1);
    expect([button.read(), wire.read()]).toEqual([0, 1]);
    expect(() => wire.write(1)).toThrow('is an input');
  });

  test('PWM starts without pulses and tells duty and pulse width', () => {
    const { bank, PWM } = bench();
    const pwm = new PWM({ pin: 18, hz: 50 });
    expect(bank.duty(18)).toBe(0);
    pwm.write(Math.round(0.075 * (2 ** pwm.resolution - 1)));
    expect(bank.pulseUs(18)).toBeCloseTo(1500, -1);
    expect([pwm.hz, pwm.resolution]).toEqual([50, 14]);
  });

  test.each(['powerOff', 'reset'] as const)('a boot that a %s ended opens no more pins', (end) => {
    const { bank, time } = bench();
    const before = bank.forBoot(time.timer);
    bank[end]();
    const { Digital } = before;
    expect(() => new Digital({ pin: 16, mode: Digital.Output })).toThrow('is over');
    const after = bank.forBoot(time.timer);
    expect(new after.Digital({ pin: 16, mode: Digital.Output }).read()).toBe(0);
  });

  test('counts a PWM pin that is closed in the middle of a cycle', () => {
    const { time, bank, PWM } = bench();
    const pwm = new PWM({ pin: 18, hz: 50 });
    pwm.write(1000);
    time.advance(100);
    pwm.write(0);
    time.advance(20);
    pwm.close();
    expect(bank.cutCycles).toBe(0);
    const again = new PWM({ pin: 18, hz: 50 });
    again.write(1000);
    again.close();
    expect([bank.cutCycles, bank.duty(18)]).toEqual([1, 0]);
  });

  test('opening a pin that is open throws, whatever it is opened as', () => {
    const { Digital, PWM } = bench();
    new Digital({ pin: 4, mode: Digital.Output });
    expect(() => new Digital({ pin: 4, mode: Digital.Input })).toThrow('pin 4 is in use');
    expect(() => new PWM({ pin: 4, hz: 50 })).toThrow('pin 4 is in use');
  });

  test('closing twice is fine, anything else after it throws, and the pin can be opened again', () => {
    const { Digital, PWM } = bench();
    const digital = new Digital({ pin: 4, mode: Digital.Output });
    const pwm = new PWM({ pin: 5, hz: 50 });
    for (const pin of [digital, pwm]) {
      pin.close();
      pin.close();
    }
    expect(() => digital.write(1)).toThrow('pin 4 is closed');
    expect(() => digital.read()).toThrow('pin 4 is closed');
    expect(() => pwm.write(1)).toThrow('pin 5 is closed');
    new Digital({ pin: 4, mode: Digital.Output }).close();
    digital.close();
  });

  test.each([
    [{ pin: 49 }],
    [{ pin: -1 }],
    [{ pin: 1.5 }],
    [{ pin: Number.NaN }],
    [{ mode: 99 }],
    [{ initialValue: 2 }],
  ])('refuses %o before it touches anything', (wrong) => {
    const { changes, Digital } = bench();
    const options = { pin: 4, mode: Digital.Output, ...wrong } as { pin: number; mode: number };
    expect(() => new Digital(options)).toThrow(RangeError);
    expect(changes).toEqual([]);
    new Digital({ pin: 4, mode: Digital.Output });
  });

  test('refuses levels, duties and frequencies that there are not', () => {
    const { Digital, PWM } = bench();
    const digital = new Digital({ pin: 4, mode: Digital.Output });
    expect(() => digital.write(2 as 1)).toThrow(RangeError);
    const pwm = new PWM({ pin: 5, hz: 50 });
    for (const duty of [-1, 2 ** 14, 0.5, Number.NaN]) expect(() => pwm.write(duty)).toThrow(RangeError);
    for (const hz of [0, -50, Number.NaN]) expect(() => new PWM({ pin: 6, hz })).toThrow(RangeError);
  });

  test('an output keeps its level when it is closed, and loses it at a power cut', () => {
    const { bank, changes, Digital } = bench();
    const pin = new Digital({ pin: 4, mode: Digital.Output, initialValue: 1 });
    pin.close();
    expect(bank.level(4)).toBe(1);
    bank.powerOff();
    expect(bank.level(4)).toBeUndefined();
    expect(changes.at(-1)).toEqual([4, 'undriven', 0, 0]);
  });

  test('what was opened before a power cut leads nowhere after it', () => {
    const { bank, Digital } = bench();
    const old = new Digital({ pin: 4, mode: Digital.Output });
    bank.powerOff();
    new Digital({ pin: 4, mode: Digital.Output });
    old.write(1);
    old.close();
    expect(bank.level(4)).toBe(0);
    expect(() => new Digital({ pin: 4, mode: Digital.Output })).toThrow('in use');
  });

  test('an input is told of its edges a moment later, once for those of one moment', () => {
    const { time, bank, Digital } = bench();
    const read: number[] = [];
    const button = new Digital({ pin: 0, mode: Digital.InputPullUp, onReadable: () => read.push(button.read()) });
    bank.setInput(0, 0);
    expect(read).toEqual([]);
    time.advance(0);
    bank.setInput(0, 1);
    bank.setInput(0, 0);
    bank.setInput(0, undefined);
    time.advance(0);
    expect(read).toEqual([0, 1]);
  });

  test('what does not change the level is no edge: what the pull-up gives already, and what was there before', () => {
    const { time, bank, Digital } = bench();
    let edges = 0;
    bank.setInput(4, 1);
    new Digital({ pin: 0, mode: Digital.InputPullUp, onReadable: () => edges++ });
    new Digital({ pin: 4, mode: Digital.Input, onReadable: () => edges++ });
    bank.setInput(0, 1);
    bank.setInput(4, 1);
    bank.setInput(0, undefined);
    time.advance(10);
    expect(edges).toBe(0);
  });

  test.each([
    ['closed', (_bank: PinBank, pin: { close(): void }) => pin.close()],
    ['without power', (bank: PinBank) => bank.powerOff()],
    ['reset', (bank: PinBank) => bank.reset()],
  ])('an input that is %s hears of no edge any more, not even of one before', (_how, end) => {
    const { time, bank, Digital } = bench();
    let edges = 0;
    const pin = new Digital({ pin: 4, mode: Digital.Input, onReadable: () => edges++ });
    bank.setInput(4, 1);
    end(bank, pin);
    bank.setInput(4, 0);
    time.advance(10);
    expect(edges).toBe(0);
    new Digital({ pin: 4, mode: Digital.Input, onReadable: () => edges++ });
    bank.setInput(4, 1);
    time.advance(10);
    expect(edges).toBe(1);
  });

  test('a button outlives a power cut: who holds it down holds it down', () => {
    const { bank, Digital, Analog } = bench();
    bank.setInput(0, 0);
    bank.setAnalog(34, 1);
    bank.powerOff();
    expect(new Digital({ pin: 0, mode: Digital.InputPullUp }).read()).toBe(0);
    expect(new Analog({ pin: 34 }).read()).toBe(4095);
  });

  test('an analog input measures what the world gives it, in 12 bits, and nothing where nothing is', () => {
    const { time, bank, Analog } = bench();
    const sensor = new Analog({ pin: 34 });
    expect([sensor.read(), sensor.resolution]).toEqual([0, 12]);
    bank.setAnalog(34, 0.5);
    expect(sensor.read()).toBe(2048);
    bank.setAnalog(34, () => time.nowMs / 100);
    time.advance(25);
    expect(sensor.read()).toBe(1024);
    time.advance(1_000);
    expect(sensor.read()).toBe(4095);
    for (const wrong of [-0.1, 1.1, Number.NaN]) expect(() => bank.setAnalog(34, wrong)).toThrow(RangeError);
  });

  test('an analog input has its pin for itself until it is closed', () => {
    const { Digital, Analog } = bench();
    const sensor = new Analog({ pin: 34 });
    expect(() => new Analog({ pin: 34 })).toThrow('pin 34 is in use');
    expect(() => new Digital({ pin: 34, mode: Digital.Input })).toThrow('pin 34 is in use');
    sensor.close();
    sensor.close();
    expect(() => sensor.read()).toThrow('pin 34 is closed');
    new Analog({ pin: 34 });
  });

  test('a boot hears of edges by its own timer, so that they end and crash with it', () => {
    const { time, bank } = bench();
    const crashes: unknown[] = [];
    const io = bank.forBoot({
      ...time.timer,
      set: (callback, delayMs) =>
        time.timer.set(() => {
          try {
            callback();
          } catch (error) {
            crashes.push(error);
          }
        }, delayMs),
    });
    new io.Digital({
      pin: 0,
      mode: io.Digital.InputPullUp,
      onReadable: () => {
        throw new Error('no');
      },
    });
    bank.setInput(0, 0);
    time.advance(1);
    expect(crashes).toHaveLength(1);
  });

  test('a listener can be taken off, and there is a bound to how many there are', () => {
    const { bank, Digital } = bench();
    let calls = 0;
    const stop = bank.onChange(() => calls++);
    const pin = new Digital({ pin: 4, mode: Digital.Output });
    stop();
    stop();
    pin.write(1);
    expect(calls).toBe(1);
    expect(() => {
      for (let index = 0; index < 100; index++) bank.onChange(() => {});
    }).toThrow('listeners');
  });
});
