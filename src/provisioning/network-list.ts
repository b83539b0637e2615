import type { Clock } from '../ports/clock.js';
import type { WiFiNetwork } from '../ports/wifi.js';
import { asciiJson } from './http-response.js';
import type { SetupDesk } from './setup-desk.js';

/** A list is as good as new for so long, ms. */
const FRESH_MS = 15_000;

/** The networks around a board, as the latest scan heard them. Whoever asks gets what there is, and asks again while it listens. */
export class NetworkList {
  readonly #clock: Clock;
  readonly #desk: SetupDesk;
  #networks: readonly WiFiNetwork[] = [];
  #isScanning = false;
  #heardMs = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(clock: Clock, desk: SetupDesk) {
    this.#clock = clock;
    this.#desk = desk;
  }

  /** What it answers to is dropped from here on. */
  close(): void {
    this.#closed = true;
  }

  /** `{"scanning": whether there will soon be more, "networks": [{"ssid", "rssi", "secured"}, …]}` in pieces; at most 20 networks. */
  toJson(): string[] {
    this.#refresh();
    const pieces = [`{"scanning":${this.#isScanning},"networks":[`];
    for (const { ssid, rssi, secured } of this.#networks) {
      pieces.push(`${pieces.length > 1 ? ',' : ''}${asciiJson({ ssid, rssi, secured })}`);
    }
    pieces.push(']}');
    return pieces;
  }

  #refresh(): void {
    const { stage } = this.#desk.state;
    // A scan would take the radio from a join.
    if (stage === 'joining' || stage === 'activating') return;
    if (this.#isScanning || this.#clock.monotonicMs() - this.#heardMs < FRESH_MS) return;
    this.#isScanning = true;
    this.#desk.scan((networks) => {
      if (this.#closed) return;
      this.#isScanning = false;
      this.#heardMs = this.#clock.monotonicMs();
      // One that was interrupted hears nothing: the list before it is better.
      if (networks.length > 0) this.#networks = networks;
    });
  }
}
