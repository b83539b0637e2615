import type { Timer, TimerHandle } from '../ports/timer.js';
import type { WiFiCredentials, WiFiStation } from '../ports/wifi.js';

/** The station is given this long to join, address included, ms. */
const JOIN_TIMEOUT_MS = 35_000;

/** One attempt to join a network. What comes of it the station tells, but for one that takes too long, which is ended. */
export class JoinAttempt {
  readonly #timer: Timer;
  readonly #deadline: TimerHandle;

  constructor(timer: Timer, station: WiFiStation, credentials: WiFiCredentials, onTimeout: () => void) {
    this.#timer = timer;
    this.#deadline = timer.set(() => {
      station.disconnect();
      onTimeout();
    }, JOIN_TIMEOUT_MS);
    station.connect(credentials);
  }

  /** Its time does not run any more. May be called twice. */
  close(): void {
    this.#timer.clear(this.#deadline);
  }
}
