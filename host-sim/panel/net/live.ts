import { batch, type ReadonlySignal, signal } from '@preact/signals';
import { retryDelayMs } from './backoff.js';
import type { Session } from './session.js';

/** A message of a board, or for one. */
export interface LiveMessage {
  readonly productKey: string;
  readonly deviceId: string;
  /** What follows the board's root: `status`, `thing/event/property/post`, … */
  readonly path: string;
  readonly topic: string;
  /** The JSON in it, or its text. */
  readonly payload: unknown;
  /** ms since 1970, by this page's clock. */
  readonly at: number;
}

const TOPIC = /^\/sys\/([^/]+)\/([^/]+)\/(.+)$/;
const PING_MS = 20_000;

/** The cloud's WebSocket (API reference, 7): everything that boards say and are told, as it happens. It comes back by itself. */
export class Live {
  readonly #session: Session;
  readonly #url: string;
  readonly #listeners = new Set<(message: LiveMessage) => void>();
  readonly #connected = signal(false);
  readonly #connections = signal(0);
  #socket: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #stopped = false;
  /** Nothing has come since the last ping. */
  #silent = false;

  /** @param url `ws://…/mqtt` */
  constructor(session: Session, url: string) {
    this.#session = session;
    this.#url = url;
  }

  /** Whether messages come now. */
  get connected(): ReadonlySignal<boolean> {
    return this.#connected;
  }

  /** Counts how often messages began to come: what was said before the last time may not have been heard. */
  get connections(): ReadonlySignal<number> {
    return this.#connections;
  }

  /** The result ends it. */
  onMessage(listener: (message: LiveMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    void this.#open();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    if (this.#socket) this.#lose(this.#socket);
  }

  async #open(): Promise<void> {
    let token: string;
    try {
      token = await this.#session.token();
    } catch {
      this.#again();
      return;
    }
    if (this.#stopped) return;
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onopen = () => socket.send(JSON.stringify({ action: 'auth', token }));
    socket.onmessage = ({ data }) => this.#onFrame(socket, String(data));
    socket.onclose = () => this.#lose(socket);
    this.#silent = false;
    this.#pingLater(socket);
  }

  /** It is no longer listened to: one that is dead takes a browser a minute to close. */
  #lose(socket: WebSocket): void {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    socket.close();
    this.#connected.value = false;
    this.#again();
  }

  #onFrame(socket: WebSocket, text: string): void {
    if (this.#socket !== socket) return;
    this.#silent = false;
    const frame = JSON.parse(text) as { action?: string; code?: number; topic?: string; payload?: unknown };
    if (frame.topic !== undefined && frame.action === undefined) {
      this.#deliver(frame.topic, frame.payload);
      return;
    }
    if (frame.code !== 200) {
      // A login that was ended elsewhere is heard of here first; so is a page that was too slow.
      if (frame.action === 'auth' && frame.code === 401) void this.#session.check().catch(() => undefined);
      this.#lose(socket);
    } else if (frame.action === 'auth') {
      socket.send(JSON.stringify({ action: 'subscribe', topic: '/sys/#' }));
    } else if (frame.action === 'subscribe') {
      this.#failures = 0;
      batch(() => {
        this.#connected.value = true;
        this.#connections.value++;
      });
      this.#pingLater(socket);
    }
  }

  #deliver(topic: string, payload: unknown): void {
    const [, productKey, deviceId, path] = TOPIC.exec(topic) ?? [];
    if (productKey === undefined || deviceId === undefined || path === undefined) return;
    const message = { productKey, deviceId, path, topic, payload, at: Date.now() };
    for (const listener of this.#listeners) listener(message);
  }

  #pingLater(socket: WebSocket): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // It never came to be, or there was no answer to the last one: the connection is dead, whatever the browser thinks.
      if (this.#silent || socket.readyState !== WebSocket.OPEN) {
        this.#lose(socket);
        return;
      }
      this.#silent = true;
      socket.send(JSON.stringify({ action: 'ping' }));
      this.#pingLater(socket);
    }, PING_MS);
  }

  #again(): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#open(), retryDelayMs(this.#failures++));
  }
}
