import { describe, expect, test } from 'vitest';
import type { ListenerConstructor, TcpConstructor, TcpEvents, UdpConstructor } from '../../src/ports/socket.js';
import { loadAdapter, TestClock } from './xs-modules.js';

/** The SDK's TCP socket as its C source behaves (modules/io/socket/lwip/tcp.c). */
class SdkTcp {
  static last: SdkTcp;
  readonly options: Record<string, unknown>;
  readonly written: number[] = [];
  received: number[] = [];
  room = 0;
  closed = 0;

  constructor(options: Record<string, unknown>) {
    this.options = options;
    SdkTcp.last = this;
  }

  read(into: Uint8Array): number {
    if (into.length === 0 || into.length > this.received.length) throw new Error('invalid');
    into.set(this.received.splice(0, into.length));
    return into.length;
  }

  write(bytes: Uint8Array): number | undefined {
    if (this.room < 0) return undefined;
    if (bytes.length > this.room) throw new Error('would block');
    this.written.push(...bytes);
    this.room -= bytes.length;
    return this.room;
  }

  close(): void {
    this.closed++;
  }

  deliver(bytes: number[]): void {
    this.received.push(...bytes);
    (this.options['onReadable'] as (count: number) => void)(this.received.length);
  }

  writable(room: number): void {
    this.room = room;
    (this.options['onWritable'] as (count: number) => void)(room);
  }

  fail(): void {
    (this.options['onError'] as () => void)();
  }
}

describe('TCP on XS', async () => {
  const clock = new TestClock();
  const { XsTcp } = await loadAdapter<{ XsTcp: TcpConstructor }>('tcp.ts', {
    'embedded:io/socket/tcp': SdkTcp,
    timer: clock.timer,
  });
  function connect() {
    const log: string[] = [];
    const socket = new XsTcp({
      address: '192.0.2.1',
      port: 1883,
      noDelay: true,
      onReadable: (count) => log.push(`readable ${count}`),
      onWritable: (count) => log.push(`writable ${count}`),
      onError: () => log.push('error'),
    });
    return { socket, sdk: SdkTcp.last, log };
  }

  test('passes noDelay on by the name that the SDK knows', () => {
    expect(connect().sdk.options).toMatchObject({ address: '192.0.2.1', port: 1883, nodelay: true });
  });

  test('a read takes what there is, up to the size of the buffer, and 0 when there is nothing', () => {
    const { socket, sdk, log } = connect();
    const into = new Uint8Array(4);
    expect(socket.read(into)).toBe(0);
    sdk.deliver([1, 2, 3, 4, 5, 6]);
    expect(socket.read(into)).toBe(4);
    expect(socket.read(into)).toBe(2);
    expect([...into]).toEqual([5, 6, 3, 4]);
    expect(socket.read(into)).toBe(0);
    expect(log).toEqual(['readable 6']);
  });

  test('bytes that came since the last call to onReadable are counted once', () => {
    const { socket, sdk } = connect();
    sdk.deliver([1, 2, 3]);
    expect(socket.read(new Uint8Array(2))).toBe(2);
    sdk.deliver([4]);
    expect(socket.read(new Uint8Array(9))).toBe(2);
  });

  test('a write returns the room left; one that is too large throws RangeError and sends nothing', () => {
    const { socket, sdk } = connect();
    expect(() => socket.write(new Uint8Array(1))).toThrow(RangeError);
    sdk.writable(4);
    expect(socket.write(Uint8Array.of(1, 2, 3))).toBe(1);
    expect(() => socket.write(new Uint8Array(2))).toThrow(RangeError);
    expect(socket.write(new Uint8Array(0))).toBe(1);
    expect(sdk.written).toEqual([1, 2, 3]);
  });

  test('a write on a connection that has just gone leaves no room, and the error follows, whether the SDK tells of it or not', () => {
    const { socket, sdk, log } = connect();
    sdk.writable(10);
    sdk.room = -1;
    expect(socket.write(Uint8Array.of(1))).toBe(0);
    expect(log).toEqual(['writable 10']);
    clock.time.advance(1);
    sdk.fail();
    expect(log).toEqual(['writable 10', 'error']);
  });

  test('an error is reported once, though the SDK may repeat it', () => {
    const { sdk, log } = connect();
    sdk.fail();
    sdk.fail();
    sdk.writable(5);
    expect(log).toEqual(['error']);
  });

  test('close twice is fine, nothing is called after it, and other methods throw', () => {
    const { socket, sdk, log } = connect();
    socket.close();
    socket.close();
    sdk.deliver([1]);
    sdk.writable(1);
    sdk.fail();
    expect(log).toEqual([]);
    expect(sdk.closed).toBe(1);
    expect(() => socket.read(new Uint8Array(1))).toThrow('closed');
    expect(() => socket.write(new Uint8Array(0))).toThrow('closed');
  });
});

