import { Worker } from 'node:worker_threads';
import { Crew, type CrewEvents, type CrewOptions, type Cut } from './crew.js';
import type { FromCrew, ToCrew } from './crew-messages.js';

/** Beyond the time that boards have, a thread is given this long to say that they are off, ms. */
const ANSWER_MS = 400;

/** A crew, wherever it runs. */
interface Hand {
  cut(index: number, how: Cut): void;
  stop(withinMs: number): Promise<readonly string[]>;
  /** How much of the time its loop was busy, 0 to 1, since this was last asked; undefined: it has none of its own. */
  busy(): number | undefined;
}

export interface CrewsOptions extends CrewOptions {
  /** Threads beside this one; 0: the boards run in this one. */
  readonly workers: number;
  /** The bundle that `scripts/build.mjs` makes of `worker.ts`. */
  readonly workerFile: string;
}

export interface CrewsEvents extends CrewEvents {
  /** A thread has ended by itself; nothing of its boards goes on. */
  onFailed(error: Error): void;
}

/** All boards of this machine, spread evenly over its threads. */
export class Crews {
  readonly #hands: readonly Hand[];
  readonly #handOf = new Map<number, Hand>();

  constructor({ workers, workerFile, ...options }: CrewsOptions, events: CrewsEvents) {
    const parts = Array.from({ length: Math.max(1, workers) }, (): number[] => []);
    for (const [place, index] of options.indices.entries()) parts[place % parts.length]!.push(index);
    this.#hands = parts.map((indices) => {
      const part = { ...options, indices };
      const hand = workers === 0 ? inThisThread(part, events) : new Thread(workerFile, part, events);
      for (const index of indices) this.#handOf.set(index, hand);
      return hand;
    });
  }

  cut(index: number, how: Cut): void {
    this.#handOf.get(index)?.cut(index, how);
  }

  /** Stops all boards; what is left of them in other threads, by name. */
  async stop(withinMs: number): Promise<string[]> {
    return (await Promise.all(this.#hands.map((hand) => hand.stop(withinMs)))).flat();
  }

  /** How much of the time each thread was busy, 0 to 1, since this was last asked. */
  busy(): number[] {
    return this.#hands.flatMap((hand) => hand.busy() ?? []);
  }
}

function inThisThread(options: CrewOptions, events: CrewEvents): Hand {
  const crew = new Crew(options, events);
  return {
    cut: (index, how) => crew.cut(index, how),
    stop: async (withinMs) => {
      await crew.stop(withinMs);
      return [];
    },
    busy: () => undefined,
  };
}

/** A crew in a thread of its own. */
class Thread implements Hand {
  readonly #worker: Worker;
  readonly #events: CrewsEvents;
  #stopped: ((left: readonly string[]) => void) | undefined;
  #ended = false;
  #load: ReturnType<typeof performance.eventLoopUtilization> | undefined;

  constructor(file: string, options: CrewOptions, events: CrewsEvents) {
    this.#events = events;
    this.#worker = new Worker(file, { workerData: options });
    this.#worker.on('message', (message: FromCrew) => this.#hear(message));
    this.#worker.on('error', (error: Error) => events.onFailed(error));
    this.#worker.on('exit', () => {
      this.#ended = true;
      if (this.#stopped === undefined) events.onFailed(new Error('a thread of boards ended by itself'));
      this.#stopped?.([]);
    });
  }

  cut(index: number, how: Cut): void {
    this.#tell({ type: 'cut', index, how });
  }

  async stop(withinMs: number): Promise<readonly string[]> {
    if (this.#ended) return [];
    let late: NodeJS.Timeout | undefined;
    const left = await new Promise<readonly string[]>((resolve) => {
      this.#stopped = resolve;
      late = setTimeout(() => resolve(['1 thread that does not answer']), 2 * withinMs + ANSWER_MS);
      this.#tell({ type: 'stop', withinMs });
    });
    clearTimeout(late);
    await this.#worker.terminate();
    return left;
  }

  busy(): number {
    const now = this.#worker.performance.eventLoopUtilization();
    const since = performance.eventLoopUtilization(now, this.#load);
    this.#load = now;
    return since.utilization;
  }

  #hear(message: FromCrew): void {
    switch (message.type) {
      case 'online':
        this.#events.onOnline(message.index, message.deviceId);
        break;
      case 'offline':
        this.#events.onOffline(message.index);
        break;
      case 'trouble':
        this.#events.onTrouble(message.index, message.why);
        break;
      case 'stopped':
        this.#stopped?.(message.left);
        break;
    }
  }

  #tell(message: ToCrew): void {
    this.#worker.postMessage(message);
  }
}
