import type { WorldPromise } from '../promise.js';
import type { SimDevice } from '../sim-device.js';

const WINDOW_MS = 1_000;
/** In fewer boards a few per cent are one board, and say nothing. */
const LEAST_BOARDS = 200;
/** Of all boards, how many may connect within a second: after a bare drop, and after an outage or with a wide spread. */
const DROP_SHARE = 0.15;
const SPREAD_SHARE = 0.05;
const OUTAGE_MS = 60_000;
const WIDE_SPREAD_S = 60;
/** The return from an outage counts as such for so long, ms. */
const RETURN_MS = 600_000;

export const noStampede: WorldPromise = {
  name: 'no-stampede',
  why: 'A cloud that falls over because everybody comes back at once stays down (complaint 9).',
  watch: (world, broken) => {
    const boards = world.devices.length;
    if (boards < LEAST_BOARDS) return {};
    /** Those that people switch on come when people do. */
    const wereOnline = new Set<SimDevice>();
    const connectedMs: number[] = [];
    let first = 0;
    let downSinceMs: number | undefined;
    let returnUntilMs = 0;
    return {
      boot: (device) => wereOnline.delete(device),
      event: (device, { name, data }) => {
        if (name === 'state_changed' && (data as { to: string }).to === 'online') wereOnline.add(device);
      },
      cloudDown: () => {
        downSinceMs ??= world.nowMs;
      },
      cloudUp: () => {
        if (downSinceMs !== undefined && world.nowMs - downSinceMs >= OUTAGE_MS)
          returnUntilMs = world.nowMs + RETURN_MS;
        downSinceMs = undefined;
      },
      connected: (device) => {
        if (!wereOnline.has(device)) return;
        connectedMs.push(world.nowMs);
        while (connectedMs[first]! <= world.nowMs - WINDOW_MS) first++;
        const count = connectedMs.length - first;
        const isSpread = world.nowMs < returnUntilMs || world.reconnectSpreadS >= WIDE_SPREAD_S;
        const share = isSpread ? SPREAD_SHARE : DROP_SHARE;
        if (count <= share * boards) return;
        broken(undefined, `${count} of ${boards} boards have connected within a second: at most ${share * 100} % may.`);
      },
      tick: () => {
        connectedMs.splice(0, first);
        first = 0;
      },
    };
  },
};
