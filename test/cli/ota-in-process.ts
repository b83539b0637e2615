import { CommanderError } from 'commander';
import { vi } from 'vitest';
import { CliError } from '../../host-sim/cli/cli-error.js';
import { otaCommand } from '../../host-sim/cli/ota.js';
import type { JsonLine } from '../support/program.js';

/** What came of a command. */
export interface Said {
  readonly stdout: string;
  /** Lines of stdout that are JSON. */
  readonly lines: readonly JsonLine[];
  /** Absent where it ended well. */
  readonly error?: { readonly code: string; readonly exitCode: number; readonly message: string };
}

/** Runs `smartlink ota …` in this process, which is quicker than a program of its own. */
export async function runOta(...args: string[]): Promise<Said> {
  let stdout = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += String(text);
    return true;
  });
  const command = otaCommand({ onSignal: () => {} });
  const all = [command, ...command.commands, ...command.commands.flatMap((one) => one.commands)];
  for (const one of all) one.exitOverride().configureOutput({ writeErr: () => {} });
  let thrown: unknown;
  try {
    await command.parseAsync(args, { from: 'user' });
  } catch (error) {
    thrown = error;
  } finally {
    write.mockRestore();
  }
  const said = {
    stdout,
    lines: stdout.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : [])),
  };
  if (thrown === undefined) return said;
  if (thrown instanceof CliError) return { ...said, error: thrown };
  // The program exits with 2 on what commander refuses.
  if (thrown instanceof CommanderError)
    return { ...said, error: { code: thrown.code, exitCode: 2, message: thrown.message } };
  throw thrown;
}
