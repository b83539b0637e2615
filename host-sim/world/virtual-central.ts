import type { GattCharacteristic } from '../../src/ports/bluetooth.js';
import type { Timer } from '../../src/ports/timer.js';
import { type BleLink, CONNECTION_INTERVAL_MS, type SimBluetooth } from './sim-bluetooth.js';

/** From the advertisement that is heard to the connection, ms. */
const CONNECT_MS = 100;
/** Nobody answers for so long, ms. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Without a word of the other one for so long the connection is over (supervision timeout), ms. */
const SUPERVISION_MS = 4_000;
/** Longest value of a characteristic, bytes (Core Specification, vol. 3, part F, 3.2.9). */
const MOST_VALUE = 512;
/** What of an MTU a write, a piece of a long one and a read need themselves, bytes. */
const WRITE_HEAD = 3;
const PREPARE_HEAD = 5;
const READ_HEAD = 1;

/** Why something did not work: an error of the attribute protocol (vol. 3, part F, 3.4.1.1), or no connection. */
export type GattError =
  | 'not_connected'
  | 'attribute_not_found'
  | 'write_not_permitted'
  | 'read_not_permitted'
  | 'request_not_supported'
  | 'invalid_length';

export interface CentralOptions {
  readonly timer: Timer;
  /** What it would like; 23: it never asks (default 185, as an iPhone). */
  readonly mtu?: number;
  /** Connected; the MTU is agreed on. */
  onConnected?(): void;
  /** Nobody answered, or the connection is over. */
  onDisconnected?(): void;
  onNotified?(uuid: string, value: Uint8Array): void;
}

type Property = GattCharacteristic['properties'][number];

/**
 * A Bluetooth Low Energy central: a phone's, or a browser's. Requests go out one after the other, each answered before the next;
 * `onDone` is called once, with `undefined` where it worked.
 */
export class VirtualCentral {
  readonly #options: CentralOptions;
  readonly #queue: { readonly rounds: number; perform(): void; fail(): void }[] = [];
  #isInRange = true;
  /** What the board sends again and again meanwhile. */
  #unheard: { readonly uuid: string; readonly value: Uint8Array }[] = [];
  #link: BleLink | undefined;
  #mtu = 23;
  #connecting: unknown;
  #busy: unknown;
  #supervision: unknown;

  constructor(options: CentralOptions) {
    this.#options = options;
  }

  get isConnected(): boolean {
    return this.#link !== undefined;
  }

  /** Agreed with the board, bytes. */
  get mtu(): number {
    return this.#mtu;
  }

