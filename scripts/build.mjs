// Bundles the command-line program (dist/smartlink.js, which loads dist/program.js), the worker of virtual
// worlds (dist/world-worker.js, which loads dist/serve.js), a thread of boards (dist/fleet-worker.js), the firmware of
// simulated boards (dist/firmware.js) and the panel (dist/panel).
import { chmodSync, rmSync } from 'node:fs';
import { build } from 'esbuild';
import { buildPanel } from './panel.mjs';

const common = { bundle: true, logLevel: 'warning', legalComments: 'none' };

const program = {
  ...common,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  sourcemap: true,
};

// What is imported on demand is a file of its own, and loaded on demand.
const split = { splitting: true, outdir: 'dist', chunkNames: 'parts/[name]-[hash]' };
rmSync('dist/parts', { recursive: true, force: true });

await Promise.all([
  // Apart from the program: a bundle loads its packages before its own first line, which is to come first here.
  build({
    ...program,
    entryPoints: ['host-sim/cli/main.ts'],
    outfile: 'dist/smartlink.js',
    external: ['./program.js'],
    banner: { js: '#!/usr/bin/env node' },
  }),
  build({
    ...program,
    ...split,
    // A thread of boards shares the program's parts.
    entryPoints: ['host-sim/cli/program.ts', { in: 'host-sim/fleet/worker.ts', out: 'fleet-worker' }],
    define: { SMARTLINK_BUILD_TIME_MS: String(Date.now()) },
  }),
  // A virtual world, likewise apart from what replaces Node's time for it.
  build({
    ...program,
    entryPoints: ['host-sim/simulation/worker.ts'],
    outfile: 'dist/world-worker.js',
    external: ['./serve.js'],
  }),
  build({ ...program, ...split, entryPoints: ['host-sim/simulation/serve.ts'] }),
  build({
    ...common,
    entryPoints: ['host-sim/xs/firmware.ts'],
    outfile: 'dist/firmware.js',
    platform: 'neutral',
    format: 'iife',
    globalName: 'smartlinkFirmware',
    target: 'es2022',
  }),
  buildPanel('dist/panel'),
]);

// npx runs the file itself, and asks for its permission only when it first meets this folder.
chmodSync('dist/smartlink.js', 0o755);
