import type { CloudEnvironment } from '../environment.js';
import { CloudError } from '../errors.js';
import type { EventHub } from '../events.js';
import { DEFAULT_PROJECT, type ProjectRow, type ProjectStore, type Role } from '../store/project-store.js';
import type { UserStore } from '../store/user-store.js';
import type { Access } from './access.js';
import { type Page, type PageRequest, pageOf } from './paging.js';
import { randomId } from './secrets.js';
import type { UserView } from './users.js';

/** Projects that one user owns. */
const MAX_OWNED = 200;

export interface ProjectView {
  readonly projectId: string;
  readonly projectName: string;
  readonly description: string;
  /** Of the caller. */
  readonly role: Role;
  readonly deviceCount: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

export interface ProjectRequest {
  readonly projectName?: string | undefined;
  readonly description?: string | undefined;
}

export interface MemberView {
  readonly userId: number;
  readonly username: string;
  readonly role: Role;
}

/** Projects: what devices are in, and who sees them (an extension that the origin's apps need). */
export class ProjectService {
  readonly #store: ProjectStore;
  readonly #users: UserStore;
  readonly #access: Access;
  readonly #environment: CloudEnvironment;
  readonly #events: EventHub;
  readonly #transaction: (work: () => void) => void;

  constructor(options: {
    store: ProjectStore;
    users: UserStore;
    access: Access;
    environment: CloudEnvironment;
    events: EventHub;
    /** Commits what the work writes, all or nothing. */
    transaction: (work: () => void) => void;
  }) {
    this.#store = options.store;
    this.#users = options.users;
    this.#access = options.access;
    this.#environment = options.environment;
    this.#events = options.events;
    this.#transaction = options.transaction;
    if (!this.#store.byId(DEFAULT_PROJECT)) {
      const at = this.#environment.now();
      this.#store.insert({ projectId: DEFAULT_PROJECT, name: 'Default', description: '', at });
    }
  }

  list(user: UserView, request: PageRequest): Page<ProjectView> {
    const { limit, offset } = pageOf(request);
    const rows = this.#store.visible(user.userId);
    const list = rows.slice(offset, offset + limit).map((row) => this.#view(user, row));
    return { list, total: rows.length, page: request.page, size: limit };
  }

  /** @throws CloudError `project_not_found` */
  get(user: UserView, projectId: string): ProjectView {
    return this.#view(user, this.#access.project(user.userId, projectId));
  }

  /** @throws CloudError `forbidden`: the user has too many */
  create(user: UserView, request: ProjectRequest & { readonly projectName: string }): ProjectView {
    if (this.#store.countOwned(user.userId) >= MAX_OWNED) {
      throw new CloudError('forbidden', `a user owns at most ${MAX_OWNED} projects`);
    }
    const projectId = randomId(this.#environment, 'proj_', 16);
    this.#store.insert({
      projectId,
      name: request.projectName,
      description: request.description ?? '',
      at: this.#environment.now(),
      ownerId: user.userId,
    });
    return this.get(user, projectId);
  }

  /** @throws CloudError `project_not_found`, `forbidden` */
  update(user: UserView, projectId: string, request: ProjectRequest): ProjectView {
    const row = this.#access.ownProject(user.userId, projectId);
    this.#store.update(projectId, request.projectName ?? row.name, request.description ?? row.description);
    return this.get(user, projectId);
  }

  /** @throws CloudError `project_not_found`, `forbidden`, `project_in_use` */
  delete(user: UserView, projectId: string): void {
    this.#access.ownProject(user.userId, projectId);
    if (this.#store.countDevices(projectId) > 0) {
      throw new CloudError('project_in_use', 'the project has devices; move or delete them first');
    }
    this.#store.delete(projectId);
  }

  /** Who shares a project; of the default one nobody is named. @throws CloudError `project_not_found` */
  members(user: UserView, projectId: string): { list: MemberView[] } {
    this.#access.project(user.userId, projectId);
    return {
      list: this.#store
        .members(projectId)
        .map((row) => ({ userId: row.user_id, username: row.username, role: row.role })),
    };
  }

  /**
   * Shares a project with another user.
   * @param username or his e-mail address, or his phone number
   * @throws CloudError `project_not_found`, `forbidden`, `invalid_parameter`
   */
  addMember(user: UserView, projectId: string, username: string): { list: MemberView[] } {
    this.#access.ownProject(user.userId, projectId);
    this.admit(this.#userId(username), projectId, user.userId);
    return this.members(user, projectId);
  }

  /**
   * Lets a user share a project: whoever calls has checked that its owner, `by`, wants that.
   * @param alongside is written in the same commit, or keeps him out by what it throws
   */
  admit(userId: number, projectId: string, by: number, alongside?: () => void): void {
    let isNew = false;
    this.#transaction(() => {
      alongside?.();
      isNew = this.#store.addMember(userId, projectId);
    });
    if (isNew) this.#events.emit('spaceShared', { userId, spaceId: projectId, by, at: this.#environment.now() });
  }

  /**
   * Ends a user's share. Its owner may end anybody's, a member his own; the owner stays.
   * @throws CloudError `project_not_found`, `forbidden`, `invalid_parameter`, `not_found`
   */
  removeMember(user: UserView, projectId: string, username: string): void {
    this.endShare(user, projectId, this.#userId(username));
  }

  /** The same, of a user by his id. @throws CloudError `project_not_found`, `forbidden`, `not_found` */
  endShare(user: UserView, projectId: string, memberId: number): void {
    if (memberId === user.userId) this.#access.project(user.userId, projectId);
    else this.#access.ownProject(user.userId, projectId);
    if (this.#store.role(memberId, projectId) === 'owner') {
      throw new CloudError('forbidden', 'a project keeps its owner');
    }
    if (!this.#store.removeMember(memberId, projectId)) throw new CloudError('not_found', 'he is not a member');
  }

  #userId(username: string): number {
    const user = this.#users.byLogin(username.trim());
    if (!user)
      throw new CloudError('invalid_parameter', 'username is not the name, e-mail address or phone number of a user');
    return user.user_id;
  }

  #view(user: UserView, row: ProjectRow): ProjectView {
    return {
      projectId: row.project_id,
      projectName: row.name,
      description: row.description,
      role: this.#access.role(user.userId, row.project_id),
      deviceCount: this.#store.countDevices(row.project_id),
      createdAt: new Date(row.created_at).toISOString(),
    };
  }
}
