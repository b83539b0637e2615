/** One way to break the firmware. */
export interface Mutation {
  readonly name: string;
  /** The file, from the root, in which `find` stands just once. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** The scenarios that are to notice it. */
  readonly scenarios: readonly string[];
}

export const MUTATIONS: readonly Mutation[];