describe('UDP on XS', async () => {
  class SdkUdp {
    static packets: ArrayBuffer[] = [];
    static hasRoute = true;
    readonly options: { port?: number };
    readonly sent: unknown[] = [];
    static last: SdkUdp;
    constructor(options: { port?: number }) {
      this.options = options;
      SdkUdp.last = this;
    }
    read(): ArrayBuffer | undefined {
      return SdkUdp.packets.shift();
    }
    write(...packet: unknown[]): void {
      if (!SdkUdp.hasRoute) throw new Error('UDP send failed');
      this.sent.push(packet);
    }
    close(): void {}
  }
  const { XsUdp } = await loadAdapter<{ XsUdp: UdpConstructor }>('udp.ts', { 'embedded:io/socket/udp': SdkUdp });

  test('a packet is cut to the buffer; 0 when there is none', () => {
    const socket = new XsUdp({ onReadable: () => {} });
    SdkUdp.packets.push(Uint8Array.of(1, 2, 3).buffer);
    const into = new Uint8Array(2);
    expect(socket.read(into)).toBe(2);
    expect([...into]).toEqual([1, 2]);
    expect(socket.read(into)).toBe(0);
    socket.close();
    socket.close();
    expect(() => socket.read(into)).toThrow('closed');
  });

  test('the peer of a packet is told beside it, and an answer goes back to it', () => {
    const socket = new XsUdp({ port: 53, onReadable: () => {} });
    expect(SdkUdp.last.options.port).toBe(53);
    expect(socket.peer).toBeUndefined();
    SdkUdp.packets.push(Object.assign(Uint8Array.of(1).buffer, { address: '192.0.2.9', port: 4_000 }));
    socket.read(new Uint8Array(9));
    expect(socket.peer).toEqual({ address: '192.0.2.9', port: 4_000 });
    socket.write(Uint8Array.of(7), '192.0.2.9', 4_000);
    expect(SdkUdp.last.sent).toEqual([[Uint8Array.of(7), '192.0.2.9', 4_000]]);
  });

  test('a packet that finds no way is lost without a word', () => {
    const socket = new XsUdp({ onReadable: () => {} });
    SdkUdp.hasRoute = false;
    socket.write(Uint8Array.of(7), '192.0.2.9', 4_000);
    socket.close();
    expect(() => socket.write(Uint8Array.of(7), '192.0.2.9', 4_000)).toThrow('closed');
  });
});

