import type { CloudEnvironment } from '../../environment.js';
import { CloudError } from '../../errors.js';
import type { DeviceStore } from '../../store/device-store.js';
import type { InvitationStore } from '../../store/invitation-store.js';
import type { ProjectStore } from '../../store/project-store.js';
import type { Access } from '../access.js';
import type { DomainModule } from '../module.js';
import type { ProjectService } from '../projects.js';
import { randomId, type SealBox } from '../secrets.js';
import type { UserView } from '../users.js';

const LIFETIME_MS = 10 * 60_000;
const PURPOSE = 'invitation';

export interface InvitationView {
  /** Text for a QR code: base64url, which nobody but this cloud can read or make. */
  readonly qrCode: string;
  /** ISO 8601, UTC. */
  readonly expiresAt: string;
}

interface Invitation {
  readonly invitationId: string;
  readonly deviceId: string;
  readonly spaceId: string;
  readonly by: number;
  readonly expiresAt: number;
}

/**
 * Invitations into the space of a board, which its owner shows as a QR code: each lets one user in, within 10 minutes, while the
 * board is in that space and the space is the owner's.
 */
export class Invitations implements DomainModule {
  readonly #store: InvitationStore;
  readonly #devices: DeviceStore;
  readonly #projectStore: ProjectStore;
  readonly #projects: ProjectService;
  readonly #access: Access;
  readonly #box: SealBox;
  readonly #environment: CloudEnvironment;

  constructor(options: {
    store: InvitationStore;
    devices: DeviceStore;
    projectStore: ProjectStore;
    projects: ProjectService;
    access: Access;
    box: SealBox;
    environment: CloudEnvironment;
  }) {
    this.#store = options.store;
    this.#devices = options.devices;
    this.#projectStore = options.projectStore;
    this.#projects = options.projects;
    this.#access = options.access;
    this.#box = options.box;
    this.#environment = options.environment;
  }

  /** @throws CloudError `device_not_found`; `forbidden`: its space is not the user's own */
  create(user: UserView, deviceId: string): InvitationView {
    const { project_id: spaceId } = this.#access.device(user.userId, deviceId);
    this.#access.ownProject(user.userId, spaceId);
    const expiresAt = this.#environment.now() + LIFETIME_MS;
    const invitation: Invitation = {
      invitationId: randomId(this.#environment, '', 32),
      deviceId,
      spaceId,
      by: user.userId,
      expiresAt,
    };
    const qrCode = this.#box.seal(JSON.stringify(invitation), PURPOSE).toString('base64url');
    return { qrCode, expiresAt: new Date(expiresAt).toISOString() };
  }

  /**
   * Makes the user a member of the space; of one who is in it already nothing is used up.
   * @returns the id of the board that the code was shown for
   * @throws CloudError `invalid_code`: forged, expired, used or taken back
   */
  accept(user: UserView, qrCode: string): string {
    const invitation = this.#open(qrCode);
    if (!invitation) throw refusal();
    const { invitationId, deviceId, spaceId, by, expiresAt } = invitation;
    if (this.#projectStore.role(user.userId, spaceId) === undefined) {
      this.#projects.admit(user.userId, spaceId, by, () => {
        if (!this.#store.use(invitationId, expiresAt)) throw refusal();
      });
    }
    return deviceId;
  }

  /** Forgets used ones that have expired since. */
  prune(): void {
    this.#store.prune(this.#environment.now());
  }

  /** One that holds, but for having been used. */
  #open(qrCode: string): Invitation | undefined {
    const text = this.#box.open(Buffer.from(qrCode, 'base64url'), PURPOSE);
    if (text === undefined) return undefined;
    const invitation = JSON.parse(text) as Invitation;
    const { deviceId, spaceId, by, expiresAt } = invitation;
    const holds =
      this.#environment.now() < expiresAt &&
      this.#projectStore.role(by, spaceId) === 'owner' &&
      this.#devices.byId(deviceId)?.project_id === spaceId;
    return holds ? invitation : undefined;
  }
}

function refusal(): CloudError {
  return new CloudError(
    'invalid_code',
    'the QR code is not valid, has expired or was used: ask the owner for another one',
  );
}
