import { PerDevice } from '../per-device.js';
import type { WorldPromise } from '../promise.js';
import { ToldBook } from '../told.js';

const STALE_AFTER_MS = 60_000;
/** Commands of one board that are remembered, at least as many as the book keeps. */
const MOST_KEPT = 64;

export const staleRefused: WorldPromise = {
  name: 'stale-refused',
  why: 'Retained and late commands switch loads hours after anybody wanted it (complaint 3).',
  watch: (_world, broken) => {
    const told = new ToldBook();
    /** Whether a board has been told the time since its boot. */
    const clocks = new PerDevice<{ isSet: boolean }>(() => ({ isSet: false }));
    /** Ids that came to a board not retained, in this boot. */
    const fresh = new PerDevice<Set<string>>(() => new Set());
    return {
      boot: (device) => {
        clocks.of(device).isSet = false;
        fresh.of(device).clear();
      },
      packet: (device, way, packet) => {
        const command = way === 'down' ? told.take(device, packet) : undefined;
        if (command === undefined || command.isRetained) return;
        const ids = fresh.of(device);
        ids.delete(command.id);
        ids.add(command.id);
        if (ids.size > MOST_KEPT) ids.delete(ids.keys().next().value!);
      },
      event: (device, { name, data, at }) => {
        if (name === 'clock_set') clocks.of(device).isSet = true;
        if (name !== 'command_accepted') return;
        const { id } = data as { id: string };
        const command = told.find(device, id);
        if (command === undefined) return;
        if (!fresh.of(device).has(id)) broken(device, `It acts on command ${id}, which was retained by the broker.`);
        const { timeMs } = command;
        if (timeMs === undefined || !clocks.of(device).isSet) return;
        // By its own clock: it has no other.
        const ageMs = at - timeMs;
        if (ageMs > STALE_AFTER_MS)
          broken(device, `It acts on command ${id}, which is ${Math.round(ageMs / 1_000)} s old.`);
      },
    };
  },
};
