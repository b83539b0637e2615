import { loadProduct } from '../../host-sim/products/load.js';
import type { InputDefinition, OutputDefinition, Product } from '../../src/core/product.js';

const servo = loadProduct('SW-SERVO-001').outputs[0]!;
const relay = loadProduct('SW-RELAY-002').outputs[0]!;
const lamp: OutputDefinition = {
  type: 'dimmer',
  pin: 25,
  hz: 1_000,
  activeLevel: 1,
  gamma: 2.2,
  fadeMs: 500,
  minLevel: 1,
  powerOn: 'off',
  pulse: { position: 'up', rest: 'down', durationMs: 500, maxMs: 5_000 },
};
const inputs: readonly InputDefinition[] = [
  { type: 'button', pin: 0, activeLevel: 0, channel: 0, debounceMs: 20, doubleMs: 0, holdMs: 1_000 },
  { type: 'digital', pin: 27, activeLevel: 0, debounceMs: 20, minIntervalMs: 1_000 },
  { type: 'analog', pin: 34, scale: { min: 0, max: 100 }, deadBand: 1, sampleMs: 100, minIntervalMs: 1_000 },
];

/** A product with one of everything. */
export const EVERYTHING: Product = { ...loadProduct('SW-SERVO-001'), outputs: [servo, relay, lamp], inputs };
