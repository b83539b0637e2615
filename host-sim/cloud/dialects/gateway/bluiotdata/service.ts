import type { Microservice } from '../microservice.js';
import { LIVE } from './live.js';
import { STATISTICS_ENDPOINTS } from './statistics.js';

/** What boards report, now and in the course of time. */
export const BLUIOTDATA: Microservice = {
  name: 'bluiotdata',
  title: 'telemetry',
  endpoints: { ...LIVE, ...STATISTICS_ENDPOINTS },
};
