import { HttpRequest } from '../../src/http/client.js';
import type { Network } from '../../src/ports/host.js';
import type { WiFiConstructor } from '../../src/ports/wifi.js';
import { createNodeText } from '../host/node-text.js';
import type { Path, VirtualNetwork } from '../world/virtual-network.js';
import type { VirtualTime } from '../world/virtual-time.js';
import { API_PORT } from './sim-cloud.js';
import { upload } from './upload.js';

const LATENCY_MS = 20;
const MOST_ANSWER_BYTES = 1_048_576;

/** What the cloud said; `undefined` where there was no answer, and nobody knows what became of the request. */
export interface AppAnswer {
  readonly status: number;
  readonly code: number;
  readonly data: Record<string, unknown>;
}

/** A user's app or script: it speaks to the cloud's HTTP API, as anybody would. */
export class SimApp {
  readonly #time: VirtualTime;
  readonly #network: Network;
  readonly #host: string;
  readonly #text = createNodeText();
  #key: readonly string[] | undefined;

  constructor(options: { readonly time: VirtualTime; readonly network: VirtualNetwork; readonly host: string }) {
    this.#time = options.time;
    this.#host = options.host;
    const path: Path = { delayMs: () => LATENCY_MS };
    const { TCP, resolver } = options.network.stack((callback) => callback(), path);
    // An app has no station of ours; nothing asks for it.
    this.#network = { TCP, resolver, WiFi: undefined as unknown as WiFiConstructor };
  }

  /** What opens the account, and must stand in no log. */
  get secrets(): readonly string[] {
    return this.#key?.map((line) => line.slice(line.indexOf(' ') + 1)) ?? [];
  }

  /** Logs in and makes an API key, which does not expire. @throws {Error} when the cloud does not take it */
  async signIn(user: { readonly name: string; readonly password: string }): Promise<void> {
    const login = await this.#ask('POST', '/users/login', { username: user.name, password: user.password });
    const token = [`Authorization: Bearer ${String(login?.data['token'])}`];
    const made = await this.#ask('POST', '/users/api-keys', { description: 'world' }, token);
    if (made?.code !== 200) throw new Error(`the app could not sign in: ${JSON.stringify(made ?? login)}`);
    this.#key = [`X-API-Key: ${String(made.data['apiKey'])}`, `X-API-Secret: ${String(made.data['apiSecret'])}`];
  }

  get(path: string): Promise<AppAnswer | undefined> {
    return this.#ask('GET', path);
  }

  post(path: string, body: object): Promise<AppAnswer | undefined> {
    return this.#ask('POST', path, body);
  }

  /** Posts a file. */
  async upload(path: string, body: Uint8Array): Promise<AppAnswer | undefined> {
    const answer = await upload({
      network: this.#network,
      timer: this.#time.timer,
      text: this.#text,
      host: this.#host,
      port: API_PORT,
      path: `/api/v1${path}`,
      headers: this.#key ?? [],
      body,
    });
    return answer && read(answer.status, answer.text);
  }

  #ask(method: 'GET' | 'POST', path: string, body?: object, headers = this.#key ?? []): Promise<AppAnswer | undefined> {
    return new Promise((resolve) => {
      const answer = Buffer.alloc(MOST_ANSWER_BYTES >> 4);
      let length = 0;
      let status = 0;
      new HttpRequest({
        network: this.#network,
        timer: this.#time.timer,
        text: this.#text,
        host: this.#host,
        port: API_PORT,
        method,
        path: `/api/v1${path}`,
        headers,
        ...(body && { body: JSON.stringify(body) }),
        onHead: (code) => {
          status = code;
        },
        onBody: (bytes, start, end) => {
          length += Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).copy(answer, length);
        },
        onComplete: () => resolve(read(status, answer.toString('utf8', 0, length))),
        onFailed: () => resolve(undefined),
      });
    });
  }
}

function read(status: number, text: string): AppAnswer | undefined {
  try {
    const { code, data } = JSON.parse(text) as { code: number; data?: Record<string, unknown> };
    return { status, code, data: data ?? {} };
  } catch {
    return undefined;
  }
}
