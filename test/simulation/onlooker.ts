import { PinBank } from '../../host-sim/host/pins.js';
import { loadProduct } from '../../host-sim/products/load.js';
import type { WorldPromise } from '../../host-sim/simulation/promise.js';
import type { SimDevice } from '../../host-sim/simulation/sim-device.js';
import type { Witness } from '../../host-sim/simulation/witness.js';
import type { World } from '../../host-sim/simulation/world.js';
import { BoardWorld } from '../../host-sim/world/board-world.js';
import { SimFlash } from '../../host-sim/world/sim-flash.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import { SECRET_RECORDS } from '../../src/board/secret-records.js';
import type { BoardEvents, EventName } from '../../src/core/events.js';
import { sealRecord } from '../../src/core/record-envelope.js';
import type { RecordStorage } from '../../src/ports/storage.js';
import type { BootReason } from '../../src/ports/system.js';

const TICK_MS = 10_000;

/** A promise that watches one board whose firmware is the test: real pins, wires and flash, and whatever it is told. */
export class Onlooker {
  readonly time = new VirtualTime();
  readonly broken: string[] = [];
  readonly pins = new PinBank({ clock: this.time.clock, timer: this.time.timer });
  readonly flash: SimFlash;
  readonly parts: BoardWorld;
  readonly device: SimDevice;
  readonly witness: Witness;
  /** What the app is told of the board's properties. */
  shown: Record<string, unknown> = {};
  /** What was built for it, and the newest that is good. */
  readonly builds: { version: string; floor?: string; isForged?: boolean }[] = [];
  newest = '1.0.0';
  /** Nothing arrives on its connection any more. */
  isHalfOpen = false;
  #nextPacketId = 1;

  constructor(promise: WorldPromise, productKey = 'SW-GEN-001') {
    const product = loadProduct(productKey);
    const { clock, timer } = this.time;
    this.parts = new BoardWorld({ product, pins: this.pins, clock, timer, random: { uint32: () => 0 } });
    this.flash = new SimFlash({ onWrite: (key) => this.witness.stored?.(this.device, key) });
    const board = { life: { phase: 'online' } };
    const own = { index: 0, serial: 'A0', product, pins: this.pins, flash: this.flash, world: this.parts, board };
    this.device = {
      ...own,
      isOnline: true,
      isPowered: true,
      deviceId: 'dev_1',
      version: '1.0.0',
      loader: { slotBytes: 65_536 },
    } as unknown as SimDevice;
    const world = {
      time: this.time,
      devices: [this.device],
      obstacles: { clearSinceMs: () => 0 },
      cloud: { isUp: true },
      wires: { peerOf: () => ({ isFrozen: this.isHalfOpen }) },
      app: { get: async () => ({ status: 200, code: 200, data: this.shown }) },
      deviceOf: () => this.device,
      builds: {
        find: (_key: string, version: string) => this.builds.find((build) => build.version === version),
        genuine: () => this.builds.filter(({ isForged }) => isForged !== true),
        newestFor: () => this.newest,
        faultOf: () => undefined,
      },
      trace: { leak: undefined },
    };
    Object.defineProperty(world, 'nowMs', { get: () => this.time.nowMs });
    this.witness = promise.watch(world as unknown as World, (_device, sentence) => this.broken.push(sentence));
    this.pins.onChange((pin, kind, value) => this.witness.pin?.(this.device, pin, kind, value));
    this.time.timer.repeat(() => this.witness.tick?.(), TICK_MS);
  }

  boot(reason: BootReason = 'power_on', safeMode = false): void {
    this.witness.boot?.(this.device, reason);
    this.says('booted', { reason, version: '1.0.0', safeMode });
  }

  /** It boots a build. */
  runs(version: string, reason: BootReason = 'restart'): void {
    Object.assign(this.device, { version });
    this.boot(reason);
  }

