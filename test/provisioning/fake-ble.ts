import type {
  AdvertisingStructure,
  Central,
  GattCharacteristic,
  Peripheral,
  PeripheralConstructor,
  PeripheralOptions,
} from '../../src/ports/bluetooth.js';

const DEFAULT_MTU = 23;
const MAX_ADVERTISEMENT = 31;

/** What a central has been notified of. */
export interface Notified {
  readonly uuid: string;
  readonly value: Uint8Array;
}

/** The air between a peripheral and one central after the other; it holds both to what the standard lets them do. */
export class FakeBle {
  /** As they are sent: structures one after the other, each with its length. */
  advertisement: Uint8Array = new Uint8Array(0);
  scanResponse: Uint8Array = new Uint8Array(0);
  readonly Peripheral: PeripheralConstructor;
  #options: PeripheralOptions | undefined;
  #central: FakeCentral | undefined;

  constructor() {
    const open = (options: PeripheralOptions): Peripheral => this.#open(options);
    this.Peripheral = class {
      constructor(options: PeripheralOptions) {
        // biome-ignore lint/correctness/noConstructorReturn: the air knows its only peripheral
        return open(options) as never;
      }
    } as PeripheralConstructor;
  }

  get isOpen(): boolean {
    return this.#options !== undefined;
  }

  get services(): readonly string[] {
    return this.#options?.services.map(({ uuid }) => uuid) ?? [];
  }

  /** A central comes, and asks for an MTU. @throws where there is none to connect to, or another central is */
  connect(mtu = DEFAULT_MTU): FakeCentral {
    const options = this.#options;
    if (!options) throw new Error('nothing advertises');
    if (this.#central) throw new Error('a central is connected');
    const central = new FakeCentral(options, Math.max(DEFAULT_MTU, Math.min(mtu, options.mtu)), () => {
      this.#central = undefined;
      this.#options?.onDisconnect(central);
    });
    this.#central = central;
    options.onConnect(central);
    return central;
  }

  #open(options: PeripheralOptions): Peripheral {
    if (this.#options) throw new Error('there is a peripheral already');
    this.#options = options;
    const check = (): void => {
      if (this.#options !== options) throw new Error('closed');
    };
    const room = (): number => (this.#central?.mtu ?? DEFAULT_MTU) - 3;
    return {
      advertise: (data, scanResponse) => {
        check();
        this.advertisement = assemble(data);
        this.scanResponse = assemble(scanResponse);
      },
      notify: (uuid, value) => {
        check();
        return this.#central?.take(uuid, value) ?? false;
      },
      get maxNotification() {
        check();
        return room();
      },
      disconnect: () => {
        check();
        this.#central?.disconnect();
      },
      close: () => {
        this.#options = undefined;
        this.#central?.disconnect();
      },
    };
  }
}

/** A phone, or a computer. */
export class FakeCentral implements Central {
  readonly mtu: number;
  readonly notified: Notified[] = [];
  onNotified: (notified: Notified) => void = () => {};
  isConnected = true;
  readonly #characteristics: readonly GattCharacteristic[];
  readonly #subscribed = new Set<string>();
  readonly #onGone: () => void;

  constructor({ services }: PeripheralOptions, mtu: number, onGone: () => void) {
    this.mtu = mtu;
    this.#characteristics = services.flatMap(({ characteristics }) => characteristics);
    this.#onGone = onGone;
  }

  subscribe(...uuids: readonly string[]): this {
    for (const uuid of uuids) {
      this.#find(uuid, 'notify');
      this.#subscribed.add(uuid);
    }
    return this;
  }

  /** Reads the whole value, in as many requests as it takes. */
  read(uuid: string): Uint8Array {
    return Uint8Array.from(this.#find(uuid, 'read').onRead!());
  }

  /** Writes with response: what is longer than MTU − 3 as a long write. */
  write(uuid: string, value: Uint8Array): void {
    this.#give(this.#find(uuid, 'write'), value);
  }

  /** Writes without response, in as many pieces as the MTU wants. */
  writePieces(uuid: string, value: Uint8Array, pieceBytes = this.mtu - 3): void {
    const characteristic = this.#find(uuid, 'writeWithoutResponse');
    for (let at = 0; at < value.length; at += pieceBytes) {
      this.#give(characteristic, value.subarray(at, at + pieceBytes));
    }
  }

  disconnect(): void {
    if (!this.isConnected) return;
    this.isConnected = false;
    this.#onGone();
  }

  /** A notification arrives, if it is wanted. */
  take(uuid: string, value: Uint8Array): boolean {
    if (!this.#subscribed.has(uuid)) return false;
    const notified = { uuid, value: Uint8Array.from(value.subarray(0, this.mtu - 3)) };
    if (value.length > this.mtu - 3) throw new Error('a notification is longer than MTU − 3');
    this.notified.push(notified);
    this.onNotified(notified);
    return true;
  }

  #find(uuid: string, property: GattCharacteristic['properties'][number]): GattCharacteristic {
    if (!this.isConnected) throw new Error('not connected');
    const found = this.#characteristics.find((one) => one.uuid === uuid);
    if (!found?.properties.includes(property)) throw new Error(`${uuid} has no ${property}`);
    return found;
  }

  /** What was written is there during the call and no longer. */
  #give(characteristic: GattCharacteristic, value: Uint8Array): void {
    const passing = Uint8Array.from(value);
    characteristic.onWrite!(passing, this);
    passing.fill(0xff);
  }
}

function assemble(structures: readonly AdvertisingStructure[]): Uint8Array {
  const bytes = Uint8Array.from(structures.flatMap(({ type, data }) => [data.length + 1, type, ...data]));
  if (bytes.length > MAX_ADVERTISEMENT) throw new Error(`an advertisement of ${bytes.length} bytes`);
  return bytes;
}
