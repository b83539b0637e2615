import { ACTIVATION_RECORD } from '../../src/activation/activation-store.js';
import { type Board, createBoard } from '../../src/board/board.js';
import type { BoardEvent } from '../../src/core/events.js';
import type { Product } from '../../src/core/product.js';
import type { Label } from '../../src/ports/host.js';
import type { Settings } from '../../src/ports/settings.js';
import type { BootReason } from '../../src/ports/system.js';
import { PinBank } from '../host/pins.js';
import { type Build, decodeImage, faultOn, ownImage } from '../image/sim-image.js';
import { BoardWorld } from '../world/board-world.js';
import { type Booted, BootLoader, type Slot } from '../world/boot-loader.js';
import { PowerCutError } from '../world/flash-power.js';
import { BLOCK_BYTES } from '../world/nor-flash.js';
import type { Radio } from '../world/radio.js';
import { SimBluetooth } from '../world/sim-bluetooth.js';
import { SimFirmwareSlots } from '../world/sim-firmware-slots.js';
import { SimFlash } from '../world/sim-flash.js';
import { SimSerial } from '../world/sim-serial.js';
import { createVirtualHost, type VirtualHost } from '../world/virtual-host.js';
import type { VirtualNetwork } from '../world/virtual-network.js';
import type { VirtualTime } from '../world/virtual-time.js';
import type { SeededRandom } from './seeded-random.js';

/** From the end of the power, or of the firmware, to the first line of it again, ms. */
const BOOT_MS = 350;
/** Of each of the two slots: room for an image without a bundle, or a small one. */
const SLOT_BYTES = 16 * BLOCK_BYTES;
/** A build that hangs is reset by the watchdog after this time, ms. */
const WATCHDOG_MS = 8_000;

export interface SimDeviceOptions {
  readonly index: number;
  readonly serial: string;
  readonly product: Product;
  readonly time: VirtualTime;
  readonly network: VirtualNetwork;
  readonly radio: Radio;
  readonly random: SeededRandom;
  readonly settings: Settings;
  readonly hasTime: boolean;
  readonly driftPpm: number;
  readonly buildTimeMs: number;
  onEvent(device: SimDevice, event: BoardEvent): void;
  /** The firmware shows on its console what its label would say. */
  onLabel(label: Label): void;
  onPin(device: SimDevice, pin: number, kind: string, value: number): void;
  onStored(device: SimDevice, key: string): void;
  /** A block of its flash for firmware was erased or written to. */
  onFlash(device: SimDevice, kind: 'erase' | 'write', block: number): void;
  /** Somebody with a cable has flashed what it had from the factory. */
  onFlashed(device: SimDevice): void;
  onBoot(device: SimDevice, reason: BootReason): void;
  onPowerOff(device: SimDevice): void;
  onCrash(device: SimDevice, error: unknown): void;
  /** It has power, and no slot holds firmware that is whole: it never starts again. */
  onBrick(device: SimDevice): void;
}

/** One board with its hardware, its flash and what is wired to it, over all its lives. */
export class SimDevice {
  readonly index: number;
  readonly serial: string;
  readonly product: Product;
  readonly radio: Radio;
  readonly pins: PinBank;
  /** For a central beside it, and for who has its cable. */
  readonly bluetooth = new SimBluetooth();
  readonly serialLine = new SimSerial();
  readonly flash: SimFlash;
  /** Its flash for firmware, whose operations count with those of the records, and what starts from it. */
  readonly loader: BootLoader;
  readonly world: BoardWorld;
  readonly #options: SimDeviceOptions;
  #host: VirtualHost | undefined;
  #board: Board | undefined;
  #booting: unknown;
  #build: Build;
  #slot: Slot = 0;
  boots = 0;
  /** What its cloud knows it by, once it has activated it; with power or without. */
  deviceId: string | undefined;
  /** What it says of itself, once it has. */
  label: Label | undefined;
  /** Whether there is memory for one more socket. */
  hasRoom = true;

  constructor(options: SimDeviceOptions) {
    const { time, random, product } = options;
    this.#options = options;
    this.#build = options;
    this.index = options.index;
    this.serial = options.serial;
    this.product = product;
    this.radio = options.radio;
    this.pins = new PinBank({ clock: time.clock });
    this.flash = new SimFlash({ onWrite: (key) => options.onStored(this, key), onCut: () => this.cut() });
    this.loader = new BootLoader({
      slotBytes: SLOT_BYTES,
      power: this.flash.power,
      seed: random.fork('flash').uint32(),
      onOperation: (kind, block) => {
        if (this.boots > 0) options.onFlash(this, kind, block);
      },
    });
    this.loader.flashByCable(ownImage());
    const { clock, timer } = time;
    this.world = new BoardWorld({ product, pins: this.pins, clock, timer, random: random.fork('world') });
    this.pins.onChange((pin, kind, value) => options.onPin(this, pin, kind, value));
  }

  /** The firmware that runs. */
  get board(): Board | undefined {
    return this.#board;
  }

  /** The version of what runs, or ran last. */
  get version(): string {
    return this.#build.product.firmwareVersion;
  }

  /** The slot of what runs, or ran last. */
  get slot(): Slot {
    return this.#slot;
  }

  /** The network that its build knows. */
  get builtNetwork(): Settings['wifi'] {
    return this.#options.settings.wifi;
  }

