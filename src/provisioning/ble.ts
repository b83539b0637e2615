import type { ProvisioningDefinition } from '../core/product.js';
import type { AdvertisingStructure, Peripheral, PeripheralConstructor } from '../ports/bluetooth.js';
import type { Text } from '../ports/text.js';
import type { Timer } from '../ports/timer.js';
import { IMPROV_CAPABILITIES, IMPROV_SERVICE, ImprovBle } from './improv-ble.js';
import { ORIGIN_SERVICE_16, OriginBle } from './origin-ble.js';
import type { SetupChannel, SetupChannelName, SetupDesk } from './setup-desk.js';

/** What the origin asks for; a central may make it less. */
const MTU = 512;

/** AD types (Core Specification Supplement, part A, section 1). */
const FLAGS = 0x01;
const SERVICES_16 = 0x03;
const SERVICES_128 = 0x07;
const NAME = 0x09;
const SERVICE_DATA_16 = 0x16;
/** LE general discoverable, and no classic Bluetooth. */
const LE_ONLY = 0x06;
const IMPROV_DATA_16 = 0x4677;
/** What a scan response has left beside the 16-bit service; the checker of products sees to it. */
const MAX_NAME_BYTES = 25;

/** The channels that come with it. */
export const BLE_CHANNELS: readonly SetupChannelName[] = Object.freeze(['improv_ble', 'origin_ble']);

export interface BleSetupOptions {
  readonly Peripheral: PeripheralConstructor;
  readonly timer: Timer;
  readonly text: Text;
  readonly desk: SetupDesk;
  readonly definition: ProvisioningDefinition;
}

/**
 * Setting up over BLE: one peripheral with Improv's service and, where the product has it, the origin's. The one that a central
 * writes to claims its channel, and the desk refuses the other one from then on.
 */
export class BleSetup implements SetupChannel {
  readonly #improv: ImprovBle;
  readonly #origin: OriginBle | undefined;
  readonly #peripheral: Peripheral;
  readonly #name: AdvertisingStructure;
  #isOriginOpen: boolean;

  constructor(options: BleSetupOptions) {
    const { Peripheral, timer, text, desk, definition } = options;
    const peripheral = (): Peripheral => this.#peripheral;
    this.#improv = new ImprovBle({ timer, text, desk, peripheral, onState: () => this.#advertise() });
    this.#origin = definition.originBle === 'strict' ? undefined : new OriginBle({ timer, text, desk, peripheral });
    this.#isOriginOpen = this.#origin?.isOpen ?? false;
    this.#name = nameOf(text, definition.bleName + desk.identity.serial.slice(-4));
    this.#peripheral = new Peripheral({
      mtu: MTU,
      services: this.#origin ? [this.#improv.service, this.#origin.service] : [this.#improv.service],
      onConnect: () => this.#welcome(),
      onDisconnect: () => {},
    });
    this.#advertise();
  }

  changed(): void {
    this.#improv.changed();
    this.#origin?.changed();
  }

  authorizationChanged(): void {
    this.#improv.changed();
    const isOriginOpen = this.#origin?.isOpen ?? false;
    if (isOriginOpen === this.#isOriginOpen) return;
    this.#isOriginOpen = isOriginOpen;
    this.#advertise();
  }

  close(): void {
    this.#improv.close();
    this.#origin?.close();
    this.#peripheral.close();
  }

  #welcome(): void {
    this.#improv.welcome();
    this.#origin?.welcome();
  }

  /** Improv wants its UUID and its data together, in what is sent unasked; they fill it. */
  #advertise(): void {
    const data = [
      { type: FLAGS, data: Uint8Array.of(LE_ONLY) },
      { type: SERVICES_128, data: uuidBytes(IMPROV_SERVICE) },
      { type: SERVICE_DATA_16, data: serviceData(this.#improv.state) },
    ];
    const origin = { type: SERVICES_16, data: Uint8Array.of(ORIGIN_SERVICE_16 & 0xff, ORIGIN_SERVICE_16 >> 8) };
    this.#peripheral.advertise(data, this.#isOriginOpen ? [this.#name, origin] : [this.#name]);
  }
}

function nameOf(text: Text, name: string): AdvertisingStructure {
  const bytes = new Uint8Array(MAX_NAME_BYTES);
  const end = text.encode(name, bytes, 0);
  return { type: NAME, data: bytes.subarray(0, Math.max(0, end)) };
}

/** 128 bits as they go over the air: the last byte first. */
function uuidBytes(uuid: string): Uint8Array {
  const digits = uuid.replaceAll('-', '');
  return Uint8Array.from({ length: 16 }, (_, at) => Number.parseInt(digits.slice(30 - 2 * at, 32 - 2 * at), 16));
}

/** 16-bit UUID, state, capabilities, and four bytes that are reserved. */
function serviceData(state: number): Uint8Array {
  return Uint8Array.of(IMPROV_DATA_16 & 0xff, IMPROV_DATA_16 >> 8, state, IMPROV_CAPABILITIES, 0, 0, 0, 0);
}
