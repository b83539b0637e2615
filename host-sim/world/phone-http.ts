import type { TcpConstructor, TcpSocket } from '../../src/ports/socket.js';
import type { Timer } from '../../src/ports/timer.js';

/** Longest answer that is read, bytes. */
const MOST_BYTES = 65_536;
/** An exchange may take this long, ms. */
const TIMEOUT_MS = 10_000;

export interface PhoneRequest {
  readonly address: string;
  readonly port: number;
  /** What the address bar says. */
  readonly host: string;
  readonly path: string;
  /** Sent as JSON by POST; absent: GET. */
  readonly body?: object;
}

export interface PhoneResponse {
  readonly status: number;
  /** By their names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** What an exchange needs. */
export interface PhoneWires {
  readonly timer: Timer;
  readonly TCP: TcpConstructor;
}

/** One HTTP exchange as a browser makes it; `onDone` is called once, with `undefined` where no whole answer came. Closing it is silent. */
export class PhoneExchange {
  readonly #timer: Timer;
  readonly #onDone: (response: PhoneResponse | undefined) => void;
  readonly #deadline: unknown;
  readonly #socket: TcpSocket;
  #received = Buffer.alloc(0);
  #over = false;

  constructor({ timer, TCP }: PhoneWires, request: PhoneRequest, onDone: (response?: PhoneResponse) => void) {
    this.#timer = timer;
    this.#onDone = onDone;
    const unsent = [encode(request)];
    const into = new Uint8Array(2_048);
    const readAll = (): void => {
      for (let count = this.#socket.read(into); count > 0; count = this.#socket.read(into)) {
        this.#received = Buffer.concat([this.#received, into.subarray(0, count)]);
      }
    };
    this.#socket = new TCP({
      address: request.address,
      port: request.port,
      onWritable: (room) => {
        const bytes = unsent.shift();
        if (bytes === undefined || this.#over) return;
        if (bytes.length > room) unsent.push(bytes.subarray(room));
        this.#socket.write(bytes.subarray(0, room));
      },
      onReadable: () => {
        if (this.#over) return;
        readAll();
        const response = parse(this.#received, false);
        if (response !== undefined || this.#received.length > MOST_BYTES) this.#end(response);
      },
      onError: () => {
        if (this.#over) return;
        readAll();
        this.#end(parse(this.#received, true));
      },
    });
    this.#deadline = timer.set(() => this.#end(undefined), TIMEOUT_MS);
  }

  close(): void {
    this.#over = true;
    this.#timer.clear(this.#deadline);
    this.#socket.close();
  }

  #end(response: PhoneResponse | undefined): void {
    this.close();
    this.#onDone(response);
  }
}

function encode({ host, path, body }: PhoneRequest): Buffer {
  const lines = [`${body === undefined ? 'GET' : 'POST'} ${path} HTTP/1.1`, `Host: ${host}`, 'Connection: close'];
  const text = body === undefined ? '' : JSON.stringify(body);
  if (body !== undefined) lines.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(text)}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${text}`);
}

/** A whole answer; `undefined`: there is more to come. `isAll`: the connection is over. */
function parse(bytes: Buffer, isAll: boolean): PhoneResponse | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1]);
  if (Number.isNaN(status)) return undefined;
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  const body = bytes.subarray(end + 4);
  const length = headers.get('content-length');
  if (length === undefined ? !isAll : body.length < Number(length)) return undefined;
  return { status, headers, body: body.toString() };
}
