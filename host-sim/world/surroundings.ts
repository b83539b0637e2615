/** What a board's packets meet, as somebody at a desk sets it. */
export interface Conditions {
  /** Whether it can hear its access point. */
  readonly wifi: boolean;
  /** Whether it can reach MQTT brokers. */
  readonly broker: boolean;
  /** Added to each way, ms, 0 to 10,000. */
  readonly latencyMs: number;
  /** Share of segments that get lost, 0 to 1; what is lost is sent again, as TCP does. */
  readonly lossShare: number;
  /** Strength of the access point, dBm; undefined: as strong as it is for everybody. */
  readonly rssi: number | undefined;
}

type OnChange = (now: Conditions, before: Conditions) => void;

const CLEAR: Conditions = { wifi: true, broker: true, latencyMs: 0, lossShare: 0, rssi: undefined };

/** What surrounds one board: it stays as it is set, over restarts and power cuts. */
export class Surroundings {
  #conditions = CLEAR;
  /** Few, and replaced when one comes or goes: who is told of a change is who was there when it began. */
  #listeners: readonly OnChange[] = [];

  get conditions(): Conditions {
    return this.#conditions;
  }

  /** What is absent stays. Values are the caller's to check. */
  set(change: Partial<Conditions>): void {
    const before = this.#conditions;
    this.#conditions = { ...before, ...change };
    for (const listener of this.#listeners) listener(this.#conditions, before);
  }

  /** Tells of every change from now on; the result ends it. */
  onChange(listener: OnChange): () => void {
    this.#listeners = [...this.#listeners, listener];
    return () => {
      this.#listeners = this.#listeners.filter((one) => one !== listener);
    };
  }
}
