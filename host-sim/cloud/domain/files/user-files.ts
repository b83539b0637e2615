import type { CloudEnvironment } from '../../environment.js';
import { CloudError } from '../../errors.js';
import type { FileDraft, StoredFile, StoredFiles } from '../../store/stored-files.js';
import { BLOCK_BYTES, type UserFileRow, type UserFileStore } from '../../store/user-file-store.js';
import type { DomainModule } from '../module.js';
import type { PackageService } from '../packages.js';
import { type Page, type PageRequest, pageOf } from '../paging.js';
import { hashSecret, randomId } from '../secrets.js';
import type { UserView } from '../users.js';
import type { FileLink, FileLinks } from './file-links.js';
import { contentTypeOf, fileNameOf, MAX_ALL_BYTES, MAX_FILES } from './file-rules.js';
import { type ArrivedFile, type DeclaredFile, FileUpload, type IncomingFile } from './file-upload.js';

/** Uploads that are on their way in at a time. */
const MAX_UPLOADS = 8;
/** When an upload may be tried again, s. */
const RETRY_AFTER_S = 5;
/** For how long an announced file may come, ms. */
const ANNOUNCED_MS = 600_000;
const TOKEN_BYTES = 16;
/** How ids of firmware packages begin, whose files are everybody's. */
const PACKAGE_PREFIX = 'pkg_';

/** A file as the API shows it. */
export interface FileView {
  readonly fileId: string;
  readonly fileName: string;
  /** As its sender said: nobody has looked into it. */
  readonly contentType: string;
  /** Bytes. */
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** A file behind a link. */
export type LinkedFile = StoredFile & Pick<FileView, 'fileName' | 'contentType'>;

/** An upload that may come. */
export interface FileAnnouncement {
  readonly fileId: string;
  /** Of `receive`. */
  readonly uploadToken: string;
  /** ISO 8601, UTC. */
  readonly expiresAt: string;
}

/**
 * Files of users: each is its owner's alone, and for everybody else as if it did not exist. Those of firmware packages are shown to
 * all users beside them.
 */
export class UserFiles implements DomainModule {
  readonly #store: UserFileStore;
  readonly #files: StoredFiles;
  readonly #links: FileLinks;
  readonly #packages: PackageService;
  readonly #transaction: (work: () => void) => void;
  readonly #environment: CloudEnvironment;
  #uploads = 0;

  constructor(options: {
    store: UserFileStore;
    files: StoredFiles;
    links: FileLinks;
    packages: PackageService;
    transaction: (work: () => void) => void;
    environment: CloudEnvironment;
  }) {
    this.#store = options.store;
    this.#files = options.files;
    this.#links = options.links;
    this.#packages = options.packages;
    this.#transaction = options.transaction;
    this.#environment = options.environment;
  }

  /** A file of the user, or of a firmware package. @throws CloudError `not_found`, `package_not_found` */
  get(user: UserView, fileId: string): FileView {
    return fileId.startsWith(PACKAGE_PREFIX) ? this.#ofPackage(fileId) : view(this.#own(user, fileId));
  }

  /** A user's files, the newest first. */
  list(user: UserView, request: PageRequest): Page<FileView> {
    const { limit, offset } = pageOf(request);
    const list = this.#store.list(user.userId, limit, offset).map(view);
    return { list, total: this.#store.count(user.userId), page: request.page, size: limit };
  }

  /**
   * Keeps a file that is in memory already.
   * @throws CloudError `invalid_parameter`: its name or size; `forbidden`: the user or the cloud has too many
   */
  keep(user: UserView, { bytes, ...declared }: DeclaredFile & { readonly bytes: Uint8Array }): FileView {
    const upload = this.#upload(user, 1, () => {});
    try {
      upload.add(declared).write(bytes);
      return upload.finish()[0]!;
    } finally {
      upload.close();
    }
  }

  /** @throws CloudError `not_found` */
  delete(user: UserView, fileId: string): void {
    const row = this.#own(user, fileId);
    this.#store.delete(row.seq);
    this.#files.remove(fileId);
  }

  /**
   * Begins to take files, all or none of them; whoever does closes it in the end.
   * @param most how many
   * @throws CloudError `too_many_requests`; its methods also `forbidden`: the user or the cloud has too many
   */
  begin(user: UserView, most: number): FileUpload<readonly FileView[]> {
    if (this.#uploads >= MAX_UPLOADS) {
      throw new CloudError('too_many_requests', 'too many files are being uploaded', { retryAfterS: RETRY_AFTER_S });
    }
    this.#uploads += 1;
    return this.#upload(user, most, () => {
      this.#uploads -= 1;
    });
  }

