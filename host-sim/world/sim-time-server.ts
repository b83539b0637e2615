import type { Clock } from '../../src/ports/clock.js';
import type { VirtualNetwork } from './virtual-network.js';

const PORT = 123;
const PACKET_BYTES = 48;
/** No leap second, version 4, a server's answer (RFC 5905, 7.3). */
const SERVER_ANSWER = 0x24;
/** NTP counts seconds from 1900 (RFC 5905, 6). */
const EPOCH_S = 2_208_988_800;
/** Where the reference, the receive and the transmit time stand. */
const TIMES_AT = [16, 32, 40];

/** A time server of the virtual network: it can be down, and it can be wrong. */
export class SimTimeServer {
  readonly #clock: Clock;
  isUp = true;
  /** By how much it is ahead of the truth, ms. */
  offMs = 0;

  constructor(network: VirtualNetwork, host: string, clock: Clock) {
    this.#clock = clock;
    network.listenUdp(host, PORT, (packet, reply) => {
      if (this.isUp && packet.length >= PACKET_BYTES) reply(this.#answer(packet));
    });
  }

  #answer(question: Uint8Array): Uint8Array {
    const answer = Buffer.alloc(PACKET_BYTES);
    answer[0] = SERVER_ANSWER;
    // A secondary server.
    answer[1] = 2;
    // When the question was sent, as the client says (its origin time).
    Buffer.from(question).copy(answer, 24, 40, 48);
    const nowMs = this.#clock.nowMs() + this.offMs;
    for (const at of TIMES_AT) {
      answer.writeUInt32BE((Math.floor(nowMs / 1_000) + EPOCH_S) >>> 0, at);
      answer.writeUInt32BE(Math.floor(((nowMs % 1_000) / 1_000) * 0x1_0000_0000) >>> 0, at + 4);
    }
    return answer;
  }
}
