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
  options?: { cwd?: string; environment?: NodeJS.ProcessEnv; show?: boolean },
): Promise<{ code: number; output: string }>;
export function withTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T>;
export function manifestPath(from: string, to: string): string;
export function writeBuildManifest(folder: string, target: string, config: object, extra?: object): string;
export function intermediateFolder(output: string, target: string, mode?: string): string;