  /** The cloud offers it a build. */
  offers(): void {
    this.witness.packet?.(this.device, 'down', publish('/sys/pk/dev_1/ota/device/upgrade', {}, this.#nextPacketId++));
  }

  /** The board says so. */
  says<N extends EventName>(name: N, data: BoardEvents[N]): void {
    const event = { name, level: 'info' as const, at: this.time.clock.nowMs(), data };
    this.witness.event?.(this.device, event as Parameters<NonNullable<Witness['event']>>[1]);
  }

  /** A command comes to the board. */
  tell(
    id: string,
    params: object,
    more: { readonly retained?: boolean; readonly ageMs?: number; readonly service?: string } = {},
  ): number {
    const packetId = this.#nextPacketId++;
    const time = this.time.clock.nowMs() - (more.ageMs ?? 0);
    const message = { method: 'thing.service.property.set', id, params, time };
    const topic = `/sys/pk/dev_1/thing/service/${more.service ?? 'property/set'}`;
    this.witness.packet?.(this.device, 'down', publish(topic, message, packetId, more.retained));
    return packetId;
  }

  /** It comes, and the board acts on it. */
  command(id: string, params: object, more: Parameters<Onlooker['tell']>[2] = {}): void {
    this.tell(id, params, more);
    this.says('command_accepted', { id });
  }

  /** The board acknowledges a message. */
  acknowledge(packetId: number): void {
    this.witness.packet?.(this.device, 'up', Buffer.of(0x40, 2, packetId >> 8, packetId & 0xff));
  }

  /** The board answers a command. */
  answer(id: string, code = 200): void {
    const topic = '/sys/pk/dev_1/thing/service/property/set_reply';
    this.witness.packet?.(this.device, 'up', publish(topic, { id, code, data: {} }, 1));
  }

  /** The board posts its properties. */
  post(params: object): void {
    const message = { method: 'thing.event.property.post', id: '1', params };
    this.witness.packet?.(this.device, 'up', publish('/sys/pk/dev_1/thing/event/property/post', message, 1));
  }

  /** The cloud has taken a post. */
  posted(properties: object): void {
    this.witness.cloud?.('propertyPosted', { deviceId: 'dev_1', properties } as never);
  }

  /** The board writes a record. */
  write(key: string, value: object = {}): void {
    const json = Buffer.from(JSON.stringify(value));
    const record = new Uint8Array(12 + json.length);
    record.set(json, 12);
    sealRecord(record, json.length);
    this.#storeOf(key).write(key, record);
  }

  /** The board removes a record. */
  erase(key: string): void {
    this.#storeOf(key).delete(key);
  }

  press(input: number, ms = 100): void {
    this.witness.pressed?.(this.device, input, ms);
  }

  output(pin: number, initialValue: 0 | 1 = 0): InstanceType<PinBank['Digital']> {
    const { Digital } = this.pins;
    return new Digital({ pin, mode: Digital.Output, initialValue });
  }

  /** A servo's signal; the result leads it to an angle at once. */
  servo(pin = 18): { to(angleDeg: number): void; rest(): void } {
    const pwm = new this.pins.PWM({ pin, hz: 50 });
    // Never past an angle: the calibrated ends are angles too.
    const duty = (us: number) => Math.floor((us / 20_000) * (2 ** pwm.resolution - 1)) + (us < 1_450 ? 1 : 0);
    return { to: (angleDeg) => pwm.write(duty(500 + (1_900 * angleDeg) / 180)), rest: () => pwm.write(0) };
  }

  pass(ms: number): void {
    this.time.advance(ms);
  }

  #storeOf(key: string): RecordStorage {
    const { storage, secrets } = this.flash;
    return SECRET_RECORDS.includes(key) ? secrets : storage;
  }
}

function publish(topic: string, message: object, packetId: number, retained = false): Buffer {
  const payload = Buffer.from(JSON.stringify(message));
  const head = Buffer.alloc(4 + topic.length);
  head.writeUInt16BE(topic.length);
  head.write(topic, 2);
  head.writeUInt16BE(packetId, 2 + topic.length);
  const length = head.length + payload.length;
  const first = 0x32 | (retained ? 1 : 0);
  return Buffer.concat([Buffer.of(first, (length & 0x7f) | 0x80, length >> 7), head, payload]);
}
