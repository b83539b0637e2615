import type { WorldPromise } from '../promise.js';

/** What is done to anything may show so much later: a dead connection, and how the board waits after it, ms. */
const CALM_AFTER_MS = 300_000;
/** What people do disturbs no session, and an update that is on its way neither. */
const DEEDS = /"what":"(?:ask|command|measure|press|publish-update)"/;

export const staysOnline: WorldPromise = {
  name: 'stays-online',
  why: 'A session that ends for no reason is one that the next command misses (complaint 8).',
  watch: (world, broken) => {
    let disturbedMs = 0;
    /** Boards that have a session: an attempt that is refused ends none, and how long such go on, the promise `online` judges. */
    const online = new Set<number>();
    const disturb = (): void => {
      disturbedMs = world.nowMs;
    };
    return {
      boot: disturb,
      happening: (what) => {
        if (!DEEDS.test(what)) disturb();
      },
      cloudUp: disturb,
      event: (device, { name, data }) => {
        const { index } = device;
        const to = name === 'state_changed' ? (data as { to: string }).to : '';
        if (to === 'online') online.add(index);
        else if (to === 'joining') online.delete(index);
        if (name !== 'session_lost' || !online.delete(index)) return;
        const clearSinceMs = world.obstacles.clearSinceMs(index);
        if (clearSinceMs === undefined) return;
        const calmMs = world.nowMs - Math.max(clearSinceMs, disturbedMs);
        if (calmMs <= CALM_AFTER_MS) return;
        const { reason } = data as { reason: string };
        const seconds = Math.round(calmMs / 1_000);
        broken(device, `Nothing has happened to anything for ${seconds} s, and it loses its session: ${reason}.`);
      },
    };
  },
};
