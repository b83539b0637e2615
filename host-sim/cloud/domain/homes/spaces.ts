import { CloudError } from '../../errors.js';
import type { Access } from '../access.js';
import { MAX_PAGE_SIZE, type Page, type PageRequest, pageOfAll } from '../paging.js';
import type { MemberView, ProjectService } from '../projects.js';
import type { UserView } from '../users.js';
import type { Binding } from './binding.js';

/** Whom a space is shared with: one of them. */
export interface SpaceShare {
  readonly username?: string | undefined;
  readonly email?: string | undefined;
  /** E.164. */
  readonly phone?: string | undefined;
}

/** Spaces and who shares them, by the devices in them. */
export class Spaces {
  readonly #projects: ProjectService;
  readonly #binding: Binding;
  readonly #access: Access;

  constructor(options: { projects: ProjectService; binding: Binding; access: Access }) {
    this.#projects = options.projects;
    this.#binding = options.binding;
    this.#access = options.access;
  }

  /** Moves devices into a space. @throws CloudError `invalid_parameter`: none is named; those of {@link Binding.move} */
  add(user: UserView, spaceId: string, deviceIds: readonly string[]): void {
    if (deviceIds.length === 0) throw new CloudError('invalid_parameter', 'deviceId or deviceIds is required');
    this.#binding.move(user, spaceId, deviceIds);
  }

  /** The members of a space afterwards. @throws CloudError those of {@link ProjectService.addMember} */
  share(user: UserView, spaceId: string, { username, email, phone }: SpaceShare): Page<MemberView> {
    const [login, ...more] = [username, email, phone].filter((name) => name !== undefined);
    if (login === undefined || more.length > 0) {
      throw new CloudError('invalid_parameter', 'give one of username, email and phone');
    }
    const { list } = this.#projects.addMember(user, spaceId, login);
    return pageOfAll(list, { page: 1, size: MAX_PAGE_SIZE });
  }

  /** Who shares a device. @throws CloudError `device_not_found` */
  sharers(user: UserView, deviceId: string, request: PageRequest): Page<MemberView> {
    const { project_id: spaceId } = this.#access.device(user.userId, deviceId);
    return pageOfAll(this.#projects.members(user, spaceId).list, request);
  }

  /**
   * Ends the share that a user has in the space of a device.
   * @throws CloudError `invalid_parameter`: one of them is missing; `device_not_found`; `not_found`: he has none; `forbidden`
   */
  endShare(user: UserView, { deviceId, userId }: { deviceId?: string | undefined; userId?: number | undefined }): void {
    if (deviceId === undefined) throw new CloudError('invalid_parameter', 'deviceId is required');
    if (userId === undefined) throw new CloudError('invalid_parameter', 'userId is required');
    this.#projects.endShare(user, this.#access.device(user.userId, deviceId).project_id, userId);
  }
}
