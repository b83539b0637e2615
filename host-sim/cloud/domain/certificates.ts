import type { CloudEnvironment } from '../environment.js';
import { CloudError } from '../errors.js';
import type { CertificateRow, CertificateStore } from '../store/certificate-store.js';
import type { Access } from './access.js';
import { type Page, type PageRequest, pageOf } from './paging.js';
import { isSerialNumber, type Revocations } from './revocations.js';
import type { UserView } from './users.js';
import { WorkQueue } from './work-queue.js';

/** Certificates that hold at once: of a user's apps, and of a board, whose next one shall overlap with the present one. */
const MAX_OF_USER = 100;
const MAX_OF_DEVICE = 10;
/** An RSA key takes a thread of Node's pool for some 100 ms. */
const MAKING = { width: 1, maxWaiting: 64 } as const;
/** For how long a certificate that has ended is still listed, ms. */
const LISTED_AFTER_END_MS = 30 * 86_400_000;

/** What the domain asks of the certificate authority. */
export interface CertificateRequest {
  readonly kind: 'app' | 'board';
  /** Common name: of a board its device id. */
  readonly name: string;
  /** Printable ASCII; absent: one is made. */
  readonly password?: string | undefined;
}

/** A certificate with its key, in a PKCS #12 file that the password opens: nobody keeps either. */
export interface IssuedCertificate {
  /** Hex digits in upper case. */
  readonly serialNumber: string;
  /** SHA-256 fingerprint of the CA that made it. */
  readonly issuer: string;
  /** Its last moment, ms since 1970. */
  readonly notAfter: number;
  readonly pfx: Buffer;
  readonly password: string;
}

/** What a client has shown before it logs in. */
export interface ShownCertificate {
  /** The board whose certificate it is: no other may log in. Undefined for an app's. */
  readonly deviceId: string | undefined;
}

/** A certificate as the list shows it. Times are ISO 8601, UTC. */
export interface CertificateView {
  readonly serialNumber: string;
  readonly kind: 'app' | 'board';
  /** The board whose it is; null for an app's. */
  readonly deviceId: string | null;
  /** Who had it issued; null: a command. */
  readonly userId: number | null;
  readonly status: 'valid' | 'expired' | 'revoked';
  readonly issuedAt: string;
  readonly notAfter: string;
  readonly revokedAt: string | null;
}

/** The only time that key and password are told. */
export interface NewCertificateView extends CertificateView {
  /** PKCS #12 file, base64. */
  readonly pfx: string;
  readonly password: string;
}

/** Client certificates, and whose they are: with one, the mutual TLS listener opens, and the usual login follows. */
export class CertificateService {
  readonly #store: CertificateStore;
  readonly #revocations: Revocations;
  readonly #access: Access;
  readonly #environment: CloudEnvironment;
  readonly #operatorId: number;
  readonly #make: ((request: CertificateRequest) => Promise<IssuedCertificate>) | undefined;
  readonly #authorities: readonly string[];
  readonly #making = new WorkQueue(MAKING);

  constructor(options: {
    store: CertificateStore;
    revocations: Revocations;
    access: Access;
    environment: CloudEnvironment;
    /** The user who runs the cloud: his are the certificates that no account had issued, but a command did. */
    operatorId: number;
    /** The authority; absent: there is none, because nothing listens with TLS. */
    make?: (request: CertificateRequest) => Promise<IssuedCertificate>;
    /** SHA-256 fingerprints of the CAs whose certificates are looked at. */
    authorities?: readonly string[];
  }) {
    this.#store = options.store;
    this.#revocations = options.revocations;
    this.#access = options.access;
    this.#environment = options.environment;
    this.#operatorId = options.operatorId;
    this.#make = options.make;
    this.#authorities = options.authorities ?? [];
  }

