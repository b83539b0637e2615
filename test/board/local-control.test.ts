import { describe, expect, it } from 'vitest';
import { SimButton } from '../../host-sim/world/sim-button.js';
import type { Product } from '../../src/core/product.js';
import { productLike } from '../control/bench.js';
import { Bench, type BenchOptions } from './fixture.js';

const BUTTON_PIN = 4;
const RELAY_PIN = 16;

/** A relay with a button; `changes` as in `productLike`. */
function relayWithButton(changes: Record<string, unknown> = {}): Product {
  return productLike('SW-RELAY-002', {
    outputs: [{ type: 'relay', pin: RELAY_PIN, pulse: { durationMs: 700 } }],
    inputs: [{ type: 'button', pin: BUTTON_PIN }],
    interlocks: [],
    properties: [
      {
        key: 'on',
        name: { en: 'On', zh: '开' },
        type: 'boolean',
        writable: true,
        source: { channel: 0, attribute: 'on' },
      },
    ],
    ...changes,
  });
}

/** A board with a finger on its button, whose contact bounces. */
class ButtonBench extends Bench {
  readonly button: SimButton;

  constructor(definition: Product, options: BenchOptions = {}) {
    super({ ...options, definition });
    this.button = new SimButton({ timer: this.time.timer, random: this.host.random });
    this.button.connect(this.host.pins, BUTTON_PIN);
  }

  press(): void {
    this.button.press();
    this.time.advance(1_000);
  }

  get level(): 0 | 1 | undefined {
    return this.host.pins.level(RELAY_PIN);
  }
}

