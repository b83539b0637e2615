import { createHash } from 'node:crypto';
import { CloudError } from '../errors.js';
import type { FileDraft } from '../store/stored-files.js';
import { type PackageHead, readPackageHead } from './package-head.js';

/** Largest package, bytes: more than the slot of any board. */
export const MAX_PACKAGE_BYTES = 4_194_304;

/** A package that has arrived, and is what its header says. */
export interface ArrivedPackage {
  readonly head: PackageHead;
  readonly bytes: number;
  /** Of the file. */
  readonly sha256: Buffer;
  readonly md5: Buffer;
}

/**
 * A package on its way in, piece by piece: its header is read before anything else is taken, and its digest is made as it comes. Of
 * one that is given up nothing is left.
 */
export class PackageUpload<T> {
  readonly #draft: FileDraft;
  readonly #onHead: (head: PackageHead) => void;
  readonly #onArrived: (arrived: ArrivedPackage, draft: FileDraft) => T;
  readonly #onEnd: () => void;
  readonly #sha256 = createHash('sha256');
  readonly #md5 = createHash('md5');
  readonly #imageSha256 = createHash('sha256');
  /** What has come of the header and the signatures, until they are whole. */
  #beginning = Buffer.alloc(0);
  #head: PackageHead | undefined;
  #bytes = 0;
  #over = false;

  constructor(options: {
    draft: FileDraft;
    /** May refuse it. */
    onHead: (head: PackageHead) => void;
    /** Keeps the draft, or discards it. */
    onArrived: (arrived: ArrivedPackage, draft: FileDraft) => T;
    /** Once, however it ended. */
    onEnd: () => void;
  }) {
    this.#draft = options.draft;
    this.#onHead = options.onHead;
    this.#onArrived = options.onArrived;
    this.#onEnd = options.onEnd;
  }

  /** Takes the next piece. @throws CloudError `invalid_parameter`, of status 413 where it is too large; what `onHead` throws */
  write(piece: Uint8Array): void {
    this.#bytes += piece.length;
    if (this.#bytes > MAX_PACKAGE_BYTES) throw tooLarge();
    this.#sha256.update(piece);
    this.#md5.update(piece);
    this.#draft.write(piece);
    if (this.#head !== undefined) this.#takeImage(this.#head, piece);
    else this.#takeBeginning(piece);
  }

  /** All has come. @throws CloudError `invalid_parameter`: it is not what its header says; what `onArrived` throws */
  finish(): T {
    const head = this.#head;
    if (head === undefined) throw refused('it ends within its header or its signatures');
    const expected = head.headBytes + head.imageBytes;
    if (this.#bytes < expected) throw refused(`it ends after ${this.#bytes} of ${expected} bytes`);
    if (!this.#imageSha256.digest().equals(head.digest)) {
      throw refused('its image does not have the SHA-256 that its header says');
    }
    const arrived = { head, bytes: this.#bytes, sha256: this.#sha256.digest(), md5: this.#md5.digest() };
    return this.#onArrived(arrived, this.#draft);
  }

  /** To be called at the end, whatever that was: of a package that was not kept nothing stays. May be called twice. */
  close(): void {
    if (this.#over) return;
    this.#over = true;
    // First: a disk that does not even forget must not hold up those that come later.
    this.#onEnd();
    this.#draft.discard();
  }

  #takeBeginning(piece: Uint8Array): void {
    this.#beginning = Buffer.concat([this.#beginning, piece]);
    const head = readPackageHead(this.#beginning);
    if (head === undefined) return;
    this.#onHead(head);
    this.#head = head;
    this.#takeImage(head, this.#beginning.subarray(head.headBytes));
    this.#beginning = Buffer.alloc(0);
  }

  #takeImage(head: PackageHead, piece: Uint8Array): void {
    if (this.#bytes > head.headBytes + head.imageBytes) throw refused('it is longer than its header says');
    this.#imageSha256.update(piece);
  }
}

/** For a package over the limit, whether it was announced or has come. */
export function tooLarge(): CloudError {
  return new CloudError('invalid_parameter', `the package is larger than ${MAX_PACKAGE_BYTES} bytes`, { status: 413 });
}

function refused(why: string): CloudError {
  return new CloudError('invalid_parameter', `the body is not a package that a board would take: ${why}`);
}
