import { PerDevice } from '../per-device.js';
import type { WorldPromise } from '../promise.js';

/** A call that a board was asked for is delivered within this time, and the board says good-bye before it restarts, ms. */
const WITHIN_MS = 90_000;

export const nothingRestartsByItself: WorldPromise = {
  name: 'nothing-restarts-by-itself',
  why: 'A board that restarts because the broker or the hub is away drops what it holds (complaint 1).',
  watch: (world, broken) => {
    const wantedMs = new PerDevice<{ lastMs: number }>(() => ({ lastMs: Number.NEGATIVE_INFINITY }));
    return {
      invoked: (device, service) => {
        if (service === 'restart' || service === 'reset') wantedMs.of(device).lastMs = world.nowMs;
      },
      pressed: (device, input, ms) => {
        const definition = device.product.inputs[input];
        if (definition?.type === 'button' && ms >= definition.holdMs) wantedMs.of(device).lastMs = world.nowMs + ms;
      },
      // What breaks a firmware from outside resets its chip; what it throws by itself, it throws at us.
      crash: (device, error) => {
        const where = error instanceof Error ? error.stack?.split('\n').slice(0, 4).join(' ') : '';
        broken(device, `Its firmware crashes: ${String(error)} ${where}`);
      },
      boot: (device, reason) => {
        if (reason === 'restart' && world.nowMs - wantedMs.of(device).lastMs > WITHIN_MS) {
          broken(device, 'It restarts, and nobody asked for it.');
        }
      },
    };
  },
};
