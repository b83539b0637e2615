import type { Clock } from './clock.js';
import type { Pins } from './pins.js';
import type { Random } from './random.js';
import type { Settings } from './settings.js';
import type { Resolver, TcpConstructor, UdpConstructor } from './socket.js';
import type { RecordStorage } from './storage.js';
import type { System } from './system.js';
import type { Text } from './text.js';
import type { Timer } from './timer.js';
import type { WiFiConstructor } from './wifi.js';

/** A network stack: sockets, names, and the radio below them. */
export interface Network {
  readonly TCP: TcpConstructor;
  /** Absent where the engine has no UDP; then nothing that needs it (NTP) is tried. */
  readonly UDP?: UdpConstructor;
  readonly WiFi: WiFiConstructor;
  readonly resolver: Resolver;
}

/** One line of the serial console: a structured event (see `core/event-log.ts`). Never contains a secret. */
export type ConsoleLine = (event: {
  readonly name: string;
  readonly level: string;
  readonly at: number;
  readonly data: object;
}) => void;

/**
 * Everything a board touches outside itself. Ports keep the rules of ECMA-419: no callback from inside a constructor or
 * method; `close()` twice is fine, other methods then throw; nothing is called after close; options are never changed.
 */
export interface Host {
  readonly timer: Timer;
  readonly clock: Clock;
  readonly random: Random;
  readonly text: Text;
  readonly storage: RecordStorage;
  readonly io: Pins;
  readonly network: Network;
  readonly system: System;
  readonly settings: Settings;
  readonly console: ConsoleLine;
}
