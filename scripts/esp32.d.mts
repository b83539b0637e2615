import type { Settings } from '../src/ports/settings.js';

/** What the command line asks for; `help` alone where it asks for help. Rejects with `status` 2. */
export function readArguments(
  args: readonly string[],
  environment?: Readonly<Record<string, string | undefined>>,
): Promise<{
  readonly help?: true;
  readonly action?: 'build' | 'flash';
  readonly target?: string;
  readonly product?: string;
  readonly port?: string | undefined;
  readonly debug?: boolean;
  readonly settings?: Settings;
}>;
