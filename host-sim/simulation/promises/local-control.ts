import type { ButtonDefinition } from '../../../src/core/product.js';
import { PerDevice } from '../per-device.js';
import type { WorldPromise } from '../promise.js';
import type { SimDevice } from '../sim-device.js';
import { givenOut } from '../watched-outputs.js';

/** From the end of a press to what it does, at most, ms. */
const WITHIN_MS = 1_000;
/** A board has this long to start, ms. */
const STARTED_MS = 1_000;
/** Held so long, it means the board and not its output, ms. */
const LONG_PRESS_MS = 3_000;
/** Longest that a contact bounces, ms. */
const BOUNCES_MS = 25;

interface Press {
  readonly channel: number;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly givenOut: number | undefined;
  hasMoved: boolean;
}

export const localControl: WorldPromise = {
  name: 'local-control',
  why: 'A switch on the wall works, whatever the internet does (complaint 15).',
  watch: (world, broken) => {
    const presses = new PerDevice<Press[]>(() => []);
    const lastMs = new PerDevice<{ bootMs: number; pressEndMs: number; isSafe: boolean }>(() => ({
      bootMs: 0,
      pressEndMs: Number.NEGATIVE_INFINITY,
      isSafe: false,
    }));
    const forget = (device: SimDevice): void => {
      presses.of(device).length = 0;
    };
    return {
      boot: (device) => {
        lastMs.of(device).bootMs = world.nowMs;
        forget(device);
      },
      powerOff: forget,
      event: (device, { name, data }) => {
        if (name === 'booted') lastMs.of(device).isSafe = (data as { safeMode: boolean }).safeMode;
        // From here on it is stopping, or it does not say so and boots.
        if (name === 'state_changed' && (data as { to: string }).to === 'stopped') forget(device);
        // A command and a press at once may take each other back before anything has moved.
        if (name === 'command_accepted') forget(device);
      },
      pressed: (device, input, ms) => {
        const { channel, debounceMs, doubleMs, holdMs } = device.product.inputs[input] as ButtonDefinition;
        const last = lastMs.of(device);
        const sinceMs = world.nowMs - last.pressEndMs;
        last.pressEndMs = world.nowMs + ms;
        // Two in a row are something else.
        if (sinceMs <= doubleMs + 2 * (debounceMs + BOUNCES_MS)) {
          forget(device);
          return;
        }
        const isSeen = ms > debounceMs + BOUNCES_MS && ms < Math.min(holdMs, LONG_PRESS_MS) - debounceMs;
        const runs = device.board !== undefined && device.board.life.phase !== 'stopped';
        if (!isSeen || !runs || last.isSafe || world.nowMs - last.bootMs < STARTED_MS) return;
        presses.of(device).push({
          channel,
          fromMs: world.nowMs,
          untilMs: world.nowMs + ms + WITHIN_MS,
          givenOut: givenOut(device, channel),
          hasMoved: false,
        });
      },
      pin: (device, pin) => {
        for (const press of presses.of(device)) {
          if (device.product.outputs[press.channel]?.pin === pin && world.nowMs <= press.untilMs) press.hasMoved = true;
        }
      },
      tick: () => {
        for (const device of world.devices) {
          const waiting = presses.of(device);
          for (const press of [...waiting]) {
            if (world.nowMs <= press.untilMs) continue;
            waiting.splice(waiting.indexOf(press), 1);
            if (press.hasMoved) continue;
            const phase = device.board?.life.phase;
            broken(device, `A press of its button ${world.nowMs - press.fromMs} ms ago moves nothing; it is ${phase}.`);
          }
        }
      },
    };
  },
};
