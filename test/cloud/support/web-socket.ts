import WebSocket from 'ws';
import { onCleanup } from './fixture.js';

// biome-ignore lint/suspicious/noExplicitAny: tests read frames of every shape
export type Frame = any;

/** An independent WebSocket client that speaks JSON frames (API reference, 7). */
export class FrameClient {
  readonly socket: WebSocket;
  /** Frames that nobody has taken yet, in order. */
  readonly received: Frame[] = [];
  /** Resolves with the code of the close. */
  readonly closed: Promise<number>;
  readonly #waiting: ((frame: Frame) => void)[] = [];

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => {
      const frame = JSON.parse(data.toString()) as Frame;
      const waiting = this.#waiting.shift();
      if (waiting) waiting(frame);
      else this.received.push(frame);
    });
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => socket.once('close', resolve));
  }

  next(): Promise<Frame> {
    const frame = this.received.shift();
    if (frame) return Promise.resolve(frame);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame));
  }

  /** Sends a frame; resolves with the next one that comes. */
  ask(frame: unknown): Promise<Frame> {
    this.send(frame);
    return this.next();
  }

  subscribe(topic: string): Promise<Frame> {
    return this.ask({ action: 'subscribe', topic });
  }
}

/** Connects; closed after the test. */
export async function openWebSocket(url: string, protocols: string[] = []): Promise<FrameClient> {
  const socket = new WebSocket(url, protocols);
  const client = new FrameClient(socket);
  onCleanup(() => socket.terminate());
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
  });
  return client;
}
