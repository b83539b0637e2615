import WebSocket from 'ws';
import { Inbox } from './inbox.js';

// biome-ignore lint/suspicious/noExplicitAny: tests read frames of every shape
export type Frame = any;

/** A client of chapter 7: `ws`, and JSON frames. */
export class FrameClient {
  readonly socket: WebSocket;
  readonly inbox = new Inbox<Frame>();
  /** Resolves with the code of the close. */
  readonly closed: Promise<number>;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => this.inbox.put(JSON.parse(data.toString())));
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => socket.once('close', resolve));
  }

  static async open(url: string, protocols: string[] = []): Promise<FrameClient> {
    const client = new FrameClient(new WebSocket(url, protocols));
    await new Promise<void>((resolve, reject) => {
      client.socket.once('open', () => resolve());
      client.socket.once('error', reject);
    });
    return client;
  }

  next(fits?: (frame: Frame) => boolean): Promise<Frame> {
    return this.inbox.next(fits);
  }

  /** The next message of a topic (7.3). */
  on(topic: string | undefined): Promise<Frame> {
    return this.next((frame) => frame.topic === topic);
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Sends a frame; resolves with the next that is an answer. */
  ask(frame: unknown): Promise<Frame> {
    this.send(frame);
    return this.next((answer) => 'action' in answer);
  }

  end(): void {
    this.socket.terminate();
  }
}