  /** Looks for the board and connects, or says after 10 s that nobody is there. */
  connect(bluetooth: SimBluetooth): void {
    this.disconnect();
    const { timer } = this.#options;
    let waitedMs = 0;
    const attempt = (): void => {
      waitedMs += CONNECT_MS;
      const link = bluetooth.connect({
        onNotified: (uuid, value) => this.#onNotified(link!, uuid, value),
        onRange: (isInRange) => this.#onRange(link!, isInRange),
        onGone: (how) => this.#onGone(link!, how === 'ended' ? CONNECTION_INTERVAL_MS : SUPERVISION_MS),
      });
      if (link !== undefined) {
        this.#link = link;
        this.#isInRange = true;
        this.#mtu = 23;
        this.#connecting = timer.set(() => {
          const { mtu = 185 } = this.#options;
          this.#mtu = link.exchangeMtu(mtu);
          this.#options.onConnected?.();
        }, CONNECTION_INTERVAL_MS);
      } else if (waitedMs >= CONNECT_TIMEOUT_MS) this.#options.onDisconnected?.();
      else this.#connecting = timer.set(attempt, CONNECT_MS);
    };
    this.#connecting = timer.set(attempt, CONNECT_MS);
  }

  /** Goes, or stops looking; silent. */
  disconnect(): void {
    const { timer } = this.#options;
    timer.clear(this.#connecting);
    const link = this.#link;
    this.#forget();
    if (link !== undefined) timer.set(() => link.end(), CONNECTION_INTERVAL_MS);
  }

  /** Writes with response: at once, or in pieces where it is longer than the MTU takes. */
  write(uuid: string, value: Uint8Array, onDone: (error?: GattError) => void = () => {}): void {
    const isLong = value.length > this.#mtu - WRITE_HEAD;
    // The pieces, and the order to put them together.
    const rounds = isLong ? Math.ceil(value.length / (this.#mtu - PREPARE_HEAD)) + 1 : 1;
    this.#request(rounds, onDone, (link) => {
      const error = this.#refusal(link, uuid, 'write', 'write_not_permitted') ?? tooLong(value.length);
      if (error === undefined) link.write(uuid, value);
      onDone(error);
    });
  }

  /** Writes without response: what is longer than one packet never leaves. */
  writeWithoutResponse(uuid: string, value: Uint8Array, onDone: (error?: GattError) => void = () => {}): void {
    this.#request(1, onDone, (link) => {
      const error =
        this.#refusal(link, uuid, 'writeWithoutResponse', 'write_not_permitted') ??
        (value.length > this.#mtu - WRITE_HEAD ? 'invalid_length' : undefined);
      if (error === undefined) link.write(uuid, value);
      onDone(error);
    });
  }

  /** Reads the whole value. */
  read(uuid: string, onDone: (error: GattError | undefined, value: Uint8Array) => void): void {
    const none = new Uint8Array(0);
    this.#request(
      1,
      (error) => onDone(error, none),
      (link) => {
        const error = this.#refusal(link, uuid, 'read', 'read_not_permitted');
        const value = error ? none : (link.characteristic(uuid)?.onRead?.() ?? none).slice(0, MOST_VALUE);
        const rounds = Math.floor(value.length / (this.#mtu - READ_HEAD));
        if (rounds === 0) onDone(error, value);
        else
          this.#request(
            rounds,
            (lost) => onDone(lost, none),
            () => onDone(undefined, value),
          );
      },
    );
  }

  /** Wants to be notified from now on, or no longer. */
  subscribe(uuid: string, onDone: (error?: GattError) => void = () => {}, isOn = true): void {
    this.#request(1, onDone, (link) => {
      const error = this.#refusal(link, uuid, 'notify', 'request_not_supported');
      if (error === undefined) link.subscribe(uuid, isOn);
      onDone(error);
    });
  }

  #refusal(link: BleLink, uuid: string, property: Property, otherwise: GattError): GattError | undefined {
    const characteristic = link.characteristic(uuid);
    if (characteristic === undefined) return 'attribute_not_found';
    return characteristic.properties.includes(property) ? undefined : otherwise;
  }

  #request(rounds: number, fail: (error: GattError) => void, perform: (link: BleLink) => void): void {
    const link = this.#link;
    if (link === undefined) {
      this.#options.timer.set(() => fail('not_connected'));
      return;
    }
    this.#queue.push({ rounds, perform: () => perform(link), fail: () => fail('not_connected') });
    if (this.#busy === undefined) this.#next();
  }

  #next(): void {
    const request = this.#queue[0];
    if (request === undefined) return;
    this.#busy = this.#options.timer.set(() => {
      this.#busy = undefined;
      // Out of range nothing is answered, but asked again until the connection is over.
      if (!this.#isInRange) return;
      this.#queue.shift();
      request.perform();
      if (this.#busy === undefined) this.#next();
    }, request.rounds * CONNECTION_INTERVAL_MS);
  }

  #onNotified(link: BleLink, uuid: string, value: Uint8Array): void {
    this.#options.timer.set(() => {
      if (this.#link !== link) return;
      if (this.#isInRange) this.#options.onNotified?.(uuid, value);
      else this.#unheard.push({ uuid, value });
    }, CONNECTION_INTERVAL_MS);
  }

  #onGone(link: BleLink, afterMs: number): void {
    this.#options.timer.set(() => {
      if (this.#link !== link) return;
      this.#forget();
      this.#options.onDisconnected?.();
    }, afterMs);
  }

  /** Both sides notice that the other one is out of range for too long. */
  #onRange(link: BleLink, isInRange: boolean): void {
    const { timer, onDisconnected } = this.#options;
    if (this.#link !== link || isInRange === this.#isInRange) return;
    this.#isInRange = isInRange;
    timer.clear(this.#supervision);
    if (!isInRange) {
      this.#supervision = timer.set(() => {
        link.end();
        this.#forget();
        onDisconnected?.();
      }, SUPERVISION_MS);
      return;
    }
    for (const { uuid, value } of this.#unheard.splice(0)) this.#onNotified(link, uuid, value);
    if (this.#busy === undefined) this.#next();
  }

  #forget(): void {
    const { timer } = this.#options;
    timer.clear(this.#connecting);
    timer.clear(this.#busy);
    timer.clear(this.#supervision);
    this.#busy = undefined;
    this.#unheard = [];
    this.#link = undefined;
    for (const { fail } of this.#queue.splice(0)) timer.set(fail);
  }
}

function tooLong(bytes: number): GattError | undefined {
  return bytes > MOST_VALUE ? 'invalid_length' : undefined;
}