  /** Its password at the broker, as its records have it. */
  get brokerPassword(): string | undefined {
    const record = Buffer.from(this.flash.secrets.read(ACTIVATION_RECORD) ?? []).toString();
    return /"password":"([^"]+)"/.exec(record)?.[1];
  }

  get isPowered(): boolean {
    return this.#host !== undefined;
  }

  get isOnline(): boolean {
    return this.#board?.life.phase === 'online';
  }

  /** What its clock says, epoch ms; `undefined` without power. */
  get clockMs(): number | undefined {
    return this.#host?.clock.nowMs();
  }

  /** Its clock is off by so much more from now on: a glitch, or a peer that lies. */
  shiftClock(ms: number): void {
    const clock = this.#host?.clock;
    clock?.setNow(clock.nowMs() + ms);
  }

  /** Timers that its firmware has set. */
  get timers(): number {
    return this.#host?.timers ?? 0;
  }

  /** Sockets that its firmware holds. */
  get sockets(): number {
    return this.#host?.sockets ?? 0;
  }

  /** Power comes, and with it the firmware. Does nothing where it is there. */
  powerOn(reason: BootReason = 'power_on', afterMs = BOOT_MS): void {
    if (this.#host !== undefined || this.#booting !== undefined) return;
    this.#booting = this.#options.time.timer.set(() => this.#boot(reason), afterMs);
  }

  /** The power goes without a word, in the middle of whatever it does. */
  cut(): void {
    const { time } = this.#options;
    // A chip that was reset has power, and no firmware so far.
    const hasPower = this.#host !== undefined || this.#booting !== undefined;
    time.timer.clear(this.#booting);
    this.#booting = undefined;
    if (!hasPower) return;
    this.flash.powered = false;
    this.#end({ silent: true });
    this.pins.powerOff();
    this.#options.onPowerOff(this);
  }

  /** The chip resets under the firmware: a panic, the watchdog, a brown-out. Power stays. */
  reset(reason: BootReason): void {
    if (this.#host === undefined) return;
    this.#end({ silent: true });
    this.pins.reset();
    this.powerOn(reason);
  }

  /** Somebody opens it and flashes what it had from the factory; its records stay. It is left without power. */
  flashByCable(): void {
    this.cut();
    this.flash.powered = true;
    // A cable brings its own power: a cut that was to come does not.
    this.flash.power.cutAt(1, 'after')();
    this.loader.flashByCable(ownImage());
    this.flash.powered = false;
    this.#options.onFlashed(this);
  }

  #boot(reason: BootReason): void {
    this.boots++;
    this.flash.powered = true;
    let booted: Booted | undefined;
    try {
      booted = this.loader.boot();
    } catch (error) {
      // Then it boots no more.
      if (error instanceof PowerCutError) return;
      throw error;
    }
    this.#booting = undefined;
    if (booted === undefined) this.#options.onBrick(this);
    else this.#run(booted, reason);
  }

  #run(booted: Booted, reason: BootReason): void {
    const { time, network, radio, random, settings, hasTime, driftPpm } = this.#options;
    this.#build = decodeImage(booted.body).build ?? this.#options;
    this.#slot = booted.slot;
    const { product, buildTimeMs, updateKeys } = this.#build;
    const fault = faultOn(this.#build, this.serial);
    const host = createVirtualHost({
      time,
      network,
      radio,
      settings: { ...settings, ...(updateKeys && { updateKeys }) },
      hasTime,
      driftPpm,
      buildTimeMs,
      serial: this.serial,
      storage: this.flash.storage,
      secrets: this.flash.secrets,
      pins: this.pins,
      bluetooth: this.bluetooth,
      serialLine: this.serialLine,
      bootReason: reason,
      createSlots: (restart) => new SimFirmwareSlots(this.loader, booted, restart),
      // What hangs gets as little done as what is deaf.
      hasRoom: () => this.hasRoom && fault === undefined,
      keepsEvents: false,
      // Only its stopping waits for anything.
      isCalm: () => this.#board !== undefined && this.#board.life.phase !== 'stopped',
      seed: random.fork(`boot ${this.boots}`).uint32(),
      onEvent: (event) => this.#options.onEvent(this, event),
      onLabel: (label) => {
        this.label = label;
        this.#options.onLabel(label);
      },
      onRestart: () => this.#restart(),
      onCrash: (error) => this.#crash(error),
    });
    this.#host = host;
    this.#options.onBoot(this, reason);
    try {
      if (fault === 'crash') throw new Error('this build throws when it starts');
      const board = createBoard(host, product);
      if (this.#host === host) this.#board = board;
    } catch (error) {
      // The power may have gone while it began.
      if (this.#host === host) this.#crash(error);
    }
    if (fault === 'hang') this.#hang(host);
  }

  /** It does nothing more, and holds its pins as they are. */
  #hang(host: VirtualHost): void {
    host.powerOff({ silent: true });
    this.#options.time.timer.set(() => {
      if (this.#host === host) this.reset('watchdog');
    }, WATCHDOG_MS);
  }

  #restart(): void {
    this.#end({ silent: false });
    this.powerOn('restart');
  }

  #crash(error: unknown): void {
    try {
      this.#board?.crashed(error);
    } catch {
      // It was this that broke it, then.
    }
    this.#options.onCrash(this, error);
    this.reset('crash');
  }

  #end(how: { readonly silent: boolean }): void {
    this.#host?.powerOff(how);
    this.#host = undefined;
    this.#board = undefined;
  }
}
