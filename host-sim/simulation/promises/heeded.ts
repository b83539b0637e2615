import { PerDevice } from '../per-device.js';
import type { WorldPromise } from '../promise.js';
import type { SimDevice } from '../sim-device.js';
import { readTold } from '../told.js';

/** Code of the refusal of what is retained or older than a minute (device.md). */
const STALE = 100_001;
const STALE_AFTER_MS = 60_000;
/** A board that hears answers within moments; a command that is dropped sooner was not given the time, ms. */
const HEARD_WITHIN_MS = 30_000;
const MOST_KEPT = 64;

/** A command that the cloud took from somebody, and sent. */
interface Sent {
  readonly params: object;
  readonly atMs: number;
  /** When whoever gave it said that it was, epoch ms. */
  timeMs: number | undefined;
  /** Whether it ever came as if the broker had retained it. */
  wasRetained: boolean;
  /** Whether it ever was on its way. */
  wasDelivered: boolean;
}

interface Known {
  /** By id, oldest first. */
  readonly sent: Map<string, Sent>;
  onlineSinceMs: number;
  isSafe: boolean;
}

export const heeded: WorldPromise = {
  name: 'heeded',
  why: 'A board that refuses what is right, or does not listen, answers nothing wrong and is of no use all the same.',
  watch: (world, broken) => {
    const knowing = new PerDevice<Known>(() => ({ sent: new Map(), onlineSinceMs: 0, isSafe: false }));
    const couldHear = (device: SimDevice, sinceMs: number): boolean => {
      const clearSinceMs = world.obstacles.clearSinceMs(device.index);
      const wasOnline = device.isOnline && knowing.of(device).onlineSinceMs <= sinceMs;
      const isHalfOpen = world.wires.peerOf(device)?.isFrozen === true;
      return wasOnline && !isHalfOpen && clearSinceMs !== undefined && clearSinceMs <= sinceMs;
    };
    return {
      event: (device, { name, data, at }) => {
        const known = knowing.of(device);
        if (name === 'booted') known.isSafe = (data as { safeMode: boolean }).safeMode;
        if (name === 'state_changed' && (data as { to: string }).to === 'online') known.onlineSinceMs = world.nowMs;
        if (name !== 'command_refused' || known.isSafe) return;
        const { id, code, message } = data as { id: string; code: number; message: string };
        const command = known.sent.get(id);
        if (command === undefined) return;
        const { params, timeMs, wasRetained } = command;
        // By its own clock: it has no other.
        const isFresh = !wasRetained && timeMs !== undefined && at - timeMs <= STALE_AFTER_MS;
        if (code === STALE && !isFresh) return;
        broken(device, `It refuses ${JSON.stringify(params)} (${code}, ${message}), which the cloud has taken.`);
      },
      packet: (device, way, packet) => {
        const told = way === 'down' ? readTold(packet) : undefined;
        const command = told && knowing.of(device).sent.get(told.id);
        if (command === undefined) return;
        command.wasDelivered = true;
        command.timeMs = told!.timeMs;
        command.wasRetained ||= told!.isRetained;
      },
      cloudDown: () => {
        for (const device of world.devices) knowing.of(device).sent.clear();
      },
      cloud: (name, event) => {
        const device = world.deviceOf(event.deviceId);
        if (device === undefined) return;
        const { sent } = knowing.of(device);
        if (name === 'commandSent') {
          const { id, params } = event as { id: string; params: object };
          if (sent.has(id)) return;
          sent.set(id, { params, atMs: world.nowMs, timeMs: undefined, wasRetained: false, wasDelivered: false });
          if (sent.size > MOST_KEPT) sent.delete(sent.keys().next().value!);
        } else if (name === 'commandDropped') {
          const { id } = event as { id: string };
          const atMs = sent.get(id)?.atMs ?? world.nowMs;
          const waitedMs = world.nowMs - atMs;
          // What was held up on its way cannot be heard.
          const wasDelivered = sent.get(id)?.wasDelivered === true;
          if (!wasDelivered || waitedMs < HEARD_WITHIN_MS || !couldHear(device, atMs)) return;
          broken(device, `Command ${id} was sent to it for ${Math.round(waitedMs / 1_000)} s, and it gave no answer.`);
        }
      },
    };
  },
};
