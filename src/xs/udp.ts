import SdkUdp from 'embedded:io/socket/udp';
import type { UdpOptions, UdpPeer, UdpSocket } from '../ports/socket.js';

/** The SDK's UDP socket, reading into the caller's buffer. */
export class XsUdp implements UdpSocket {
  #socket: SdkUdp | undefined;
  #peer: UdpPeer | undefined;

  constructor(options: UdpOptions) {
    this.#socket = new SdkUdp({
      ...(options.port === undefined ? {} : { port: options.port }),
      onReadable: (count) => {
        if (this.#socket !== undefined) options.onReadable(count);
      },
    });
  }

  read(into: Uint8Array): number {
    const packet = this.#opened().read();
    if (packet === undefined) return 0;
    this.#peer = { address: packet.address, port: packet.port };
    const length = Math.min(packet.byteLength, into.length);
    into.set(new Uint8Array(packet, 0, length));
    return length;
  }

  get peer(): UdpPeer | undefined {
    return this.#peer;
  }

  write(bytes: Uint8Array, address: string, port: number): void {
    const socket = this.#opened();
    try {
      socket.write(bytes, address, port);
    } catch {
      // No network or no memory: lost, as it could be on the way.
    }
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
