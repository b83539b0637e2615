import { sealImage } from '../../host-sim/world/boot-image.js';
import { compareVersions } from '../../src/core/version.js';
import type { Transfer, TransferOptions, TransferOutcome, Update, UpdateFailure } from '../../src/ota/transfer.js';
import type { TimerHandle } from '../../src/ports/timer.js';
import { JsonRecord } from '../../src/records/json-record.js';

/** What a build does once it runs: well, crashes after five seconds, or never comes online. */
export type Character = 'good' | 'crashes' | 'stillborn' | 'mute';

/** A package, without its bytes. */
export interface FakePackage extends Update {
  readonly character: Character;
  /** What the transfer says in place of going on, at that percent, once each. */
  readonly failures: { readonly at: number; readonly failure: UpdateFailure }[];
  /** Its image is none that the boot loader starts. */
  readonly isBroken: boolean;
}

let made = 0;

/** A package with what it needs, unless it is said otherwise. */
export function fakePackage(version: string, change: Partial<FakePackage> = {}): FakePackage {
  const digest = (++made).toString(16).padStart(64, '0');
  return { version, digest, required: 1, floor: '0.0.1', character: 'good', failures: [], isBroken: false, ...change };
}

export function imageOf(version: string, character: Character): Uint8Array {
  return sealImage(Buffer.from(JSON.stringify({ version, character })));
}

interface Job {
  readonly url: string;
  readonly percent: number;
}

/** Of a package, so much in so long. */
const STEP_PERCENT = 5;
const STEP_MS = 100;

/** A transfer that gets packages by their URL out of a list, slowly, and keeps its job over reboots as the real one does. */
export class FakeTransfer implements Transfer {
  readonly started: string[] = [];
  readonly #options: TransferOptions;
  readonly #packages: ReadonlyMap<string, FakePackage>;
  readonly #record: JsonRecord<Job>;
  #job: Job | undefined;
  #next: TimerHandle | undefined;

  constructor(options: TransferOptions, packages: ReadonlyMap<string, FakePackage>) {
    this.#options = options;
    this.#packages = packages;
    const { storage, text } = options.host;
    this.#record = new JsonRecord<Job>(storage, text, 'download', (value) => value as unknown as Job);
    this.#job = this.#record.read();
  }

  get pending(): Update | undefined {
    return this.#job && this.#packages.get(this.#job.url);
  }

  get isUnderWay(): boolean {
    return this.#next !== undefined;
  }

  start(url: string): void {
    this.started.push(url);
    this.pause();
    if (this.#job?.url !== url) this.#job = { url, percent: 0 };
    this.resume();
  }

  resume(): void {
    this.#after(() => this.#begin());
  }

  pause(): void {
    this.#options.host.timer.clear(this.#next);
    this.#next = undefined;
  }

  complete(): void {
    const { version, character, isBroken } = this.#package;
    const spare = this.#options.slots.openSpare();
    const image = imageOf(version, character);
    const block = new Uint8Array(Math.ceil(image.length / 16) * 16).fill(0xff);
    block.set(isBroken ? image.map((byte) => byte ^ 1) : image);
    try {
      spare.complete(block);
    } finally {
      spare.close();
    }
  }

  abandon(): void {
    this.pause();
    this.#job = undefined;
    this.#record.erase();
  }

  get #package(): FakePackage {
    return this.#packages.get(this.#job!.url)!;
  }

  #begin(): void {
    const { board, keys, floor, onHeader } = this.#options;
    const found = this.#packages.get(this.#job!.url);
    if (found === undefined) {
      this.#end({ step: -2, code: 'not_found', message: 'the server has no such file' });
      return;
    }
    const { version, digest, required } = found;
    const lowest = floor();
    if (keys().required !== 1 || compareVersions(version, board.version) <= 0) {
      this.#end({
        step: -3,
        code: 'not_signed',
        message: 'the package is not signed by the keys that this board wants',
      });
    } else if (lowest !== undefined && compareVersions(version, lowest) < 0) {
      this.#end({ step: -1, code: 'below_floor', message: `version ${version} is below ${lowest}` });
    } else {
      onHeader({ version, digest, required, floor: found.floor });
      if (this.#job !== undefined) this.#after(() => this.#step());
    }
  }

  #step(): void {
    const { url, percent } = this.#job!;
    const { failures, version, digest, required, floor } = this.#package;
    if (failures[0]?.at === percent) {
      this.#end(failures.shift()!.failure);
      return;
    }
    if (percent === 100) {
      this.#tell({ ok: true, update: { version, digest, required, floor } });
      return;
    }
    this.#job = { url, percent: percent + STEP_PERCENT };
    if (this.#job.percent % 25 === 0) this.#record.write(this.#job);
    this.#options.onProgress(this.#job.percent);
    if (this.#next === undefined) this.#after(() => this.#step());
  }

  #end(failure: UpdateFailure): void {
    if (failure.retryMs === undefined) this.abandon();
    this.#tell({ ok: false, failure });
  }

  #tell(outcome: TransferOutcome): void {
    this.#options.onEnd(outcome);
  }

  #after(callback: () => void): void {
    this.pause();
    this.#next = this.#options.host.timer.set(() => {
      this.#next = undefined;
      callback();
    }, STEP_MS);
  }
}
