import { equalBytes } from '../core/bytes.js';
import type { Sha256 } from '../core/crypto.js';
import {
  MIN_HEAD_BYTES,
  mustBeSigned,
  PackageError,
  type PackageHeader,
  readPackageHeader,
} from '../core/package-header.js';
import { mustSuit } from '../core/package-rules.js';
import type { SpareSlot } from '../ports/firmware.js';
import type { TimerHandle } from '../ports/timer.js';
import type { DownloadJob, DownloadRecord } from './download-job.js';
import { burnFailure, downloadFailure, refusal, type TryFailure } from './failure.js';
import { HeadCollector } from './head-collector.js';
import { type PackageAnswer, PackageRequest, type Rest } from './package-request.js';
import { ReadBack } from './read-back.js';
import { maxImageBytes } from './slot-layout.js';
import { SlotWriter } from './slot-writer.js';
import type { TransferOptions } from './transfer.js';

export interface TransferTryOptions {
  readonly transfer: TransferOptions;
  readonly job: DownloadJob;
  readonly record: DownloadRecord;
  /** So many bytes of the image are in the slot. */
  onProgress(written: number): void;
  /** The image is in the slot and has been read back (`undefined`), or why not. Called once, never from inside the constructor. */
  onEnd(failure: TryFailure | undefined): void;
}

/**
 * One try to bring a package into the spare slot, from where the job is: what is there is read back, the rest is fetched and
 * written, and all of it is read back. The slot is open as long as it lasts, and one block's buffer is all that it takes.
 */
export class TransferTry {
  readonly #options: TransferTryOptions;
  #soon: TimerHandle | undefined;
  #slot: SpareSlot | undefined;
  #block = new Uint8Array(0);
  #readBack: ReadBack | undefined;
  #request: PackageRequest | undefined;
  #answer: PackageAnswer | undefined;
  /** While the head comes. */
  #collector: HeadCollector | undefined;
  /** While the image comes. */
  #writer: SlotWriter | undefined;
  #isOver = false;

  constructor(options: TransferTryOptions) {
    this.#options = options;
    this.#soon = options.transfer.host.timer.set(() => this.#begin());
  }

  /** Gives it up, silently. May be called twice. */
  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.transfer.host.timer.clear(this.#soon);
    this.#readBack?.close();
    this.#request?.close();
    this.#slot?.close();
  }

  #begin(): void {
    const { transfer, job } = this.#options;
    try {
      this.#slot = transfer.slots.openSpare();
    } catch {
      this.#end(burnFailure('no_slot', 'there is no slot that an update could be written to now'));
      return;
    }
    this.#block = new Uint8Array(this.#slot.blockBytes);
    if (job.header === undefined) this.#ask(undefined);
    else if (this.#isTaken(job.header, job.head)) this.#goOn(job.header);
  }