describe("a board's own button", () => {
  it('toggles its output at a short press, and the cloud is told', () => {
    const bench = new ButtonBench(relayWithButton());
    bench.untilOnline();
    const seen = [1, 2, 3].map(() => {
      bench.press();
      return [bench.level, bench.posts().at(-1).params.on];
    });
    expect(seen).toEqual([
      [1, true],
      [0, false],
      [1, true],
    ]);
    expect(bench.data('button_pressed')).toEqual(Array(3).fill({ input: 0, press: 'short' }));
  });

  it("pulses at a short press in control mode pulse, for the product's own time", () => {
    const bench = new ButtonBench(relayWithButton({ controlMode: 'pulse' }));
    const switched: (readonly [number, number])[] = [];
    bench.host.pins.onChange((pin, _kind, value, atMs) => pin === RELAY_PIN && switched.push([value, atMs]));
    bench.press();
    bench.time.advance(2_000);
    expect(switched.map(([value]) => value)).toEqual([1, 0]);
    expect(switched[1]![1] - switched[0]![1]).toBe(700);
  });

  it('pulses at a double press, and does not toggle', () => {
    const bench = new ButtonBench(relayWithButton());
    const switched: number[] = [];
    bench.host.pins.onChange((pin, _kind, value) => pin === RELAY_PIN && switched.push(value));
    bench.button.double();
    bench.time.advance(5_000);
    expect(switched).toEqual([1, 0]);
    expect(bench.data('button_pressed')).toEqual([{ input: 0, press: 'double' }]);
  });

  it('held for 10 s is told, and moves and erases nothing', () => {
    const bench = new ButtonBench(relayWithButton());
    bench.untilOnline();
    bench.button.hold(12_000);
    bench.time.advance(20_000);
    expect(bench.data('button_held')).toEqual([{ input: 0 }]);
    expect(bench.host.events.find(({ name }) => name === 'button_held')?.level).toBe('info');
    expect(bench.level).toBe(0);
    bench.cut();
    bench.boot();
    bench.untilOnline();
    expect(bench.cloud.requests).toHaveLength(1);
  });

  it.each(['readonly', 'dimmer', 'generic'])('works in control mode %s', (controlMode) => {
    const definition = relayWithButton({ controlMode, properties: [] });
    const bench = new ButtonBench(definition);
    bench.press();
    expect(bench.level).toBe(1);
  });

  it('works from power-on, without Wi-Fi credentials, before a network, without a broker and in every wait', () => {
    const definition = relayWithButton();
    const settings = { environment: { name: 'dev', apiUrl: 'http://cloud:8080' } } as const;
    const unprovisioned = new ButtonBench(definition, { settings });
    unprovisioned.press();
    expect([unprovisioned.board.life.phase, unprovisioned.level]).toEqual(['unprovisioned', 1]);

    const bench = new ButtonBench(definition);
    bench.host.joinFailure = 'no_such_network';
    const phases = new Set<string>();
    const pressed = (): void => {
      const before = bench.level;
      bench.press();
      expect(bench.level).toBe(1 - before!);
      phases.add(bench.board.life.phase);
    };
    pressed();
    bench.host.joinFailure = undefined;
    bench.cloud.activation = () => ({ status: 500, body: {} });
    bench.time.runUntil(() => bench.board.life.phase === 'activating');
    pressed();
    bench.cloud.activation = () => bench.cloud.activated();
    bench.cloud.connack = undefined;
    bench.time.runUntil(() => bench.board.life.phase === 'connecting');
    pressed();
    bench.cloud.connack = 0;
    bench.untilOnline();
    pressed();
    bench.cloud.closeBroker();
    bench.time.advance(300_000);
    pressed();
    bench.host.loseWiFi();
    bench.time.advance(10);
    bench.host.joinFailure = 'lost';
    pressed();
    expect([...phases].sort()).toEqual(['activating', 'connecting', 'joining', 'online']);
  });

  it('what it did while there was no network is posted after the next connect', () => {
    const bench = new ButtonBench(relayWithButton());
    bench.untilOnline();
    bench.cloud.drop('reset');
    bench.press();
    bench.untilOnline();
    expect(bench.posts().at(-1).params).toMatchObject({ on: true });
  });

  it('does nothing in safe mode', () => {
    const bench = new ButtonBench(relayWithButton());
    for (let crash = 0; crash < 5; crash++) {
      bench.time.advance(10_000);
      bench.cut();
      bench.boot('crash');
    }
    bench.untilOnline();
    expect(bench.data('booted')[0]).toMatchObject({ safeMode: true });
    bench.press();
    bench.button.hold(12_000);
    bench.time.advance(20_000);
    expect(bench.level).toBe(0);
    expect([bench.data('button_pressed'), bench.data('button_held')]).toEqual([[], []]);
  });

  it('does nothing from a clean stop on', async () => {
    const bench = new ButtonBench(relayWithButton());
    bench.untilOnline();
    bench.button.press();
    bench.time.advance(50);
    const stopped = bench.board.stop();
    for (let step = 0; step < 50; step++) {
      bench.time.advance(100);
      await Promise.resolve();
    }
    await stopped;
    bench.press();
    expect(bench.level).toBe(0);
    expect(bench.data('stopped')).toHaveLength(1);
  });
});

