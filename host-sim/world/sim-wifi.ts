import type { Timer, TimerHandle } from '../../src/ports/timer.js';
import type { WiFiConstructor, WiFiCredentials, WiFiOptions, WiFiStation } from '../../src/ports/wifi.js';

/** Time from `connect` to an address, ms. */
const JOIN_MS = 50;

/** The access point that a simulated board stands beside: a desktop's own network, always there. */
export class SimAccessPoint {
  /** Signal strength at the board, dBm. */
  rssi: number;

  constructor(rssi = -45) {
    this.rssi = rssi;
  }

  /** The station's constructor for a board whose time is `timer`. */
  station(timer: Timer): WiFiConstructor {
    const accessPoint = this;
    return class implements WiFiStation {
      readonly #options: WiFiOptions;
      #pending: TimerHandle | undefined;
      #connected = false;
      #closed = false;

      constructor(options: WiFiOptions) {
        this.#options = options;
      }

      connect(_credentials: WiFiCredentials): void {
        if (this.#closed) throw new Error('station is closed');
        this.disconnect();
        this.#pending = timer.set(() => {
          this.#pending = undefined;
          this.#connected = true;
          this.#options.onConnected();
        }, JOIN_MS);
      }

      disconnect(): void {
        timer.clear(this.#pending);
        this.#pending = undefined;
        this.#connected = false;
      }

      get rssi(): number | undefined {
        return this.#connected ? accessPoint.rssi : undefined;
      }

      close(): void {
        this.disconnect();
        this.#closed = true;
      }
    };
  }
}
