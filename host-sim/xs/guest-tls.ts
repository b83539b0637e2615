import type { TlsOptions } from '../../src/ports/socket.js';
import { GuestTcp } from './guest-tcp.js';
import { bytesAt, type Outgoing, type Table } from './guest-wire.js';
import { Act } from './protocol.js';

/** Longest address or name, bytes. */
const TEXT_ROOM = 1_024;

/** A TLS connection: the host speaks TLS, the guest judges whom it speaks to, before anything else passes. */
export class GuestTls extends GuestTcp {
  readonly #options: TlsOptions;
  #trusted = false;

  constructor(out: Outgoing, table: Table<GuestTcp>, options: TlsOptions) {
    super(out, table, options);
    this.#options = options;
    const { address, port, noDelay = false, serverName, identity } = options;
    const { key = new Uint8Array(0), certificates = [] } = identity ?? {};
    this.remoteAddress = address;
    const secretBytes = certificates.reduce((sum, { length }) => sum + 4 + length, 8 + key.length);
    out.begin(Act.tlsOpen, 20 + 2 * TEXT_ROOM + secretBytes);
    out.u32(this.id);
    out.u32(port);
    out.u32(noDelay ? 1 : 0);
    out.text(address, TEXT_ROOM);
    out.text(serverName, TEXT_ROOM);
    out.bytes(key);
    out.u32(certificates.length);
    for (const certificate of certificates) out.bytes(certificate);
  }

  override judge(packed: Uint8Array): void {
    const message = new DataView(packed.buffer);
    const chain: Uint8Array[] = [];
    const end = packed.byteOffset + packed.length;
    for (let at = packed.byteOffset; at < end; at += 4 + message.getUint32(at)) chain.push(bytesAt(message, at));
    this.#trusted = this.#options.verify(chain) !== undefined;
    if (this.#trusted) return;
    this.close();
    this.#options.onError();
  }

  override writable(room: number): void {
    if (this.#trusted) super.writable(room);
  }
}
