import type { SqliteDatabase } from './database.js';

/** The project that everybody sees, and that new devices are in. */
export const DEFAULT_PROJECT = 'proj_default';

/**
 * The projects that user `@userId` sees, as a subquery: those he owns or shares, and everybody's. The one place where
 * it is said; lists and single lookups are both made of it.
 */
export const VISIBLE_PROJECTS = `(SELECT '${DEFAULT_PROJECT}' UNION ALL SELECT project_id FROM project_members WHERE user_id = @userId)`;

/** The same of one project, by its column: without the list being made, which is most of what a single lookup would cost. */
export const isVisible = (column: string): string =>
  `(${column} = '${DEFAULT_PROJECT}' OR EXISTS (SELECT 1 FROM project_members WHERE user_id = @userId AND project_id = ${column}))`;

export type Role = 'owner' | 'member';

export interface ProjectRow {
  readonly seq: number;
  readonly project_id: string;
  readonly name: string;
  readonly description: string;
  readonly created_at: number;
}

export interface MemberRow {
  readonly user_id: number;
  readonly username: string;
  readonly role: Role;
}

/** Projects, and who is in them. */
export class ProjectStore {
  readonly #byId;
  readonly #insert;
  readonly #insertMember;
  readonly #update;
  readonly #delete;
  readonly #visible;
  readonly #sees;
  readonly #role;
  readonly #members;
  readonly #removeMember;
  readonly #countOwned;
  readonly #owned;
  readonly #firstOwned;
  readonly #countDevices;
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#byId = database.prepare<[string], ProjectRow>('SELECT * FROM projects WHERE project_id = ?');
    this.#insert = database.prepare<[string, string, string, number]>(
      `INSERT INTO projects (project_id, name, description, created_at) VALUES (?, ?, ?, ?)
       ON CONFLICT (project_id) DO NOTHING`,
    );
    this.#insertMember = database.prepare<[number, string, Role]>(
      'INSERT INTO project_members (user_id, project_id, role) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.#update = database.prepare<[string, string, string]>(
      'UPDATE projects SET name = ?, description = ? WHERE project_id = ?',
    );
    this.#delete = database.prepare<[string]>('DELETE FROM projects WHERE project_id = ?');
    this.#visible = database.prepare<[{ userId: number }], ProjectRow>(
      `SELECT * FROM projects WHERE project_id IN ${VISIBLE_PROJECTS}`,
    );
    this.#sees = database.prepare<[{ userId: number; projectId: string }], { seen: number }>(
      `SELECT @projectId IN ${VISIBLE_PROJECTS} AS seen`,
    );
    this.#role = database.prepare<[number, string], { role: Role }>(
      'SELECT role FROM project_members WHERE user_id = ? AND project_id = ?',
    );
    this.#members = database.prepare<[string], MemberRow>(
      'SELECT u.user_id, u.username, m.role FROM project_members m JOIN users u USING (user_id) WHERE m.project_id = ?',
    );
    this.#removeMember = database.prepare<[number, string]>(
      `DELETE FROM project_members WHERE user_id = ? AND project_id = ? AND role = 'member'`,
    );
    this.#countOwned = database.prepare<[number], { n: number }>(
      `SELECT count(*) AS n FROM project_members WHERE user_id = ? AND role = 'owner'`,
    );
    this.#firstOwned = database.prepare<[number], { project_id: string }>(
      `SELECT p.project_id, min(p.seq) FROM project_members m JOIN projects p USING (project_id)
       WHERE m.user_id = ? AND m.role = 'owner' HAVING count(*) > 0`,
    );
    this.#owned = database.prepare<[number], { project_id: string }>(
      `SELECT project_id FROM project_members WHERE user_id = ? AND role = 'owner'`,
    );
    this.#countDevices = database.prepare<[string], { n: number }>(
      'SELECT count(*) AS n FROM devices WHERE project_id = ?',
    );
  }

  byId(projectId: string): ProjectRow | undefined {
    return this.#byId.get(projectId);
  }

  /** Makes a project, with its owner where it has one; does nothing where the id is taken. */
  insert(project: { projectId: string; name: string; description: string; at: number; ownerId?: number }): void {
    this.#database.transaction(() => {
      const { changes } = this.#insert.run(project.projectId, project.name, project.description, project.at);
      if (changes === 1 && project.ownerId !== undefined) {
        this.#insertMember.run(project.ownerId, project.projectId, 'owner');
      }
    })();
  }

  update(projectId: string, name: string, description: string): void {
    this.#update.run(name, description, projectId);
  }

  /** With its members and bind tokens. */
  delete(projectId: string): void {
    this.#delete.run(projectId);
  }

  /** The projects that a user sees, oldest first. */
  visible(userId: number): ProjectRow[] {
    return this.#visible.all({ userId }).sort((a, b) => a.seq - b.seq);
  }

  sees(userId: number, projectId: string): boolean {
    return this.#sees.get({ userId, projectId })!.seen === 1;
  }

  role(userId: number, projectId: string): Role | undefined {
    return this.#role.get(userId, projectId)?.role;
  }

  /** The owner first, then by user id. */
  members(projectId: string): MemberRow[] {
    const order = (row: MemberRow) => (row.role === 'owner' ? -1 : row.user_id);
    return this.#members.all(projectId).sort((a, b) => order(a) - order(b));
  }

  /** False for who is in it already, whom it leaves as he is. */
  addMember(userId: number, projectId: string): boolean {
    return this.#insertMember.run(userId, projectId, 'member').changes === 1;
  }

  /** False where he was no member; an owner stays. */
  removeMember(userId: number, projectId: string): boolean {
    return this.#removeMember.run(userId, projectId).changes === 1;
  }

  countOwned(userId: number): number {
    return this.#countOwned.get(userId)!.n;
  }

  /** The oldest of a user's own. */
  firstOwned(userId: number): string | undefined {
    return this.#firstOwned.get(userId)?.project_id;
  }

  /** The projects that a user owns. */
  owned(userId: number): string[] {
    return this.#owned.all(userId).map(({ project_id }) => project_id);
  }

  countDevices(projectId: string): number {
    return this.#countDevices.get(projectId)!.n;
  }
}
