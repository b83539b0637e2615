import type { Microservice } from '../endpoint.js';
import { PARALLEL } from './parallel.js';
import { SCENES } from './scenes.js';

/** Devices: in spaces, shared, updated, grouped, planned. */
export const BLUSMARTPROD: Microservice = {
  name: 'blusmartprod',
  title: 'devices',
  endpoints: {
    ...PARALLEL,
    ...SCENES,
  },
};
