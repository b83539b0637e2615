import { resolve } from 'node:path';
import type { FleetOptions, Target } from '../../host-sim/fleet/fleet-options.js';
import { WHOLE } from '../../host-sim/fleet/shard.js';
import { loadProduct } from '../../host-sim/products/load.js';

/** A small fleet in this thread that is soon over. */
export function aFleet(target: Target, others: Partial<FleetOptions> = {}): FleetOptions {
  return {
    target,
    boards: 20,
    shard: WHOLE,
    product: loadProduct('SW-RELAY-002'),
    ratePerS: 40,
    forMs: 1_000,
    warmUpMs: 200,
    rampMs: 100,
    workers: 0,
    workerFile: resolve('dist/fleet-worker.js'),
    chaosPerS: 0,
    buildTimeMs: Date.UTC(2026, 0, 1),
    version: '0.0.0',
    ...others,
  };
}
