import { afterEach, beforeEach } from 'vitest';
import { Program, temporaryFolder } from './program.js';

/** The programs of one test and their data folder. */
export interface Programs {
  /** A folder of the test's own. */
  readonly path: string;
  readonly all: readonly Program[];
  start(...args: string[]): Program;
}

/** Gives each test of a suite a folder, and after it kills the programs that it started. */
export function usePrograms(): Programs {
  let folder: ReturnType<typeof temporaryFolder>;
  const all: Program[] = [];
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(async () => {
    await Promise.all(all.splice(0).map((program) => program.end('SIGKILL')));
    folder.remove();
  });
  return {
    get path() {
      return folder.path;
    },
    all,
    start: (...args) => {
      const program = new Program(args);
      all.push(program);
      return program;
    },
  };
}
