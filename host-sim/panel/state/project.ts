/** A project as the API shows it. */
export interface Project {
  readonly projectId: string;
  readonly projectName: string;
  readonly description: string;
  /** Of who is signed in. */
  readonly role: 'owner' | 'member';
  readonly deviceCount: number;
  /** ISO 8601. */
  readonly createdAt: string;
}
