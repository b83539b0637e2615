import { describe, expect, it } from 'vitest';
import { adapterBench, bankBench, bridgeBench, type PinsBench } from './pins-hosts.js';

const hosts: [string, () => PinsBench | Promise<PinsBench>][] = [
  ['of a simulated board', bankBench],
  ['of a guest in XS, across its bridge', bridgeBench],
  ['of a chip, through the SDK', adapterBench],
];

describe.each(hosts)('the pins %s', (_name, make) => {
  it('an output gives its first level from the first instant, and then what is written', async () => {
    const { io, world, settle } = await make();
    const changes: unknown[] = [];
    world.onChange((pin, kind, value) => changes.push([pin, kind, value]));
    const pin = new io.Digital({ pin: 4, mode: io.Digital.Output, initialValue: 1 });
    pin.write(0);
    pin.write(1);
    settle();
    expect(changes).toEqual([
      [4, 'digital', 1],
      [4, 'digital', 0],
      [4, 'digital', 1],
    ]);
    expect(pin.read()).toBe(1);
    const low = new io.Digital({ pin: 5, mode: io.Digital.Output });
    expect([low.read(), world.level(5)]).toEqual([0, 0]);
  });

  it('a closed output goes on giving its level', async () => {
    const { io, world, settle } = await make();
    const pin = new io.Digital({ pin: 4, mode: io.Digital.Output, initialValue: 1 });
    pin.close();
    pin.close();
    settle();
    expect(world.level(4)).toBe(1);
    expect(() => pin.write(0)).toThrow('closed');
    expect(() => pin.read()).toThrow('closed');
  });

  it('an input reads what the world gives it from its first instant on, or its pull-up', async () => {
    const { io, world, settle } = await make();
    world.setInput(5, 1);
    const [button, wire, high] = [
      new io.Digital({ pin: 0, mode: io.Digital.InputPullUp }),
      new io.Digital({ pin: 4, mode: io.Digital.Input }),
      new io.Digital({ pin: 5, mode: io.Digital.Input }),
    ];
    expect([button.read(), wire.read(), high.read()]).toEqual([1, 0, 1]);
    world.setInput(0, 0);
    world.setInput(4, 1);
    settle();
    expect([button.read(), wire.read(), high.read()]).toEqual([0, 1, 1]);
  });

  it('an input calls back for edges both ways, never from inside a method, and reads the new level in it', async () => {
    const { io, world, settle } = await make();
    const read: number[] = [];
    const pin = new io.Digital({ pin: 0, mode: io.Digital.InputPullUp, onReadable: () => read.push(pin.read()) });
    settle();
    world.setInput(0, 0);
    expect(read).toEqual([]);
    settle();
    world.setInput(0, undefined);
    settle();
    expect(read).toEqual([0, 1]);
  });

  it('edges of one moment are one call, and no edge is none', async () => {
    const { io, world, settle } = await make();
    let calls = 0;
    new io.Digital({ pin: 0, mode: io.Digital.InputPullUp, onReadable: () => calls++ });
    world.setInput(0, 1);
    settle();
    expect(calls).toBe(0);
    for (const level of [0, 1, 0] as const) world.setInput(0, level);
    settle();
    settle();
    expect(calls).toBe(1);
  });

  it('an edge that the firmware causes itself, over a wire, comes after its method too', async () => {
    const { io, world, settle } = await make();
    const log: string[] = [];
    const output = new io.Digital({ pin: 4, mode: io.Digital.Output });
    new io.Digital({ pin: 5, mode: io.Digital.Input, onReadable: () => log.push('edge') });
    world.onChange((pin) => {
      if (pin === 4) world.setInput(5, world.level(4));
    });
    output.write(1);
    log.push('written');
    settle();
    settle();
    expect(log).toEqual(['written', 'edge']);
  });

  it('a closed input calls nothing any more, and its pin is free', async () => {
    const { io, world, settle } = await make();
    const log: string[] = [];
    const open = (name: string): { close(): void; read(): number } =>
      new io.Digital({ pin: 0, mode: io.Digital.InputPullUp, onReadable: () => log.push(name) });
    const first = open('first');
    world.setInput(0, 0);
    first.close();
    first.close();
    settle();
    world.setInput(0, 1);
    settle();
    expect(() => first.read()).toThrow('closed');
    open('second');
    world.setInput(0, 0);
    settle();
    expect(log).toEqual(['second']);
  });

  it('options are left as they are, and one that an output has no use for is ignored', async () => {
    const { io, world, settle } = await make();
    let calls = 0;
    const options = Object.freeze({ pin: 4, mode: io.Digital.Output, onReadable: () => calls++ });
    const pin = new io.Digital(options);
    world.setInput(4, 1);
    pin.write(1);
    settle();
    expect(calls).toBe(0);
  });

  it('PWM begins without pulses, takes duties of its resolution, and no others', async () => {
    const { io, world, settle } = await make();
    const pwm = new io.PWM({ pin: 18, hz: 50 });
    expect([world.duty(18), pwm.hz, pwm.resolution]).toEqual([0, 50, 14]);
    pwm.write(2 ** 14 - 1);
    settle();
    expect(world.duty(18)).toBe(2 ** 14 - 1);
    expect(() => pwm.write(2 ** 14)).toThrow();
    expect(() => pwm.write(-1)).toThrow();
    pwm.close();
    pwm.close();
    settle();
    expect(world.duty(18)).toBe(0);
    expect(() => pwm.write(0)).toThrow('closed');
  });

  it.each([
    [0, 0],
    [0.25, 4096],
    [1, 2 ** 14 - 1],
    [1e-9, 1],
    [1 - 1e-9, 2 ** 14 - 2],
  ])('PWM with the initial duty %d gives %i of 14 bits without a write', async (initialDuty, duty) => {
    const { io, world, opensDark } = await make();
    const duties: unknown[] = [];
    world.onChange((_pin, _kind, value) => duties.push(value));
    new io.PWM({ pin: 18, hz: 1000, initialDuty });
    expect(world.duty(18)).toBe(duty);
    expect(duties).toEqual(opensDark && duty > 0 ? [0, duty] : [duty]);
  });

  it.each([-0.1, 1.1, Number.NaN])('PWM takes no initial duty of %d, and leaves the pin free', async (initialDuty) => {
    const { io, world } = await make();
    expect(() => new io.PWM({ pin: 18, hz: 1000, initialDuty })).toThrow('initial duty');
    new io.PWM({ pin: 18, hz: 1000 });
    expect(world.duty(18)).toBe(0);
  });

  it('PWM that keeps its duty goes on giving it once it is closed', async () => {
    const { io, world, settle } = await make();
    const pwm = new io.PWM({ pin: 18, hz: 1000, initialDuty: 0.5, keepsDuty: true });
    pwm.close();
    pwm.close();
    settle();
    expect(world.duty(18)).toBe(8192);
    expect(() => pwm.write(0)).toThrow('closed');
  });

  it('an analog input measures, from its first instant on, in 12 bits', async () => {
    const { io, world, settle } = await make();
    world.setAnalog(34, 1);
    const pin = new io.Analog({ pin: 34 });
    expect([pin.read(), pin.resolution]).toEqual([4095, 12]);
    world.setAnalog(34, 0.5);
    settle();
    expect(pin.read()).toBe(2048);
    world.setAnalog(34, undefined);
    settle();
    expect(pin.read()).toBe(0);
    pin.close();
    pin.close();
    expect(() => pin.read()).toThrow('closed');
    settle();
    expect(new io.Analog({ pin: 34 }).read()).toBe(0);
  });

  it('a pin that is open is open for nothing else, and one that there is not cannot be opened', async () => {
    const { io } = await make();
    new io.Digital({ pin: 4, mode: io.Digital.Input });
    expect(() => new io.Digital({ pin: 4, mode: io.Digital.Output })).toThrow('in use');
    expect(() => new io.PWM({ pin: 4, hz: 50 })).toThrow('in use');
    expect(() => new io.Analog({ pin: 4 })).toThrow('in use');
    expect(() => new io.Digital({ pin: 99, mode: io.Digital.Input })).toThrow();
    expect(() => new io.Analog({ pin: -1 })).toThrow();
  });
});
