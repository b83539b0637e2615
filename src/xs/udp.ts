import SdkUdp from 'embedded:io/socket/udp';
import type { UdpOptions, UdpSocket } from '../ports/socket.js';

/** The SDK's UDP socket, reading into the caller's buffer. */
export class XsUdp implements UdpSocket {
  #socket: SdkUdp | undefined;

  constructor(options: UdpOptions) {
    this.#socket = new SdkUdp({
      onReadable: (count) => {
        if (this.#socket !== undefined) options.onReadable(count);
      },
    });
  }

  read(into: Uint8Array): number {
    const packet = this.#opened().read();
    if (packet === undefined) return 0;
    const length = Math.min(packet.byteLength, into.length);
    into.set(new Uint8Array(packet, 0, length));
    return length;
  }

  write(bytes: Uint8Array, address: string, port: number): void {
    this.#opened().write(bytes, address, port);
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  #opened(): SdkUdp {
    if (this.#socket === undefined) throw new Error('the socket is closed');
    return this.#socket;
  }
}
