import type { WiFiConstructor, WiFiLoss, WiFiNetwork, WiFiOptions, WiFiStation } from '../../src/ports/wifi.js';

/** A station that can also fail to join and fall off. */
export class FailingStation implements WiFiStation {
  readonly #inner: WiFiStation;
  readonly #options: WiFiOptions;
  #connected = false;
  #closed = false;

  constructor(Inner: WiFiConstructor, options: WiFiOptions, joinFailure: () => WiFiLoss | undefined) {
    this.#options = options;
    this.#inner = new Inner({
      onConnected: () => {
        const failure = joinFailure();
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
