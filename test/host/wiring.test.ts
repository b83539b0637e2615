import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseProduct, shippedProducts } from '../../host-sim/products/load.js';
import type { Product } from '../../src/core/product.js';
import { BOARD_CLOCK } from '../support/board-clock.js';
import { LiveBoard } from '../support/live-board.js';

/** No cloud is there: what follows works without one. */
const NO_CLOUD = 'http://127.0.0.1:1';

describe('what is wired to a simulated board', () => {
  const boards: LiveBoard[] = [];

  beforeEach(() => {
    vi.useFakeTimers({ toFake: BOARD_CLOCK });
  });

  afterEach(() => {
    for (const { board } of boards.splice(0)) board.powerCut();
    vi.useRealTimers();
  });

  function start(product: string | Product): LiveBoard {
    const live = new LiveBoard(NO_CLOUD, { product });
    boards.push(live);
    vi.advanceTimersByTime(100);
    return live;
  }

  it('a press of its button lights its lamp, bounces or not, and the next one puts it out', () => {
    const { world } = start('SW-DIM-001').board;
    expect(world.lamp().brightness).toBe(0);
    world.button().press();
    vi.advanceTimersByTime(5_000);
    expect(world.lamp().perceivedLevel).toBeGreaterThan(90);
    world.button().press();
    vi.advanceTimersByTime(5_000);
    expect(world.lamp().perceivedLevel).toBeLessThan(5);
    expect(world.button().edges).toBeGreaterThan(3);
  });

  it('a button held down through a power cut is still down after it, and the lamp is out meanwhile', () => {
    const { board } = start('SW-DIM-001');
    board.world.button().press();
    vi.advanceTimersByTime(5_000);
    board.world.button().down();
    board.powerCut();
    vi.advanceTimersByTime(1_000);
    expect(board.world.button().pressed).toBe(true);
    expect(board.world.lamp().perceivedLevel).toBeLessThan(5);
  });

  it('what throws behind a pin is a crash of the board, not of the program, and the board boots anew', () => {
    const live = start('SW-DIM-001');
    const { pins, world } = live.board;
    // The lamp's pin fails from now on, so what the press leads to throws.
    const stop = pins.onChange((_pin, kind) => {
      if (kind === 'pwm') throw new Error('the lamp is broken');
    });
    world.button().press();
    vi.advanceTimersByTime(2_000);
    stop();
    expect(live.crashes.map(({ error }) => String(error))).toContain('Error: the lamp is broken');
    vi.advanceTimersByTime(20_000);
    world.button().press();
    vi.advanceTimersByTime(5_000);
    expect(world.lamp().perceivedLevel).toBeGreaterThan(90);
  });

  it('through a crash a relay holds and a lamp goes out; a power cut lets both go', () => {
    const lamp = shippedProducts().find(({ productKey }) => productKey === 'SW-DIM-001')!;
    const outputs = [...structuredClone(lamp.outputs), { type: 'relay', pin: 16, powerOn: 'on' }];
    const live = start(parseProduct({ ...lamp, outputs }, 'test.json'));
    const { pins, world } = live.board;
    world.button().press();
    vi.advanceTimersByTime(5_000);
    expect([pins.level(16), world.lamp().perceivedLevel > 90]).toEqual([1, true]);
    const relay: unknown[] = [];
    pins.onChange((pin, kind) => {
      if (pin === 16) relay.push(kind);
    });
    const stop = pins.onChange((_pin, kind) => {
      if (kind === 'pwm') throw new Error('the lamp is broken');
    });
    world.button().press();
    vi.advanceTimersByTime(500);
    stop();
    expect([live.crashes.length, world.lamp().power]).toEqual([1, 0]);
    vi.advanceTimersByTime(20_000);
    expect([pins.level(16), relay]).toEqual([1, []]);
    live.board.powerCut();
    expect([pins.level(16), relay]).toEqual([undefined, ['undriven']]);
  });
});