  /**
   * Issues a certificate: for an app of the user, or for a board, where he may manage that.
   * @throws CloudError `not_found`: this cloud has no TLS; `device_not_found`; `forbidden`: somebody else's board, or
   *   too many hold already; `too_many_requests`
   */
  async issue(
    user: UserView,
    request: { readonly password?: string | undefined; readonly deviceId?: string | undefined },
  ): Promise<NewCertificateView> {
    const make = this.#make;
    if (make === undefined) throw new CloudError('not_found', 'this cloud does not listen with TLS');
    const { password, deviceId } = request;
    this.#checkMay(user, deviceId);
    const { serialNumber, issuer, notAfter, pfx, ...made } = await this.#making.run(() =>
      make(
        deviceId === undefined
          ? { kind: 'app', name: String(user.userId), password }
          : { kind: 'board', name: deviceId, password },
      ),
    );
    // Again, because much may have changed while the key was made.
    this.#checkMay(user, deviceId);
    const issuedAt = this.#environment.now();
    const row = {
      serial: serialNumber,
      userId: user.userId,
      deviceId: deviceId ?? null,
      issuer,
      issuedAt,
      expiresAt: notAfter,
    };
    if (!this.#store.insert(row)) throw new CloudError('unauthorized', 'the account was closed');
    return {
      ...this.#view(this.#store.find(user.userId, serialNumber)!),
      pfx: pfx.toString('base64'),
      password: made.password,
    };
  }

  /**
   * Whether a board has a certificate of a CA that is still looked at. One that is revoked counts: its board is to be kept out, and not
   * to be led to a listener that asks for none; one of a CA that was forgotten does not: nothing it could show would ever be taken.
   */
  isKnownByCertificate(deviceId: string): boolean {
    const issuers = this.#store.issuersOfDevice(deviceId, this.#environment.now());
    return issuers.some((issuer) => this.#authorities.includes(issuer));
  }

  /** What the user had issued, and what opens the boards that he may manage; until a month after their end. */
  list(user: UserView, request: PageRequest): Page<CertificateView> {
    const { limit, offset } = pageOf(request);
    const { rows, total } = this.#store.list(user.userId, limit, offset);
    return { list: rows.map((row) => this.#view(row)), total, page: request.page, size: limit };
  }

  /**
   * Ends a certificate at once, and what it has opened; one that has ended stays so. For who had it issued, for whoever
   * may manage its board, and, where no account had it issued, for who runs the cloud.
   * @throws CloudError `not_found`: none of his
   */
  revoke(user: UserView, serialNumber: string): void {
    const serial = serialNumber.toUpperCase();
    const his =
      this.#store.find(user.userId, serial) !== undefined ||
      (user.userId === this.#operatorId && isSerialNumber(serial) && !this.#store.isOfUser(serial));
    if (!his) throw new CloudError('not_found', 'you have no certificate of this serial number');
    this.#revocations.revoke(serial);
  }

  /** Ends the certificates of a user's apps at once. Those of boards are their boards', and stay. */
  revokeApps(userId: number): void {
    this.#revocations.revokeAll(this.#store.appsOfUser(userId, this.#environment.now()));
  }

  /** Forgets certificates that ended long ago. */
  prune(): void {
    this.#store.prune(this.#environment.now() - LISTED_AFTER_END_MS);
  }

  #checkMay(user: UserView, deviceId: string | undefined): void {
    const now = this.#environment.now();
    if (deviceId === undefined) {
      if (this.#store.validOfUser(user.userId, now) < MAX_OF_USER) return;
      throw new CloudError('forbidden', `a user has at most ${MAX_OF_USER} valid certificates: revoke one first`);
    }
    const device = this.#access.device(user.userId, deviceId);
    this.#access.checkOwner(user.userId, device.project_id);
    if (this.#store.validOfDevice(deviceId, now) < MAX_OF_DEVICE) return;
    throw new CloudError('forbidden', `a device has at most ${MAX_OF_DEVICE} valid certificates: revoke one first`);
  }

  #view(row: CertificateRow): CertificateView {
    const ended = row.expires_at <= this.#environment.now();
    return {
      serialNumber: row.serial,
      kind: row.device_id === null ? 'app' : 'board',
      deviceId: row.device_id,
      userId: row.user_id,
      status: row.revoked_at !== null ? 'revoked' : ended ? 'expired' : 'valid',
      issuedAt: new Date(row.issued_at).toISOString(),
      notAfter: new Date(row.expires_at).toISOString(),
      revokedAt: row.revoked_at === null ? null : new Date(row.revoked_at).toISOString(),
    };
  }
}
