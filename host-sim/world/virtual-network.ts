import type { X509Certificate } from 'node:crypto';
import { TlsPeer, type TlsPeerOptions } from './tls-peer.js';
import type { Deliver, Path, VirtualPeer } from './virtual-link.js';
import { createVirtualStack, type PacketHandler, type VirtualStack } from './virtual-stack.js';
import type { VirtualTime } from './virtual-time.js';

export type { Deliver, Path, PeerEnd, VirtualPeer } from './virtual-link.js';
export type { VirtualStack } from './virtual-stack.js';

const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

export interface VirtualListener {
  close(): void;
}

export interface VirtualNetworkOptions {
  /** Time that a segment, a packet or an answer of the resolver takes (default 1), ms. */
  readonly latencyMs?: number;
  /** Longest segment that arrives at a board (default 1460), bytes. */
  readonly segmentBytes?: number;
}

/**
 * A network in memory and in virtual time. The test listens at names or addresses and plays the server; boards reach it
 * through `stack`. Everything arrives by a timer of its own, in order, `latencyMs` after it was sent. A port where nobody
 * listens refuses; a name that was never mentioned does not resolve; while `down` is true, whatever is sent is lost and
 * the connections that it was sent on are half-open from then on.
 */
export class VirtualNetwork {
  readonly time: VirtualTime;
  readonly latencyMs: number;
  segmentBytes: number;
  down = false;
  readonly #names = new Map<string, string>();
  readonly #listeners = new Map<string, (peer: VirtualPeer) => void>();
  readonly #packets = new Map<string, PacketHandler>();
  /** The way of who is nowhere in particular. */
  readonly path: Path = { delayMs: () => (this.down ? undefined : this.latencyMs) };

  constructor(time: VirtualTime, options: VirtualNetworkOptions = {}) {
    this.time = time;
    this.latencyMs = options.latencyMs ?? 1;
    this.segmentBytes = options.segmentBytes ?? 1_460;
  }

  /** Plays a TCP server at a name (which gets an address of its own) or an IPv4 address. */
  listen(host: string, port: number, onConnection: (peer: VirtualPeer) => void): VirtualListener {
    const key = `${this.addressOf(host)}:${port}`;
    if (this.#listeners.has(key)) throw new Error(`${key} is taken`);
    this.#listeners.set(key, onConnection);
    return { close: () => this.#listeners.delete(key) };
  }

  /** Plays a TLS server, which is told of a connection once its handshake is complete. `tls` is read anew for each. */
  listenTls(
    host: string,
    port: number,
    tls: Pick<TlsPeerOptions, 'credentials' | 'admits'>,
    onConnection: (peer: VirtualPeer, certificate: X509Certificate | undefined) => void,
  ): VirtualListener {
    return this.listen(host, port, (peer) => {
      const secured = new TlsPeer(peer, { ...tls, onSecured: (_name, shown) => onConnection(secured, shown) });
    });
  }

  /** Answers UDP packets sent to a name or address. */
  listenUdp(host: string, port: number, onPacket: PacketHandler): VirtualListener {
    const key = `${this.addressOf(host)}:${port}`;
    this.#packets.set(key, onPacket);
    return { close: () => this.#packets.delete(key) };
  }

  /** The address of a name, made up at the first mention of it. */
  addressOf(host: string): string {
    if (IPV4.test(host)) return host;
    const known = this.#names.get(host);
    if (known !== undefined) return known;
    const address = `10.0.0.${this.#names.size + 1}`;
    this.#names.set(host, address);
    return address;
  }

  /** A name that does not resolve from now on. */
  forget(host: string): void {
    this.#names.delete(host);
  }

  /** A name that resolves to this address from now on. */
  assign(host: string, address: string): void {
    this.#names.set(host, address);
  }

  /** Whether somebody listens there. */
  hears(host: string, port: number): boolean {
    return this.#listeners.has(`${this.addressOf(host)}:${port}`);
  }

  /** @internal */
  resolve(host: string): string | undefined {
    return IPV4.test(host) ? host : this.#names.get(host);
  }

  /** @internal */
  listener(address: string, port: number): ((peer: VirtualPeer) => void) | undefined {
    return this.#listeners.get(`${address}:${port}`);
  }

  /** @internal */
  packetHandler(address: string, port: number): PacketHandler | undefined {
    return this.#packets.get(`${address}:${port}`);
  }

  /** The sockets of one board; its packets travel as `path` says, by default as the network does. Peers see whose they are. */
  stack(deliver: Deliver, path: Path = this.path, owner = '', hasRoom = () => true): VirtualStack {
    return createVirtualStack({ network: this, deliver, path, owner, hasRoom });
  }
}
