import type { Microservice } from '../endpoint.js';
import { BASIC } from './basic.js';
import { GROUPS } from './groups.js';
import { SHARING } from './sharing.js';
import { SPACES } from './spaces.js';

/** Devices: in spaces, shared, updated, grouped, planned. */
export const BLUSMARTPROD: Microservice = {
  name: 'blusmartprod',
  title: 'devices',
  endpoints: {
    ...BASIC,
    ...SHARING,
    ...GROUPS,
    ...SPACES,
  },
};
