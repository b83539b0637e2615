import { backoffMs, REFUSAL_WAIT_MS, RETRY_AFTER_CAP_MS } from '../core/backoff.js';
import { DownloadJob, type DownloadRecord, downloadRecord } from './download-job.js';
import type { TryFailure } from './failure.js';
import { blockFor, paddedBytes } from './slot-layout.js';
import type { Transfer, TransferOptions, Update } from './transfer.js';
import { TransferTry } from './transfer-try.js';

/** Percents are told in steps of this. */
const PERCENT_STEP = 5;

/** `Transfer` over HTTP into the spare slot: one job, in tries that each begin from what is in the flash. */
export class UpdateTransfer implements Transfer {
  readonly #options: TransferOptions;
  readonly #record: DownloadRecord;
  #job: DownloadJob | undefined;
  #try: TransferTry | undefined;
  /** What was told last. */
  #percent = -1;
  /** The image is in the slot, and was checked since this boot. */
  #isReady = false;

  constructor(options: TransferOptions) {
    this.#options = options;
    this.#record = downloadRecord(options.host);
    this.#job = DownloadJob.read(this.#record);
  }

  get pending(): Update | undefined {
    return this.#job?.update;
  }

  get isUnderWay(): boolean {
    return this.#try !== undefined;
  }

  start(url: string): void {
    // Told twice, the second time after a reconnect: what is on its way goes on.
    if (this.isUnderWay && this.#job?.url === url) return;
    this.pause();
    this.#job = new DownloadJob(url, this.#job);
    this.#percent = -1;
    this.#begin(this.#job);
  }

  resume(): void {
    if (!this.isUnderWay && this.#job !== undefined) this.#begin(this.#job);
  }

  pause(): void {
    if (this.#try === undefined) return;
    this.#try.close();
    this.#try = undefined;
    this.#keep();
  }

  complete(): void {
    const header = this.#job?.header;
    if (!this.#isReady || header === undefined) throw new Error('no image has been checked');
    const slot = this.#options.slots.openSpare();
    try {
      const bytes = paddedBytes(Math.min(header.imageBytes, slot.blockBytes));
      const first = new Uint8Array(bytes);
      slot.read(first, blockFor(slot, 0) * slot.blockBytes);
      slot.complete(first);
    } finally {
      slot.close();
    }
  }

  abandon(): void {
    this.#try?.close();
    this.#try = undefined;
    this.#job = undefined;
    this.#isReady = false;
    try {
      this.#record.erase();
    } catch {
      // It is read again at the next boot, and checked again before anything comes of it.
    }
  }

  #begin(job: DownloadJob): void {
    this.#isReady = false;
    this.#try = new TransferTry({
      transfer: this.#options,
      job,
      record: this.#record,
      onProgress: (written) => this.#onProgress(job, written),
      onEnd: (failure) => this.#onEnd(job, failure),
    });
  }

  #onProgress({ header }: DownloadJob, written: number): void {
    const percent = Math.floor((written * 100) / header!.imageBytes / PERCENT_STEP) * PERCENT_STEP;
    if (percent === this.#percent) return;
    this.#percent = percent;
    this.#options.onProgress(percent);
  }

  #onEnd(job: DownloadJob, failure: TryFailure | undefined): void {
    const { onEnd } = this.#options;
    this.#try = undefined;
    if (failure === undefined) {
      this.#isReady = true;
      onEnd({ ok: true, update: job.update! });
      return;
    }
    const { step, code, message } = failure;
    const retryMs = this.#retryMs(job, failure);
    if (retryMs === undefined) {
      this.abandon();
      onEnd({ ok: false, failure: { step, code, message } });
    } else {
      this.#keep();
      onEnd({ ok: false, failure: { step, code, message, retryMs } });
    }
  }

  /** How long to wait for the next try; `undefined`: there is none. */
  #retryMs(job: DownloadJob, { code, next, waitMs }: TryFailure): number | undefined {
    if (next === 'end' || (next === 'restart' && !job.startOver())) return undefined;
    const tries = job.countTry();
    if (tries === undefined) return undefined;
    const jitter = backoffMs(Math.max(0, tries - 1), this.#options.host.random.uint32() / 2 ** 32);
    const least = waitMs ?? (code === 'http_429' ? REFUSAL_WAIT_MS : 0);
    return Math.min(least + jitter, RETRY_AFTER_CAP_MS);
  }

  #keep(): void {
    try {
      this.#job?.keep(this.#record);
    } catch {
      // What the record says instead is less, or is still in the slot: nothing is overwritten before the record says so.
    }
  }
}
