import type { Mutation } from './mutations.mjs';

/** Builds the worker of worlds with one passage of the firmware replaced, in an empty folder of this repository; resolves with its path. */
export function buildMutant(mutation: Mutation, folder: string): Promise<string>;
