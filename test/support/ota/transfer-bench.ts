import { SimFlash } from '../../../host-sim/world/sim-flash.js';
import { createVirtualHost, type VirtualHost } from '../../../host-sim/world/virtual-host.js';
import { VirtualNetwork } from '../../../host-sim/world/virtual-network.js';
import { VirtualTime } from '../../../host-sim/world/virtual-time.js';
import type { SigningKeys } from '../../../src/core/jws.js';
import type { Security } from '../../../src/net/connection.js';
import type { TransferOutcome, UpdateFailure } from '../../../src/ota/transfer.js';
import { UpdateTransfer } from '../../../src/ota/update-transfer.js';
import { FileServer } from './file-server.js';
import { MemorySlots } from './memory-slots.js';
import { knownKeys, packageOf, type UpdateKey, updateKey } from './package.js';

export const BOARD = { productKey: 'SW-SERVO-001', chip: 'ESP32', version: '1.0.0' };

/** A board's transfer, over its reboots, and the server of its packages, in virtual time. */
export class TransferBench {
  readonly time = new VirtualTime();
  readonly network = new VirtualNetwork(this.time);
  readonly flash = new SimFlash();
  readonly slots: MemorySlots;
  readonly key: UpdateKey = updateKey(0);
  readonly server: FileServer;
  host!: VirtualHost;
  transfer!: UpdateTransfer;
  /** What was told: `header 1.1.0`, a percentage, or how it ended (`ok`, or the code), with the time to wait. */
  readonly told: string[] = [];
  outcome: TransferOutcome | undefined;
  /** Whether it is resumed as it wants. */
  resumes = true;
  keys: SigningKeys = knownKeys([this.key]);
  board = BOARD;
  floor: string | undefined;
  security: Security | undefined;
  #boots = 0;

  constructor(image: Uint8Array, blocks = 40) {
    this.slots = new MemorySlots(blocks);
    this.server = new FileServer(this.network, packageOf(image, [this.key]));
    this.boot();
  }

  /** The power comes (back). */
  boot(): UpdateTransfer {
    const { time, network, flash } = this;
    flash.powered = true;
    this.slots.powerOff();
    this.host = createVirtualHost({
      time,
      network,
      serial: 'SN1',
      storage: flash.storage,
      secrets: flash.secrets,
      seed: ++this.#boots,
      onCrash: (error) => {
        throw error;
      },
    });
    const { host } = this;
    const transfer: UpdateTransfer = new UpdateTransfer({
      host,
      slots: this.slots,
      keys: () => this.keys,
      board: this.board,
      floor: () => this.floor,
      security: () => this.security,
      onHeader: ({ version }) => this.told.push(`header ${version}`),
      onProgress: (percent) => this.told.push(String(percent)),
      onEnd: (outcome) => {
        if (!flash.powered) return;
        this.outcome = outcome;
        this.told.push(outcome.ok ? 'ok' : outcome.failure.code);
        const retryMs = outcome.ok ? undefined : outcome.failure.retryMs;
        if (this.resumes && retryMs !== undefined) host.timer.set(() => transfer.resume(), retryMs);
      },
    });
    this.transfer = transfer;
    return transfer;
  }

  /** The power goes, maybe in the middle of something that changes the flash. */
  powerOff(): void {
    this.flash.powered = false;
    this.host.powerOff();
  }

  /** Lets time pass until the job has come to its end, with or without an image. */
  run(maxMs = 24 * 3_600_000): TransferOutcome {
    this.outcome = undefined;
    this.time.runUntil(() => this.outcome !== undefined && !this.#isToBeResumed(), maxMs);
    return this.outcome!;
  }

  /** Starts the server's file, or another, and goes on to the end. */
  fetch(url = this.server.url): TransferOutcome {
    this.transfer.start(url);
    return this.run();
  }

  /** Why it ended. */
  get failure(): UpdateFailure | undefined {
    return this.outcome?.ok === false ? this.outcome.failure : undefined;
  }

  #isToBeResumed(): boolean {
    return this.resumes && this.failure?.retryMs !== undefined;
  }
}
