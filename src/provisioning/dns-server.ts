import { answerDnsQuery, DNS_PACKET_BYTES, DNS_PORT } from '../core/dns-packet.js';
import type { UdpConstructor, UdpSocket } from '../ports/socket.js';
import { inSameSubnet } from './subnet.js';

/** The name server of the board's access point: whatever the name, it is the board. Nobody else is answered. */
export class DnsServer {
  readonly #address: string;
  readonly #bytes: Uint8Array;
  readonly #packet = new Uint8Array(DNS_PACKET_BYTES);
  readonly #socket: UdpSocket;

  /**
   * @param address the access point's
   * @throws {Error} when the port is taken
   */
  constructor(Udp: UdpConstructor, address: string) {
    this.#address = address;
    this.#bytes = Uint8Array.from(address.split('.').map(Number));
    this.#socket = new Udp({ port: DNS_PORT, onReadable: () => this.#onReadable() });
  }

  /** May be called twice. */
  close(): void {
    this.#socket.close();
  }

  #onReadable(): void {
    const packet = this.#packet;
    for (let length = this.#socket.read(packet); length > 0; length = this.#socket.read(packet)) {
      const { peer } = this.#socket;
      if (peer === undefined || !inSameSubnet(peer.address, this.#address)) continue;
      const end = answerDnsQuery(packet, length, this.#bytes);
      if (end === 0) continue;
      try {
        this.#socket.write(packet.subarray(0, end), peer.address, peer.port);
      } catch {
        // No memory, or the peer is gone: who still wants to know asks again.
      }
    }
  }
}
