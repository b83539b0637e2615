import { PerDevice } from '../per-device.js';
import type { WorldPromise } from '../promise.js';
import { TrialBook } from '../trial-book.js';

/** A call that a board was asked for is delivered within this time, and the board says good-bye before it restarts, ms. */
const WITHIN_MS = 90_000;
/** From the decision for a new build to its boot: a clean stop, and a bad link to say good-bye on, ms. */
const SWITCH_MS = 10_000;
/** So long a new build may try to come online; then it goes, by a restart, ms. */
const PROOF_MS = 90_000;

export const nothingRestartsByItself: WorldPromise = {
  name: 'nothing-restarts-by-itself',
  why: 'A board that restarts because the broker or the hub is away drops what it holds (complaint 1).',
  watch: (world, broken) => {
    const wantedMs = new PerDevice<{ lastMs: number }>(() => ({ lastMs: Number.NEGATIVE_INFINITY }));
    const switched = new PerDevice<{ lastMs: number }>(() => ({ lastMs: Number.NEGATIVE_INFINITY }));
    const trials = new TrialBook(world);
    return {
      flashed: (device) => trials.flashed(device),
      event: (device, event) => {
        trials.event(device, event);
        if (event.name === 'update_ready') switched.of(device).lastMs = world.nowMs;
      },
      invoked: (device, service) => {
        if (service === 'restart' || service === 'reset') wantedMs.of(device).lastMs = world.nowMs;
      },
      pressed: (device, input, ms) => {
        const definition = device.product.inputs[input];
        if (definition?.type === 'button' && ms >= definition.holdMs) wantedMs.of(device).lastMs = world.nowMs + ms;
      },
      // What breaks a firmware from outside resets its chip; what it throws by itself, it throws at us.
      crash: (device, error) => {
        if (world.builds.faultOf(device) === 'crash') return;
        const where = error instanceof Error ? error.stack?.split('\n').slice(0, 4).join(' ') : '';
        broken(device, `Its firmware crashes: ${String(error)} ${where}`);
      },
      boot: (device, reason) => {
        const { unproven } = trials.boot(device);
        if (reason !== 'restart') return;
        const sinceMs = world.nowMs - switched.of(device).lastMs;
        if (sinceMs <= SWITCH_MS && device.version !== trials.of(device).proven) return;
        if (unproven !== undefined && world.nowMs - unproven.atMs >= PROOF_MS) return;
        if (world.nowMs - wantedMs.of(device).lastMs > WITHIN_MS) {
          broken(device, 'It restarts, and nobody asked for it.');
        }
      },
    };
  },
};