describe('what the inputs of a board measure', () => {
  const open = (bench: Bench, level: 0 | 1): void => bench.host.pins.setInput(19, level);

  it('is in the post after the connect, in every heartbeat, and in the answer to property.get', () => {
    const bench = new Bench({ product: 'SW-SENSE-001' });
    bench.cloud.announceExtensions = true;
    bench.host.pins.setAnalog(34, 0.4);
    bench.untilOnline();
    bench.time.advance(61_000);
    const heartbeats = bench.posts().filter(({ params }) => params.uptime !== undefined);
    expect(heartbeats.at(-1).params).toMatchObject({ closed: false, moisture: 40 });
    bench.cloud.call('property.get', '9', ['moisture']);
    bench.time.advance(100);
    expect(bench.cloud.on(bench.cloud.topic('thing/service/property/get_reply')).at(-1)?.json).toMatchObject({
      data: { moisture: 40 },
    });
  });

  it('is posted when it changes, merged within 100 ms, and no more often than its interval says', () => {
    const bench = new Bench({ product: 'SW-SENSE-001' });
    bench.untilOnline();
    bench.time.advance(5_000);
    const before = bench.posts().length;
    open(bench, 0);
    bench.time.runUntil(() => bench.posts().length > before, 200);
    expect(bench.posts().at(-1).params).toMatchObject({ closed: true });
    for (let change = 0; change < 10; change++) {
      open(bench, change % 2 === 0 ? 1 : 0);
      bench.time.advance(90);
    }
    open(bench, 1);
    bench.time.advance(10_000);
    expect(bench.posts().length).toBeLessThanOrEqual(before + 3);
    expect(bench.posts().at(-1).params).toMatchObject({ closed: false });
  });

  it('that changed while there was no session is in the post after the next connect', () => {
    const bench = new Bench({ product: 'SW-SENSE-001' });
    bench.untilOnline();
    bench.cloud.drop('reset');
    open(bench, 0);
    bench.time.advance(100);
    bench.untilOnline();
    expect(bench.posts().at(-1).params).toMatchObject({ closed: true });
  });

  it('cannot be set: the key is named and passed over, or refused where there is nothing else', () => {
    const bench = new Bench({ product: 'SW-SENSE-001' });
    bench.untilOnline();
    bench.cloud.command('1', { closed: true });
    bench.time.advance(1_000);
    expect(bench.replies().at(-1)).toMatchObject({ id: '1', code: 460 });
  });

  it('writes nothing to the flash, however often it changes', () => {
    const bench = new Bench({ product: 'SW-SENSE-001' });
    bench.untilOnline();
    bench.time.advance(120_000);
    let writes = 0;
    const { write } = bench.host.storage;
    bench.host.storage.write = (key, value) => {
      writes++;
      write.call(bench.host.storage, key, value);
    };
    for (let change = 0; change < 200; change++) {
      open(bench, change % 2 === 0 ? 0 : 1);
      bench.time.advance(2_000);
    }
    expect(writes).toBe(0);
  });
});

describe('a board with a lamp', () => {
  it('takes a level, answers at once, and posts it when the fade is over', () => {
    const bench = new Bench({ product: 'SW-DIM-001' });
    bench.untilOnline();
    bench.cloud.command('1', { level: 40 });
    bench.time.advance(100);
    expect(bench.replies().at(-1)).toMatchObject({ id: '1', code: 200 });
    bench.time.advance(1_000);
    expect(bench.posts().at(-1).params).toMatchObject({ level: 40, on: true, position: 'middle' });
    bench.cloud.command('2', { angle: 180 });
    bench.time.advance(1_000);
    expect(bench.posts().at(-1).params).toMatchObject({ level: 100 });
    bench.cloud.command('3', { level: 101 });
    bench.cloud.command('4', { action: 'toggle' });
    bench.time.advance(1_000);
    expect(bench.replies().slice(-2)).toMatchObject([{ code: 460 }, { code: 460 }]);
  });

  it.each([
    ['off', 0],
    ['on', 40],
    ['last', 40],
  ] as const)('comes back from a power cut by its rule %s at %i percent', (powerOn, level) => {
    const definition = productLike('SW-DIM-001', { outputs: [{ type: 'dimmer', pin: 18, powerOn }] });
    const bench = new Bench({ definition });
    bench.untilOnline();
    bench.cloud.command('1', { level: 40 });
    bench.time.advance(70_000);
    bench.cut();
    bench.boot();
    bench.untilOnline();
    expect(bench.posts().at(-1).params).toMatchObject({ level });
  });

  it('never stores a level in the middle of a fade or a pulse', () => {
    const definition = productLike('SW-DIM-001', {
      controlMode: 'generic',
      outputs: [{ type: 'dimmer', pin: 18, powerOn: 'last', fadeMs: 10_000 }],
    });
    const bench = new Bench({ definition });
    bench.untilOnline();
    const stored: number[] = [];
    const { write } = bench.host.storage;
    bench.host.storage.write = (key, value) => {
      const text = Buffer.from(value).toString('latin1');
      if (key === 'outputs')
        stored.push(...(JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)).values as number[]));
      write.call(bench.host.storage, key, value);
    };
    for (let turn = 0; turn < 40; turn++) {
      bench.cloud.command(
        `a${turn}`,
        turn % 4 === 3 ? { action: 'pulse', duration: 20_000 } : { level: turn % 2 === 0 ? 90 : 10 },
      );
      bench.time.advance(7_300);
    }
    expect(stored.length).toBeGreaterThan(2);
    expect(stored.every((level) => [0, 10, 90].includes(level))).toBe(true);
  });
});
