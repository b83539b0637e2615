import type { EnvironmentName } from '../../src/core/environment.js';
import type { Product } from '../../src/core/product.js';
import type { Settings } from '../../src/ports/settings.js';
import type { CloudEvents } from '../cloud/cloud.js';
import { Radio } from '../world/radio.js';
import { SimTimeServer } from '../world/sim-time-server.js';
import { VirtualNetwork, type VirtualPeer } from '../world/virtual-network.js';
import { VirtualTime } from '../world/virtual-time.js';
import { Builds } from './builds.js';
import { deviceEvents } from './device-events.js';
import { Obstacles } from './obstacles.js';
import { Overlays } from './overlays.js';
import type { Place } from './place.js';
import { SeededRandom } from './seeded-random.js';
import { createSide, type Side, type SideOptions } from './side.js';
import type { AppAnswer, SimApp } from './sim-app.js';
import type { CloudDoor, SimCloud } from './sim-cloud.js';
import { SimDevice } from './sim-device.js';
import { Trace } from './trace.js';
import { Wires } from './wires.js';
import { type Asked, CLOUD_EVENTS, type Witness } from './witness.js';
import type { WorldParts } from './world-options.js';

/** By what names boards and apps find the cloud, and boards are told to find its broker. */
export const CLOUD_HOST = 'cloud.home';
const HOME = { host: CLOUD_HOST, brokerHost: 'broker.home' };
const OTHER = { host: 'cloud.test', brokerHost: 'broker.test' };
const NTP_HOST = 'pool.ntp.org';
const USER = { name: 'dev', password: 'the password of the world' };
const SSID = 'home';
/** Crystals are off by so much at most, parts per million. */
const MOST_DRIFT_PPM = 40;
/** When the world begins, and when its firmware was built. */
const EPOCH_MS = Date.UTC(2026, 10, 1);
const BUILD_MS = Date.UTC(2026, 9, 1);
const TICK_MS = 10_000;
/** The cloud and the app have this long to be ready, ms. */
const READY_MS = 60_000;

export interface WorldOptions extends WorldParts {
  /** Who sees everything. */
  readonly witnesses: (world: World) => readonly Witness[];
}

/**
 * Boards, radio, network, cloud and people in one process on one virtual clock. Everything that happens in it follows from
 * the seed and from what is done to it.
 */
export class World {
  readonly time = new VirtualTime({ epochMs: EPOCH_MS, hasTime: false });
  readonly network = new VirtualNetwork(this.time);
  readonly random: SeededRandom;
  /** Where boards are by their build. */
  readonly home: Side;
  /** Another cloud, which boards know by its name. */
  readonly other: Side | undefined;
  /** Where boards are at the moment, as far as clouds know. */
  readonly #sides = new Map<SimDevice, Side>();
  readonly places: readonly Place[];
  readonly devices: readonly SimDevice[];
  readonly obstacles: Obstacles;
  readonly trace = new Trace();
  readonly #options: WorldOptions;
  #witnesses: readonly Witness[] = [];
  readonly overlays = new Overlays();
  /** What the makers of the boards have built and signed. */
  readonly builds: Builds;
  readonly wires = new Wires({
    timer: this.time.timer,
    onBytes: (bytes) => this.trace.bytes(this.nowMs, bytes),
    onAcknowledged: (device, topic, payload) => this.#each((witness) => witness.acknowledged?.(device, topic, payload)),
    onPacket: (device, way, packet) => this.#each((witness) => witness.packet?.(device, way, packet)),
    onCut: ({ index }) => this.tell(`a connection of #${index} is cut`),
  });
  readonly #bySerial: ReadonlyMap<string, SimDevice>;
  readonly #byDeviceId = new Map<string, SimDevice>();
  readonly ntp = new SimTimeServer(this.network, NTP_HOST, this.time.clock);
  /** By board: until when the cloud has asked it to stay away (HTTP 429), ms. */
  readonly awayUntilMs = new Map<SimDevice, number>();

