import { once } from 'node:events';
import { WebSocket } from 'ws';
import { isObject, parseJsonObject } from '../../src/core/json-guard.js';
import { topicRoot } from '../cloud/domain/topics.js';
import type { Driver, DriverEvents } from './driver.js';

/** A cloud as its users reach it. */
export interface CloudTarget {
  /** `ws://host:port/mqtt` */
  readonly wsUrl: string;
  /** Access token of the user. */
  readonly token: string;
  /** PEM of the CAs to believe; absent: those that this machine knows. */
  readonly ca?: readonly string[] | undefined;
}

const CONNECT_MS = 10_000;
/** After closing, the other end is given this long, ms. */
const CLOSE_MS = 500;
/**
 * The cloud works on the frames of a connection one after the other, and a board that is slow holds up those behind it for 100 ms and a commit:
 * with fewer, the way to the boards would be what is measured.
 */
const PUBLISHERS = 64;

/** The answer to a set that was taken, as this project's cloud writes it. */
const TAKEN = '{"action":"publish","code":200,"message":"success"}';

/** A user of the cloud's WebSocket (API reference, 7): sets by `publish`, and hears all posts of the product. */
export class CloudDriver implements Driver {
  readonly #productKey: string;
  readonly #listener: Frames;
  readonly #publishers: Frames[] = [];

  /** Resolves once it hears posts. @throws {Error} where the cloud cannot be reached, or refuses */
  static async open(target: CloudTarget, productKey: string, events: DriverEvents): Promise<CloudDriver> {
    const driver = new CloudDriver(target, productKey, events);
    try {
      await Promise.all([driver.#listener, ...driver.#publishers].map((frames) => frames.open(target.token)));
      await driver.#listener.ask({
        action: 'subscribe',
        topic: `${topicRoot(productKey, '+')}thing/event/property/post`,
      });
    } catch (error) {
      await driver.close();
      throw error;
    }
    return driver;
  }

  private constructor(target: CloudTarget, productKey: string, events: DriverEvents) {
    this.#productKey = productKey;
    this.#listener = new Frames(target, events);
    for (let count = 0; count < PUBLISHERS; count++) this.#publishers.push(new Frames(target, events));
  }

  set(key: number, deviceId: string, params: Readonly<Record<string, unknown>>): void {
    const topic = `${topicRoot(this.#productKey, deviceId)}thing/service/property/set`;
    const freest = this.#publishers.reduce((best, frames) => (frames.waiting < best.waiting ? frames : best));
    freest.send({ action: 'publish', topic, payload: { params } }, key);
  }

  async close(): Promise<void> {
    await Promise.all([this.#listener, ...this.#publishers].map((frames) => frames.close()));
  }
}

/** One connection: its frames are answered in order. */
class Frames {
  readonly #socket: WebSocket;
  readonly #events: DriverEvents;
  /** Who waits for an answer: a set by its key, or somebody here. */
  readonly #waiting: (number | ((why: string | undefined) => void))[] = [];
  #isOpen = false;

  constructor({ wsUrl, ca }: CloudTarget, events: DriverEvents) {
    this.#events = events;
    this.#socket = new WebSocket(wsUrl, {
      perMessageDeflate: false,
      handshakeTimeout: CONNECT_MS,
      ...(ca && { ca: [...ca] }),
    });
    this.#socket.on('message', (bytes: Buffer) => {
      const text = bytes.toString();
      // Most of what is heard, and nothing to be read in it.
      if (text === TAKEN) this.#waiting.shift();
      else this.#hear(text);
    });
    // `open` tells it; later, the end of the connection does.
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => {
      for (const waiting of this.#waiting.splice(0)) if (typeof waiting !== 'number') waiting('the cloud has ended it');
      if (this.#isOpen) events.onLost('the cloud has ended a WebSocket');
      this.#isOpen = false;
    });
  }

  /** Frames that have no answer yet. */
  get waiting(): number {
    return this.#waiting.length;
  }

  async open(token: string): Promise<void> {
    if (this.#socket.readyState === WebSocket.CONNECTING) await once(this.#socket, 'open');
    await this.ask({ action: 'auth', token });
    this.#isOpen = true;
  }

  /** @throws {Error} with the cloud's word, where it refuses */
  ask(frame: object): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#socket.readyState !== WebSocket.OPEN) {
        reject(new Error('the WebSocket cannot be opened'));
        return;
      }
      this.#waiting.push((why) => (why === undefined ? resolve() : reject(new Error(why))));
      this.#socket.send(JSON.stringify(frame));
    });
  }

  send(frame: object, key: number): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    this.#waiting.push(key);
    this.#socket.send(JSON.stringify(frame));
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    const { readyState } = this.#socket;
    if (readyState === WebSocket.CLOSED) return;
    const closed = once(this.#socket, 'close');
    if (readyState === WebSocket.CONNECTING) this.#socket.terminate();
    else this.#socket.close();
    const late = setTimeout(() => this.#socket.terminate(), CLOSE_MS);
    await closed.catch(() => {});
    clearTimeout(late);
  }

  #hear(text: string): void {
    const frame = parseJsonObject(text);
    if (frame === undefined) return;
    const { topic, payload, code, message } = frame;
    if (typeof topic === 'string') {
      if (isObject(payload)) this.#events.onPost(topic.split('/', 4)[3]!, payload);
      return;
    }
    const waiting = this.#waiting.shift();
    const why = code === 200 ? undefined : String(message);
    if (typeof waiting === 'function') waiting(why);
    else if (waiting !== undefined && why !== undefined) this.#events.onRefused(waiting, why);
  }
}
