import type { Product } from '../../src/core/product.js';
import type { Host } from '../../src/ports/host.js';
import { BUNDLE_NAME } from '../image/bundle.js';
import { GuestBridge } from './bridge.js';
import type { XsEngine } from './engine.js';
import { type XsMeter, XsWorker } from './worker.js';

/** A clean stop may take this long: the farewell, a motion that ends, and room for a busy machine, ms. */
const STOP_TIMEOUT_MS = 10_000;

export interface XsFirmwareOptions {
  readonly engine: XsEngine;
  readonly host: Host;
  readonly product: Product;
  /** Longest time for any answer of the engine (default 30 s), ms. */
  readonly deadlineMs?: number;
  /** The firmware threw or the engine died; it is gone. Never called after `powerOff`. */
  onCrash(error: Error): void;
  /** What the engine measured for the event that has just been handled. */
  onMeter?(meter: XsMeter): void;
}

/** One boot of the firmware inside XS, in a process of its own, over any Host. It starts at once. */
export class XsFirmware {
  readonly #options: XsFirmwareOptions;
  readonly #worker: XsWorker;
  readonly #bridge: GuestBridge;
  #loaded = false;
  #deviceId: string | undefined;
  #onStopped: (() => void) | undefined;
  #stopping: Promise<void> | undefined;
  #onFence: (() => void) | undefined;
  /** What was measured for the last event. */
  #meter: () => XsMeter = () => ({ compute: 0, currentHeapCount: 0, allocate: 0 });

  constructor(options: XsFirmwareOptions) {
    this.#options = options;
    this.#bridge = new GuestBridge({
      host: options.host,
      send: (message) => this.#worker.send(message),
      onCrash: (error) => this.#crash(error),
      onDeviceId: (deviceId) => {
        this.#deviceId = deviceId;
      },
      onStopped: () => this.#onStopped?.(),
    });
    this.#worker = new XsWorker({
      path: options.engine.path,
      ...(options.deadlineMs === undefined ? {} : { deadlineMs: options.deadlineMs }),
      onAnswer: (bytes, meter) => this.#onAnswer(bytes, meter),
      onQuestion: (bytes) => this.#bridge.onQuestion(bytes),
      onFence: () => this.#onFence?.(),
      onDeath: (error) => this.#crash(error),
    });
    this.#worker.evaluate(`${options.engine.bundle}\n${BUNDLE_NAME}.startGuest();`);
    this.#bridge.boot(options.product);
  }

  /** The board's identity at the cloud, once activated. */
  get deviceId(): string | undefined {
    return this.#deviceId;
  }

  /** The engine's process. */
  get pid(): number | undefined {
    return this.#worker.pid;
  }

  /** Resolves once the firmware has handled everything that has happened. */
  settled(): Promise<void> {
    return this.#bridge.settled();
  }

  /** Stops the board cleanly, then ends the process. Called twice, it is the same stop. Never rejects. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** The power goes: the process is killed and nothing of it is carried out any more. May be called twice. */
  powerOff(): void {
    this.#bridge.close();
    this.#worker.kill();
    this.#onStopped?.();
    this.#onFence?.();
  }

  /**
   * What the engine measures for an event that does nothing: the price of the bridge, and the slots in use; with `collect`
   * those that live.
   */
  async measure(collect: boolean): Promise<XsMeter> {
    await this.settled();
    this.#bridge.measure(collect);
    await this.settled();
    // The fence: nothing of the event is under way any more.
    await new Promise<void>((resolve) => {
      this.#onFence = resolve;
      this.#worker.fence();
    });
    return this.#meter();
  }

  async #stop(): Promise<void> {
    const stopped = new Promise<void>((resolve) => {
      this.#onStopped = resolve;
    });
    const late = setTimeout(() => this.#onStopped?.(), STOP_TIMEOUT_MS);
    this.#bridge.stop();
    await stopped;
    clearTimeout(late);
    this.#bridge.close();
    await this.#worker.quit();
  }

  #onAnswer(bytes: Uint8Array, meter: () => XsMeter): void {
    if (!this.#loaded) {
      // The answer to the bundle: from now on each one is that of an event.
      this.#loaded = true;
      return;
    }
    this.#meter = meter;
    this.#options.onMeter?.(meter());
    this.#bridge.onAnswer(bytes);
  }

  #crash(error: Error): void {
    this.powerOff();
    this.#options.onCrash(error);
  }
}
