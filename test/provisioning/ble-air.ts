import { type Advertisement, SimBluetooth } from '../../host-sim/world/sim-bluetooth.js';
import { type GattError, VirtualCentral } from '../../host-sim/world/virtual-central.js';
import type { VirtualTime } from '../../host-sim/world/virtual-time.js';
import { BLE_CHANNELS, BleSetup } from '../../src/provisioning/ble.js';
import type { SetupDoor } from '../../src/provisioning/setup.js';
import { DeskBench } from './desk-bench.js';

/** Longer than a notification is on its way, ms. */
export const ON_THE_WAY_MS = 40;

/** What a central has been notified of. */
export interface Notified {
  readonly uuid: string;
  readonly value: Uint8Array;
}

/** The air around a board that is set up over BLE. */
export class BleAir {
  readonly bench: DeskBench;
  readonly #bluetooth = new SimBluetooth();
  #services: readonly string[] = [];

  constructor(originBle: 'compat' | 'strict', isProvisioned = false, bleName = 'IoT-Switch-') {
    this.bench = new DeskBench(({ time, text }) => {
      const door: SetupDoor = {
        names: BLE_CHANNELS,
        open: (desk) => {
          // The constructors of a board are bound, so they cannot be extended.
          const Bound = this.#bluetooth.forBoot(time.timer);
          const Peripheral = new Proxy(Bound, {
            construct: (_target, args: ConstructorParameters<typeof Bound>) => {
              this.#services = args[0].services.map(({ uuid }) => uuid);
              return new Bound(...args);
            },
          });
          return new BleSetup({
            Peripheral,
            timer: time.timer,
            text,
            desk,
            definition: { bleName, originBle },
          });
        },
      };
      return { timed: [door], isProvisioned };
    });
  }

  /** Whether a board is to be heard, or is connected. */
  isOpen(central?: AirCentral): boolean {
    return this.#bluetooth.advertisement !== undefined || (central?.isConnected ?? false);
  }

  get services(): readonly string[] {
    return this.#services;
  }

  /** As it is sent: structures one after the other, each with its length. */
  get advertisement(): Uint8Array {
    return assembled(this.#bluetooth.advertisement?.data);
  }

  get scanResponse(): Uint8Array {
    return assembled(this.#bluetooth.advertisement?.scanResponse);
  }

  /** A central comes, and asks for an MTU. @throws where nobody answers */
  connect(mtu = 23): AirCentral {
    return new AirCentral(this.bench.time, this.#bluetooth, mtu);
  }
}

/** A central whose every step waits until it is done. @throws what goes wrong */
export class AirCentral {
  onNotified: (notified: Notified) => void = () => {};
  readonly #time: VirtualTime;
  readonly #central: VirtualCentral;
  #notified: Notified[] = [];

  constructor(time: VirtualTime, bluetooth: SimBluetooth, mtu: number) {
    this.#time = time;
    let outcome = '';
    this.#central = new VirtualCentral({
      timer: time.timer,
      mtu,
      onConnected: () => {
        outcome = 'connected';
      },
      onDisconnected: () => {
        outcome = 'nobody answers';
      },
      onNotified: (uuid, value) => {
        this.#notified.push({ uuid, value });
        this.onNotified({ uuid, value });
      },
    });
    this.#central.connect(bluetooth);
    time.runUntil(() => outcome !== '');
    if (outcome !== 'connected') throw new Error(outcome);
  }

  get isConnected(): boolean {
    return this.#central.isConnected;
  }

  subscribe(...uuids: readonly string[]): this {
    for (const uuid of uuids) this.#do((onDone) => this.#central.subscribe(uuid, onDone));
    return this;
  }

  /** Reads the whole value. */
  read(uuid: string): Uint8Array {
    let read = new Uint8Array(0) as Uint8Array;
    this.#do((onDone) =>
      this.#central.read(uuid, (error, value) => {
        read = value;
        onDone(error);
      }),
    );
    return read;
  }

  /** Writes with response: what is longer than MTU − 3 as a long write. */
  write(uuid: string, value: Uint8Array): void {
    this.#do((onDone) => this.#central.write(uuid, value, onDone));
  }

  /** Writes without response, in as many pieces as the MTU wants. */
  writePieces(uuid: string, value: Uint8Array, pieceBytes = this.#central.mtu - 3): void {
    for (let at = 0; at < value.length; at += pieceBytes) {
      const piece = value.subarray(at, at + pieceBytes);
      this.#do((onDone) => this.#central.writeWithoutResponse(uuid, piece, onDone));
    }
  }

  /** What it has been notified of since this was asked last. */
  take(): Notified[] {
    this.#time.advance(ON_THE_WAY_MS);
    const notified = this.#notified;
    this.#notified = [];
    return notified;
  }

  disconnect(): void {
    this.#central.disconnect();
    this.#time.advance(ON_THE_WAY_MS);
  }

  #do(step: (onDone: (error?: GattError) => void) => void): void {
    let isDone = false;
    let failure: GattError | undefined;
    step((error) => {
      isDone = true;
      failure = error;
    });
    this.#time.runUntil(() => isDone);
    // The board hears of it with its next turn.
    this.#time.advance(0);
    if (failure) throw new Error(failure);
  }
}

function assembled(structures: Advertisement['data'] = []): Uint8Array {
  return Uint8Array.from(structures.flatMap(({ type, data }) => [data.length + 1, type, ...data]));
}
