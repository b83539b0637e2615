import {
  type Advertisement,
  type Characteristic,
  type Connection,
  type CharacteristicOptions as SdkOptions,
  GATTServer as SdkServer,
} from 'embedded:io/bluetoothle/peripheral';
import type { GattCharacteristic, GattService } from '../ports/bluetooth.js';
import type { Native } from './native.js';

/** `WIFI_PS_MIN_MODEM`: ESP-IDF aborts where Wi-Fi never sleeps beside Bluetooth. */
const MODEM_SLEEP = 1;
/** Blocks of the stack's buffers that a notification leaves: the SDK does not bear one for which there is none. */
const SPARE_BLOCKS = 4;
/** Largest notification before an MTU has been agreed, bytes. */
const SMALLEST = 20;

/** Who has the server now. */
export interface GattUser {
  /** The characteristic with this UUID, where this user has it. */
  characteristic(uuid: string): GattCharacteristic | undefined;
  onConnect(central: Connection): void;
  onDisconnect(central: Connection): void;
}

/**
 * The SDK's GATT server (modules/io/ble/server/esp32), which is made once a boot and never closed: its `close` frees what the stack
 * goes on using, a second one is refused, and nothing but a restart gives the memory back. So users come and go, and the
 * services are those of the first one.
 */
export class GattServer {
  readonly #native: Native;
  readonly #server: SdkServer;
  #user: GattUser | undefined;
  #ready = false;
  #advertisement: { readonly data: Advertisement; readonly scanResponse: Advertisement } | undefined;
  /** The central that the user has been told of. */
  #central: Connection | undefined;
  /** What it has subscribed to, by UUID. */
  readonly #subscribed = new Map<string, Characteristic>();

  constructor(native: Native, mtu: number, services: readonly GattService[]) {
    this.#native = native;
    native.esp_wifi_set_ps(MODEM_SLEEP);
    this.#server = new SdkServer({
      mtu,
      services: services.map(({ uuid, characteristics }) => ({
        uuid,
        characteristics: characteristics.map((characteristic) => this.#describe(characteristic)),
      })),
      onReady: () => {
        // Again after a reset of the controller.
        this.#ready = true;
        native.smartlink_ble_guard();
        this.#advertise();
      },
      onConnect: (connection) => this.#onConnect(connection),
      onDisconnect: (connection) => this.#onDisconnect(connection),
    });
  }

  /** Takes the server over, or lets it go: then it is silent, and sends whoever is there away. */
  set user(user: GattUser | undefined) {
    this.#user = user;
    if (user !== undefined) return;
    this.#advertisement = undefined;
    if (this.#ready) this.#server.stopAdvertising();
    this.#forget();
    this.disconnect();
  }

  advertise(data: Advertisement, scanResponse: Advertisement): void {
    this.#advertisement = { data, scanResponse };
    this.#advertise();
  }

  notify(uuid: string, value: Uint8Array): boolean {
    const characteristic = this.#subscribed.get(uuid);
    if (this.#central === undefined || characteristic === undefined) return false;
    if (this.#native.smartlink_ble_room() < SPARE_BLOCKS) return false;
    try {
      this.#central.notify(characteristic, value.subarray(0, this.maxNotification));
      return true;
    } catch {
      return false;
    }
  }

  get maxNotification(): number {
    return this.#central?.maximumWrite ?? SMALLEST;
  }

  /** Not by the SDK's `close` of a connection, which does not bear that its central has subscribed. */
  disconnect(): void {
    if (this.#ready) this.#native.smartlink_ble_disconnect();
  }

  /** The SDK goes on by itself after each disconnect; it takes no second central while there is one. */
  #advertise(): void {
    if (!this.#ready || this.#advertisement === undefined) return;
    const { data, scanResponse } = this.#advertisement;
    try {
      this.#server.startAdvertising(data, scanResponse);
    } catch {
      // The controller is being reset: `onReady` follows.
    }
  }

  #onConnect(connection: Connection): void {
    this.#native.smartlink_ble_known();
    if (this.#user === undefined) {
      this.disconnect();
      return;
    }
    this.#central = connection;
    this.#user.onConnect(connection);
  }

  #onDisconnect(connection: Connection): void {
    if (connection !== this.#central) return;
    this.#forget();
    this.#user?.onDisconnect(connection);
  }

  #forget(): void {
    this.#central = undefined;
    this.#subscribed.clear();
  }

  #describe({ uuid, properties }: GattCharacteristic): SdkOptions {
    const server = this;
    const bits = SdkServer.properties;
    const has = (name: (typeof properties)[number]): boolean => properties.includes(name);
    const [writes, silent, reads, notifies] = [has('write'), has('writeWithoutResponse'), has('read'), has('notify')];
    return {
      uuid,
      properties:
        (writes ? bits.write : 0) |
        (silent ? bits.writeWithOutResponse : 0) |
        (reads ? bits.read : 0) |
        (notifies ? bits.notify : 0),
      // The SDK wants each callback exactly where its property is.
      ...(reads && { onRead: () => server.#user?.characteristic(uuid)?.onRead?.() ?? new Uint8Array(0) }),
      ...((writes || silent) && {
        onWrite: (value: ArrayBuffer, connection: Connection) => {
          if (connection === server.#central) {
            server.#user?.characteristic(uuid)?.onWrite?.(new Uint8Array(value), connection);
          }
        },
      }),
      ...(notifies && {
        onSubscribe(this: Characteristic, connection: Connection) {
          if (connection === server.#central) server.#subscribed.set(uuid, this);
        },
        onUnsubscribe() {
          server.#subscribed.delete(uuid);
        },
      }),
    };
  }
}