  /** Whether the board takes that package. If not, the try is over. */
  #isTaken(header: PackageHeader, head: Uint8Array): boolean {
    const { host, keys, board, floor } = this.#options.transfer;
    try {
      mustBeSigned(host.crypto, keys(), head);
      mustSuit(header, { ...board, floor: floor(), maxImageBytes: maxImageBytes(this.#slot!) });
      return true;
    } catch (error) {
      return this.#refuse(error);
    }
  }

  /** From where the job is; its head is known, and has been checked. */
  #goOn(header: PackageHeader): void {
    const { job } = this.#options;
    const { done, etag } = job;
    if (!this.#tell()) return;
    if (done === header.imageBytes) {
      this.#readAll(header);
    } else if (done > 0 && etag !== undefined && done % this.#block.length === 0) {
      const digest = this.#read(done, () => {
        this.#writer = this.#writerAt(done, header, digest);
        this.#ask({ from: job.fileBytes - header.imageBytes + done, fileBytes: job.fileBytes, etag });
      });
    } else if (this.#startOver()) this.#ask(undefined);
  }

  #ask(rest: Rest | undefined): void {
    const { host, security } = this.#options.transfer;
    this.#collector = rest === undefined ? new HeadCollector() : undefined;
    this.#request = new PackageRequest({
      host,
      url: this.#options.job.url,
      security: security(),
      rest,
      onAnswer: (answer) => this.#onAnswer(answer),
      onBody: (bytes, start, end) => this.#onBody(bytes, start, end),
      onComplete: () => this.#onComplete(),
      onFailed: (failure) => this.#end(failure),
    });
  }

  #onAnswer(answer: PackageAnswer): void {
    this.#answer = answer;
    if (!answer.isWhole) return;
    // It may be another file by now, or the server knows no ranges: nothing of it is mixed into what is there.
    if (this.#writer !== undefined && !this.#startOver()) return;
    this.#collector = new HeadCollector();
    if (answer.bytes !== undefined && answer.bytes <= MIN_HEAD_BYTES) this.#endWrongLength();
  }

  #onBody(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    if (this.#collector !== undefined) at = this.#takeHead(this.#collector, bytes, start, end);
    const writer = this.#writer;
    if (writer === undefined) return;
    const { job, onProgress } = this.#options;
    if (end - at > writer.missing) {
      this.#end(downloadFailure('end', 'too_long', 'the file goes on after the image that its header announces'));
      return;
    }
    try {
      writer.take(bytes, at, end);
    } catch {
      this.#endSlotFailed();
      return;
    }
    if (writer.written === job.done) return;
    job.done = writer.written;
    if (!job.isAhead || this.#keep()) onProgress(job.done);
  }

  /** Returns where the image begins. */
  #takeHead(collector: HeadCollector, bytes: Uint8Array, start: number, end: number): number {
    try {
      const at = collector.take(bytes, start, end);
      if (collector.head !== undefined) this.#onHead(collector.head, readPackageHeader(collector.head));
      return at;
    } catch (error) {
      this.#refuse(error);
      return end;
    }
  }

  #onHead(head: Uint8Array, header: PackageHeader): void {
    const { job } = this.#options;
    const { etag, bytes } = this.#answer!;
    this.#collector = undefined;
    if (!this.#isTaken(header, head)) return;
    if (bytes !== undefined && bytes !== head.length + header.imageBytes) {
      this.#endWrongLength();
      return;
    }
    job.begin(head, header, etag);
    if (!this.#keep()) return;
    if (job.done > 0) {
      this.#request?.close();
      this.#goOn(header);
    } else if (this.#tell()) {
      this.#writer = this.#writerAt(0, header, this.#options.transfer.host.crypto.createSha256());
    }
  }

  #onComplete(): void {
    const { job, onProgress } = this.#options;
    const writer = this.#writer;
    const header = job.header!;
    if (writer === undefined || writer.missing > 0) {
      this.#end(downloadFailure('retry', 'incomplete', 'the answer of the server ended before the package did'));
      return;
    }
    let digest: Uint8Array;
    try {
      digest = writer.finish();
    } catch {
      this.#endSlotFailed();
      return;
    }
    if (!equalBytes(digest, header.digest)) {
      const message = 'the image that came is not the one whose SHA-256 stands in its header';
      this.#end({ step: -3, code: 'wrong_digest', message, next: 'end' });
      return;
    }
    job.done = header.imageBytes;
    if (!this.#keep()) return;
    onProgress(job.done);
    if (!this.#isOver) this.#readAll(header);
  }

  /** The last check, of a whole image. */
  #readAll(header: PackageHeader): void {
    const digest = this.#read(header.imageBytes, () => {
      const isSame = equalBytes(digest.digest(), header.digest);
      this.#end(
        isSame ? undefined : burnFailure('flash_differs', 'what the flash holds is not what was written to it'),
      );
    });
  }

  /** What `onDone` finds in the result is the digest of the first `bytes` of the image in the slot. */
  #read(bytes: number, onDone: () => void): Sha256 {
    const { timer, crypto } = this.#options.transfer.host;
    const digest = crypto.createSha256();
    const onFailed = (): void => this.#endSlotFailed();
    this.#readBack = new ReadBack({ timer, slot: this.#slot!, block: this.#block, bytes, digest, onDone, onFailed });
    return digest;
  }

  #writerAt(written: number, { imageBytes }: PackageHeader, digest: Sha256): SlotWriter {
    return new SlotWriter(this.#slot!, this.#block, digest, imageBytes, written);
  }

  /** Says what comes and how far it is. Whether the try goes on: who is told may have given it up. */
  #tell(): boolean {
    const { transfer, job, onProgress } = this.#options;
    transfer.onHeader(job.update!);
    if (!this.#isOver) onProgress(job.done);
    return !this.#isOver;
  }

  /** Whether it may; if not, the try is over. */
  #startOver(): boolean {
    this.#writer = undefined;
    if (this.#options.job.startOver()) return true;
    const message =
      'the download had to begin anew too often: the server changes the file, or cannot send the rest of one';
    this.#end(downloadFailure('end', 'no_rest', message));
    return false;
  }

  /** Whether the record is written; if not, the try is over. */
  #keep(): boolean {
    const { job, record } = this.#options;
    try {
      job.keep(record);
      return true;
    } catch {
      this.#end(burnFailure('storage_failed', 'the record of the download cannot be written'));
      return false;
    }
  }

  #refuse(error: unknown): false {
    if (!(error instanceof PackageError)) throw error;
    this.#end(refusal(error));
    return false;
  }

  #endWrongLength(): void {
    this.#end(downloadFailure('end', 'wrong_length', 'the file is not as long as its header and its image are'));
  }

  #endSlotFailed(): void {
    this.#end(burnFailure('flash_failed', 'the flash of the spare slot fails'));
  }

  #end(failure: TryFailure | undefined): void {
    if (this.#isOver) return;
    this.close();
    this.#options.onEnd(failure);
  }
}
