import { loadProduct } from '../../../host-sim/products/load.js';
import type { Product } from '../../../src/core/product.js';
import { measured, product } from './products.js';

/** A maker's own product that meters, and takes properties: a servo flap, a relay for its battery and two modes. */
export const INVERTER: Product = {
  ...product('INV-1', 'generic', [
    {
      key: 'flap',
      name: { en: 'Flap', zh: '风门' },
      type: 'enum',
      values: ['up', 'middle', 'down'],
      writable: true,
      source: { channel: 0, attribute: 'position' },
    },
    {
      key: 'batteryAging',
      name: { en: 'Battery care', zh: '电池养护' },
      type: 'boolean',
      writable: true,
      source: { channel: 1, attribute: 'on' },
    },
    measured('workMode', undefined, { type: 'enum', values: ['eco', 'boost'] }),
    measured('power', 'W'),
    measured('battery_power', 'W'),
    measured('battery_soc', '%'),
    measured('pv_power', 'kW'),
    measured('grid_power', 'W'),
    measured('grid_energy', 'kWh'),
  ]),
  name: { en: 'Inverter', zh: '逆变器' },
  category: 'energy',
  outputs: [loadProduct('SW-SERVO-001').outputs[0]!, { ...loadProduct('SW-RELAY-002').outputs[0]!, pin: 5 }],
};
