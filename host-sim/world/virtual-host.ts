import type { BoardEvent } from '../../src/core/events.js';
import type { Clock } from '../../src/ports/clock.js';
import type { FirmwareSlots } from '../../src/ports/firmware.js';
import type { Host, Label } from '../../src/ports/host.js';
import type { Settings } from '../../src/ports/settings.js';
import type { RecordStores } from '../../src/ports/storage.js';
import type { BootReason } from '../../src/ports/system.js';
import type { Timer, TimerHandle } from '../../src/ports/timer.js';
import type { WiFiLoss } from '../../src/ports/wifi.js';
import { MemoryStorage } from '../host/memory-storage.js';
import { createNodeCrypto } from '../host/node-crypto.js';
import { createNodeText } from '../host/node-text.js';
import { PinBank } from '../host/pins.js';
import { FailingStation } from './failing-station.js';
import { Radio } from './radio.js';
import { createRandom } from './random.js';
import { SimBluetooth } from './sim-bluetooth.js';
import { SimSerial } from './sim-serial.js';
import type { VirtualNetwork, VirtualStack } from './virtual-network.js';
import type { VirtualTime } from './virtual-time.js';
import { createVirtualTls } from './virtual-tls.js';

/** The stores are kept over reboots when the test hands in the same ones (default: empty ones). */
export interface VirtualHostOptions extends Partial<RecordStores> {
  readonly time: VirtualTime;
  readonly network: VirtualNetwork;
  readonly serial: string;
  /** Likewise. Its clock must be the time's. */
  readonly pins?: PinBank;
  /** Default: the dev environment at `http://cloud:8080` and the network `home`. */
  readonly settings?: Settings;
  readonly bootReason?: BootReason;
  /** Seeds `random` (default 1). */
  readonly seed?: number;
  readonly buildTimeMs?: number;
  /** Whether the board knows the time from the start (default: as the time's clock claims). */
  readonly hasTime?: boolean;
  /** How much too fast its clock is (default 0), parts per million. */
  readonly driftPpm?: number;
  /** The air around it (default: an access point with the settings' name and password, on a network without distance). */
  readonly radio?: Radio;
  /** Its Bluetooth radio and its serial line, which a reboot keeps (default: new ones). */
  readonly bluetooth?: SimBluetooth;
  readonly serialLine?: SimSerial;
  /** The slots of its firmware, as this boot sees them (default: none; it cannot be replaced). */
  createSlots?(restart: () => void): FirmwareSlots;
  /** Whether `events` keeps what the board said (default); a long life says a lot. */
  readonly keepsEvents?: boolean;
  /** Whether the firmware leaves no promise open at the moment (default: nobody knows). */
  isCalm?(): boolean;
  /** Free heap, bytes (default: the engine cannot tell). */
  freeHeap?(): number | undefined;
  /** Whether there is memory for one more socket (default: always). */
  hasRoom?(): boolean;
  /** Told of every console event, after it is in `events`. */
  onEvent?(event: BoardEvent): void;
  /** Told of every label, after it is in `labels`. */
  onLabel?(label: Label): void;
  /** The firmware asked for a restart (called by a timer). */
  onRestart?(): void;
  /** The firmware threw; the host has no power any more. Without it, the error comes out of `time.advance`. */
  onCrash?(error: unknown): void;
}

/** One boot of a board in virtual time: a Host, and what a test does to it from outside. */
export interface VirtualHost extends Host {
  readonly pins: PinBank;
  /** The air around it. */
  readonly radio: Radio;
  /** For a central that wants to connect. */
  readonly bluetooth: SimBluetooth;
  /** The end of its serial line that somebody with a cable has. */
  readonly serialLine: SimSerial;
  /** Its sockets, for who wants to `knock` at one of its ports. */
  readonly stack: VirtualStack;
  /** What it showed on the serial console alone. */
  readonly labels: Label[];
  /** What the board said on its console, oldest first. */
  readonly events: BoardEvent[];
  /** How often the firmware asked for a restart. */
  readonly restarts: number;
  /** Timers that are set, and sockets that are open. */
  readonly timers: number;
  readonly sockets: number;
  /** What joining ends in from now on; `undefined`: it works. */
  joinFailure: WiFiLoss | undefined;
  /** The station falls off its network, by a timer of its own. */
  loseWiFi(reason?: WiFiLoss): void;
  /** No timer fires and nothing is called any more; peers see a reset, or with `silent` nothing. Pins keep their levels. */
  powerOff(options?: { readonly silent?: boolean }): void;
}

/** The cloud's address in the default settings. */
export const VIRTUAL_API_URL = 'http://cloud:8080';

const HOME = { ssid: 'home', password: 'password1' };
const DEFAULT_SETTINGS: Settings = { environment: { name: 'dev', apiUrl: VIRTUAL_API_URL }, wifi: HOME };
/** In the default air nobody waits for long. */
const QUICK = 20;