  /**
   * Says what file will come: exactly this one, once, within 10 minutes.
   * @param file its size in bytes; its digest as hex
   * @throws CloudError `invalid_parameter`; `forbidden`: the user or the cloud has too many
   */
  announce(
    user: UserView,
    file: DeclaredFile & { readonly bytes: number; readonly sha256?: string | null | undefined },
  ): FileAnnouncement {
    const now = this.#environment.now();
    this.#store.prune(now);
    this.#refuseBeyondLimits(user, [file], this.#store.countAnnounced(user.userId));
    const uploadToken = this.#environment.randomBytes(TOKEN_BYTES).toString('base64url');
    const fileId = this.#newId();
    this.#store.announce({
      token_hash: hashSecret(uploadToken),
      file_id: fileId,
      user_id: user.userId,
      name: fileNameOf(file.name),
      content_type: contentTypeOf(file.contentType),
      bytes: file.bytes,
      sha256: file.sha256 ? Buffer.from(file.sha256, 'hex') : null,
      expires_at: now + ANNOUNCED_MS,
    });
    return { fileId, uploadToken, expiresAt: new Date(now + ANNOUNCED_MS).toISOString() };
  }

  /**
   * Begins to take a file that the user has announced; a try that fails may be made again.
   * @throws CloudError `not_found`, `too_many_requests`
   */
  receive(user: UserView, uploadToken: string): { upload: FileUpload<readonly FileView[]>; file: IncomingFile } {
    const row = this.#store.announced(hashSecret(uploadToken));
    if (!row || row.user_id !== user.userId || row.expires_at <= this.#environment.now()) throw notAnnounced();
    const upload = this.begin(user, 1);
    const declared = { name: row.name, contentType: row.content_type };
    try {
      return { upload, file: upload.add(declared, { fileId: row.file_id, bytes: row.bytes, sha256: row.sha256 }) };
    } catch (error) {
      // Nobody else has it, to close it.
      upload.close();
      throw error;
    }
  }

  /** A file of `get`, and a link that opens it for 10 minutes to whoever holds it. @throws CloudError as `get` does */
  link(user: UserView, fileId: string): FileView & FileLink {
    return { ...this.get(user, fileId), ...this.#links.make(fileId) };
  }

  /** The same of a file that is played. @throws CloudError as `get` does; `invalid_parameter`: it is neither video nor audio */
  playLink(user: UserView, fileId: string): FileView & FileLink {
    const { contentType } = this.get(user, fileId);
    if (!/^(?:video|audio)\//.test(contentType)) {
      throw new CloudError('invalid_parameter', `fileId must be of a video or audio file: this one is ${contentType}`);
    }
    return this.link(user, fileId);
  }

  /** What is behind a link; undefined where that has expired, or its file is gone. */
  linked(token: string): LinkedFile | undefined {
    const fileId = this.#links.open(token);
    if (fileId === undefined) return undefined;
    const row = this.#store.byId(fileId);
    if (row) {
      const { fileName, contentType, size: bytes, sha256 } = view(row);
      return { fileName, contentType, bytes, sha256, read: (at, length) => this.#files.read(fileId, at, length) };
    }
    const file = this.#packages.file(fileId);
    return file && { ...file, ...this.#ofPackage(fileId) };
  }

  /** Removes files that nobody knows (of a run that was killed, of users who are gone), and announcements that have ended. */
  prune(): void {
    this.#store.prune(this.#environment.now());
    // In turn with those that keep a file and write its row, whichever process they are.
    this.#transaction(() => this.#files.keepOnly(new Set(this.#store.ids())));
  }

  #own(user: UserView, fileId: string): UserFileRow {
    const row = this.#store.byId(fileId);
    if (row?.user_id !== user.userId) throw new CloudError('not_found', 'there is no such file');
    return row;
  }

  #ofPackage(packageId: string): FileView {
    const { productKey, version, bytes, sha256, uploadedAt } = this.#packages.get(packageId);
    return {
      fileId: packageId,
      fileName: `${productKey}-${version}.slfw`,
      contentType: contentTypeOf(undefined),
      size: bytes,
      sha256,
      createdAt: uploadedAt,
    };
  }

  #upload(user: UserView, most: number, onEnd: () => void): FileUpload<readonly FileView[]> {
    return new FileUpload({
      most,
      begin: (): FileDraft => this.#files.begin(),
      onArrived: (files) => this.#keep(user, files),
      onEnd,
    });
  }

  #keep(user: UserView, files: readonly ArrivedFile[]): FileView[] {
    this.#refuseBeyondLimits(user, files);
    const rows = files.map(({ name, contentType, bytes, sha256, expected }) => ({
      file_id: expected?.fileId ?? this.#newId(),
      user_id: user.userId,
      name,
      content_type: contentType,
      bytes,
      sha256,
      created_at: this.#environment.now(),
    }));
    this.#transaction(() => {
      for (const [index, row] of rows.entries()) {
        const { draft, expected } = files[index]!;
        // Another try may have been faster.
        if (expected && !this.#store.forget(expected.fileId)) throw notAnnounced();
        // The file first: one without a row is removed at the next start, a row without its file would be a promise not kept.
        draft.keep(row.file_id);
        // Closed while the file was on its way: nothing of him is to stay.
        if (!this.#store.insert(row)) {
          this.#files.remove(row.file_id);
          throw new CloudError('unauthorized', 'the account was closed');
        }
      }
    });
    return rows.map(view);
  }

  /** @param announced files that the user will send beside these */
  #refuseBeyondLimits(user: UserView, files: readonly { readonly bytes: number }[], announced = 0): void {
    if (this.#store.count(user.userId) + announced + files.length > MAX_FILES) {
      throw new CloudError('forbidden', `a user may have at most ${MAX_FILES} files: delete one first`);
    }
    const added = files.reduce((sum, { bytes }) => sum + Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES, 0);
    if (this.#store.bytes() + added > MAX_ALL_BYTES) {
      throw new CloudError(
        'forbidden',
        `the files of all users together may take at most ${MAX_ALL_BYTES} bytes: one must be deleted first`,
      );
    }
  }

  #newId(): string {
    return randomId(this.#environment, 'file_', 24);
  }
}

/** For a token that was never given out, has ended, was used, or is another user's. */
function notAnnounced(): CloudError {
  return new CloudError('not_found', 'the uploadToken is unknown, has expired or was used: apply for another');
}

function view(row: Omit<UserFileRow, 'seq'>): FileView {
  return {
    fileId: row.file_id,
    fileName: row.name,
    contentType: row.content_type,
    size: row.bytes,
    sha256: row.sha256.toString('hex'),
    createdAt: new Date(row.created_at).toISOString(),
  };
}
