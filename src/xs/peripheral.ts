import type { Advertisement } from 'embedded:io/bluetoothle/peripheral';
import type {
  AdvertisingStructure,
  GattCharacteristic,
  Peripheral,
  PeripheralConstructor,
  PeripheralOptions,
} from '../ports/bluetooth.js';
import { GattServer } from './gatt-server.js';
import type { Native } from './native.js';

/** Below this free heap the stack is not started, bytes: it does not bear that it cannot be. */
const MIN_FREE_BYTES = 65_536;

/** Makes the boot's server, or gives the one that has been made; `undefined` where there is no memory for it. */
type ServerSource = (options: PeripheralOptions) => GattServer | undefined;

/** The chip's BLE peripheral. Where the memory does not suffice it is as one that nobody finds. */
class XsPeripheral implements Peripheral {
  readonly #server: GattServer | undefined;
  #closed = false;

  constructor(options: PeripheralOptions, source: ServerSource) {
    const characteristics = new Map<string, GattCharacteristic>();
    for (const service of options.services) {
      for (const characteristic of service.characteristics) characteristics.set(characteristic.uuid, characteristic);
    }
    this.#server = source(options);
    if (this.#server === undefined) return;
    this.#server.user = {
      characteristic: (uuid) => characteristics.get(uuid),
      onConnect: (central) => options.onConnect(central),
      onDisconnect: (central) => options.onDisconnect(central),
    };
  }

  advertise(data: readonly AdvertisingStructure[], scanResponse: readonly AdvertisingStructure[]): void {
    this.#checkOpen();
    this.#server?.advertise(byType(data), byType(scanResponse));
  }

  notify(uuid: string, value: Uint8Array): boolean {
    this.#checkOpen();
    return this.#server?.notify(uuid, value) ?? false;
  }

  get maxNotification(): number {
    this.#checkOpen();
    return this.#server?.maxNotification ?? 0;
  }

  disconnect(): void {
    this.#checkOpen();
    this.#server?.disconnect();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#server !== undefined) this.#server.user = undefined;
  }

  #checkOpen(): void {
    if (this.#closed) throw new Error('the peripheral is closed');
  }
}

/** The SDK's form: an object by AD type, so each type can be there once. */
function byType(structures: readonly AdvertisingStructure[]): Advertisement {
  const advertisement: Record<number, Uint8Array> = {};
  for (const { type, data } of structures) advertisement[type] = data;
  return advertisement;
}

/**
 * The peripheral's constructor in the shape of the port. The services of a boot are those of the first peripheral: what a later
 * one lacks of them is silent, and what it has beyond them is not there before the next restart.
 */
export function xsPeripheral(native: Native): PeripheralConstructor {
  let server: GattServer | undefined;
  const source: ServerSource = ({ mtu, services }) => {
    if (server === undefined && native.esp_get_free_heap_size() >= MIN_FREE_BYTES) {
      server = new GattServer(native, mtu, services);
    }
    return server;
  };
  return class extends XsPeripheral {
    /** The SDK never takes the stack down. */
    static readonly keepsMemory = true;

    constructor(options: PeripheralOptions) {
      super(options, source);
    }
  };
}
