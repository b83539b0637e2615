import WebSocket from 'ws';
import type { Clouds } from './clouds.js';
import { type GivenCommand, HIGHEST_MARK } from './command-record.js';

/** How often a command asks for the board's own answer. */
const WAITS_EVERY = 4;
const WAIT_MS = 20_000;

/** Gives commands to boards by chance at a steady rate, whatever becomes of them, and remembers each. */
export class Driver {
  readonly given: GivenCommand[] = [];
  readonly #clouds: Clouds;
  readonly #devices: readonly string[];
  readonly #processes: number;
  /** The last mark of each board. */
  readonly #marks = new Map<string, number>();
  readonly #open = new Set<Promise<void>>();
  readonly #followers: WebSocket[] = [];
  /** When the state that a command led to was first told, by board and mark. */
  readonly #posted = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(clouds: Clouds, devices: readonly string[]) {
    this.#clouds = clouds;
    this.#devices = devices;
    this.#processes = clouds.apis.length;
  }

  /** Follows what boards post over the cloud's WebSocket, then begins. */
  async start(perSecond: number): Promise<void> {
    await this.#follow();
    this.#timer = setInterval(() => this.#give(), 1000 / perSecond);
  }

  /** Gives no more; resolves once all have been answered. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#open);
  }

  /** Gives each of these boards a command, twenty at a time; resolves with those that did not answer. */
  async tellEach(devices: readonly string[]): Promise<string[]> {
    const left = [...devices];
    const deaf: string[] = [];
    const worker = async (): Promise<void> => {
      for (let deviceId = left.pop(); deviceId !== undefined; deviceId = left.pop()) {
        if (!(await this.#giveTo(deviceId, WAIT_MS))) deaf.push(deviceId);
      }
    };
    await Promise.all(Array.from({ length: 20 }, worker));
    return deaf;
  }

  close(): void {
    clearInterval(this.#timer);
    for (const follower of this.#followers) follower.terminate();
  }

  /** From giving a command to the post of the state that it led to, ms, of commands given in this time, shortest first. */
  delays(fromMs: number, toMs: number): number[] {
    return this.given
      .filter(({ givenAt }) => givenAt >= fromMs && givenAt < toMs)
      .flatMap(({ deviceId, mark, givenAt }) => {
        const at = this.#posted.get(`${deviceId} ${mark}`);
        return at === undefined ? [] : [at - givenAt];
      })
      .sort((a, b) => a - b);
  }

  #give(): void {
    const deviceId = this.#devices[Math.floor(Math.random() * this.#devices.length)]!;
    const answered: Promise<void> = this.#giveTo(deviceId, this.given.length % WAITS_EVERY === 0 ? WAIT_MS : undefined)
      .then(() => {})
      .finally(() => this.#open.delete(answered));
    this.#open.add(answered);
  }

  /** Whether it was answered 200. */
  async #giveTo(deviceId: string, waitMs: number | undefined): Promise<boolean> {
    const mark = (this.#marks.get(deviceId) ?? 0) + 1;
    if (mark > HIGHEST_MARK) return false;
    this.#marks.set(deviceId, mark);
    const command: GivenCommand = { deviceId, mark, givenAt: Date.now(), acknowledged: false };
    const count = this.given.push(command);
    try {
      const body = { action: 'toggle', mark };
      command.acknowledged = await this.#clouds.control(deviceId, body, count % this.#processes, waitMs);
    } catch {
      // Nobody has answered: it may have come about or not.
    }
    return command.acknowledged;
  }

  async #follow(): Promise<void> {
    const socket = new WebSocket(this.#clouds.webSockets[0]!);
    this.#followers.push(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('error', reject);
    });
    socket.on('error', () => {});
    socket.on('message', (data) => this.#hear(JSON.parse(String(data)) as Frame));
    socket.send(JSON.stringify({ action: 'auth', token: this.#clouds.token }));
    socket.send(JSON.stringify({ action: 'subscribe', topic: '/sys/+/+/thing/event/property/post' }));
  }

  #hear({ topic, payload }: Frame): void {
    const mark = payload?.params?.['mark'];
    const value = typeof mark === 'object' && mark !== null ? (mark as { value: unknown }).value : mark;
    const key = `${topic?.split('/')[3]} ${value}`;
    if (topic !== undefined && !this.#posted.has(key)) this.#posted.set(key, Date.now());
  }
}

interface Frame {
  readonly topic?: string;
  readonly payload?: { readonly params?: Readonly<Record<string, unknown>> };
}

/** The share `percent` of sorted values lies at or below it. */
export function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
}
