import { encodeImage, type Fault } from '../../host-sim/image/sim-image.js';
import { loadProduct } from '../../host-sim/products/load.js';
import { SeededRandom } from '../../host-sim/simulation/seeded-random.js';
import { SimDevice } from '../../host-sim/simulation/sim-device.js';
import { Radio } from '../../host-sim/world/radio.js';
import { VirtualNetwork } from '../../host-sim/world/virtual-network.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import type { BoardEvent, EventName } from '../../src/core/events.js';
import { FileServer } from '../support/ota/file-server.js';
import { packageOf, type UpdateKey, updateKey } from '../support/ota/package.js';
import { ScriptedCloud } from '../support/scripted-cloud.js';

const WIFI = { ssid: 'home', password: 'password1' };
const PRODUCT = loadProduct('SW-SERVO-001');
const CLOUD = 'http://cloud:8080';
/** From the end of the power to its return, ms. */
const DARK_MS = 3_000;

/** A version of the simulated firmware, as long as several blocks of flash. */
export function buildOf(version: string, fault?: Fault, bytes = 20_000): Uint8Array {
  return encodeImage({
    build: { product: { ...PRODUCT, firmwareVersion: version }, buildTimeMs: 0, ...(fault && { fault }) },
    bundle: '/'.repeat(bytes),
  });
}

/**
 * A board with its flash, its boot loader and the firmware as it is, transfer included; a cloud that tells it of an update as Alink has
 * it (again whenever the board says that it is the old version), the server of the package, and somebody who switches the power on again.
 */
export class FieldBench {
  readonly time = new VirtualTime();
  readonly network = new VirtualNetwork(this.time);
  readonly cloud = new ScriptedCloud(this.network);
  readonly server: FileServer;
  readonly device: SimDevice;
  /** What it said on its console, over all its boots. */
  readonly events: BoardEvent[] = [];
  /** The version of every boot, oldest first. */
  readonly boots: string[] = [];
  isBrick = false;
  /** Told of each event as it happens. */
  onEvent: (event: BoardEvent) => void = () => {};
  /** Whether the cloud has something for it. */
  offers = true;
  /** What is told beside where the package is. */
  version = '1.1.0';
  #heard = 0;

  constructor(options: { readonly key?: UpdateKey; readonly file?: Uint8Array; readonly required?: number } = {}) {
    const { time, network, cloud } = this;
    const key = options.key ?? updateKey(0);
    this.server = new FileServer(network, options.file ?? packageOf(buildOf('1.1.0'), [key]));
    cloud.announceExtensions = true;
    const radio = new Radio({ speed: 20 });
    radio.add(WIFI);
    const nothing = (): void => {};
    this.device = new SimDevice({
      index: 0,
      serial: 'A00000000000',
      product: PRODUCT,
      time,
      network,
      radio,
      random: new SeededRandom(1),
      settings: {
        environment: { name: 'dev', apiUrl: CLOUD },
        wifi: WIFI,
        updateKeys: {
          keys: { [key.id]: Buffer.from(key.point).toString('base64') },
          required: options.required ?? 1 << key.id,
        },
      },
      hasTime: true,
      driftPpm: 0,
      buildTimeMs: 0,
      onEvent: (_device, event) => {
        this.events.push(event);
        if (event.name === 'booted') this.boots.push((event as BoardEvent<'booted'>).data.version);
        this.onEvent(event);
      },
      onLabel: nothing,
      onPin: nothing,
      onStored: nothing,
      onFlash: nothing,
      onFlashed: nothing,
      onBoot: nothing,
      onPowerOff: (device) => {
        time.timer.set(() => device.powerOn(), DARK_MS);
      },
      onCrash: nothing,
      onBrick: () => {
        this.isBrick = true;
      },
    });
    this.device.powerOn();
  }

  /** Lets time pass; the cloud tells a board that says it is below what there is. */
  async pass(ms: number, enough: () => boolean = () => false): Promise<void> {
    const untilMs = this.time.nowMs + ms;
    while (this.time.nowMs < untilMs && !enough()) {
      this.time.step(Math.min(this.time.nowMs + 50, untilMs));
      // What stops a board cleanly waits for promises.
      for (let turn = 0; turn < 6; turn++) await Promise.resolve();
      this.#tell();
    }
  }

  /** Lets time pass until the update is over: the board is that version and says so, or has said that nothing comes of it. */
  async settle(ms = 900_000): Promise<void> {
    await this.pass(
      ms,
      () => this.isUpdated || this.data('update_refused').length + this.data('update_failed').length > 0,
    );
    await this.pass(5_000);
  }

  get isUpdated(): boolean {
    const { device, version } = this;
    return device.version === version && device.isOnline && this.informs.at(-1) === version;
  }

  get informs(): string[] {
    return this.cloud.on(this.cloud.topic('ota/device/inform')).map(({ json }) => json.params.version);
  }

  /** What the cloud was told of progress: `step`, and `desc` where there is one. */
  get progress(): string[] {
    return this.cloud
      .on(this.cloud.topic('ota/device/progress'))
      .map(({ json }) => `${json.params.step} ${json.params.desc}`.trim());
  }

  /** Data of every event of that name. */
  data<N extends EventName>(name: N): BoardEvent<N>['data'][] {
    return this.events.filter((event) => event.name === name).map((event) => event.data as BoardEvent<N>['data']);
  }

  #tell(): void {
    const { cloud, informs, offers, version, server } = this;
    if (!offers || !cloud.connected || informs.length === this.#heard) return;
    this.#heard = informs.length;
    if (informs.at(-1) === version) return;
    this.offer(version, server.url, server.file.length);
  }

  offer(version: string, url: string, size: number): void {
    const data = { size, version, isDiff: 0, url, signMethod: 'SHA256', module: 'default', extData: {} };
    const message = { code: '1000', data, id: 1, message: 'success' };
    this.cloud.publish(this.cloud.topic('ota/device/upgrade'), JSON.stringify(message));
  }
}
