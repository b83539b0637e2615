import { PerDevice } from '../per-device.js';
import type { WorldPromise } from '../promise.js';
import { readTold } from '../told.js';

/** A board remembers what it acted on for so long (device.md), ms, */
const REMEMBERED_MS = 120_000;
/** and so many of them. */
const REMEMBERED = 16;
const QUESTION = '/thing/service/property/get';

export const actedOnce: WorldPromise = {
  name: 'acted-once',
  why: 'A toggle that is acted on twice is none, and a door that was opened and shut opens again.',
  watch: (world, broken) => {
    const heard = new PerDevice<{ count: number }>(() => ({ count: 0 }));
    /** What each board acted on since its boot: when, and after how many messages. */
    const acted = new PerDevice<Map<string, { readonly atMs: number; readonly count: number }>>(() => new Map());
    /** The last question of each board: who asks twice is told twice, and nothing is done. */
    const asked = new PerDevice<{ id: string | undefined }>(() => ({ id: undefined }));
    return {
      boot: (device) => acted.of(device).clear(),
      packet: (device, way, packet) => {
        const told = way === 'down' ? readTold(packet) : undefined;
        if (told === undefined) return;
        heard.of(device).count++;
        asked.of(device).id = packet.includes(QUESTION) ? told.id : undefined;
      },
      event: (device, { name, data }) => {
        if (name !== 'command_accepted') return;
        const { id } = data as { id: string };
        if (id === asked.of(device).id) return;
        const { count } = heard.of(device);
        const before = acted.of(device).get(id);
        const remembered = acted.of(device);
        remembered.delete(id);
        remembered.set(id, { atMs: world.nowMs, count });
        if (remembered.size > REMEMBERED) remembered.delete(remembered.keys().next().value!);
        if (before === undefined) return;
        const agoMs = world.nowMs - before.atMs;
        if (agoMs > REMEMBERED_MS || count - before.count >= REMEMBERED) return;
        broken(device, `It acts on command ${id} again, after ${agoMs} ms.`);
      },
    };
  },
};
