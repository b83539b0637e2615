import type {
  AcceptedSocket,
  Listener,
  ListenerConstructor,
  ListenerOptions,
  TcpEvents,
} from '../../src/ports/socket.js';
import { FakeTcp } from '../net/fake-network.js';

/** A connection that the test has made to the board. */
export class FakeAccepted extends FakeTcp implements AcceptedSocket {
  readonly remoteAddress: string;

  constructor(events: TcpEvents, remoteAddress: string) {
    super({
      address: '',
      port: 0,
      onReadable: (count) => events.onReadable(count),
      onWritable: (count) => events.onWritable(count),
      onError: (error) => events.onError(error),
    });
    this.remoteAddress = remoteAddress;
  }

  /** The answer so far: its head, and its body in bytes. */
  get answer(): { readonly status: number; readonly head: string; readonly body: Buffer } {
    const { sent } = this;
    const end = sent.indexOf('\r\n\r\n');
    const head = sent.toString('latin1', 0, end);
    return { status: Number(head.split(' ')[1]), head, body: sent.subarray(end + 4) };
  }
}

/** The ports of a board, and a test that connects to them. */
export class FakeListeners {
  readonly Listener: ListenerConstructor;
  readonly open = new Map<number, ListenerOptions>();
  readonly accepted: FakeAccepted[] = [];
  readonly #waiting: string[] = [];

  constructor() {
    const world = this;
    this.Listener = class implements Listener {
      readonly #port: number;
      #closed = false;

      constructor(options: ListenerOptions) {
        if (world.open.has(options.port)) throw new Error(`port ${options.port} is taken`);
        this.#port = options.port;
        world.open.set(options.port, options);
      }

      accept(events: TcpEvents): AcceptedSocket | undefined {
        if (this.#closed) throw new Error('accept after close');
        const from = world.#waiting.shift();
        if (from === undefined) return undefined;
        const socket = new FakeAccepted(events, from);
        world.accepted.push(socket);
        return socket;
      }

      close(): void {
        this.#closed = true;
        world.open.delete(this.#port);
      }
    };
  }

  /** Somebody connects; `undefined`: he waits. */
  connect(from = '192.168.4.2', room = 65_536): FakeAccepted | undefined {
    const before = this.accepted.length;
    this.#waiting.push(from);
    for (const options of this.open.values()) options.onReadable(this.#waiting.length);
    const socket = this.accepted[before];
    return socket?.closed ? socket : socket?.makeRoom(room);
  }

  get waiting(): number {
    return this.#waiting.length;
  }
}
