import type { PublicKey } from '../core/public-key.js';
import { isIPv4 } from '../core/url.js';
import type { Network } from '../ports/host.js';
import type { TcpEvents, TcpSocket, TlsIdentity } from '../ports/socket.js';
import type { Timer, TimerHandle } from '../ports/timer.js';

/**
 * Why a connection ended. `closed`: the peer closed or reset it. `untrusted`: the server is not the one that it should be.
 * `no_tls`: it was to be secured, and this engine cannot.
 */
export type ConnectionFailure = 'dns_failed' | 'connect_failed' | 'connect_timeout' | 'closed' | 'untrusted' | 'no_tls';

/** Whom to trust, and as whom to appear, on a connection that is secured by TLS. */
export interface Security {
  /** The key of a server whose chain of certificates (DER, its own first) proves that it is `host`; `undefined`: it does not. */
  judge(host: string, chain: readonly Uint8Array[]): PublicKey | undefined;
  readonly identity?: TlsIdentity | undefined;
}

export interface ConnectionOptions {
  readonly network: Network;
  readonly timer: Timer;
  /** Name or IPv4 address. */
  readonly host: string;
  readonly port: number;
  /** Absent: the connection is not secured. */
  readonly security?: Security | undefined;
  /** Time for look-up, connect and TLS handshake together, ms. */
  readonly connectTimeoutMs: number;
  /** Bytes that may wait to be sent: one buffer, reused. */
  readonly sendBuffer: Uint8Array;
  onOpen(): void;
  onReadable(count: number): void;
  /** The connection is over; nothing is called after this. Never called after `close()`. */
  onFailed(failure: ConnectionFailure): void;
  /** Everything that waited has been handed to the network. */
  onDrained?(): void;
}

/**
 * A TCP or TLS connection to a name: looks it up, connects within a deadline, and queues what the socket cannot take yet in the
 * caller's buffer. A caller builds its bytes in `sendBuffer` from `tail` on, then calls `commit` and `flush`.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  #socket: TcpSocket | undefined;
  #deadline: TimerHandle | undefined;
  #open = false;
  #closed = false;
  /** What an error of the socket means now. */
  #failure: ConnectionFailure = 'connect_failed';
  #writable = 0;
  #head = 0;
  #tail = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const { network, host } = options;
    this.#deadline = options.timer.set(() => this.#fail('connect_timeout'), options.connectTimeoutMs);
    if (isIPv4(host)) this.#connect(host);
    else
      network.resolver.resolve({
        host,
        onResolved: (_name, address) => {
          if (!this.#closed) this.#connect(address);
        },
        onError: () => this.#fail('dns_failed'),
      });
  }

  #connect(address: string): void {
    const options = this.#options;
    const { network, port, security } = options;
    const events: TcpEvents = {
      onReadable: (count) => {
        if (!this.#closed) options.onReadable(count);
      },
      onWritable: (count) => this.#onWritable(count),
      onError: () => this.#fail(this.#failure),
    };
    try {
      if (security === undefined) this.#socket = new network.TCP({ address, port, noDelay: true, ...events });
      else if (network.TLS === undefined) this.#failSoon('no_tls');
      else {
        this.#socket = new network.TLS({
          address,
          port,
          noDelay: true,
          serverName: options.host,
          verify: (chain) => this.#verify(security, chain),
          ...(security.identity !== undefined && { identity: security.identity }),
          ...events,
        });
      }
    } catch {
      // No socket to be had (all in use, no network): as if the connect had failed, but not from inside a constructor.
      this.#failSoon('connect_failed');
    }
  }

  #verify(security: Security, chain: readonly Uint8Array[]): PublicKey | undefined {
    const key = security.judge(this.#options.host, chain);
    if (key === undefined) this.#failure = 'untrusted';
    return key;
  }

  #onWritable(count: number): void {
    if (this.#closed) return;
    this.#writable = count;
    if (!this.#open) {
      this.#open = true;
      this.#failure = 'closed';
      this.#options.timer.clear(this.#deadline);
      this.#deadline = undefined;
      this.#options.onOpen();
    }
    this.flush();
  }

  /** Offset in `sendBuffer` where the next bytes are to be built; makes room by moving what waits to the front. */
  get tail(): number {
    if (this.#head > 0) {
      const buffer = this.#options.sendBuffer;
      if (this.#head < this.#tail) buffer.copyWithin(0, this.#head, this.#tail);
      this.#tail -= this.#head;
      this.#head = 0;
    }
    return this.#tail;
  }

  /** The bytes up to `end` (as an encoder returned it) are to be sent. */
  commit(end: number): void {
    this.#tail = end;
  }

  /** Bytes that wait to be sent. */
  get pending(): number {
    return this.#tail - this.#head;
  }

  /** Hands to the socket what it can take. */
  flush(): void {
    if (this.#closed || !this.#open) return;
    // A socket whose room grew while it took a part says so in what `write` returns, and then maybe never again.
    while (this.#head < this.#tail && this.#writable > 0) {
      const end = Math.min(this.#tail, this.#head + this.#writable);
      try {
        this.#writable = this.#socket!.write(this.#options.sendBuffer.subarray(this.#head, end));
      } catch {
        this.#writable = 0;
        this.#failSoon('closed');
        return;
      }
      this.#head = end;
      if (this.#head === this.#tail) {
        this.#head = this.#tail = 0;
        this.#options.onDrained?.();
        return;
      }
    }
  }

  /** Reads what has come, up to the size of `into`; 0 when there is nothing or the connection is over. */
  read(into: Uint8Array): number {
    return this.#closed || !this.#socket ? 0 : this.#socket.read(into);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Ends the connection silently. May be called twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#options.timer.clear(this.#deadline);
    this.#deadline = undefined;
    this.#socket?.close();
    this.#socket = undefined;
  }

  #failSoon(failure: ConnectionFailure): void {
    const { timer } = this.#options;
    timer.clear(this.#deadline);
    this.#deadline = timer.set(() => this.#fail(failure));
  }

  #fail(failure: ConnectionFailure): void {
    if (this.#closed) return;
    this.close();
    this.#options.onFailed(failure);
  }
}
