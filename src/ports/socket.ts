import type { PublicKey } from '../core/public-key.js';

/** What happens on a TCP connection (ECMA-419 TCP socket). Callbacks never run inside the constructor or a method. */
export interface TcpEvents {
  /** `count` bytes, in all, can be read now. */
  onReadable(count: number): void;
  /** Connected (first call), or room has come free; `count` bytes can be written now. */
  onWritable(count: number): void;
  /** The connection failed or the peer closed it; nothing is called after this. Unread bytes can still be read inside the call. */
  onError(error?: unknown): void;
}

/** A TCP connection that is to be made. */
export interface TcpOptions extends TcpEvents {
  /** IPv4 address in dotted form; names are resolved with a `Resolver` first. */
  address: string;
  port: number;
  /** Sends small segments at once (TCP_NODELAY). */
  noDelay?: boolean;
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

/** What a board shows of itself to a server that asks (RFC 5246, 7.4.6). */
export interface TlsIdentity {
  /** DER, the board's own first, then those between it and a CA that the server knows. */
  readonly certificates: readonly Uint8Array[];
  /** The private key of the first: RSA, 2048 bits, as PKCS #8 DER. A secret. */
  readonly key: Uint8Array;
}

/** A TLS connection (1.2 or later) that is to be made. */
export interface TlsOptions extends TcpOptions {
  /** Whom to ask for: the server's name, or its IPv4 address in dotted form (then without SNI; RFC 6066, 3). */
  readonly serverName: string;
  /**
   * Judges what the server shows of itself: DER, its own certificate first. Called once, before anything but the handshake is
   * sent, never inside the constructor. Without a key the connection fails; with it, the handshake is signed by that key, or it fails.
   */
  verify(chain: readonly Uint8Array[]): PublicKey | undefined;
  readonly identity?: TlsIdentity;
}

/**
 * Makes TLS connections. What `TcpSocket` promises holds for what is inside: the first `onWritable` means that the handshake is
 * complete, both ways; `onError` follows whatever ends it: a refusal by either side, a damaged record, the peer's close.
 */
export interface TlsConstructor {
  new (options: TlsOptions): TcpSocket;
}

/** A TCP connection that somebody else has made. */
export interface AcceptedSocket extends TcpSocket {
  /** Who: an IPv4 address. */
  readonly remoteAddress: string;
}

export interface ListenerOptions {
  /** Port on every address of the board. */
  port: number;
  /** `count` connections wait to be accepted. */
  onReadable(count: number): void;
}

/** Takes TCP connections (ECMA-419 TCP listener, without the detour over a second constructor). */
export interface Listener {
  /** The next connection that waits, which is one's own from here on; `undefined` where there is none any more. Its first `onWritable` follows. */
  accept(events: TcpEvents): AcceptedSocket | undefined;
  /** Takes no more, and resets what was not accepted. */
  close(): void;
}

export interface ListenerConstructor {
  /** @throws {Error} when the port is taken, or there is no memory */
  new (options: ListenerOptions): Listener;
}

/** Options of a UDP socket (ECMA-419 UDP socket). */
export interface UdpOptions {
  /** Local port (default: a free one). */
  port?: number;
  /** `count` packets can be read. */
  onReadable(count: number): void;
}

/** Who sent a packet. */
export interface UdpPeer {
  readonly address: string;
  readonly port: number;
}

/** A UDP socket. */
export interface UdpSocket {
  /** Reads one packet; returns its length (cut to `into.length`), 0 when there is none. */
  read(into: Uint8Array): number;
  /** Who sent the packet that was read last. */
  readonly peer: UdpPeer | undefined;
  /** Sends one packet. */
  write(bytes: Uint8Array, address: string, port: number): void;
  close(): void;
}

export interface UdpConstructor {
  /** @throws {Error} when the port is taken */
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
