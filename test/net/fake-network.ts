import type { Network } from '../../src/ports/host.js';
import type { ResolveOptions, TcpOptions, TcpSocket, UdpOptions, UdpPeer, UdpSocket } from '../../src/ports/socket.js';
import type { WiFiStation } from '../../src/ports/wifi.js';

/** A TCP socket whose peer and network are the test. It keeps the port's rules and throws where a caller breaks them. */
export class FakeTcp implements TcpSocket {
  readonly options: TcpOptions;
  /** What was written, one entry a call. */
  readonly writes: Uint8Array[] = [];
  closed = false;
  #room = 0;
  #unread: Uint8Array = new Uint8Array(0);
  #over = false;
  #writeFails = false;
  #grows = 0;

  constructor(options: TcpOptions) {
    this.options = options;
  }

  read(into: Uint8Array): number {
    if (this.closed) throw new Error('read after close');
    const count = Math.min(into.length, this.#unread.length);
    into.set(this.#unread.subarray(0, count));
    this.#unread = this.#unread.subarray(count);
    return count;
  }

  write(bytes: Uint8Array): number {
    if (this.closed) throw new Error('write after close');
    if (this.#writeFails) throw new Error('the network is gone');
    if (bytes.length > this.#room) throw new RangeError(`${bytes.length} bytes where ${this.#room} can be written`);
    if (bytes.length === 0) throw new Error('a write of nothing');
    this.writes.push(Uint8Array.from(bytes));
    this.#room += this.#grows - bytes.length;
    return this.#room;
  }

  close(): void {
    this.closed = true;
  }

  // What the test does as the network.

  /** Connected; or `room` more bytes can be written. */
  makeRoom(room = 65_536): this {
    this.#room += room;
    if (!this.closed && !this.#over) this.options.onWritable(this.#room);
    return this;
  }

  /** With every write, this much more room comes free at once. */
  growByWrite(bytes: number): this {
    this.#grows = bytes;
    return this;
  }

  deliver(bytes: Uint8Array | string): this {
    const fresh = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
    this.#unread = Uint8Array.from(Buffer.concat([this.#unread, fresh]));
    if (!this.closed && !this.#over) this.options.onReadable(this.#unread.length);
    return this;
  }

  /** The peer closes, or the connect fails. */
  fail(error?: Error): void {
    if (this.closed || this.#over) return;
    this.#over = true;
    this.options.onError(error);
  }

  failWrites(): void {
    this.#writeFails = true;
  }

  /** All bytes written so far. */
  get sent(): Buffer {
    return Buffer.concat(this.writes);
  }
}

/** A UDP socket whose network is the test. */
export class FakeUdp implements UdpSocket {
  readonly sent: { readonly bytes: Uint8Array; readonly address: string; readonly port: number }[] = [];
  closed = false;
  readonly #options: UdpOptions;
  peer: UdpPeer | undefined = undefined;
  readonly #packets: Uint8Array[] = [];
  readonly #fails: boolean;

  constructor(options: UdpOptions, fails: boolean) {
    this.#options = options;
    this.#fails = fails;
  }

  read(into: Uint8Array): number {
    if (this.closed) throw new Error('read after close');
    const packet = this.#packets.shift();
    if (packet === undefined) return 0;
    const count = Math.min(packet.length, into.length);
    into.set(packet.subarray(0, count));
    return count;
  }

  write(bytes: Uint8Array, address: string, port: number): void {
    if (this.closed) throw new Error('write after close');
    if (this.#fails) throw new Error('no route');
    this.sent.push({ bytes: Uint8Array.from(bytes), address, port });
  }

  close(): void {
    this.closed = true;
  }

  deliver(...packets: readonly Uint8Array[]): void {
    this.#packets.push(...packets);
    if (!this.closed) this.#options.onReadable(this.#packets.length);
  }
}

/** A network stack that does what the test says, and nothing by itself. */
export class FakeNetwork implements Network {
  readonly TCP: Network['TCP'];
  readonly UDP: NonNullable<Network['UDP']>;
  readonly WiFi: Network['WiFi'];
  readonly resolver: Network['resolver'];
  readonly sockets: FakeTcp[] = [];
  readonly udp: FakeUdp[] = [];
  readonly lookUps: ResolveOptions[] = [];
  /** No socket is to be had. */
  exhausted = false;
  udpFails = false;

  constructor() {
    const network = this;
    this.TCP = class extends FakeTcp {
      constructor(options: TcpOptions) {
        if (network.exhausted) throw new Error('no socket is free');
        super(options);
        network.sockets.push(this);
      }
    };
    this.UDP = class extends FakeUdp {
      constructor(options: UdpOptions) {
        if (network.exhausted) throw new Error('no socket is free');
        super(options, network.udpFails);
        network.udp.push(this);
      }
    };
    this.WiFi = class implements WiFiStation {
      readonly rssi = undefined;
      readonly address = undefined;
      connect(): void {}
      scan(): void {}
      disconnect(): void {}
      close(): void {}
    };
    this.resolver = { resolve: (options) => void this.lookUps.push(options) };
  }

  /** The latest TCP socket. */
  get tcp(): FakeTcp {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error('no socket was opened');
    return socket;
  }
}
