import type {
  AdvertisingStructure,
  Central,
  GattCharacteristic,
  Peripheral,
  PeripheralOptions,
} from '../../src/ports/bluetooth.js';
import { bytesAt, type Outgoing } from './guest-wire.js';
import { Act, Event } from './protocol.js';

/** Longest description of services or of an advertisement, bytes. */
const TEXT_ROOM = 4_096;
const MOST_VALUE = 512;

interface Readable {
  readonly index: number;
  readonly characteristic: GattCharacteristic;
  /** What the host believes. */
  value: Uint8Array;
}

/** The BLE peripheral of the guest's Host, of which there is one. Characteristics go by their place in its services. */
export class GuestBluetooth {
  readonly Peripheral: new (
    options: PeripheralOptions,
  ) => Peripheral;
  readonly #out: Outgoing;
  readonly #characteristics: GattCharacteristic[] = [];
  readonly #readable: Readable[] = [];
  #options: PeripheralOptions | undefined;
  #central: Central = {};
  /** Whether there is anything to `refresh`. */
  hasValues = false;

  constructor(out: Outgoing) {
    this.#out = out;
    const bluetooth = this;
    this.Peripheral = class implements Peripheral {
      #closed = false;

      constructor(options: PeripheralOptions) {
        if (bluetooth.#options !== undefined) throw new Error('the board has a peripheral already');
        bluetooth.#open(options);
      }

      advertise(data: readonly AdvertisingStructure[], scanResponse: readonly AdvertisingStructure[]): void {
        this.#begin(Act.bleAdvertise, 4 + TEXT_ROOM);
        out.text(JSON.stringify([data.map(plain), scanResponse.map(plain)]), TEXT_ROOM);
      }

      notify(uuid: string, value: Uint8Array): boolean {
        this.#begin(Act.bleNotify, 8 + value.length);
        out.u32(bluetooth.#indexOf(uuid));
        out.bytes(value);
        return out.ask().getUint8(1) === 1;
      }

      get maxNotification(): number {
        this.#begin(Act.bleMaxNotification, 0);
        return out.ask().getFloat64(1);
      }

      disconnect(): void {
        this.#begin(Act.bleDisconnect, 0);
      }

      close(): void {
        if (this.#closed) return;
        this.#begin(Act.bleClose, 0);
        this.#closed = true;
        bluetooth.#close();
      }

      #begin(opcode: number, room: number): void {
        if (this.#closed) throw new Error('peripheral is closed');
        out.begin(opcode, room);
      }
    };
  }

  /** Something has happened. */
  handle(event: number, message: DataView, at: number): void {
    const options = this.#options;
    switch (event) {
      case Event.bleConnected:
        this.#central = {};
        options?.onConnect(this.#central);
        break;
      case Event.bleDisconnected:
        options?.onDisconnect(this.#central);
        break;
      case Event.bleWritten: {
        const bytes = bytesAt(message, at);
        this.#characteristics[bytes[0]!]?.onWrite?.(bytes.subarray(1), this.#central);
        break;
      }
    }
  }

  /** A central that reads does not wait for the guest: the host is told of every value that is another one now. */
  refresh(): void {
    for (const readable of this.#readable) {
      const value = readable.characteristic.onRead!();
      if (isSame(value, readable.value)) continue;
      readable.value = Uint8Array.from(value.subarray(0, MOST_VALUE));
      this.#out.begin(Act.bleValue, 8 + MOST_VALUE);
      this.#out.u32(readable.index);
      this.#out.bytes(readable.value);
    }
  }

  #open(options: PeripheralOptions): void {
    this.#options = options;
    for (const { characteristics } of options.services) {
      for (const characteristic of characteristics) {
        const index = this.#characteristics.push(characteristic) - 1;
        if (characteristic.onRead) this.#readable.push({ index, characteristic, value: new Uint8Array(0) });
      }
    }
    this.hasValues = this.#readable.length > 0;
    const { mtu, services } = options;
    this.#out.begin(Act.bleOpen, 4 + TEXT_ROOM);
    // Functions are nothing to JSON.
    this.#out.text(JSON.stringify({ mtu, services }), TEXT_ROOM);
  }

  #close(): void {
    this.#options = undefined;
    this.hasValues = false;
    this.#characteristics.length = 0;
    this.#readable.length = 0;
  }

  #indexOf(uuid: string): number {
    return this.#characteristics.findIndex((characteristic) => characteristic.uuid === uuid);
  }
}

function plain({ type, data }: AdvertisingStructure): { type: number; data: number[] } {
  return { type, data: [...data] };
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
