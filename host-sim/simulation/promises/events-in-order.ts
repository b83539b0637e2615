import type { BoardEvent } from '../../../src/core/events.js';
import type { WorldPromise } from '../promise.js';
import type { SimDevice } from '../sim-device.js';

/** Messages of a board that may be under way at a time: so many may come a second time after a reconnect. */
const IN_FLIGHT = 8;
/** How far a time may be off: HTTP's whole seconds, and the drift of a day, ms. */
const MOST_OFF_MS = 15_000;
const MOST_KEPT = 512;

interface Happened {
  readonly event: BoardEvent;
  readonly text: string;
  readonly knewTime: boolean;
  /** By the true time, epoch ms. */
  readonly atMs: number;
  isTold: boolean;
}

/** What is told takes so long at most, also where a lot is, ms. */
const ON_ITS_WAY_MS = 30_000;

/** One boot of a board. */
class Story {
  /** What it is to tell, oldest first; `first` is the number of the first one kept. */
  readonly happened: Happened[] = [];
  first = 0;
  /** Number of what was told last. */
  told = -1;
  mayGoBack = false;
  /** Events that are not told so far; and how many messages the board says that it had no room for. */
  untold = 0;
  dropped = 0;
  /** Since when it knows the time, ms; `undefined`: it does not. */
  knowsTimeSinceMs: number | undefined;
  onlineSinceMs = 0;
}

export const eventsInOrder: WorldPromise = {
  name: 'events-in-order',
  why: 'What a board tells when it is back is worth something only in its order, with its times, and whole (complaint 12).',
  watch: (world, broken) => {
    const stories = new Map<SimDevice, Story>();
    let someoneLied = false;
    const find = (story: Story, text: string, time: unknown): number => {
      const from = story.mayGoBack ? story.told - IN_FLIGHT : story.told + 1;
      let near = -1;
      for (let number = Math.max(story.first, from); number < story.first + story.happened.length; number++) {
        const one = story.happened[number - story.first]!;
        if (one.text !== text) continue;
        if (one.event.at === time) return number;
        // One whose time was not known then is told with the time that it must have been; new ones go before those told again.
        const isNear = !one.knewTime && (someoneLied || Math.abs(Number(time) - one.atMs) <= MOST_OFF_MS);
        if (isNear && (near < 0 || (story.happened[near - story.first]!.isTold && !one.isTold))) near = number;
      }
      return near;
    };
    return {
      boot: (device) => stories.set(device, new Story()),
      powerOff: (device) => stories.delete(device),
      crash: (device) => stories.delete(device),
      happening: (what) => {
        if (what.includes('clock') || what.includes('ntp-wrong')) someoneLied = true;
      },
      connected: (device, door) => {
        const story = stories.get(device);
        if (story && door === 'mqtt') story.mayGoBack = true;
      },
      event: (device, event) => {
        const story = stories.get(device);
        if (story === undefined) return;
        const { name, level, data } = event;
        if (name === 'clock_set') story.knowsTimeSinceMs ??= world.nowMs;
        if (name === 'state_changed' && (data as { to: string }).to === 'online') story.onlineSinceMs = world.nowMs;
        if (name === 'outbox_dropped') story.dropped = (data as { count: number }).count;
        if (level === 'debug' || level === 'info') return;
        // Of the record of the events themselves only the console hears: telling of it would write it again.
        if (name === 'storage_failed' && (data as { record: string }).record === 'events') return;
        const text = textOf(name, level, data);
        story.happened.push({
          event,
          text,
          knewTime: story.knowsTimeSinceMs !== undefined,
          atMs: world.wallMs,
          isTold: false,
        });
        story.untold++;
        if (story.happened.length > MOST_KEPT) {
          story.happened.shift();
          story.first++;
        }
      },
      cloud: (which, posted) => {
        if (which !== 'eventPosted') return;
        const { deviceId, name, params, reportedAt } = posted as {
          deviceId: string;
          name: string;
          params: { level?: unknown; value?: unknown; time?: unknown };
          reportedAt: number;
        };
        const device = world.deviceOf(deviceId);
        const story = device && stories.get(device);
        if (story === undefined) return;
        const text = textOf(name, params.level, params.value);
        const number = find(story, text, params.time);
        if (number < 0) {
          // It may be from the boot before, and have been under way since.
          if (story.happened.some((one) => one.text === text && one.event.at === params.time))
            broken(device, `It told of ${text} after what came later.`);
          return;
        }
        story.told = number;
        story.mayGoBack = false;
        const happened = story.happened[number - story.first]!;
        const { atMs, event, isTold } = happened;
        if (!isTold) story.untold--;
        happened.isTold = true;
        const offMs = reportedAt - atMs;
        // What was told when the time had just come was said before it.
        const knewTime = world.nowMs - (story.knowsTimeSinceMs ?? world.nowMs) > ON_ITS_WAY_MS;
        if (!someoneLied && knewTime && Math.abs(offMs) > MOST_OFF_MS) {
          broken(device, `It told of ${event.name} with a time that is ${offMs} ms off.`);
        }
      },
      end: () => {
        for (const [device, story] of stories) {
          if (!device.isOnline || world.nowMs - story.onlineSinceMs < ON_ITS_WAY_MS) continue;
          if (world.obstacles.clearSinceMs(device.index) === undefined) continue;
          const lost = story.untold - story.dropped;
          const first = story.happened.find(({ isTold }) => !isTold);
          if (lost > 0) {
            broken(device, `${lost} events never reached the cloud, and nobody says so; one is ${first?.text}.`);
          }
        }
      },
    };
  },
};

function textOf(name: string, level: unknown, value: unknown): string {
  return `${name} ${String(level)} ${JSON.stringify(value)}`;
}
