import type { Clock } from '../../src/ports/clock.js';
import { MqttReader } from './decode-mqtt.js';
import { HttpExchange } from './http-exchange.js';
import { MqttFramer } from './mqtt-framer.js';
import { redactMqtt } from './redact-mqtt.js';
import { httpEntry, mqttEntry, type WireEntry } from './wire-entry.js';

export type { WireEntry } from './wire-entry.js';

const MOST_LISTENERS = 16;
/** The fixed header of MQTT's first packet begins so (MQTT 3.1.1, 3.1.1). */
const CONNECT = 0x10;
const LETTER_A = 0x41;
const LETTER_Z = 0x5a;

/** Told of what went over the wire, in its order, while the board goes on: so it had better be brief. */
export type OnWireEntry = (entry: WireEntry) => void;

/** One connection, as who listens to it hears it. */
export interface WireConnection {
  /** The board has written this. */
  sent(bytes: Uint8Array): void;
  /** The board has read this. */
  received(bytes: Uint8Array): void;
  /** May be called twice. */
  ended(): void;
}

/**
 * The wire of a board: tells of each MQTT packet and each HTTP exchange on the connections that it makes, above TLS, without their
 * secrets. It keeps nothing. While nobody listens, packets are only found; and whatever goes wrong in it, the board does not notice.
 */
export class WireTap {
  readonly #clock: Pick<Clock, 'nowMs' | 'monotonicMs'>;
  readonly #reader = new MqttReader();
  /** Few, and replaced when one comes or goes. */
  #listeners: readonly OnWireEntry[] = [];
  #open: readonly WireConnection[] = [];

  constructor(clock: Pick<Clock, 'nowMs' | 'monotonicMs'>) {
    this.#clock = clock;
  }

  /** Tells of every entry from now on; the result ends it. @throws {RangeError} when too many listen */
  onEntry(listener: OnWireEntry): () => void {
    if (this.#listeners.length === MOST_LISTENERS) {
      throw new RangeError(`more than ${MOST_LISTENERS} listeners on the wire of one board`);
    }
    this.#listeners = [...this.#listeners.filter((one) => one !== listener), listener];
    return () => {
      this.#listeners = this.#listeners.filter((one) => one !== listener);
    };
  }

  /** A connection that the board makes. `origin`: `http://127.0.0.1:8080`, were it one for HTTP. */
  connection(origin: string): WireConnection {
    let talk: WireConnection | undefined;
    const safely = (take: () => void): void => {
      try {
        take();
      } catch {
        // What cannot be followed is not told of any more.
        talk = SILENCE;
      }
    };
    const connection: WireConnection = {
      sent: (bytes) =>
        safely(() => {
          if (bytes.length === 0) return;
          talk ??= this.#talk(bytes, origin);
          talk.sent(bytes);
        }),
      received: (bytes) => safely(() => talk?.received(bytes)),
      ended: () => {
        this.#open = this.#open.filter((one) => one !== connection);
        safely(() => talk?.ended());
      },
    };
    this.#open = [...this.#open, connection];
    return connection;
  }

  /** The board has lost its power: none of its connections goes on. */
  powerOff(): void {
    for (const connection of this.#open) connection.ended();
  }

  /** What a connection is for is known by the first byte that the board says: no method of HTTP begins as a CONNECT does. */
  #talk([first]: Uint8Array, origin: string): WireConnection {
    if (first === CONNECT) return this.#mqtt();
    return first !== undefined && first >= LETTER_A && first <= LETTER_Z ? this.#http(origin) : SILENCE;
  }

  #mqtt(): WireConnection {
    const framer = (direction: 'out' | 'in'): MqttFramer =>
      new MqttFramer((kept, bytes) => {
        if (this.#listeners.length === 0) return;
        const packet = Uint8Array.from(kept);
        redactMqtt(packet, bytes > packet.length);
        this.#tell(mqttEntry({ at: this.#clock.nowMs(), direction, packet, bytes }, this.#reader));
      });
    const [out, back] = [framer('out'), framer('in')];
    return { sent: (bytes) => out.take(bytes), received: (bytes) => back.take(bytes), ended: () => {} };
  }

  #http(origin: string): WireConnection {
    const [at, fromMs] = [this.#clock.nowMs(), this.#clock.monotonicMs()];
    let exchange: HttpExchange | undefined = new HttpExchange();
    const ended = (): void => {
      const record = this.#listeners.length > 0 ? exchange?.close() : undefined;
      exchange = undefined;
      const durationMs = this.#clock.monotonicMs() - fromMs;
      if (record !== undefined) this.#tell(httpEntry(record, { at, durationMs, origin }));
    };
    return {
      sent: (bytes) => exchange?.sent(bytes),
      received: (bytes) => {
        if (exchange?.received(bytes)) ended();
      },
      ended,
    };
  }

  #tell(entry: WireEntry): void {
    for (const listener of this.#listeners) {
      try {
        listener(entry);
      } catch {
        // Who listens badly hears the next one all the same.
      }
    }
  }
}

const SILENCE: WireConnection = { sent: () => {}, received: () => {}, ended: () => {} };
