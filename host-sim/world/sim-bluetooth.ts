import type {
  AdvertisingStructure,
  Central,
  GattCharacteristic,
  Peripheral,
  PeripheralConstructor,
  PeripheralOptions,
} from '../../src/ports/bluetooth.js';
import type { Timer } from '../../src/ports/timer.js';

/** Longest list of advertising structures, bytes (Core Specification 5.0, vol. 6, part B, 2.3.1.3). */
const MOST_ADVERTISED = 31;
/** MTU until another one has been agreed on (vol. 3, part F, 3.2.8), and what of it is not the value. */
const FIRST_MTU = 23;
const NOTIFICATION_HEAD = 3;
/** From one connection event to the next, ms. */
export const CONNECTION_INTERVAL_MS = 30;

/** What a board sends out for everybody. */
export interface Advertisement {
  readonly data: readonly AdvertisingStructure[];
  readonly scanResponse: readonly AdvertisingStructure[];
}

/** What a connected central is to the radio of a board. */
export interface CentralEnd {
  onNotified(uuid: string, value: Uint8Array): void;
  /** Whether it hears the board, from now on. */
  onRange(isInRange: boolean): void;
  /** The board has sent it away (`ended`), or is gone (`lost`): the central notices by itself then. */
  onGone(how: 'ended' | 'lost'): void;
}

/** A connection between a central and the firmware of a board, from the central's side. */
export interface BleLink {
  /** Both sides have agreed: the smaller one. Told when the connection is young. */
  exchangeMtu(mtu: number): number;
  characteristic(uuid: string): GattCharacteristic | undefined;
  /** A whole value for a characteristic that takes one. */
  write(uuid: string, value: Uint8Array): void;
  subscribe(uuid: string, isOn: boolean): void;
  /** The central has gone, with a word or without. */
  end(): void;
}

/** The Bluetooth radio of one board, over all its boots. */
export class SimBluetooth {
  #isInRange = true;
  #current: SimPeripheral | undefined;

  /** Whether a central and the board hear each other. */
  get isInRange(): boolean {
    return this.#isInRange;
  }

  set isInRange(isInRange: boolean) {
    this.#isInRange = isInRange;
    this.#current?.tellRange(isInRange);
  }

  /** What it advertises now; `undefined`: nothing is to be heard. */
  get advertisement(): Advertisement | undefined {
    return this.#isInRange ? this.#current?.advertisement : undefined;
  }

  /** Connects a central; `undefined`: nobody answers. */
  connect(end: CentralEnd): BleLink | undefined {
    return this.advertisement && this.#current?.connect(end);
  }

  /** The peripheral for one boot, which ends with its timer. */
  forBoot(timer: Timer): PeripheralConstructor {
    this.powerOff();
    return SimPeripheral.bind(undefined, this, timer);
  }

  /** @internal */
  appear(peripheral: SimPeripheral): void {
    if (this.#current?.isOpen) throw new Error('the board has a peripheral already');
    this.#current = peripheral;
  }

  /** The board says nothing more. */
  powerOff(): void {
    this.#current?.vanish();
    this.#current = undefined;
  }
}

interface Connection {
  readonly end: CentralEnd;
  readonly central: Central;
  readonly subscribed: Set<string>;
  mtu: number;
}

class SimPeripheral implements Peripheral {
  readonly #timer: Timer;
  readonly #options: PeripheralOptions;
  readonly #characteristics = new Map<string, GattCharacteristic>();
  #advertisement: Advertisement | undefined;
  #connection: Connection | undefined;
  #closed = false;

  constructor(bluetooth: SimBluetooth, timer: Timer, options: PeripheralOptions) {
    bluetooth.appear(this);
    this.#timer = timer;
    this.#options = options;
    for (const { characteristics } of options.services) {
      for (const characteristic of characteristics) this.#characteristics.set(characteristic.uuid, characteristic);
    }
  }

  // The board's side.

  advertise(data: readonly AdvertisingStructure[], scanResponse: readonly AdvertisingStructure[]): void {
    this.#mustBeOpen();
    for (const list of [data, scanResponse]) {
      const bytes = list.reduce((sum, structure) => sum + 2 + structure.data.length, 0);
      if (bytes > MOST_ADVERTISED) throw new RangeError(`${bytes} bytes do not fit an advertisement`);
    }
    const copy = (list: readonly AdvertisingStructure[]): AdvertisingStructure[] =>
      list.map(({ type, data: bytes }) => ({ type, data: Uint8Array.from(bytes) }));
    this.#advertisement = { data: copy(data), scanResponse: copy(scanResponse) };
  }

  notify(uuid: string, value: Uint8Array): boolean {
    this.#mustBeOpen();
    const connection = this.#connection;
    if (!connection?.subscribed.has(uuid)) return false;
    connection.end.onNotified(uuid, value.slice(0, this.maxNotification));
    return true;
  }

  get maxNotification(): number {
    return (this.#connection?.mtu ?? FIRST_MTU) - NOTIFICATION_HEAD;
  }

  disconnect(): void {
    this.#mustBeOpen();
    this.#sendAway('ended');
  }

  close(): void {
    if (this.#closed) return;
    this.#sendAway('ended');
    this.#closed = true;
  }

  get isOpen(): boolean {
    return !this.#closed;
  }

  // The air's side.

  get advertisement(): Advertisement | undefined {
    return this.#closed || this.#connection ? undefined : this.#advertisement;
  }

  connect(end: CentralEnd): BleLink {
    const connection: Connection = { end, central: {}, subscribed: new Set(), mtu: FIRST_MTU };
    const { central } = connection;
    this.#connection = connection;
    this.#call(connection, () => this.#options.onConnect(central));
    return {
      exchangeMtu: (mtu) => {
        connection.mtu = Math.max(FIRST_MTU, Math.min(mtu, this.#options.mtu));
        return connection.mtu;
      },
      characteristic: (uuid) => this.#characteristics.get(uuid),
      write: (uuid, value) => {
        const copy = Uint8Array.from(value);
        this.#call(connection, () => this.#characteristics.get(uuid)?.onWrite?.(copy, central));
      },
      subscribe: (uuid, isOn) => {
        if (isOn) connection.subscribed.add(uuid);
        else connection.subscribed.delete(uuid);
      },
      end: () => {
        if (this.#connection === connection) this.#forget(connection);
      },
    };
  }

  tellRange(isInRange: boolean): void {
    this.#connection?.end.onRange(isInRange);
  }

  /** The power goes in the middle of it. */
  vanish(): void {
    this.#closed = true;
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.end.onGone('lost');
  }

  #sendAway(how: 'ended'): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    this.#forget(connection);
    connection.end.onGone(how);
  }

  #forget({ central }: Connection): void {
    this.#connection = undefined;
    this.#timer.set(() => {
      if (!this.#closed) this.#options.onDisconnect(central);
    });
  }

  #call(connection: Connection, callback: () => void): void {
    this.#timer.set(() => {
      if (!this.#closed && this.#connection === connection) callback();
    });
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new Error('peripheral is closed');
  }
}
