import { type Board, createBoard } from '../../src/board/board.js';
import type { BoardEvent } from '../../src/core/events.js';
import type { Product } from '../../src/core/product.js';
import type { Label } from '../../src/ports/host.js';
import type { Settings } from '../../src/ports/settings.js';
import type { RecordStores } from '../../src/ports/storage.js';
import type { BootReason } from '../../src/ports/system.js';
import { runBundle } from '../image/bundle.js';
import { type Build, decodeImage, ownImage } from '../image/sim-image.js';
import { WireTap } from '../wire/wire-tap.js';
import type { BoardWorld } from '../world/board-world.js';
import { BootLoader } from '../world/boot-loader.js';
import type { FlashMedium } from '../world/flash-medium.js';
import { SimBluetooth } from '../world/sim-bluetooth.js';
import { SimFirmwareSlots } from '../world/sim-firmware-slots.js';
import type { SimLed } from '../world/sim-led.js';
import { SimSerial } from '../world/sim-serial.js';
import { Surroundings } from '../world/surroundings.js';
import { KnownBrokers } from './known-brokers.js';
import { LoopbackPorts } from './loopback-ports.js';
import { createNodeWorld, NodeHost, nodeClock, type SharedParts } from './node-host.js';
import { PinBank } from './pins.js';
import { type Crash, RebootDelay } from './reboot-delay.js';

/** Of each of the two slots, as in `src/xs/esp32/partitions.csv`. */
export const SLOT_BYTES = 0x1f0000;

export interface SimBoardOptions extends RecordStores {
  readonly shared: SharedParts;
  /** What it is, and what the program's own firmware is for. */
  readonly product: Product;
  readonly serial: string;
  readonly settings: Settings;
  /** Where its firmware is (default: in memory, erased). Where there is none, the program's own is flashed. */
  readonly medium?: FlashMedium;
  /** What is written on it, where anything is. */
  readonly label?: Label;
  readonly buildTimeMs: number;
  /** Has no power until `powerOn`. */
  readonly startsOff?: boolean;
  /** What the board reports, as on its serial console. */
  onEvent(event: BoardEvent): void;
  /** What it shows to whoever has its cable, and that is a secret to everybody else. */
  onLabel?(label: Label): void;
  /** The firmware threw; the board boots anew by itself. */
  onCrash(crash: Crash): void;
  /** Its power has gone. */
  onPowerCut?(): void;
}

/** A simulated board: the hardware that stays when the firmware starts anew. */
export interface SimulatedBoard {
  readonly serial: string;
  readonly product: Product;
  /** What is written on it; `undefined`: nothing. */
  readonly label: Label | undefined;
  readonly pins: PinBank;
  /** What is wired to its pins. */
  readonly world: BoardWorld;
  /** Where the ports on which it listens are on this desktop. */
  readonly ports: LoopbackPorts;
  /** The end of its cable. */
  readonly serialLine: SimSerial;
  readonly bluetooth: SimBluetooth;
  /** What its radio and its packets meet. */
  readonly surroundings: Surroundings;
  /** What goes over its connections. */
  readonly wire: WireTap;
  /** Its status LED; `undefined`: it has none. */
  readonly led: SimLed | undefined;
  /** What its radio measures, dBm; `undefined` while it has joined no network. */
  readonly rssi: number | undefined;
  /** Its identity at the cloud, once activated; without power, the one that it had last. */
  readonly deviceId: string | undefined;
  /** Whether it has power: also between a crash or a restart and the next boot. */
  readonly powered: boolean;
  /** Stops cleanly and stays off, whatever is done to it then. Called twice, it is the same stop. */
  stop(): Promise<void>;
  /** Cuts the power; the board stays off until `powerOn`. What is in its flash stays. May be called twice. */
  powerCut(): void;
  /** Gives it power again: it boots at once. Nothing where it has power, or was stopped. */
  powerOn(): void;
}

/** One boot of the firmware, wherever it runs. */
export interface Firmware {
  /** Its identity at the cloud, once activated. */
  readonly deviceId: string | undefined;
  /** Stops it cleanly. */
  stop(): Promise<void>;
  /** It has thrown, and nothing else is asked of it but `powerOff`. */
  crashed?(error: unknown): void;
  /** Nothing of it goes on. May be called twice. */
  powerOff(): void;
}

/** One boot that is to come. */
export interface FirmwareStart {
  readonly host: NodeHost;
  readonly product: Product;
  /** The firmware that the boot loader has chosen; empty: the program's own. */
  readonly bundle: string;
  /** For what the host cannot see. */
  onCrash(error: unknown): void;
}

/** A simulated board's hardware, whatever runs its firmware: boots it once it has power, and again after a restart or a crash. */
export class SimHardware<F extends Firmware> implements SimulatedBoard {
  readonly pins: PinBank;
  readonly world: BoardWorld;
  readonly ports = new LoopbackPorts();
  readonly serialLine = new SimSerial();
  readonly bluetooth = new SimBluetooth();
  readonly surroundings = new Surroundings();
  readonly wire = new WireTap(nodeClock);
  readonly #brokers = new KnownBrokers();
  readonly #options: SimBoardOptions;
  readonly #start: (start: FirmwareStart) => F;
  readonly #loader: BootLoader;
  #host: NodeHost | undefined;
  #firmware: F | undefined;
  #rebooting: NodeJS.Timeout | undefined;
  readonly #delay = new RebootDelay(nodeClock.monotonicMs);
  #powered: boolean;
  #stopping: Promise<void> | undefined;
  /** The firmware that is being stopped has crashed, or has no power any more. */
  #onGone: (() => void) | undefined;
  #lastDeviceId: string | undefined;

