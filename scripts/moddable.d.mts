export interface Sdk {
  readonly home: string;
  readonly environment: NodeJS.ProcessEnv;
}

export const ROOT: string;
export const HOW_TO_INSTALL: string;
export function findModdable(environment?: NodeJS.ProcessEnv): Sdk | undefined;
export function run(
  command: string,
  args: readonly string[],
  options?: { cwd?: string; environment?: NodeJS.ProcessEnv; show?: boolean; timeoutMs?: number },
): Promise<{ code: number; output: string }>;
export function withTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T>;
export function manifestPath(from: string, to: string): string;
/** Writes what mcconfig builds of a program below `src`; resolves to its platform argument. */
export function writeBuild(
  folder: string,
  target: string,
  config: object,
  options?: { readonly main?: string; readonly debug?: boolean },
): Promise<string>;

export function writePrivateJson(file: string, value: object): void;
/** The environment for `mcconfig -m` with a job a core. */
export function fewJobs(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
export function intermediateFolder(output: string, target: string, mode?: string): string;
