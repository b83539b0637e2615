// Bundles the command-line program and the XS guest: dist/smartlink.js, dist/xs-guest.js.
import { build } from 'esbuild';

const common = { bundle: true, logLevel: 'warning', legalComments: 'none' };

await Promise.all([
  build({
    ...common,
    entryPoints: ['host-sim/cli/main.ts'],
    outfile: 'dist/smartlink.js',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    sourcemap: true,
    banner: { js: '#!/usr/bin/env node' },
    define: { SMARTLINK_BUILD_TIME_MS: String(Date.now()) },
  }),
  build({
    ...common,
    entryPoints: ['host-sim/xs/guest.ts'],
    outfile: 'dist/xs-guest.js',
    platform: 'neutral',
    format: 'iife',
    target: 'es2022',
  }),
]);
