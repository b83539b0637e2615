import { decodeHex, encodeHex } from '../core/bytes.js';
import { PackageError, type PackageHeader, readPackageHeader } from '../core/package-header.js';
import type { Host } from '../ports/host.js';
import { JsonRecord } from '../records/json-record.js';
import { isStrongTag } from './package-request.js';
import type { Update } from './transfer.js';

/** Key of the record of a download; with the secrets, for who knows its URL may fetch. */
export const DOWNLOAD_RECORD = 'download';

/** A job as it is kept. */
interface StoredJob {
  readonly url: string;
  /** Strong entity tag of the file; without one it cannot be gone on with. */
  readonly etag?: string | undefined;
  /** Everything before the image, hex. */
  readonly head: string;
  /** Bytes of the image that are in the slot: whole blocks, or all. */
  readonly done: number;
  /** Tries since there was progress, and how many bytes there were then. */
  readonly tries: number;
  readonly progress: number;
  readonly restarts: number;
}

/** So many bytes more than before are progress, and are written down. */
export const PROGRESS_BYTES = 65_536;
const MAX_TRIES = 8;
const MAX_RESTARTS = 3;

/** One package on its way into the spare slot: what is known of it, and how far it has come. */
export class DownloadJob {
  readonly url: string;
  etag: string | undefined;
  /** Bytes of the image that are in the slot for good: whole blocks, or all. */
  done = 0;
  #earlier: DownloadJob | undefined;
  #head = '';
  #header: PackageHeader | undefined;
  #tries = 0;
  #progress = 0;
  #restarts = 0;
  #kept = 0;

  /** @param before the job that this one takes the place of: something of the same package may be in the slot */
  constructor(url: string, before?: DownloadJob) {
    this.url = url;
    if (before !== undefined) this.#earlier = before.header === undefined ? before.#earlier : before;
  }

  /** The job that is kept, or `undefined`. */
  static read(record: DownloadRecord): DownloadJob | undefined {
    const stored = record.read();
    if (stored === undefined) return undefined;
    const job = new DownloadJob(stored.url);
    const head = decodeHex(stored.head);
    try {
      const header = readPackageHeader(head);
      if (stored.done > header.imageBytes) return undefined;
      job.begin(head, header, stored.etag);
    } catch (error) {
      if (!(error instanceof PackageError)) throw error;
      return undefined;
    }
    job.done = job.#kept = stored.done;
    job.#tries = stored.tries;
    job.#progress = stored.progress;
    job.#restarts = stored.restarts;
    return job;
  }

  /** Of the package, once its head has come. */
  get header(): PackageHeader | undefined {
    return this.#header;
  }

  /** Everything before the image. */
  get head(): Uint8Array {
    return decodeHex(this.#head);
  }

  get update(): Update | undefined {
    const header = this.#header;
    if (header === undefined) return undefined;
    const { version, digest, required, floor } = header;
    return { version, digest: encodeHex(digest), required, floor };
  }

  /** Bytes of the whole file, once its head has come. */
  get fileBytes(): number {
    return this.#head.length / 2 + (this.#header?.imageBytes ?? 0);
  }

  /**
   * The package has this head. `done` is what an earlier job has brought of the same package, where that can be gone on with.
   * @param etag the file's, if it is a strong one
   */
  begin(head: Uint8Array, header: PackageHeader, etag: string | undefined): void {
    const earlier = this.#earlier;
    this.#earlier = undefined;
    this.#header = header;
    this.#head = encodeHex(head);
    this.etag = etag;
    this.done = 0;
    if (earlier === undefined || earlier.#head !== this.#head) return;
    if (etag !== undefined || earlier.done === header.imageBytes) this.done = earlier.done;
  }

  /** What is in the slot cannot be gone on with. False: that was so too often. */
  startOver(): boolean {
    if (this.done > 0) this.#restarts++;
    this.done = this.#progress = 0;
    this.etag = undefined;
    return this.#restarts <= MAX_RESTARTS;
  }

  /** A try has failed. How many have since there was progress, this one included; `undefined`: too many. */
  countTry(): number | undefined {
    if (this.done - this.#progress < PROGRESS_BYTES) this.#tries++;
    else {
      this.#tries = 0;
      this.#progress = this.done;
    }
    return this.#tries < MAX_TRIES ? this.#tries : undefined;
  }

  /** Whether there is progress that is not in the record. */
  get isAhead(): boolean {
    return this.done - this.#kept >= PROGRESS_BYTES;
  }

  /** Writes it down, once its head is known. @throws {Error} when the flash fails */
  keep(record: DownloadRecord): void {
    if (this.#header === undefined) return;
    const { url, etag, done } = this;
    record.write({
      url,
      etag,
      head: this.#head,
      done,
      tries: this.#tries,
      progress: this.#progress,
      restarts: this.#restarts,
    });
    this.#kept = done;
  }
}

/** The record of the job there is. */
export type DownloadRecord = JsonRecord<StoredJob>;

export function downloadRecord({ secrets, text }: Host): DownloadRecord {
  return new JsonRecord(secrets, text, DOWNLOAD_RECORD, (value) => {
    const { url, etag, head, done, tries, progress, restarts } = value;
    if (typeof url !== 'string' || typeof head !== 'string') return undefined;
    if (etag !== undefined && !(typeof etag === 'string' && isStrongTag(etag))) return undefined;
    if (!isCount(done) || !isCount(tries) || !isCount(progress) || !isCount(restarts)) return undefined;
    return { url, etag, head, done, tries, progress, restarts };
  });
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