  constructor(options: WorldOptions) {
    const { seed, products, nodeTime } = options;
    this.#options = options;
    this.random = new SeededRandom(seed);
    nodeTime.enter(this.time, this.random.fork('node'));
    const count = Math.ceil(products.length / (options.boardsAPlace ?? products.length));
    const password = this.random.fork('wifi').bytes(9).toString('hex');
    this.places = Array.from({ length: count }, (_, number) => {
      const radio = new Radio();
      return { number, radio, point: radio.add({ ssid: SSID, password }) };
    });
    this.trace.hide(password);
    this.trace.hide(USER.password);
    const make = (name: EnvironmentName, hosts: typeof HOME, self: () => Side): Side =>
      createSide({
        ...hosts,
        name,
        products,
        Sqlite: options.Sqlite,
        time: this.time,
        network: this.network,
        random: this.random.fork(name === 'dev' ? 'cloud' : 'other cloud'),
        user: USER,
        ntpServer: NTP_HOST,
        reconnectSpreadS: this.reconnectSpreadS,
        madeMs: options.tls && EPOCH_MS - options.tls.certificateAgeMs,
        events: this.#eventsOf(self),
      });
    this.home = make('dev', HOME, () => this.home);
    this.other = options.tls?.hasOther ? make('test', OTHER, () => this.other!) : undefined;
    this.builds = new Builds(this.random.fork('updates'));
    const settings: Settings = {
      environment: this.home.environment,
      ...(this.other && { environments: [this.other.environment] }),
      updateKeys: this.builds.known,
      ...(!options.isNew && { wifi: { ssid: SSID, password } }),
    };
    this.devices = products.map((product, index) => this.#device(index, product, settings));
    this.#bySerial = new Map(this.devices.map((device) => [device.serial, device]));
    this.obstacles = new Obstacles(this.time.clock, this.devices.length);
    this.#witnesses = options.witnesses(this);
  }

  get cloud(): SimCloud {
    return this.home.cloud;
  }

  get app(): SimApp {
    return this.home.app;
  }

  get nowMs(): number {
    return this.time.nowMs;
  }

  /** What time it really is, epoch ms. */
  get wallMs(): number {
    return this.time.clock.nowMs();
  }

  /** Over how many seconds boards come back that lost their broker, as the cloud announces it. */
  get reconnectSpreadS(): number {
    return this.#options.reconnectSpreadS ?? 10;
  }

  /** Starts the cloud, signs the app in, and gives every board its power within `withinMs`. */
  async begin(withinMs: number): Promise<void> {
    const { nodeTime } = this.#options;
    for (const { cloud, app } of this.other ? [this.home, this.other] : [this.home]) {
      await nodeTime.until(cloud.start(), READY_MS);
      await nodeTime.until(app.signIn(USER), READY_MS);
      for (const secret of app.secrets) this.trace.hide(secret);
    }
    const random = this.random.fork('power on');
    for (const device of this.devices) device.powerOn('power_on', random.between(0, withinMs));
    this.time.timer.repeat(() => {
      for (const witness of this.#witnesses) witness.tick?.();
      this.time.isCalm = true;
    }, TICK_MS);
  }

  /** Lets time pass, until `wanted` (asked after every event) says that it is enough. */
  pass(ms: number, wanted: () => boolean): Promise<void> {
    return this.#options.nodeTime.pass(ms, wanted);
  }

  /** Lets the witnesses look a last time. */
  async conclude(): Promise<void> {
    for (const witness of this.#witnesses) {
      const last = witness.end?.();
      // A witness may ask the cloud about one board after the other.
      if (last) await this.#options.nodeTime.until(last, READY_MS * this.devices.length);
    }
  }

  /** Ends the cloud and every board, as a power cut would. */
  async end(): Promise<void> {
    this.cloud.kill();
    this.other?.cloud.kill();
    for (const device of this.devices) device.cut();
    await this.#options.nodeTime.pass(0);
  }

  /** A line of the trace. */
  note(line: string): void {
    this.trace.note(this.nowMs, line);
  }

  /** Something that was planned begins or ends. */
  tell(what: string): void {
    this.note(`-- ${what}`);
    for (const witness of this.#witnesses) witness.happening?.(what);
  }

  /** The device that a plan names by its number; plans of larger worlds wrap around. */
  device(index: number): SimDevice {
    return this.devices[index % this.devices.length]!;
  }

  place(index: number): Place {
    return this.places[index % this.places.length]!;
  }

  /** Numbers of the boards in a place. */
  boardsOf(place: number): number[] {
    const { radio } = this.place(place);
    return this.devices.filter((device) => device.radio === radio).map((device) => device.index);
  }

  /** Asks something of a board, as an app does. What the cloud does not take, it says. */
  ask(device: SimDevice, params: object): void {
    const { deviceId } = device;
    if (deviceId === undefined) return;
    const asked: Asked = { device, params, atMs: this.nowMs };
    this.note(`app asks #${device.index} ${JSON.stringify(params)}`);
    for (const witness of this.#witnesses) witness.asked?.(asked);
    void this.sideOf(device)
      .app.post(`/devices/${deviceId}/control`, params)
      .then((answer) => {
        asked.answer = answer;
        this.note(`app hears of #${device.index} ${answer?.code ?? 'nothing'}`);
        for (const witness of this.#witnesses) witness.answered?.(asked);
      });
  }

  /** Calls a service of a board, as an app does; what the cloud answers. */
  async invoke(device: SimDevice, service: string, params: object = {}): Promise<AppAnswer | undefined> {
    const { deviceId } = device;
    if (deviceId === undefined) return undefined;
    this.note(`app calls ${service} of #${device.index}`);
    this.#each((witness) => witness.invoked?.(device, service));
    const answer = await this.sideOf(device).app.post(`/devices/${deviceId}/services/${service}`, params);
    this.note(`app hears of #${device.index} ${answer?.code ?? 'nothing'}`);
    return answer;
  }

  /** A hand presses a button for so long. */
  press(device: SimDevice, input: number, ms: number): void {
    const button = device.world.button(input);
    this.note(`hand #${device.index} presses ${input} for ${ms} ms`);
    for (const witness of this.#witnesses) witness.pressed?.(device, input, ms);
    button.press(ms);
  }

  #device(index: number, product: Product, settings: Settings): SimDevice {
    const serial = (0xa0_00_00_00_00_00 + index).toString(16).toUpperCase();
    const { places } = this;
    return new SimDevice({
      index,
      serial,
      product,
      settings,
      time: this.time,
      network: this.network,
      radio: places[Math.floor((index * places.length) / this.#options.products.length)]!.radio,
      random: this.random.fork(`board ${index}`),
      hasTime: this.#options.hasTime ?? false,
      driftPpm: this.random.fork(`crystal ${index}`).between(-MOST_DRIFT_PPM, MOST_DRIFT_PPM),
      buildTimeMs: BUILD_MS,
      ...deviceEvents({ index, product, world: this, each: (call) => this.#each(call) }),
    });
  }

  #each(call: (witness: Witness) => void): void {
    for (const witness of this.#witnesses) call(witness);
  }

  /** The board of a serial number. */
  bySerial(serial: string): SimDevice | undefined {
    return this.#bySerial.get(serial);
  }

  /** The board of a device id. */
  deviceOf(deviceId: string): SimDevice | undefined {
    return this.#byDeviceId.get(deviceId);
  }

  /** Where a board is, as far as clouds know. */
  sideOf(device: SimDevice): Side {
    return this.#sides.get(device) ?? this.home;
  }

  /** Rows of the clouds' databases, while they are up. */
  rows(sql: string, ...values: unknown[]): Record<string, unknown>[] {
    return [...this.cloud.rows(sql, ...values), ...(this.other?.cloud.rows(sql, ...values) ?? [])];
  }

  /** What a cloud tells of. @param side asked when something happens */
  #eventsOf(side: () => Side): SideOptions['events'] {
    return {
      onConnection: (door, peer, isTls) => this.#connected(door, peer, isTls),
      onSecured: (door, { owner }, shown) => {
        const device = this.#bySerial.get(owner);
        if (device) this.#each((witness) => witness.secured?.(device, door, shown));
      },
      tap: (door, peer) => this.wires.connect(door, peer, this.#bySerial.get(peer.owner)),
      onLog: (event) => {
        this.note(`cloud ${event.level} ${event.name} ${JSON.stringify(event.data)}`);
        this.#each((witness) => witness.log?.(event));
      },
      onStarted: (events, isAlive) => {
        this.#listen(side(), events, isAlive);
        this.note('cloud up');
        if (side() === this.home) this.#each((witness) => witness.cloudUp?.());
      },
      onEnded: () => {
        this.note('cloud down');
        if (side() === this.home) this.#each((witness) => witness.cloudDown?.());
      },
    };
  }

  #listen(side: Side, events: CloudEvents, isAlive: () => boolean): void {
    const isAt = (device: SimDevice, deviceId: string): void => {
      device.deviceId = deviceId;
      this.#sides.set(device, side);
    };
    // What it has come back to, it has not been activated at anew.
    events.on('deviceOnline', ({ deviceId }) => {
      const device = this.#byDeviceId.get(deviceId);
      if (device) isAt(device, deviceId);
    });
    // A board that loses its power at once may never get to say so itself.
    events.on('deviceActivated', ({ deviceId, deviceSN }) => {
      const device = this.#bySerial.get(deviceSN);
      if (device === undefined) return;
      isAt(device, deviceId);
      this.#byDeviceId.set(deviceId, device);
    });
    for (const name of CLOUD_EVENTS) {
      events.on(name, (event) => {
        if (!isAlive()) return;
        this.note(`cloud ${name} ${JSON.stringify(event)}`);
        for (const witness of this.#witnesses) witness.cloud?.(name, event);
      });
    }
  }

  /** What a board has said so far to somebody in the cloud's place who is not the cloud. */
  toldStranger(owner: string, said: Uint8Array): void {
    const device = this.#bySerial.get(owner);
    if (device) this.#each((witness) => witness.toldStranger?.(device, said));
  }

  #connected(door: CloudDoor, peer: VirtualPeer, isTls: boolean): void {
    const device = this.#bySerial.get(peer.owner);
    if (device === undefined) return;
    this.note(`#${device.index} reaches ${door}${isTls ? ' by TLS' : ''}`);
    this.#each((witness) => witness.connected?.(device, door, isTls));
  }
}
