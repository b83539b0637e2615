import type { UdpOptions, UdpSocket } from '../../src/ports/socket.js';
import { PacketQueue } from '../host/packet-queue.js';
import { decodeText, type Outgoing, type Table } from './guest-wire.js';
import { Act } from './protocol.js';

/** Longest address, bytes. */
const TEXT_ROOM = 1_024;

/** What needs no detour to reach the firmware: the guest runs nothing else. */
const atOnce = (callback: () => void): void => callback();

/** A UDP socket. */
export class GuestUdp extends PacketQueue implements UdpSocket {
  readonly #out: Outgoing;
  readonly #table: Table<GuestUdp>;
  readonly #id: number;
  /** 0: any. */
  readonly #port: number;

  constructor(out: Outgoing, table: Table<GuestUdp>, options: UdpOptions) {
    super(options);
    this.#out = out;
    this.#table = table;
    this.#port = options.port ?? 0;
    if (this.#port !== 0 && table.some((other) => other.#port === this.#port))
      throw new Error(`port ${this.#port} is taken`);
    this.#id = table.add(this);
    out.begin(Act.udpOpen, 8);
    out.u32(this.#id);
    out.u32(this.#port);
  }

  write(bytes: Uint8Array, address: string, port: number): void {
    this.mustBeOpen();
    this.#out.begin(Act.udpWrite, 16 + TEXT_ROOM + bytes.length);
    this.#out.u32(this.#id);
    this.#out.u32(port);
    this.#out.text(address, TEXT_ROOM);
    this.#out.bytes(bytes);
  }

  /** The packet comes behind the port and the address of who sent it. */
  readable(bytes: Uint8Array): void {
    const end = 3 + bytes[2]!;
    const from = { address: decodeText(bytes, 3, end), port: bytes[0]! * 256 + bytes[1]! };
    this.arrived(bytes.subarray(end), from, atOnce);
  }

  protected onClose(): void {
    this.#table.remove(this.#id);
    this.#out.begin(Act.udpClose, 4);
    this.#out.u32(this.#id);
  }
}
