import Sqlite from 'better-sqlite3';
import { KINDS, PROMISES, SCENARIOS } from './catalogue.js';
import type { NodeTime } from './node-time.js';
import { runScenario } from './run.js';

export async function serve(nodeTime: NodeTime, cpuUsage: () => NodeJS.CpuUsage): Promise<void> {
  const kinds = new Map(KINDS.map((kind) => [kind.what, kind]));
  const seeds = process.argv.slice(3).map(Number);
  const scenario = SCENARIOS.find(({ name }) => name === process.argv[2])!;
  for (const seed of seeds) {
    const before = cpuUsage();
    const result = await runScenario({ scenario, seed, kinds, promises: PROMISES, nodeTime, Sqlite });
    const after = cpuUsage();
    console.log(JSON.stringify(result, null, 1), (after.user + after.system - before.user - before.system) / 1e6);
  }
  process.exit(0);
}
