/** Options of a TCP connection (ECMA-419 TCP socket). Callbacks never run inside the constructor or a method. */
export interface TcpOptions {
  /** IPv4 address in dotted form; names are resolved with a `Resolver` first. */
  address: string;
  port: number;
  /** Sends small segments at once (TCP_NODELAY). */
  noDelay?: boolean;
  /** `count` bytes, in all, can be read now. */
  onReadable(count: number): void;
  /** Connected (first call), or room has come free; `count` bytes can be written now. */
  onWritable(count: number): void;
  /** The connection failed or the peer closed it; nothing is called after this. Unread bytes can still be read inside the call. */
  onError(error?: unknown): void;
}

/** A TCP connection. `close()` may be called twice and is silent; any other method after it throws. */
export interface TcpSocket {
  /** Reads up to `into.length` bytes; returns how many (0 when there are none). */
  read(into: Uint8Array): number;
  /** Writes all of `bytes`; returns how many more can be written now. @throws {RangeError} when they are more than can be written. */
  write(bytes: Uint8Array): number;
  close(): void;
}

export interface TcpConstructor {
  new (options: TcpOptions): TcpSocket;
}

/** Options of a UDP socket (ECMA-419 UDP socket). */
export interface UdpOptions {
  /** `count` packets can be read. */
  onReadable(count: number): void;
}

/** A UDP socket on a free local port. */
export interface UdpSocket {
  /** Reads one packet; returns its length (cut to `into.length`), 0 when there is none. */
  read(into: Uint8Array): number;
  /** Sends one packet. */
  write(bytes: Uint8Array, address: string, port: number): void;
  close(): void;
}

export interface UdpConstructor {
  new (options: UdpOptions): UdpSocket;
}

/** One name to look up (ECMA-419 DNS resolver). Exactly one callback is called, once, never inside `resolve`. */
export interface ResolveOptions {
  host: string;
  onResolved(host: string, address: string): void;
  onError(error?: unknown): void;
}

export interface Resolver {
  resolve(options: ResolveOptions): void;
}