/** Builds a Host whose time, network and randomness are the test's. */
export function createVirtualHost(options: VirtualHostOptions): VirtualHost {
  const { time, network } = options;
  let powered = true;
  const powerOff = ({ silent = false } = {}): void => {
    powered = false;
    stack.powerOff(silent);
    antenna.powerOff();
    bluetooth.powerOff();
  };
  const deliver = (callback: () => void): void => {
    if (!powered) return;
    if (!options.onCrash) {
      callback();
      return;
    }
    try {
      callback();
      time.isCalm = options.isCalm?.() === true;
    } catch (error) {
      // What runs on in a firmware whose power has just gone does not matter.
      if (!powered) return;
      powerOff();
      options.onCrash(error);
    }
  };
  const timers = new Set<TimerHandle>();
  const timer: Timer = {
    set: (callback, delayMs) => {
      const handle = time.timer.set(() => {
        timers.delete(handle);
        deliver(callback);
      }, delayMs);
      timers.add(handle);
      return handle;
    },
    repeat: (callback, intervalMs) => {
      const handle = time.timer.repeat(() => {
        if (powered) deliver(callback);
        else time.timer.clear(handle);
      }, intervalMs);
      timers.add(handle);
      return handle;
    },
    clear: (handle) => {
      timers.delete(handle);
      time.timer.clear(handle);
    },
  };
  const random = createRandom(options.seed ?? 1);
  const settings = options.settings ?? DEFAULT_SETTINGS;
  const radio = options.radio ?? createQuickRadio(settings);
  // In the default air a board's randomness is its own.
  const antenna = radio.antenna(timer, options.radio ? random : createRandom(0));
  const path = options.radio ? antenna.path : { ...antenna.path, ...network.path };
  const stack = network.stack(deliver, path, options.serial, () => options.hasRoom?.() !== false);
  antenna.stack = stack;
  const { bluetooth = new SimBluetooth(), serialLine = new SimSerial() } = options;
  const stations = new Set<FailingStation>();
  const pins = options.pins ?? new PinBank({ clock: time.clock });
  const events: BoardEvent[] = [];
  const labels: Label[] = [];
  const restart = (): void => {
    host.restarts++;
    time.timer.set(() => {
      if (powered) options.onRestart?.();
    });
  };
  const crypto = createNodeCrypto();
  const host = {
    timer,
    clock: createClock(time, options.hasTime ?? time.clock.hasTime, (options.driftPpm ?? 0) / 1e6),
    random,
    text: createNodeText(),
    crypto,
    storage: options.storage ?? new MemoryStorage(),
    secrets: options.secrets ?? new MemoryStorage(),
    io: pins.forBoot(timer),
    pins,
    radio,
    bluetooth,
    serialLine,
    stack,
    labels,
    events,
    restarts: 0,
    get timers() {
      return timers.size;
    },
    get sockets() {
      return stack.sockets;
    },
    joinFailure: undefined as WiFiLoss | undefined,
    network: {
      TCP: stack.TCP,
      TLS: createVirtualTls(stack.TCP, crypto),
      UDP: stack.UDP,
      resolver: stack.resolver,
      Listener: stack.Listener,
      AccessPoint: antenna.AccessPoint,
      WiFi: FailingStation.bind(undefined, {
        WiFi: antenna.WiFi,
        stations,
        failure: (): WiFiLoss | undefined => host.joinFailure,
      }),
    },
    system: {
      bootReason: options.bootReason ?? 'power_on',
      serial: options.serial,
      buildTimeMs: options.buildTimeMs ?? Date.UTC(2026, 0, 1),
      freeHeap: () => options.freeHeap?.(),
      restart,
    },
    settings,
    ...(options.createSlots && { firmware: options.createSlots(restart) }),
    Serial: serialLine.forBoot(timer),
    Peripheral: bluetooth.forBoot(timer),
    console: (event: Parameters<Host['console']>[0]) => {
      if (!powered) return;
      if (serialLine.onBytes) serialLine.print(JSON.stringify(event));
      if (options.keepsEvents !== false) events.push(event as BoardEvent);
      options.onEvent?.(event as BoardEvent);
    },
    showLabel: (label: Label) => {
      if (!powered) return;
      labels.push(label);
      options.onLabel?.(label);
      if (serialLine.onBytes) serialLine.print(JSON.stringify({ name: 'label', ...label }));
    },
    loseWiFi: (reason: WiFiLoss = 'lost') => {
      timer.set(() => {
        for (const station of stations) station.lose(reason);
      });
    },
    powerOff,
  };
  return host;
}

/** An air with the one access point that the settings name. */
function createQuickRadio({ wifi = HOME }: Settings): Radio {
  const radio = new Radio({ speed: QUICK });
  radio.add(wifi);
  return radio;
}

/** The board's own clock: boards that share a time do not share what they set. One without the time counts from 1970. */
function createClock(time: VirtualTime, hasTime: boolean, drift: number): Clock {
  let setMs = time.nowMs;
  let epochAtSetMs = hasTime ? time.clock.nowMs() : 0;
  return {
    monotonicMs: () => time.nowMs,
    nowMs: () => epochAtSetMs + Math.round((time.nowMs - setMs) * (1 + drift)),
    setNow: (epochMs) => {
      setMs = time.nowMs;
      epochAtSetMs = epochMs;
    },
    hasTime,
  };
}
