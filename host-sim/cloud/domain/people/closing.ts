import { CloudError } from '../../errors.js';
import { deletePersonalRows } from '../../store/personal-rows.js';
import type { CertificateService } from '../certificates.js';
import type { CloudServices } from '../services.js';
import type { UserView } from '../users.js';

/** Ends accounts, with everything that is their users' own. */
export class AccountClosing {
  readonly #services: CloudServices;
  readonly #certificates: CertificateService;
  readonly #operatorId: number;

  /** @param options.operatorId the user who runs the cloud */
  constructor(options: { services: CloudServices; certificates: CertificateService; operatorId: number }) {
    this.#services = options.services;
    this.#certificates = options.certificates;
    this.#operatorId = options.operatorId;
  }

  /**
   * Closes an account for good, all of it or nothing: logins, API keys and certificates of apps hold no longer, what was the
   * user's own is gone, and his names are free. Boards stay where they are, and so do their certificates.
   * @param address whose failures are counted, as those of logins
   * @throws CloudError `invalid_password`, `too_many_requests`; `forbidden`: of who runs the cloud; `project_in_use`: he
   *   owns a project that has devices
   */
  async close({ userId }: UserView, password: string, address: string): Promise<void> {
    if (userId === this.#operatorId) {
      throw new CloudError('forbidden', 'this account runs the cloud: it cannot be closed');
    }
    const { users, stores, people, database, transaction, writes } = this.#services;
    await users.checkPassword(userId, password, address);
    // Boards that are on their way into his projects count.
    writes.flush();
    const owned = stores.projects.owned(userId);
    if (owned.some((projectId) => stores.projects.countDevices(projectId) > 0)) {
      throw new CloudError('project_in_use', 'you own a space that has devices: move or delete them first');
    }
    transaction(() => {
      for (const projectId of owned) stores.projects.delete(projectId);
      this.#certificates.revokeApps(userId);
      deletePersonalRows(database, userId);
      users.close(userId);
    });
    people.push.forget(userId);
  }
}