  constructor(options: SimBoardOptions, start: (start: FirmwareStart) => F) {
    const { medium } = options;
    this.#options = options;
    this.#start = start;
    this.#loader = new BootLoader({ slotBytes: SLOT_BYTES, ...(medium && { medium }) });
    this.pins = new PinBank({ clock: nodeClock });
    this.world = createNodeWorld(options.product, this.pins);
    this.#powered = options.startsOff !== true;
    if (this.#powered) this.#boot('power_on');
  }

  get serial(): string {
    return this.#options.serial;
  }

  get product(): Product {
    return this.#options.product;
  }

  get label(): Label | undefined {
    return this.#options.label;
  }

  get deviceId(): string | undefined {
    return this.#powered ? this.#firmware?.deviceId : this.#lastDeviceId;
  }

  get powered(): boolean {
    return this.#powered;
  }

  get led(): SimLed | undefined {
    return this.world.led;
  }

  get rssi(): number | undefined {
    return this.#host?.rssi;
  }

  /** The firmware that runs, or ran last until a clean stop. */
  protected get firmware(): F | undefined {
    return this.#firmware;
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  powerCut(): void {
    if (!this.#powered) return;
    this.#lastDeviceId = this.deviceId;
    this.#powered = false;
    clearTimeout(this.#rebooting);
    this.#firmware?.powerOff();
    this.#firmware = undefined;
    this.#host?.powerOff();
    this.pins.powerOff();
    this.#options.onPowerCut?.();
    this.#onGone?.();
  }

  powerOn(): void {
    if (this.#powered || this.#stopping !== undefined) return;
    this.#powered = true;
    this.#boot('power_on');
  }

  async #stop(): Promise<void> {
    clearTimeout(this.#rebooting);
    // Firmware that crashes or loses its power while it stops has stopped too.
    const gone = new Promise<void>((resolve) => {
      this.#onGone = resolve;
    });
    if (this.#firmware !== undefined) await Promise.race([this.#firmware.stop(), gone]);
    this.#lastDeviceId = this.deviceId;
    this.#powered = false;
    this.#host?.powerOff();
  }

  #boot(bootReason: BootReason): void {
    this.#delay.booted();
    try {
      this.#startChosen(bootReason);
    } catch (error) {
      this.#crash(error);
    }
  }

  #startChosen(bootReason: BootReason): void {
    const { settings, onEvent } = this.#options;
    const loader = this.#loader;
    if (loader.isBlank) loader.flashByCable(ownImage());
    const booted = loader.boot();
    if (booted === undefined) throw new Error('no slot holds firmware that is whole: the board is a brick');
    const { build, bundle } = decodeImage(booted.body);
    const { product, buildTimeMs, updateKeys }: Build = build ?? this.#options;
    const host = new NodeHost({
      ...this.#options,
      buildTimeMs,
      settings: { ...settings, ...(updateKeys && { updateKeys }) },
      pins: this.pins,
      ports: this.ports,
      serialLine: this.serialLine,
      bluetooth: this.bluetooth,
      surroundings: this.surroundings,
      brokers: this.#brokers,
      wire: this.wire,
      bootReason,
      createSlots: (restart) => new SimFirmwareSlots(loader, booted, restart),
      showLabel: (label) => this.#options.onLabel?.(label),
      console: (event) => onEvent(event as BoardEvent),
      onRestart: () => this.#restart(),
      onCrash: (error) => this.#crash(error),
    });
    this.#host = host;
    this.#firmware = this.#start({ host, product, bundle, onCrash: (error) => this.#crash(error) });
  }

  async #restart(): Promise<void> {
    const firmware = this.#firmware;
    const host = this.#host;
    await firmware?.stop();
    host?.powerOff();
    if (this.#firmware === firmware && firmware !== undefined) this.#reboot('restart', this.#delay.restarted());
  }

  #crash(error: unknown): void {
    try {
      this.#firmware?.crashed?.(error);
    } catch {
      // It was this that broke it, then.
    }
    this.#firmware?.powerOff();
    this.#host?.powerOff();
    // A panic takes the program away, not the power.
    this.pins.reset();
    const crash = this.#delay.crashed(error);
    this.#reboot('crash', crash.retryMs);
    this.#options.onCrash(crash);
    this.#onGone?.();
  }

  #reboot(reason: BootReason, delayMs: number): void {
    this.#firmware = undefined;
    if (this.#stopping === undefined && this.#powered) this.#rebooting = setTimeout(() => this.#boot(reason), delayMs);
  }
}

/** One boot of the firmware inside this process: without its host's power nothing of it goes on. */
class NodeFirmware implements Firmware {
  readonly #board: Board;

  constructor({ host: { host }, product, bundle }: FirmwareStart) {
    this.#board = (bundle === '' ? createBoard : runBundle(bundle).createBoard)(host, product);
  }

  get deviceId(): string | undefined {
    return this.#board.deviceId;
  }

  stop(): Promise<void> {
    return this.#board.stop();
  }

  crashed(error: unknown): void {
    this.#board.crashed(error);
  }

  powerOff(): void {}
}

/** A board that runs the firmware inside this process. */
export class SimBoard extends SimHardware<NodeFirmware> {
  constructor(options: SimBoardOptions) {
    super(options, (start) => new NodeFirmware(start));
  }
}
