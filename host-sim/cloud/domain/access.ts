import { CloudError } from '../errors.js';
import type { CommandedRow, DeviceRow, DeviceStore } from '../store/device-store.js';
import { DEFAULT_PROJECT, type ProjectRow, type ProjectStore, type Role } from '../store/project-store.js';
import type { WriteBatch } from '../store/write-batch.js';

/**
 * Who may see and change what: a user sees the projects he owns or shares and the one that is everybody's, and the
 * devices in them. What he does not see is answered as if it did not exist.
 */
export class Access {
  readonly #devices: DeviceStore;
  readonly #projects: ProjectStore;
  readonly #writes: WriteBatch;

  constructor(options: { devices: DeviceStore; projects: ProjectStore; writes: WriteBatch }) {
    this.#devices = options.devices;
    this.#projects = options.projects;
    this.#writes = options.writes;
  }

  seesProject(userId: number, projectId: string): boolean {
    return this.#projects.sees(userId, projectId);
  }

  /**
   * Whether a user may see, command and change a device, which is of this product, where one is given; false for one that
   * does not exist. For every skin.
   */
  seesDevice(userId: number, deviceId: string, productKey?: string): boolean {
    const seen = this.#devices.seenProduct(userId, deviceId);
    return seen !== undefined && (productKey === undefined || seen === productKey);
  }

  /** A device as far as it is commanded: nothing of that waits to be written. @throws CloudError `device_not_found` */
  commanded(userId: number, deviceId: string): CommandedRow {
    const row = this.#devices.seenCommanded(userId, deviceId);
    if (!row) throw new CloudError('device_not_found');
    return row;
  }

  /** A device with all that was written about it so far. @throws CloudError `device_not_found` */
  device(userId: number, deviceId: string): DeviceRow {
    this.#writes.flush();
    const row = this.#devices.byId(deviceId);
    if (!row || !this.#projects.sees(userId, row.project_id)) throw new CloudError('device_not_found');
    return row;
  }

  /** @throws CloudError `project_not_found` */
  project(userId: number, projectId: string): ProjectRow {
    const row = this.#projects.byId(projectId);
    if (!row || !this.#projects.sees(userId, projectId)) throw new CloudError('project_not_found');
    return row;
  }

  /** A project that the user may change or share: his own. @throws CloudError `project_not_found`, `forbidden` */
  ownProject(userId: number, projectId: string): ProjectRow {
    const row = this.project(userId, projectId);
    if (projectId === DEFAULT_PROJECT) throw new CloudError('forbidden', `${DEFAULT_PROJECT} belongs to everybody`);
    this.checkOwner(userId, projectId);
    return row;
  }

  /** What takes something out of a project that the user sees is for its owner. @throws CloudError `forbidden` */
  checkOwner(userId: number, projectId: string): void {
    if (projectId !== DEFAULT_PROJECT && this.role(userId, projectId) !== 'owner') {
      throw new CloudError('forbidden', 'only the owner of the project may do that');
    }
  }

  /** Everybody is a member of the default project. */
  role(userId: number, projectId: string): Role {
    return this.#projects.role(userId, projectId) ?? 'member';
  }
}
