import { run } from '../moddable.mjs';

/** Whether a program is there and runs with these arguments. */
export async function hasProgram(name: string, args: readonly string[] = ['--version']): Promise<boolean> {
  try {
    return (await run(name, args)).code === 0;
  } catch {
    return false;
  }
}
