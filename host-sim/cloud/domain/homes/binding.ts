import type { CloudEnvironment } from '../../environment.js';
import { CloudError } from '../../errors.js';
import type { DeviceRow, DeviceStore } from '../../store/device-store.js';
import type { HomeDeviceRow, HomeDeviceStore } from '../../store/home-device-store.js';
import { DEFAULT_PROJECT, type ProjectStore } from '../../store/project-store.js';
import type { UserDeviceStore } from '../../store/user-device-store.js';
import type { WriteBatch } from '../../store/write-batch.js';
import type { Access } from '../access.js';
import type { Language } from '../devices.js';
import type { ProjectService } from '../projects.js';
import type { UserView } from '../users.js';
import type { Invitations } from './invitations.js';

/** The space that is made for who has none. */
const FIRST_SPACE = { en: 'Home', zh: '家' } as const;

/** Either the serial number of a board, or a QR code of its owner's. */
export interface BindRequest {
  readonly deviceSN?: string | undefined;
  readonly qrCode?: string | undefined;
  readonly productKey?: string | undefined;
  readonly spaceId?: string | undefined;
  readonly name?: string | undefined;
}

/** Brings boards into the spaces of users, and gives them back to everybody. */
export class Binding {
  readonly #devices: DeviceStore;
  readonly #homeDevices: HomeDeviceStore;
  readonly #userDevices: UserDeviceStore;
  readonly #projectStore: ProjectStore;
  readonly #projects: ProjectService;
  readonly #invitations: Invitations;
  readonly #access: Access;
  readonly #writes: WriteBatch;
  readonly #transaction: (work: () => void) => void;
  readonly #environment: CloudEnvironment;

  constructor(options: {
    devices: DeviceStore;
    homeDevices: HomeDeviceStore;
    userDevices: UserDeviceStore;
    projectStore: ProjectStore;
    projects: ProjectService;
    invitations: Invitations;
    access: Access;
    writes: WriteBatch;
    /** Commits what the work writes, all or nothing. */
    transaction: (work: () => void) => void;
    environment: CloudEnvironment;
  }) {
    this.#devices = options.devices;
    this.#homeDevices = options.homeDevices;
    this.#userDevices = options.userDevices;
    this.#projectStore = options.projectStore;
    this.#projects = options.projects;
    this.#invitations = options.invitations;
    this.#access = options.access;
    this.#writes = options.writes;
    this.#transaction = options.transaction;
    this.#environment = options.environment;
  }

  /**
   * By its serial number, puts a board that is everybody's into a space of the user: the given one, his oldest, or one that is made
   * for him. One that is in a space of his already, or in one that he shares, stays there as it is. Nobody else's is taken: a serial
   * number proves nothing. By a QR code, lets the user into the space of the board that it was shown for.
   * @returns the device id of the board
   * @throws CloudError `device_not_found`: the user sees no such board; `invalid_parameter`: several products have one;
   *   `project_not_found`, `forbidden`: the space is not his own; those of {@link Invitations.accept}
   */
  bind(user: UserView, request: BindRequest, language: Language): string {
    const { deviceSN, qrCode } = request;
    if (qrCode !== undefined && deviceSN === undefined) return this.#invitations.accept(user, qrCode);
    if (deviceSN === undefined || qrCode !== undefined) {
      throw new CloudError('invalid_parameter', 'give either deviceSN or qrCode');
    }
    const { spaceId, name } = request;
    if (spaceId !== undefined) this.#access.ownProject(user.userId, spaceId);
    const board = this.#board(user, deviceSN, request.productKey);
    if (board.project_id === DEFAULT_PROJECT) {
      this.#transaction(() => {
        this.#put(board.device_id, spaceId ?? this.#ownSpace(user, language), name);
      });
    }
    return board.device_id;
  }

  /**
   * Gives a board back to everybody; what users kept about it is forgotten. One that is everybody's already stays so.
   * @throws CloudError `device_not_found`; `forbidden`: it is in a space that he shares
   */
  unbind(user: UserView, deviceId: string): void {
    const { project_id: spaceId } = this.#access.device(user.userId, deviceId);
    if (spaceId === DEFAULT_PROJECT) return;
    if (this.#access.role(user.userId, spaceId) !== 'owner') {
      throw new CloudError(
        'forbidden',
        'only the owner of its space unbinds a device; end your share by delShareMember',
      );
    }
    this.#transaction(() => this.#put(deviceId, DEFAULT_PROJECT));
  }

  /**
   * Moves boards into a space, all or none: those that are everybody's, and those from other spaces of the user.
   * @throws CloudError `project_not_found`, `device_not_found`; `forbidden`: not the owner of all these spaces
   */
  move(user: UserView, spaceId: string, deviceIds: readonly string[]): void {
    this.#access.ownProject(user.userId, spaceId);
    for (const deviceId of deviceIds) {
      this.#access.checkOwner(user.userId, this.#access.device(user.userId, deviceId).project_id);
    }
    this.#transaction(() => {
      for (const deviceId of deviceIds) this.#put(deviceId, spaceId);
    });
  }

  /** The one board of this serial number that the user sees. */
  #board(user: UserView, deviceSN: string, productKey: string | undefined): HomeDeviceRow {
    this.#writes.flush();
    const boards = this.#homeDevices
      .bySerial(user.userId, deviceSN)
      .filter((board) => productKey === undefined || board.product_key === productKey);
    const [board] = boards;
    if (!board) throw new CloudError('device_not_found', 'no board of this serial number is there for you to bind');
    if (boards.length > 1) {
      const keys = boards.map((one) => one.product_key).join(', ');
      throw new CloudError('invalid_parameter', `productKey is required: ${keys} have a board of this serial number`);
    }
    return board;
  }

  #ownSpace(user: UserView, language: Language): string {
    const known = this.#projectStore.firstOwned(user.userId);
    return known ?? this.#projects.create(user, { projectName: FIRST_SPACE[language] }).projectId;
  }

  #put(deviceId: string, projectId: string, newName?: string): void {
    const { seq, name, disabled } = this.#devices.byId(deviceId) as DeviceRow;
    const at = this.#environment.now();
    this.#devices.change(seq, { name: newName ?? name, disabled: disabled === 1, projectId, at });
    this.#userDevices.forget(seq, projectId);
  }
}
