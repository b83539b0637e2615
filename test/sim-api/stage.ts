import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach } from 'vitest';
import type { SimStreamLine } from '../../host-sim/sim-api/messages.js';
import { SimApi } from '../../host-sim/sim-api/sim-api.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import { FakeBoard } from './fake-board.js';

export const TOKEN = 'the-token-of-this-world';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of every shape
  readonly body: any;
}

const cleanups: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** The API on a real socket, over boards whose time passes when a test says so. */
export class Stage {
  readonly time = new VirtualTime();
  readonly boards: readonly FakeBoard[];
  readonly api: SimApi;
  readonly faults: unknown[] = [];
  /** Tokens that somebody else vouches for. */
  readonly vouchedFor = new Set<string>();
  /** Whoever vouches takes until this is over. */
  vouching: Promise<unknown> = Promise.resolve();
  /** How often somebody was asked to vouch. */
  vouched = 0;
  /** Requests that were answered, or whose callers have left. */
  over = 0;
  /** Serial numbers that recordings were asked for. */
  readonly recorded: (readonly string[] | undefined)[] = [];
  port = 0;
  readonly #server = createServer((request, response) => {
    response.once('close', () => this.over++);
    if (this.api.serves(new URL(request.url!, 'http://x').pathname)) this.api.handle(request, response);
    else response.writeHead(404).end();
  });

  private constructor(count: number) {
    const { clock, timer } = this.time;
    this.boards = Array.from({ length: count }, (_, index) => new FakeBoard(`BOARD${index}`, this.time));
    this.api = new SimApi({
      token: TOKEN,
      authenticate: async (token) => {
        this.vouched++;
        await this.vouching;
        return this.vouchedFor.has(token);
      },
      recording: (serials) => {
        this.recorded.push(serials);
        return { format: 'a recording' };
      },
      clock,
      timer,
      onFault: (error) => this.faults.push(error),
    });
    this.api.attach(this.boards, -45);
  }

  static async start({ boards = 1, host = '127.0.0.1' } = {}): Promise<Stage> {
    const stage = new Stage(boards);
    await new Promise<void>((resolve) => stage.#server.listen(0, host, resolve));
    stage.port = (stage.#server.address() as AddressInfo).port;
    cleanups.push(async () => {
      await stage.api.close();
      stage.#server.closeAllConnections();
      await new Promise((resolve) => stage.#server.close(resolve));
    });
    return stage;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The first board. */
  get board(): FakeBoard {
    return this.boards[0]!;
  }

  /** A request with the world's token, and whatever a test adds. */
  async ask(path: string, init: RequestInit & { readonly token?: string } = {}): Promise<Answer> {
    const headers = { authorization: `Bearer ${init.token ?? TOKEN}`, ...init.headers };
    const response = await fetch(`${this.url}/sim/v1${path}`, { ...init, headers });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  }

  send(method: string, path: string, body: unknown): Promise<Answer> {
    return this.ask(path, { method, body: typeof body === 'string' ? body : JSON.stringify(body) });
  }

  /** The status line and the rest of the answer to these very bytes. */
  raw(lines: readonly string[], host = '127.0.0.1'): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.port, host, () => socket.end(`${lines.join('\r\n')}\r\n\r\n`));
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk;
      });
      socket.on('error', reject);
      socket.on('close', () => resolve(text));
    });
  }

  async stream(query = '', token = TOKEN): Promise<StreamClient> {
    const controller = new AbortController();
    cleanups.push(() => controller.abort());
    const response = await fetch(`${this.url}/sim/v1/stream${query}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: controller.signal,
    });
    return new StreamClient(response, controller);
  }
}

/** Reads the stream line by line. */
export class StreamClient {
  readonly response: Response;
  readonly #controller: AbortController;
  readonly #lines: AsyncGenerator<SimStreamLine>;

  constructor(response: Response, controller: AbortController) {
    this.response = response;
    this.#controller = controller;
    this.#lines = linesOf(response.body!);
  }

  /** The next line; undefined: the stream has ended. */
  async next(): Promise<SimStreamLine | undefined> {
    return (await this.#lines.next()).value as SimStreamLine | undefined;
  }

  /** The next line of this type. */
  async until<T extends SimStreamLine['type']>(type: T): Promise<Extract<SimStreamLine, { type: T }>> {
    for (;;) {
      const line = await this.next();
      if (line === undefined) throw new Error(`the stream ended without ${type}`);
      if (line.type === type) return line as Extract<SimStreamLine, { type: T }>;
    }
  }

  leave(): void {
    this.#controller.abort();
  }
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<SimStreamLine> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop()!;
    for (const line of lines) yield JSON.parse(line) as SimStreamLine;
  }
}
