import type { WiFiConstructor, WiFiLoss, WiFiNetwork, WiFiOptions, WiFiStation } from '../../src/ports/wifi.js';

export interface FailingParts {
  /** What it is made of. */
  readonly WiFi: WiFiConstructor;
  /** Those of the board. */
  readonly stations: Set<FailingStation>;
  /** What joining ends in now; `undefined`: it works. */
  failure(): WiFiLoss | undefined;
}

/** A station that can also fail to join and fall off. */
export class FailingStation implements WiFiStation {
  readonly #inner: WiFiStation;
  readonly #options: WiFiOptions;
  #connected = false;
  #closed = false;

  constructor({ WiFi, stations, failure: failureNow }: FailingParts, options: WiFiOptions) {
    this.#options = options;
    stations.add(this);
    this.#inner = new WiFi({
      onConnected: () => {
        const failure = failureNow();
        if (failure !== undefined) {
          this.#inner.disconnect();
          options.onDisconnected(failure);
          return;
        }
        this.#connected = true;
        options.onConnected();
      },
      onDisconnected: (reason) => options.onDisconnected(reason),
    });
  }

  connect(credentials: Parameters<WiFiStation['connect']>[0]): void {
    this.#connected = false;
    this.#inner.connect(credentials);
  }

  disconnect(): void {
    this.#connected = false;
    this.#inner.disconnect();
  }

  scan(onDone: (networks: readonly WiFiNetwork[]) => void): void {
    this.#inner.scan(onDone);
  }

  get address(): string | undefined {
    return this.#inner.address;
  }

  get rssi(): number | undefined {
    return this.#inner.rssi;
  }

  close(): void {
    this.#closed = true;
    this.#inner.close();
  }

  lose(reason: WiFiLoss): void {
    if (!this.#connected || this.#closed) return;
    this.disconnect();
    this.#options.onDisconnected(reason);
  }
}