describe('the listener on XS', async () => {
  /** An SDK socket: one that was accepted has no callbacks until another object takes it over. */
  class SdkTcp {
    readonly options: (TcpEvents & { from?: SdkTcp; nodelay?: boolean }) | undefined;
    readonly name: string;
    gone = false;
    closed = 0;
    constructor(options: string | (TcpEvents & { from: SdkTcp; nodelay: boolean })) {
      this.name = typeof options === 'string' ? options : options.from.name;
      this.options = typeof options === 'string' ? undefined : options;
      if (this.options?.from?.gone) throw new Error('invalid from');
    }
    get remoteAddress(): string {
      return `198.18.71.${this.name}`;
    }
    close(): void {
      this.closed++;
    }
  }
  /** Its `read` in vain leaks an object, so that is a failure here. */
  class SdkListener {
    static last: SdkListener;
    readonly #onReadable: (count: number) => void;
    #pending: SdkTcp[] = [];
    closed = 0;
    constructor(options: { port: number; onReadable(count: number): void }) {
      if (options.port === 1) throw new Error('socket bind');
      this.#onReadable = options.onReadable;
      SdkListener.last = this;
    }
    read(): SdkTcp {
      const socket = this.#pending.shift();
      if (socket === undefined) throw new Error('leaked');
      return socket;
    }
    come(...sockets: SdkTcp[]): void {
      this.#pending.push(...sockets);
      this.#onReadable(this.#pending.length);
    }
    close(): void {
      this.closed++;
    }
  }
  const clock = new TestClock();
  const { XsListener } = await loadAdapter<{ XsListener: ListenerConstructor }>('listener.ts', {
    timer: clock.timer,
    'embedded:io/socket/listener': SdkListener,
    'embedded:io/socket/tcp': SdkTcp,
  });

  function listen() {
    clock.reset();
    const log: unknown[] = [];
    const listener = new XsListener({ port: 80, onReadable: (count) => log.push(count) });
    const events = {
      onReadable: (count: number) => log.push(`readable ${count}`),
      onWritable: (count: number) => log.push(`writable ${count}`),
      onError: () => log.push('error'),
    };
    return { listener, sdk: SdkListener.last, log, events, advance: (ms: number) => clock.time.advance(ms) };
  }

  test('shows connections a moment after they were made, and gives each away once, with who it is', () => {
    const { listener, sdk, log, events, advance } = listen();
    sdk.come(new SdkTcp('7'));
    sdk.come(new SdkTcp('8'));
    expect(log).toEqual([]);
    advance(20);
    expect(log).toEqual([2]);
    expect(listener.accept(events)?.remoteAddress).toBe('198.18.71.7');
    expect(listener.accept(events)?.remoteAddress).toBe('198.18.71.8');
    expect(listener.accept(events)).toBeUndefined();
    advance(1_000);
    expect(log).toEqual([2]);
  });

  test('passes over a connection whose peer has gone', () => {
    const { listener, sdk, events, advance } = listen();
    const [gone, there] = [new SdkTcp('7'), new SdkTcp('8')];
    sdk.come(gone, there);
    gone.gone = true;
    advance(20);
    expect(listener.accept(events)?.remoteAddress).toBe('198.18.71.8');
    expect(gone.closed).toBe(1);
  });

  test('an accepted connection speaks as any other, and sends small segments at once', () => {
    const { listener, sdk, log, events, advance } = listen();
    sdk.come(new SdkTcp('7'));
    advance(20);
    const socket = listener.accept(events)!;
    expect(() => socket.write(new Uint8Array(1))).toThrow(RangeError);
    socket.close();
    socket.close();
    expect(log).toEqual([1]);
  });

  test('a ninth connection that waits is reset', () => {
    const { listener, sdk, events, advance } = listen();
    const sockets = Array.from({ length: 9 }, (_, i) => new SdkTcp(`${i}`));
    sdk.come(...sockets);
    advance(20);
    let accepted = 0;
    while (listener.accept(events) !== undefined) accepted++;
    expect([accepted, sockets[8]!.closed]).toEqual([8, 1]);
  });

  test('close twice is fine: what was not accepted is reset, nothing is called any more, and accepting throws', () => {
    const { listener, sdk, log, events, advance } = listen();
    const waiting = new SdkTcp('7');
    sdk.come(waiting);
    listener.close();
    listener.close();
    advance(1_000);
    expect([sdk.closed, waiting.closed, log]).toEqual([1, 1, []]);
    expect(() => listener.accept(events)).toThrow('closed');
  });

  test('a port that is taken throws', () => {
    expect(() => new XsListener({ port: 1, onReadable: () => {} })).toThrow('bind');
  });
});
