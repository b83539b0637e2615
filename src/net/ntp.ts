import { NTP_BYTES, NTP_PORT, readNtpReply, writeNtpRequest } from '../core/ntp-packet.js';
import { isIPv4 } from '../core/url.js';
import type { Network } from '../ports/host.js';
import type { Random } from '../ports/random.js';
import type { UdpSocket } from '../ports/socket.js';
import type { Timer } from '../ports/timer.js';

export interface NtpQueryOptions {
  readonly network: Network;
  readonly timer: Timer;
  readonly random: Random;
  /** Name or IPv4 address of the server. */
  readonly server: string;
  /** Time for look-up and answer together, ms. */
  readonly timeoutMs: number;
  /** The time, epoch milliseconds, or `undefined` when none was to be had in time. Called once, never after `close()`. */
  onDone(epochMs: number | undefined): void;
}

/** Asks one SNTP server once (RFC 4330). It always ends by its deadline. */
export class NtpQuery {
  readonly #options: NtpQueryOptions;
  readonly #deadline: unknown;
  readonly #packet = new Uint8Array(NTP_BYTES);
  readonly #high: number;
  readonly #low: number;
  #socket: UdpSocket | undefined;
  #done = false;

  constructor(options: NtpQueryOptions) {
    this.#options = options;
    this.#high = options.random.uint32();
    this.#low = options.random.uint32();
    this.#deadline = options.timer.set(() => this.#finish(undefined), options.timeoutMs);
    if (isIPv4(options.server)) this.#ask(options.server);
    else
      options.network.resolver.resolve({
        host: options.server,
        onResolved: (_host, address) => {
          if (!this.#done) this.#ask(address);
        },
        // The deadline ends it.
        onError: () => {},
      });
  }

  /** Gives the query up, silently. May be called twice. */
  close(): void {
    if (this.#done) return;
    this.#done = true;
    this.#options.timer.clear(this.#deadline);
    this.#socket?.close();
  }

  #ask(address: string): void {
    const { UDP } = this.#options.network;
    if (!UDP) return;
    try {
      this.#socket = new UDP({ onReadable: () => this.#onReadable() });
      writeNtpRequest(this.#packet, this.#high, this.#low);
      this.#socket.write(this.#packet, address, NTP_PORT);
    } catch {
      // No socket or no route: the deadline ends it.
    }
  }

  #onReadable(): void {
    while (!this.#done && this.#socket) {
      const length = this.#socket.read(this.#packet);
      if (length === 0) return;
      const time = readNtpReply(this.#packet, length, this.#high, this.#low);
      if (time !== undefined) this.#finish(time);
    }
  }

  #finish(epochMs: number | undefined): void {
    if (this.#done) return;
    this.close();
    this.#options.onDone(epochMs);
  }
}
