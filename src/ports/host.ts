import type { PeripheralConstructor } from './bluetooth.js';
import type { Clock } from './clock.js';
import type { Crypto } from './crypto.js';
import type { FirmwareSlots } from './firmware.js';
import type { Pins } from './pins.js';
import type { Random } from './random.js';
import type { SerialConstructor } from './serial.js';
import type { Settings } from './settings.js';
import type { ListenerConstructor, Resolver, TcpConstructor, TlsConstructor, UdpConstructor } from './socket.js';
import type { RecordStores } from './storage.js';
import type { System } from './system.js';
import type { Text } from './text.js';
import type { Timer } from './timer.js';
import type { AccessPointConstructor, WiFiConstructor } from './wifi.js';

/** A network stack: sockets, names, and the radio below them. */
export interface Network {
  readonly TCP: TcpConstructor;
  /** Absent where the engine has no TLS; then whatever wants it fails, and nothing goes in the clear instead. */
  readonly TLS?: TlsConstructor;
  /** Absent where the engine has no UDP; then nothing that needs it (NTP) is tried. */
  readonly UDP?: UdpConstructor;
  readonly WiFi: WiFiConstructor;
  readonly resolver: Resolver;
  /** Both absent where the engine has no access point; then there is no portal. */
  readonly AccessPoint?: AccessPointConstructor;
  readonly Listener?: ListenerConstructor;
}

/** One line of the serial console: a structured event (see `core/event-log.ts`). Never contains a secret. */
export type ConsoleLine = (event: {
  readonly name: string;
  readonly level: string;
  readonly at: number;
  readonly data: object;
}) => void;

/** What a board's label says, for whoever has the cable of a board without one. */
export interface Label {
  readonly serial: string;
  /** Of the board's access point. */
  readonly ssid: string;
  readonly password: string;
}

/**
 * Everything a board touches outside itself. Ports keep the rules of ECMA-419: no callback from inside a constructor or
 * method; `close()` twice is fine, other methods then throw; nothing is called after close; options are never changed.
 */
export interface Host extends RecordStores {
  readonly timer: Timer;
  readonly clock: Clock;
  readonly random: Random;
  readonly text: Text;
  readonly crypto: Crypto;
  readonly io: Pins;
  readonly network: Network;
  readonly system: System;
  readonly settings: Settings;
  readonly console: ConsoleLine;
  /** Shows on the serial console, and nowhere else, what is a secret to everybody without the cable. */
  showLabel(label: Label): void;
  /** Absent where the firmware cannot be replaced: no update is taken then. */
  readonly firmware?: FirmwareSlots;
  /** Absent where there is no such port. */
  readonly Serial?: SerialConstructor;
  /** The BLE peripheral; absent where the chip has none. */
  readonly Peripheral?: PeripheralConstructor;
}
