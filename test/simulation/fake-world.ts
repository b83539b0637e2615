import type { WorldPromise } from '../../host-sim/simulation/promise.js';
import type { SimDevice } from '../../host-sim/simulation/sim-device.js';
import type { Witness } from '../../host-sim/simulation/witness.js';
import type { World } from '../../host-sim/simulation/world.js';
import type { BoardEvent, EventName } from '../../src/core/events.js';

/** What promises ask of a board, all of it to be set by the test. */
export class FakeDevice {
  readonly index: number;
  readonly serial: string;
  readonly deviceId: string;
  isOnline = false;
  isPowered = true;
  clockMs = 0;
  timers = 0;
  sockets = 0;
  flash = { keys: [] as string[] };
  board = { life: { phase: 'connecting' } };

  constructor(index: number) {
    this.index = index;
    this.serial = `SN${index}`;
    this.deviceId = `dev_${index}`;
  }
}

/** Just enough of a world to watch promises in, one event after the other. */
export class FakeWorld {
  readonly devices: FakeDevice[];
  nowMs = 0;
  reconnectSpreadS = 10;
  readonly ntp = { isUp: true, offMs: 0 };
  readonly awayUntilMs = new Map<FakeDevice, number>();
  clearSinceMs: number | undefined = 0;
  readonly obstacles = { clearSinceMs: () => this.clearSinceMs };
  peer: object | undefined;
  readonly wires = { peerOf: () => this.peer };
  /** What the database answers. */
  found: Record<string, unknown>[] = [];
  readonly cloud = {
    isUp: true,
    clockOffMs: 0,
    connections: new Map<object, 'api' | 'mqtt'>(),
    rows: () => this.found,
  };
  readonly rows = () => this.found;
  readonly told: string[] = [];
  readonly witness: Witness;

  constructor(promise: WorldPromise, boards = 1) {
    this.devices = Array.from({ length: boards }, (_, index) => new FakeDevice(index));
    this.witness = promise.watch(this as unknown as World, (_device, sentence) => this.told.push(sentence));
    for (const device of this.devices) this.witness.boot?.(device as unknown as SimDevice, 'power_on');
  }

  get wallMs(): number {
    return 1_700_000_000_000 + this.nowMs;
  }

  device(index: number): FakeDevice {
    return this.devices[index % this.devices.length]!;
  }

  deviceOf(deviceId: string): FakeDevice | undefined {
    return this.devices.find((device) => device.deviceId === deviceId);
  }

  bySerial(serial: string): FakeDevice | undefined {
    return this.devices.find((device) => device.serial === serial);
  }

  /** Lets time pass, with its ticks. */
  pass(ms: number): void {
    const untilMs = this.nowMs + ms;
    while (this.nowMs < untilMs) {
      this.nowMs = Math.min(untilMs, this.nowMs + 10_000);
      this.witness.tick?.();
    }
  }

  /** A board says something on its console. */
  says(name: EventName, data: object, board = 0, level: BoardEvent['level'] = 'warn'): void {
    const event = { name, level, at: this.wallMs, data } as BoardEvent;
    this.witness.event?.(this.devices[board] as unknown as SimDevice, event);
  }

  /** The real type, for what a witness is handed. */
  real(board = 0): SimDevice {
    return this.devices[board] as unknown as SimDevice;
  }
}
