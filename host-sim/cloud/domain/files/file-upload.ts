import { createHash } from 'node:crypto';
import { CloudError } from '../../errors.js';
import type { FileDraft } from '../../store/stored-files.js';
import { contentTypeOf, fileNameOf, fileTooLarge, MAX_FILE_BYTES } from './file-rules.js';

/** What a client says of a file. */
export interface DeclaredFile {
  readonly name: string;
  readonly contentType?: string | null | undefined;
}

/** What was said of a file before it came, and must be so. */
export interface ExpectedFile {
  readonly fileId: string;
  readonly bytes: number;
  readonly sha256: Buffer | null;
}

/** A file that has arrived whole. */
export interface ArrivedFile {
  readonly name: string;
  readonly contentType: string;
  readonly bytes: number;
  readonly sha256: Buffer;
  readonly expected: ExpectedFile | undefined;
  readonly draft: FileDraft;
}

/** A file on its way in, piece by piece; its digest is made as it comes. */
export class IncomingFile {
  readonly #name: string;
  readonly #contentType: string;
  readonly #draft: FileDraft;
  readonly #expected: ExpectedFile | undefined;
  readonly #sha256 = createHash('sha256');
  #bytes = 0;

  /** @throws CloudError `invalid_parameter` */
  constructor({ name, contentType }: DeclaredFile, begin: () => FileDraft, expected?: ExpectedFile) {
    this.#name = fileNameOf(name);
    this.#contentType = contentTypeOf(contentType);
    this.#expected = expected;
    this.#draft = begin();
  }

  /** Takes the next piece. @throws CloudError `invalid_parameter`, of status 413 where it is too large */
  write(piece: Uint8Array): void {
    this.#bytes += piece.length;
    if (this.#bytes > MAX_FILE_BYTES) throw fileTooLarge();
    if (this.#expected && this.#bytes > this.#expected.bytes) throw this.#wrong(`more than ${this.#expected.bytes}`);
    this.#sha256.update(piece);
    this.#draft.write(piece);
  }

  /** All has come. @throws CloudError `invalid_parameter`: it is empty, or not what was announced */
  arrived(): ArrivedFile {
    if (this.#bytes === 0) throw new CloudError('invalid_parameter', 'an empty file is not kept');
    const sha256 = this.#sha256.digest();
    const expected = this.#expected;
    if (expected && this.#bytes !== expected.bytes) throw this.#wrong(`${this.#bytes} of ${expected.bytes}`);
    if (expected?.sha256 && !expected.sha256.equals(sha256)) {
      throw new CloudError('invalid_parameter', 'the body does not have the sha256 that was announced');
    }
    return {
      name: this.#name,
      contentType: this.#contentType,
      bytes: this.#bytes,
      sha256,
      expected,
      draft: this.#draft,
    };
  }

  /** Leaves nothing of it, unless it was kept. */
  discard(): void {
    this.#draft.discard();
  }

  #wrong(bytes: string): CloudError {
    return new CloudError('invalid_parameter', `the body has ${bytes} bytes that were announced as its size`);
  }
}

/** Files that come in one request: all of them are kept, or none. */
export class FileUpload<T> {
  readonly #most: number;
  readonly #begin: () => FileDraft;
  readonly #onArrived: (files: readonly ArrivedFile[]) => T;
  readonly #onEnd: () => void;
  readonly #files: IncomingFile[] = [];
  #over = false;

  constructor(options: {
    /** Files that may come. */
    most: number;
    begin: () => FileDraft;
    /** Keeps all drafts, or throws. */
    onArrived: (files: readonly ArrivedFile[]) => T;
    /** Once, however it ended. */
    onEnd: () => void;
  }) {
    this.#most = options.most;
    this.#begin = options.begin;
    this.#onArrived = options.onArrived;
    this.#onEnd = options.onEnd;
  }

  /** Begins the next file. @throws CloudError `invalid_parameter` */
  add(declared: DeclaredFile, expected?: ExpectedFile): IncomingFile {
    if (this.#files.length === this.#most) {
      throw new CloudError('invalid_parameter', `only ${this.#most} of field \`file\` may come in one request`);
    }
    const file = new IncomingFile(declared, this.#begin, expected);
    this.#files.push(file);
    return file;
  }

  /** All have come. @throws CloudError `invalid_parameter`: one is not as it must be, or there is none; what `onArrived` throws */
  finish(): T {
    if (this.#files.length === 0) throw new CloudError('invalid_parameter', 'the body holds no file in a field `file`');
    return this.#onArrived(this.#files.map((file) => file.arrived()));
  }

  /** To be called at the end, whatever that was: of what was not kept nothing stays. May be called twice. */
  close(): void {
    if (this.#over) return;
    this.#over = true;
    // First: a disk that does not even forget must not hold up those that come later.
    this.#onEnd();
    for (const file of this.#files) file.discard();
  }
}
