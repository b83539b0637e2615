import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { afterAll, beforeAll } from 'vitest';
import { onCleanup } from './fixture.js';

/** Below node_modules, so that the bundle finds the packages that stay outside of it. */
const BUNDLE = join(
  import.meta.dirname,
  '../../../node_modules/.cache/smartlink-test',
  `durable-child-${process.pid}.mjs`,
);

/** A cloud in a process of its own. */
export interface ChildCloud {
  readonly child: ChildProcess;
  readonly apiUrl: string;
  readonly mqttUrl: string;
}

/** For a file whose tests kill clouds: what starts one on a data directory. It is killed after the test at the latest. */
export function useChildCloud(): (dataDir: string) => Promise<ChildCloud> {
  beforeAll(async () => {
    mkdirSync(join(BUNDLE, '..'), { recursive: true });
    await build({
      entryPoints: [join(import.meta.dirname, 'durable-child.ts')],
      outfile: BUNDLE,
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
    });
  });

  afterAll(() => rmSync(BUNDLE, { force: true }));

  return async (dataDir) => {
    const child = spawn(process.execPath, [BUNDLE, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
    onCleanup(() => {
      child.kill('SIGKILL');
    });
    const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
    return { child, ...(JSON.parse(line) as { apiUrl: string; mqttUrl: string }) };
  };
}
