/** A central that is connected. Compared by identity. */
export type Central = object;

export interface GattCharacteristic {
  /** 128 bits, in lower case with hyphens; a 16-bit one over the Bluetooth base UUID. */
  readonly uuid: string;
  /** With response, long writes included; without; read; notify. */
  readonly properties: readonly ('write' | 'writeWithoutResponse' | 'read' | 'notify')[];
  /** Its value now. */
  onRead?(): Uint8Array;
  /** A whole write: the pieces of a long one are put together. Valid during the call. */
  onWrite?(value: Uint8Array, central: Central): void;
}

export interface GattService {
  readonly uuid: string;
  readonly characteristics: readonly GattCharacteristic[];
}

/** One structure of an advertisement (Core Specification Supplement, part A). */
export interface AdvertisingStructure {
  /** AD type. */
  readonly type: number;
  readonly data: Uint8Array;
}

export interface PeripheralOptions {
  /** The MTU to ask for, bytes. */
  readonly mtu: number;
  readonly services: readonly GattService[];
  onConnect(central: Central): void;
  onDisconnect(central: Central): void;
}

/** The BLE peripheral: a GATT server without pairing, one central at a time. Callbacks never run inside the constructor or a method. */
export interface Peripheral {
  /** Advertises from now on, connectable, with these structures, each list at most 31 bytes; again after each disconnect. */
  advertise(data: readonly AdvertisingStructure[], scanResponse: readonly AdvertisingStructure[]): void;
  /** Notifies a central that has subscribed; what is over its MTU − 3 is cut. False: nobody hears it. */
  notify(uuid: string, value: Uint8Array): boolean;
  /** Largest notification that the connected central takes now, bytes. */
  readonly maxNotification: number;
  /** Sends the central away. */
  disconnect(): void;
  close(): void;
}

export interface PeripheralConstructor {
  /** Whether a restart alone gives back what the first peripheral of a boot has taken. */
  readonly keepsMemory?: boolean;
  new (options: PeripheralOptions): Peripheral;
}
