import type { Microservice } from '../microservice.js';
import { DEVICE_ALARMS } from './alarms.js';
import { BASIC } from './basic.js';
import { FIRMWARE } from './firmware.js';
import { GROUPS } from './groups.js';
import { MODELS } from './models.js';
import { PARALLEL } from './parallel.js';
import { SCENES } from './scenes.js';
import { SETTINGS } from './settings.js';
import { SHARING } from './sharing.js';
import { SPACES } from './spaces.js';
import { VPP } from './vpp.js';
import { WORK_MODES } from './work-mode.js';

/** Devices: in spaces, shared, updated, grouped, planned. */
export const BLUSMARTPROD: Microservice = {
  name: 'blusmartprod',
  title: 'devices',
  endpoints: {
    ...BASIC,
    ...SHARING,
    ...GROUPS,
    ...FIRMWARE,
    ...MODELS,
    ...SPACES,
    ...PARALLEL,
    ...SCENES,
    ...DEVICE_ALARMS,
    ...WORK_MODES,
    ...SETTINGS,
    ...VPP,
  },
};
