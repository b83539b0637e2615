import type { Clock } from '../../src/ports/clock.js';
import type { Random } from '../../src/ports/random.js';
import type { Timer } from '../../src/ports/timer.js';
import { retransmitMs } from '../world/retransmit.js';
import type { Surroundings } from '../world/surroundings.js';
import type { KnownBrokers } from './known-brokers.js';

/** A connection that is made, or wants to be, through an uplink. */
export interface Passenger {
  /** Never called from inside a callback of the firmware. */
  conditionsChanged(): void;
}

export interface UplinkOptions {
  readonly surroundings: Surroundings;
  readonly brokers: KnownBrokers;
  /** Ends with the boot. */
  readonly timer: Timer;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly random: Random;
}

/**
 * The way of one boot's packets to the rest of the world and back, through what surrounds the board. While nothing is set there it
 * is no way at all: no timer, no copy.
 */
export class Uplink {
  readonly brokers: KnownBrokers;
  readonly timer: Timer;
  readonly #surroundings: Surroundings;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #random: Random;
  /** Few, and replaced when one comes or goes. */
  #passengers: readonly Passenger[] = [];
  readonly #unhear: () => void;
  #isClear = true;
  #isSilent = false;

  constructor({ surroundings, brokers, timer, clock, random }: UplinkOptions) {
    this.brokers = brokers;
    this.timer = timer;
    this.#surroundings = surroundings;
    this.#clock = clock;
    this.#random = random;
    this.#look();
    this.#unhear = surroundings.onChange(() => {
      this.#look();
      for (const passenger of this.#passengers) passenger.conditionsChanged();
    });
  }

  /** Nothing is in the way of a packet. */
  get isClear(): boolean {
    return this.#isClear;
  }

  /** Nothing gets through, either way. */
  get isSilent(): boolean {
    return this.#isSilent;
  }

  /** Whether MQTT brokers can be reached. */
  get reachesBrokers(): boolean {
    return this.#surroundings.conditions.broker;
  }

  /** Monotonic, ms. */
  get nowMs(): number {
    return this.#clock.monotonicMs();
  }

  /** How long a segment is under way now, ms, for so many ways there and back; `undefined`: for ever. */
  delayMs(ways: number): number | undefined {
    const { latencyMs, lossShare } = this.#surroundings.conditions;
    let delayMs = 0;
    for (let way = 0; way < ways; way++) {
      const againMs = lossShare === 0 || this.#isSilent ? 0 : retransmitMs(this.#random, lossShare);
      if (againMs === undefined) return undefined;
      delayMs += latencyMs + againMs;
    }
    return delayMs;
  }

  /** Carries a packet that is sent once: what gets lost is lost. */
  datagram(arrive: () => void): void {
    const { latencyMs, lossShare } = this.#surroundings.conditions;
    if (this.#isSilent || this.#random.uint32() / 0x1_0000_0000 < lossShare) return;
    this.timer.set(arrive, latencyMs);
  }

  /** Tells it of every change until it leaves. */
  enter(passenger: Passenger): void {
    this.#passengers = [...this.#passengers, passenger];
  }

  leave(passenger: Passenger): void {
    this.#passengers = this.#passengers.filter((one) => one !== passenger);
  }

  /** The boot is over. */
  close(): void {
    this.#unhear();
    this.#passengers = [];
  }

  #look(): void {
    const { wifi, latencyMs, lossShare } = this.#surroundings.conditions;
    this.#isSilent = !wifi || lossShare >= 1;
    this.#isClear = !this.#isSilent && latencyMs === 0 && lossShare === 0;
  }
}
